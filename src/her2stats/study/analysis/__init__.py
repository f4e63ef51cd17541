"""What is asked of one cohort, and of all together."""
