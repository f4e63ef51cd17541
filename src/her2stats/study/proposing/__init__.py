"""A study file proposed from the look of the files."""
