"""Ways to look at measured and fused images, one module each; all work without a window."""
