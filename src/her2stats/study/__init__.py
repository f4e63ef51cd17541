"""The study file, and the run that makes a results folder of it."""

from her2stats.results import ResultsComparison, StudyResults, compare_results, load_results
from her2stats.study.run import run_study
from her2stats.study.study_file import Study, read_study

__all__ = ["ResultsComparison", "Study", "StudyResults", "compare_results", "load_results", "read_study", "run_study"]
