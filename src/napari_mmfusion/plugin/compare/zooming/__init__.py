"""Zoom into a region that is drawn."""
