"""A run beside the printed numbers of the paper."""
