"""Expression and clinical data of the same tumours, aligned, on a declared scale; its genes are in a room below."""

from her2stats.cohort.cohort import Clinical, Cohort, Expression, Scale, Source, to_linear, to_log2

__all__ = ["Clinical", "Cohort", "Expression", "Scale", "Source", "to_linear", "to_log2"]
