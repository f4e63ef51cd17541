"""The results folder: what it holds, what each table must look like, reading it back, where it lies."""
