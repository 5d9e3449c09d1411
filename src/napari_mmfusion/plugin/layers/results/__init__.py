"""Results from layers and files, kept and written."""
