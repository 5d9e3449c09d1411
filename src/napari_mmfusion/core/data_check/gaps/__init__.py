"""Pixels without a measurement: fill values, and rims of them."""
