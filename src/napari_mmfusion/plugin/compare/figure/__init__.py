"""The figure that shows what the canvas shows."""
