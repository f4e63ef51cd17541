"""A study made ready: its files read once, its cohorts scored, its mixtures aligned, its problems told together."""

from her2stats.study.preparing.prepared import Prepared, PreparedCohort, prepare

__all__ = ["Prepared", "PreparedCohort", "prepare"]
