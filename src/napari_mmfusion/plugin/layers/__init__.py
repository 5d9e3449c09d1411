"""Layers of napari: made from data, read back, and described by their notes."""
