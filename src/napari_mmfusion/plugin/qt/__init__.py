"""Helpers for Qt and napari that know nothing of fusion."""
