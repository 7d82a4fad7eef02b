"""Assessment in plain Python: states, windows, what is typed, what a form asks."""
