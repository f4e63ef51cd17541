"""The association once more with fractions as the estimates that they are, where the study asked for draws of them."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import MorePart, Part
from her2stats.report.parts import table_by_cohort
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import records
from her2stats.tables.layouts import Block, print_blocks
from her2stats.vocabulary.names import variable_label
from her2stats.vocabulary.numbers import format_number

_SELDOM = 0.05  # share of draws
_NOTE = (
    "Intervals with the variance between draws of the signature's genes (Rubin's rules): a lower bound of what is "
    "uncertain, as the reference profiles themselves are taken as known. The test of no association is the one above."
)


def draws_parts(folder: ResultsFolder) -> list[Part]:
    """Correlations given hormone receptor with intervals that know that fractions are estimates."""
    exposure, alpha = folder.provenance.exposure_name, folder.provenance.alpha
    made = table_by_cohort(
        folder.table("fraction_draws"),
        "fraction_draws",
        lambda cohort, rows: print_blocks(
            [Block("", rows, ("effect",), "\N{GREEK SMALL LETTER RHO}")],
            caption=f"Correlation of {exposure} with cell types given hormone receptor, {cohort}",
            alpha=alpha,
            notes=(_NOTE, *draws_in_words(rows)),
        ),
    )
    return [MorePart("The same with fractions as estimates", made)] * bool(made)


def draws_in_words(rows: pd.DataFrame) -> list[str]:
    """How far correlations lie apart between draws, and which types the zero rule does not hold firmly."""
    sizes, said = rows.dropna(subset="sd_draws"), []
    if len(sizes):
        most = records(sizes.nlargest(1, "sd_draws"))[0]
        middle, largest = (format_number(size, 3) for size in (sizes["sd_draws"].median(), most["sd_draws"]))
        what = "Standard deviation of \N{GREEK SMALL LETTER RHO} between draws"
        said.append(f"{what}: median {middle}, largest {largest} ({variable_label(most['outcome'])}).")
    loose = records(rows[rows["kind_changes"] > _SELDOM])
    if loose:
        named = (f"{variable_label(row['outcome'])} {format_number(100 * row['kind_changes'], 0)} %" for row in loose)
        said.append(f"Share of draws in which the zero rule takes a type for another kind: {', '.join(named)}.")
    return said
