"""Estimates as journals print them: "0.61 (0.42–0.89)", with p-values and counts beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.statistics.flags import code_of
from her2stats.statistics.result import Result, as_result_table
from her2stats.statistics.rows import Rows as Results
from her2stats.statistics.rows import records
from her2stats.tables.flag_words import MARK
from her2stats.vocabulary.names import stratum_label, term_label, variable_label
from her2stats.vocabulary.numbers import format_count, format_estimate, format_p, is_missing

__all__ = ["Results", "effect_text", "interval_name", "measure_of", "records", "result_rows", "table_effects"]
_MEASURES: tuple[tuple[str, str], ...] = (
    (r"spearman", "rho"),
    (r"logistic|odds", "odds_ratio"),
    (r"wilcoxon|chi-squared|fisher", "shift"),
    (r"slope|trend|ancova|type iii|linear", "slope"),
)
_CI_LEVEL = re.compile(r"(\d+(?:\.\d+)?) ?% (?:\w+ )?(?:CI|confidence)")


def table_effects(results: Results, *, measure: str | None = None, alpha: float = 0.05) -> pd.DataFrame:
    """Print the rows of results: estimate with interval, p-values, counts and what could not be estimated.

    Parameters
    ----------
    results : Result, DataFrame, or several of them
        Results, or frames with the columns of `Result.table`.
    measure : str, optional
        What the estimates are, which decides their digits: a name of `her2stats.vocabulary.measures`. Default: as the
        rows say.
    alpha : float
        The threshold that rounding of p-values must not cross.

    Returns
    -------
    DataFrame
        One row a result row, all text: ``cohort``, ``stratum``, ``outcome``, ``term``, ``effect``, ``p``,
        ``p_adjusted``, ``n``, ``events``, ``note``. A flagged row without an estimate has the code of its flag
        as ``effect`` ("separation"); a flagged row with one carries a dagger. ``note`` holds the whole flag.

    Raises
    ------
    DataError
        Something else than results is given.

    Examples
    --------
    >>> row = {"outcome": "T cells CD8", "term": "ERBB2", "stratum": "hr=positive", "estimate": 0.61,
    ...        "conf_low": 0.42, "conf_high": 0.89, "p_value": 0.0099, "n": 82, "method": "logistic, Wald"}
    >>> table_effects(pd.DataFrame([row])).loc[0, ["stratum", "effect", "p"]].tolist()
    ['HR-positive', '0.61 (0.42–0.89)', '0.010']
    """
    rows = result_rows(results)
    return pd.DataFrame(
        {
            "cohort": rows["cohort"],
            "stratum": rows["stratum"].map(stratum_label),
            "outcome": rows["outcome"].map(variable_label),
            "term": rows["term"].map(term_label),
            "effect": [effect_text(row, measure) for row in records(rows)],
            "p": [format_p(p, alpha=alpha) for p in rows["p_value"]],
            "p_adjusted": [format_p(p, alpha=alpha) for p in rows["p_adjusted"]],
            "n": rows["n"].map(format_count),
            "events": rows["n_events"].map(format_count),
            "note": rows["flag"],
        }
    )


def result_rows(results: Results) -> pd.DataFrame:
    """Stack results into one frame with the columns of `Result.table`.

    Raises
    ------
    DataError
        Something else than results is given.
    """
    if isinstance(results, Result | pd.DataFrame):
        results = [results]
    if not isinstance(results, Iterable) or isinstance(results, str):
        raise DataError(Problem(f"{type(results).__name__} is not a Result", remedy="give what a verb returned"))
    frames = [_frame_of(result) for result in results]
    filled = [frame for frame in frames if len(frame)]
    return as_result_table(pd.concat(filled, ignore_index=True) if filled else pd.DataFrame())


def _frame_of(result: object) -> pd.DataFrame:
    if isinstance(result, Result):
        return result.table
    if isinstance(result, pd.DataFrame):
        return result
    raise DataError(Problem(f"{type(result).__name__} is not a Result", remedy="give what a verb returned"))


def effect_text(row: dict[str, Any], measure: str | None = None) -> str:
    """Write the estimate of one result row with its interval, or the code of the flag that stands for it."""
    flag = row["flag"]
    if is_missing(row["estimate"]):
        return code_of(flag) if flag else ""
    chosen = measure or measure_of(row["method"])
    text = format_estimate(row["estimate"], row["conf_low"], row["conf_high"], measure=chosen)
    return f"{text}{MARK}" if flag else text


def measure_of(method: str) -> str:
    """Say what kind of estimate a method gives, from its description.

    Examples
    --------
    >>> measure_of("Spearman, t approximation; 95% CI Bonett-Wright"), measure_of("logistic, Wald")
    ('rho', 'odds_ratio')
    """
    return next((measure for words, measure in _MEASURES if re.search(words, method, re.IGNORECASE)), "shift")


def interval_name(methods: Iterable[str]) -> str:
    """Name the interval of a group of rows: "95% CI", or "CI" where the methods do not agree on a level.

    Examples
    --------
    >>> interval_name(["Spearman; 95% CI Fisher"]), interval_name(["profile"])
    ('95% CI', 'CI')
    """
    levels = {found[1] for found in map(_CI_LEVEL.search, methods) if found}
    return f"{levels.pop()}% CI" if len(levels) == 1 else "CI"
