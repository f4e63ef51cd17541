"""The results folder: what it holds and what each table must look like; reading it back, two side by side."""

from her2stats.results.comparison import ResultsComparison, compare_results
from her2stats.results.findings import key_findings
from her2stats.results.folder import Gap, ResultsFolder, read_folder, read_tables
from her2stats.results.study_results import StudyResults, load_results

__all__ = [
    "Gap",
    "ResultsComparison",
    "ResultsFolder",
    "StudyResults",
    "compare_results",
    "key_findings",
    "load_results",
    "read_folder",
    "read_tables",
]
