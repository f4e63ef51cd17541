"""Ways to make one score of several genes, one a file."""
