"""One run: its state, its thread, its output layers."""
