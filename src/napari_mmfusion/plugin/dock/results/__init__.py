"""Cost curves, the result that is shown, and saving it."""
