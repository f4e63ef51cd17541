"""High or low, present or absent: the zero rule for cell types and the median split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from her2stats.errors import DataError, ProblemList
from her2stats.statistics.frame import Array, Mask, without_noise
from her2stats.vocabulary.notebook import panel_html

ROUNDING = 1e-12  # 0.77 - 0.75 is a little more than 0.02 in binary
KINDS = ("kind", "share_zero", "n_zero", "n", "median", "borderline", "note")


@dataclass(frozen=True, eq=False)
class Abundance:
    """How each cell type is analysed, and which samples are high in it.

    Parameters
    ----------
    kinds : DataFrame
        A row a cell type: ``kind`` "continuous", "dichotomised" or "excluded"; ``share_zero`` = ``n_zero`` / ``n`` over
        the samples that have the fraction; ``median`` of these; ``borderline``; ``note`` in words.
    high : DataFrame
        samples x kept types: 1 high, 0 low, NaN missing. Continuous types: at or above the median of the cohort.
        Dichotomised types: above 0.
    cohort : str
        Name, for messages and tables.

    Examples
    --------
    >>> fractions = pd.DataFrame({"CD8": [0.1, 0.2, 0.3, 0.4], "Eosinophils": [0.0, 0.0, 0.0, 0.0]})
    >>> found = classify_abundance(fractions)
    >>> found.continuous, found.excluded
    (['CD8'], ['Eosinophils'])
    """

    kinds: pd.DataFrame
    high: pd.DataFrame
    cohort: str = ""

    @property
    def continuous(self) -> list[str]:
        """Cell types analysed as numbers."""
        return self._of("continuous")

    @property
    def dichotomised(self) -> list[str]:
        """Cell types analysed as absent or present."""
        return self._of("dichotomised")

    @property
    def excluded(self) -> list[str]:
        """Cell types that are zero too often to be analysed."""
        return self._of("excluded")

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.kinds.to_string()}"

    def _repr_html_(self) -> str:
        return panel_html(self._title(), [], self.kinds.reset_index())

    def _title(self) -> str:
        counts = (
            f"{len(self.continuous)} continuous, {len(self.dichotomised)} dichotomised, {len(self.excluded)} excluded"
        )
        return f"Abundance{f' in {self.cohort}' if self.cohort else ''}: {counts}"

    def _of(self, kind: str) -> list[str]:
        return [str(name) for name in self.kinds.index[self.kinds["kind"] == kind]]


def classify_abundance(
    fractions: pd.DataFrame,
    *,
    exclude_above: float = 0.75,
    dichotomise_from: float = 0.25,
    borderline: float = 0.02,
    scores: bool = False,
    cohort: str = "",
) -> Abundance:
    """Sort cell types by their share of zeros, and samples into high and low.

    A type with more than `exclude_above` zeros is excluded; with at least `dichotomise_from` it is analysed as absent
    (0) or present (above 0); else it is continuous, and a sample is high at or above the cohort's median.

    Parameters
    ----------
    fractions : DataFrame
        samples x cell types of one cohort's population, any non-negative scale unless `scores`; NaN where missing.
    exclude_above, dichotomise_from : float
        Shares between 0 and 1.
    borderline : float
        Types this close to a cut are marked.
    scores : bool
        Amounts may be negative, as logarithms are. Zero of a type that has negative amounts is not its absence, and the
        type is continuous.
    cohort : str
        Name, for messages.

    Returns
    -------
    Abundance

    Raises
    ------
    DataError
        Fractions that are text, negative or infinite; a type named twice; no sample; cuts in the wrong order.

    Notes
    -----
    Methods of the paper, "Gene expression profiling"; its Results differ at exactly 75 % zeros, and Methods wins.

    References
    ----------
    Pizzamiglio et al. 2025, Methods, doi:10.1038/s41523-025-00867-z.

    Examples
    --------
    >>> fractions = pd.DataFrame({"CD8": [0.1, 0.2, 0.3, 0.4], "M1": [0, 0, 0.1, 0.2], "Eosinophils": [0.0] * 4})
    >>> found = classify_abundance(fractions)
    >>> found.kinds["kind"].tolist(), found.high["CD8"].tolist()
    (['continuous', 'dichotomised', 'excluded'], [0.0, 0.0, 1.0, 1.0])
    """
    numbers = _checked(fractions, exclude_above, dichotomise_from, borderline, scores, cohort)
    rows: list[dict[str, object]] = []
    high: dict[str, np.ndarray] = {}
    for name in numbers:
        values = numbers[name].to_numpy()
        present = values[~np.isnan(values)]
        row = _kind(present, exclude_above, dichotomise_from, borderline)
        rows.append(row)
        if row["kind"] != "excluded":
            reached = values > 0 if row["kind"] == "dichotomised" else _reached(values, row["median"])
            high[str(name)] = np.where(np.isnan(values), np.nan, reached.astype("float64"))
    index = pd.Index(numbers.columns, name="type")
    kinds = pd.DataFrame(rows, index=index, columns=list(KINDS))
    return Abundance(kinds, pd.DataFrame(high, index=numbers.index), cohort)


def _reached(values: Array, median: object) -> Mask:
    """Which values are at or above the median: noise of computing puts none of those that are at it below."""
    return without_noise(values) >= without_noise(np.array([median], dtype="float64"))


def _kind(present: np.ndarray, exclude_above: float, dichotomise_from: float, borderline: float) -> dict[str, object]:
    n = len(present)
    if not n:
        row = {"kind": "excluded", "share_zero": np.nan, "n_zero": 0, "n": 0, "median": np.nan, "borderline": False}
        return row | {"note": "no sample has this type"}
    n_zero = int((present == 0).sum())
    share = n_zero / n
    absent = share if present.min() >= 0 else 0.0
    median = float(np.median(present))
    kind = "excluded" if absent > exclude_above else "dichotomised" if absent >= dichotomise_from else "continuous"
    near = [cut for cut in (dichotomise_from, exclude_above) if abs(absent - cut) <= borderline + ROUNDING]
    notes = [f"share of zeros {share:.4g} is within {borderline:g} of the cut at {cut:g}" for cut in near]
    if kind == "continuous" and median == present.min():
        notes.append(f"the median {median:g} is also the smallest value, so that every sample counts as high")
    return {
        "kind": kind,
        "share_zero": share,
        "n_zero": n_zero,
        "n": n,
        "median": median,
        "borderline": bool(near),
        "note": "; ".join(notes),
    }


def _checked(
    fractions: pd.DataFrame, exclude_above: float, dichotomise_from: float, borderline: float, scores: bool, cohort: str
) -> pd.DataFrame:
    """Fractions as numbers, every problem raised together."""
    problems = ProblemList()
    if not 0 <= dichotomise_from <= exclude_above <= 1:
        what = f"cuts are {dichotomise_from:g} and {exclude_above:g}"
        problems.add(DataError, what, remedy="give 0 <= dichotomise_from <= exclude_above <= 1")
    if borderline < 0:
        problems.add(DataError, f"borderline={borderline:g} is negative", remedy="give a distance, or 0")
    if fractions.empty:
        problems.add(DataError, "no fractions", where=cohort, remedy="give samples x cell types")
    for twice in fractions.columns[fractions.columns.duplicated()].unique():
        problems.add(DataError, f"cell type '{twice}' is there twice", where=cohort, remedy="name each type once")
    problems.raise_if_any()
    columns: dict[str, np.ndarray] = {}
    for name in fractions:
        column = fractions[name]
        where = f"{cohort}, type '{name}'" if cohort else f"type '{name}'"
        if column.notna().any() and not pd.api.types.is_numeric_dtype(column.dtype):
            problems.add(DataError, "fractions are not numbers", where=where, remedy="give numbers or empty cells")
            continue
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        for wrong, what in ((np.isinf(values), "an infinite"), ((values < 0) & (not scores), "a negative")):
            if wrong.any():
                sample = fractions.index[np.flatnonzero(wrong)[0]]
                remedy = "fractions are 0 or more; of scores on a logarithm say scores=True"
                problems.add(DataError, f"sample '{sample}' has {what} fraction", where=where, remedy=remedy)
        columns[str(name)] = values
    problems.raise_if_any()
    return pd.DataFrame(columns, index=fractions.index)
