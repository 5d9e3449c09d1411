"""NumPy archives (.npz), read without unpickling objects and within limits of memory."""
