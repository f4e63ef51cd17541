"""Cohorts that do not fit in memory: streams of samples, stores on the disk, checkpoints, a cluster."""
