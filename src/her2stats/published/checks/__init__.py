"""One kind of printed statement a file: what it determines, recomputed."""
