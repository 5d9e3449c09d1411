"""What a run shows: its output layers, those of earlier runs, and kept iterations."""
