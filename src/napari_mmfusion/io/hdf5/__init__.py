"""HDF5 files: links to other files are not followed, and the filters of HDF5 are not used."""
