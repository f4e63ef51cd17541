"""Files into Cohorts."""

from her2stats.reading.cibersortx import read_cibersortx
from her2stats.reading.clinical.table import read_clinical
from her2stats.reading.cohorts import read_cohort
from her2stats.reading.estimates import read_fractions
from her2stats.reading.expression import read_expression

__all__ = ["read_cibersortx", "read_clinical", "read_cohort", "read_expression", "read_fractions"]
