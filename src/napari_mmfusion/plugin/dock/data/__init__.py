"""The table of layers, what is said of the data, and opening files."""
