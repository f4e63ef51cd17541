"""A results folder into one HTML page that needs nothing else."""

from her2stats.report.summary import key_findings
from her2stats.report.write import render_report, write_report
from her2stats.results.folder import Gap, ResultsFolder, read_folder, read_tables

__all__ = ["Gap", "ResultsFolder", "key_findings", "read_folder", "read_tables", "render_report", "write_report"]
