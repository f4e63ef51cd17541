"""Model frames and specs as plain files that Python and R read alike."""
