"""What uncertain cell fractions do to an association: amounts estimated again and again, and Rubin's rules."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from her2stats.statistics.abundance import classify_abundance
from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.correlation import FEWEST, PERFECT, question
from her2stats.statistics.correlation_interval import z_interval, z_std_error
from her2stats.statistics.fits.rank_tests.given_ranks import within_strata
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import ModelFrame, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.specs import DrawsSpec


def correlate_draws(
    data: pd.DataFrame, x: str, y: Names, *, draws: int, within: str | None = None, **how: Any
) -> Result:
    """Correlate an exposure with cell fractions, and let the interval know that fractions are estimates.

    The variance of Fisher's z is that of the usual interval and the variance between draws of the fractions (Rubin's
    rules). Draws of signature genes tell a part of what is uncertain in a fraction, so the interval is a lower bound
    of what it should be. The test of no association is that of `correlate`, and is not told again.

    Parameters
    ----------
    data : DataFrame
        samples x variables: `x`, each of `y`, and for each of `y` the columns "<name>, draw 1", "<name>, draw 2", ...
    x : str
        A column of numbers, such as a HER2 score.
    y : str or sequence of str
        Amounts of cell types. A type that the zero rule dichotomises counts as absent or present, in its draws, too.
    draws : int
        How many columns of draws each has; 50 are usual.
    within : str or None
        A factor: ranks are taken within its levels, in one answer.
    how
        `ci` (as of `correlate`, without the bootstrap), `conf_level`, and `cohort`, which is written into the result.

    Returns
    -------
    Result
        A row a name of `y`: ``estimate`` rho, as of `correlate`; ``std_error`` of z and limits by Rubin's rules; extra
        columns ``draws`` that could be used, ``sd_draws`` (standard deviation of rho between them) and ``kind_changes``
        (share of draws in which the zero rule takes the type for another kind). Flags as of `correlate`.

    Raises
    ------
    DataError
        A column is absent, named twice or no number; fewer than two draws; an argument that is not a choice.

    References
    ----------
    Rubin 1987, doi:10.1002/9780470316696. Efron 1979, doi:10.1214/aos/1176344552.

    Examples
    --------
    >>> frame = pd.DataFrame({"her2": [1.0, 2, 3, 4, 5, 6], "cd8": [9.0, 7, 8, 5, 6, 1]})
    >>> frame["cd8, draw 1"], frame["cd8, draw 2"] = [9.0, 7, 8, 6, 5, 1], [7.0, 9, 8, 5, 6, 1]
    >>> correlate_draws(frame, "her2", "cd8", draws=2).table[["estimate", "std_error", "sd_draws"]].round(3)
       estimate  std_error  sd_draws
    0    -0.886      0.935     0.121
    """
    outcomes = as_names(y)
    with telling_columns(data, x, outcomes, within):
        spec = DrawsSpec(x=x, y=outcomes, draws=draws, within=within or "", **how)
    return answer_draws(spec, data)


def answer_draws(spec: DrawsSpec, data: pd.DataFrame) -> Result:
    """Answer of `correlate_draws` to a spec."""
    amounts = [column for name in spec.y for column in (name, *spec.drawn(name))]
    frame = model_frame(data, numeric=[spec.x, *amounts], factors=as_names(spec.within), ranked=True)
    kinds = classify_abundance(frame.table[amounts], scores=True).kinds["kind"]
    return Result.from_rows([_row(frame, name, kinds, spec) for name in spec.y], spec, frame.table)


def _row(frame: ModelFrame, name: str, kinds: pd.Series, spec: DrawsSpec) -> Row:
    given, drawn = as_names(spec.within), spec.drawn(name)
    needed = [spec.x, name, *given]
    cases, missing = frame.complete(needed, frame.everything), frame.without_value(needed)
    words = (
        f"Spearman{f' given {spec.within}' if given else ''}, variance by Rubin's rules over draws of signature genes"
    )
    row = question(cases, name, spec, words) | {"stratum": "all", "given": spec.within}
    row["kind_changes"] = float((kinds[list(drawn)] != kinds[name]).mean())
    strata = len(np.unique(cases[spec.within])) if given else 1
    if missing:
        return row | {"flag": flag("missing variable", f"'{missing}' has no value")}
    if (free := cases.n - (strata - 1)) < FEWEST:
        return row | {"flag": flag("too few observations", f"{cases.n} pairs, {FEWEST + strata - 1} are needed")}
    rho, constant = _rho(frame, name, kinds[name] == "dichotomised", spec)
    if constant == "y":
        return row | {"flag": flag("constant outcome", f"'{name}' does not vary")}
    if constant:
        return row | {"flag": flag("constant exposure", f"'{spec.x}' does not vary")}
    if not math.isfinite(_z(rho)):
        return row | {"estimate": round(rho), "flag": flag("perfect correlation", "every rank is matched")}
    found = np.array([_rho(frame, column, kinds[name] == "dichotomised", spec)[0] for column in drawn])
    found = found[np.isfinite([_z(one) for one in found])]
    row |= {"estimate": rho, "draws": len(found)}
    if len(found) < 2:
        return row | {"flag": flag("not estimable", "fewer than two draws have a correlation")}
    between = float(np.var(np.arctanh(found), ddof=1)) * (1 + 1 / len(found))
    low, high = z_interval(rho, free, spec.ci, spec.conf_level, beside=between)
    return row | {
        "std_error": math.sqrt(z_std_error(rho, free, spec.ci) ** 2 + between),
        "conf_low": low,
        "conf_high": high,
        "sd_draws": float(np.std(found, ddof=1)),
    }


def _rho(frame: ModelFrame, column: str, presence: bool, spec: DrawsSpec) -> tuple[float, str]:
    """Correlation with an amount, or with its presence; which of the two does not vary, else empty text."""
    cases = frame.complete([spec.x, column, *as_names(spec.within)], frame.everything)
    if not cases.n:
        return math.nan, "y"
    amounts = (cases[column] > 0).astype("float64") if presence else cases[column]
    found = within_strata(cases[spec.x], amounts, cases[spec.within] if spec.within else np.zeros(cases.n))
    return found.rho, found.constant


def _z(rho: float) -> float:
    """Fisher's z; not finite where there is no correlation, or a perfect one."""
    return math.atanh(rho) if 1 - abs(rho) >= PERFECT else math.nan
