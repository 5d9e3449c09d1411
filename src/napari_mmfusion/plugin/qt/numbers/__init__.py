"""Boxes that take numbers in every notation."""
