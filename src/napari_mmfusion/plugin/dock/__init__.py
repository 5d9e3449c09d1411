"""The dock widget and the window that holds it."""
