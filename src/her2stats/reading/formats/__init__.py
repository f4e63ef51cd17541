"""One file format a file: bytes into plain frames of text and numbers."""
