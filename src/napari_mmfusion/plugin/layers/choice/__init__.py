"""Which layers belong together, which can be fused, and what keeps others from it."""
