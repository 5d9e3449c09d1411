"""The matched solver: BM3D of the maps, with blocks that are matched in the HAADF image."""
