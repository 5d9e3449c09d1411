"""Results of a fusion: the folder that is saved, and its HDF5 file written and read back."""
