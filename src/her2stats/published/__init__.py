"""The paper's printed numbers, an audit of them and of anybody's table, and a run beside them."""

from her2stats.published.beside.compare import compare_published, comparison_summary
from her2stats.published.checks.correlations import audit_correlation
from her2stats.published.checks.count_tables import audit_counts
from her2stats.published.checks.counts import audit_percentage, audit_total
from her2stats.published.checks.intervals import audit_interaction, audit_interval
from her2stats.published.checks.odds_ratios import audit_odds_from_percentages, audit_odds_ratio
from her2stats.published.checks.sample_sizes import audit_common_sample, implied_sample_size
from her2stats.published.checks.spans import audit_reduction, audit_spread
from her2stats.published.checks.statements import (
    audit_agreement,
    audit_direction,
    audit_enumeration,
    audit_model,
    audit_rules,
    audit_strength,
)
from her2stats.published.checks.two_by_two_tests import two_by_two_p_values
from her2stats.published.estimates import published_estimates
from her2stats.published.exact.two_by_two import odds_ratio_intervals
from her2stats.published.findings import findings_table, join_findings, verdict_counts
from her2stats.published.paper import audit_paper, audit_published, citation, published_results

__all__ = [
    "audit_agreement",
    "audit_common_sample",
    "audit_correlation",
    "audit_counts",
    "audit_direction",
    "audit_enumeration",
    "audit_interaction",
    "audit_interval",
    "audit_model",
    "audit_odds_from_percentages",
    "audit_odds_ratio",
    "audit_paper",
    "audit_percentage",
    "audit_published",
    "audit_reduction",
    "audit_rules",
    "audit_spread",
    "audit_strength",
    "audit_total",
    "citation",
    "compare_published",
    "comparison_summary",
    "findings_table",
    "implied_sample_size",
    "join_findings",
    "odds_ratio_intervals",
    "published_estimates",
    "published_results",
    "two_by_two_p_values",
    "verdict_counts",
]
