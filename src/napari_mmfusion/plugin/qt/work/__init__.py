"""Work in threads and in turns, its progress and its end."""
