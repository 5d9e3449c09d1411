"""The guided solver: units of the maps, the fit of the HAADF model, and the iterations."""
