"""A results folder into one HTML page that needs nothing else."""

from her2stats.report.write import render_report, write_report

__all__ = ["render_report", "write_report"]
