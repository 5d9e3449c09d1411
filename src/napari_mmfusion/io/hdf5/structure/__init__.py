"""The structure of HDF5 files, read without the HDF5 library and in time linear in the file.

The library is not made for files of unknown origin: a single pointer that is changed can crash or
hang it, and it loads filters from folders of plug-ins. Here every piece is bounds-checked, read
once, and counted against an allowance that is proportional to the size of the file.

The names of the modules, and of their parts, are those of the HDF5 File Format Specification.
"""
