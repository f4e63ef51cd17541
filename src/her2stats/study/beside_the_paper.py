"""A results folder beside the paper's printed numbers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from her2stats.errors import DataError, InputError, Problem
from her2stats.published import compare_published, comparison_summary
from her2stats.published.beside.questions import ABUNDANCE, TABLES
from her2stats.results.catalogue import FORMATS
from her2stats.results.folder import read_tables
from her2stats.results.place import lock
from her2stats.results.provenance import read_results_provenance
from her2stats.writing import refuse_to_replace

_FIGURES = ("published_correlation", "published_odds_ratio")
_FILES = ("comparison.csv", "summary.csv", *(f"{name}.{kind}" for name in _FIGURES for kind in FORMATS))
_ANSWERS = {"same_sign": "same sign", "same_conclusion": "same conclusion", "overlap": "intervals overlap"}


@dataclass(frozen=True, eq=False)
class BesideThePaper:
    """A run and the paper, side by side."""

    comparison: pd.DataFrame  # from `compare_published`, row by row
    summary: pd.DataFrame  # from `comparison_summary`, counts
    # tables of the folder that are missing or damaged, and what that means; empty where all could be read
    gaps: tuple[str, ...]

    def for_reading(self) -> pd.DataFrame:
        """The summary with "10 of 12" in place of two counts, empty where nothing can be judged."""
        shown = self.summary[["cohort", "question", "printed", "compared"]].copy()
        for name, heading in _ANSWERS.items():
            pairs = zip(self.summary[name], self.summary[f"{name}_of"], strict=True)
            shown[heading] = ["" if of == 0 else f"{count} of {of}" for count, of in pairs]
        return shown


def beside_the_paper(results: str | Path, *, output: Path | None = None, overwrite: bool = False) -> BesideThePaper:
    """Put a results folder beside the paper; of a damaged one, what can be compared is.

    The tables (comparison.csv, summary.csv) and figures (published_correlation, published_odds_ratio) go to `output`,
    and replace what is there only with `overwrite`. Raises FileError where there is no results folder, InputError where
    nothing in it can be compared, OutputError where `output` cannot be written.
    """
    folder = Path(results)
    read_results_provenance(folder)
    if output is not None:
        refuse_to_replace(*(output / name for name in _FILES), overwrite=overwrite)
    with contextlib.ExitStack() as held:
        for place in sorted({folder.resolve(), output.resolve()}) if output is not None else ():
            held.enter_context(lock(place))
        beside = _compared(folder)
        if output is not None:
            _write(beside, output)
    return beside


def _compared(folder: Path) -> BesideThePaper:
    tables, gaps = read_tables(folder, (*TABLES, ABUNDANCE))
    try:
        comparison = compare_published(tables)
    except DataError as error:
        remedy = "run the study again, so that its tables are whole"
        lacking = (Problem(gap.why, str(folder / gap.file), remedy) for gap in gaps)
        raise InputError(*lacking, *error.problems) from None
    lost = tuple(gap.not_compared(folder) for gap in gaps)
    return BesideThePaper(comparison, comparison_summary(comparison), lost)


def _write(beside: BesideThePaper, output: Path) -> None:
    from her2stats.figures import plot_published, save_figure
    from her2stats.results.csv_cells import write_csv

    write_csv(beside.comparison, output / "comparison.csv", index=False)
    write_csv(beside.summary, output / "summary.csv", index=False)
    save_figure(plot_published(beside.comparison), output / _FIGURES[0])
    save_figure(plot_published(beside.comparison, measure="odds ratio"), output / _FIGURES[1])
