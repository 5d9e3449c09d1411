"""HDF5 files: read without following links to other files, and unpacked without its filters."""
