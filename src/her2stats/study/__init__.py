"""The study file, the run, the results folder."""

from her2stats.study.comparison import ResultsComparison, compare_results
from her2stats.study.results import StudyResults, load_results
from her2stats.study.run import run_study
from her2stats.study.study_file import Study, read_study

__all__ = ["ResultsComparison", "Study", "StudyResults", "compare_results", "load_results", "read_study", "run_study"]
