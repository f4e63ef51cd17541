"""A folder that a run has written, and one that is made up."""

from tests.report.conftest import folder, sample, small_sample
from tests.study.conftest import small_results, small_study

__all__ = ["folder", "sample", "small_results", "small_sample", "small_study"]
