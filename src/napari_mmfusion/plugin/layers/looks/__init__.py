"""Colours and contrast limits of layers."""
