"""Stages of a run that are kept: each has a key and a way to be made."""
