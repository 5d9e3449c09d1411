"""NumPy archives (.npz): read without unpickling, and never beyond what the file holds."""
