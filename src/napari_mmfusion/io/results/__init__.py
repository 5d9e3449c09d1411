"""Results of a fusion: the folder of files, and the HDF5 file in it with everything."""
