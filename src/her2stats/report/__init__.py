"""A results folder into one HTML page that needs nothing else."""

from her2stats.report.folder import ResultsFolder, read_folder
from her2stats.report.summary import key_findings
from her2stats.report.write import render_report, write_report

__all__ = ["ResultsFolder", "key_findings", "read_folder", "render_report", "write_report"]
