"""What printed numbers determine exactly: likelihoods, 2 x 2 tables, Fisher's z, every rounding."""
