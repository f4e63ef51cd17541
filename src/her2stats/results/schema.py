"""What each table of a results folder has to hold before the report believes it."""

from __future__ import annotations

from dataclasses import dataclass

from her2stats.statistics.result import COLUMNS, COUNTS, NUMBERS


@dataclass(frozen=True)
class TableSchema:
    """Columns of one csv file.

    Parameters
    ----------
    required : tuple of str
        Columns without which the table says nothing.
    numbers : frozenset of str
        Columns that hold numbers or nothing.
    numbers_after : int or None
        From this column on everything is a number, except what `text` names (scores and fractions have the user's
        names as headings).
    text : frozenset of str
        Columns of text in spite of `numbers_after`.
    """

    required: tuple[str, ...]
    numbers: frozenset[str] = frozenset()
    numbers_after: int | None = None
    text: frozenset[str] = frozenset()

    def is_number(self, column: str, place: int) -> bool:
        """Whether a column, the `place`-th of its file, has to hold numbers."""
        if column in self.numbers:
            return True
        return self.numbers_after is not None and place >= self.numbers_after and column not in self.text


_RESULT_NUMBERS = frozenset(
    (
        *NUMBERS,
        *COUNTS,
        *("p_bh", "family_size", "df_residual", "at", "superiority"),
        *("n_reference", "n_comparison", "value_reference", "value_comparison"),
        *("n_events_reference", "n_events_comparison"),
        *("k", "q", "q_p_value", "i2", "tau2"),
    )
)
_RESULT = TableSchema(COLUMNS, _RESULT_NUMBERS)

RESULT_TABLES = (
    "correlation",
    "correlation_by_hr",
    "correlation_matrix",
    "group_comparison",
    "odds_ratios",
    "pooled_odds_ratios",
    "interaction",
    "clinical",
    "ancova_tests",
    "ancova_slopes",
    "ancova_curves",
    "response",
)
PER_PATIENT_TABLES = ("scores", "fractions")

SCHEMAS: dict[str, TableSchema] = {
    "scores": TableSchema(("cohort", "sample"), numbers_after=2),
    "coverage": TableSchema(
        ("cohort", "score", "genes_total", "genes_found", "coverage"),
        frozenset(("genes_total", "genes_found", "coverage")),
    ),
    "fractions": TableSchema(("cohort", "sample"), numbers_after=2, text=frozenset(("flag", "notes"))),
    "abundance": TableSchema(
        ("cohort", "type", "kind", "share_zero", "n"), frozenset(("share_zero", "n_zero", "n", "median"))
    ),
    "table_one": TableSchema(("variable", "level")),
    **dict.fromkeys(RESULT_TABLES, _RESULT),
    "notes": TableSchema(("cohort", "stage", "what"), frozenset(("count",))),
    "omitted": TableSchema(("cohort", "part", "reason")),
}
CROSSCHECK = TableSchema(
    (
        *("model", "verb", "cohort", "stratum", "outcome", "term", "quantity"),
        *("python", "r", "rel_diff", "tolerance", "verdict"),
    ),
    frozenset(("python", "r", "abs_diff", "rel_diff", "tolerance")),
)
