"""The modes of the comparison, one module each."""
