"""Ways to compare measured and fused images; the modes also work without a window."""
