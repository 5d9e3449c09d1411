"""What a layer is, what it records, and what is read from it."""
