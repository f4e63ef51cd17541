"""Tests and associations of ranks, within strata and under permutations."""
