"""The specification curve: one question by every choice that might as well have been made, and one test of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri

from her2stats.statistics.arguments import Names, as_names
from her2stats.statistics.correlation import answer_correlation
from her2stats.statistics.fits.covariates import covariate_columns
from her2stats.statistics.fits.rank_tests.given_ranks import doubled_ranks
from her2stats.statistics.fits.rank_tests.max_t import own_p
from her2stats.statistics.fits.rank_tests.permutations import permutations_within
from her2stats.statistics.fits.rank_tests.permuted_ranks import Statistic, z_given_columns, z_within_strata
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array, Cases, ModelFrame, model_frame, telling_columns
from her2stats.statistics.result import Result
from her2stats.statistics.rows import SECOND_TEST, records
from her2stats.statistics.specs import CorrelationSpec, CurveSpec

SCALES = ("rank", "median split")


def specification_curve(
    data: pd.DataFrame,
    outcomes: Mapping[str, Mapping[str, str]],
    exposures: Names,
    *,
    within: str | None = None,
    covariates: Names = (),
    **how: Any,
) -> Result:
    """Ask whether an association hangs on choices: every specification of it, and a joint test of them all.

    A specification is an exposure, a measure of the outcome, its scale (rank, or split at the cohort's median) and
    what samples are alike in: `within`, then with the first covariate, then with the first two, and so on.

    Parameters
    ----------
    data : DataFrame
        samples x variables; samples without `within` or one of the exposures are left out.
    outcomes : mapping of str to mapping of str to str
        What is measured, to how ("absolute", "relative", "markers"), to a column of numbers.
    exposures : str or sequence of str
        Columns of numbers that measure the same exposure.
    within : str, optional
        A factor: ranks are taken, and exposures permuted, within its levels.
    covariates : str or sequence of str
        Numbers or factors, in the order in which they are added; one that is the same in every sample is left out.
    **how
        Further fields of `CurveSpec`: ``ci`` and ``conf_level`` as in `correlate` (no bootstrap), ``alpha`` (0.05),
        below which a specification counts as significant, ``permutations`` (2000), ``seed`` (1), ``cohort``.

    Returns
    -------
    Result
        A row a specification, as of `correlate`, with extra columns ``amount`` (how it is measured), ``scale`` and
        ``given``; then two of the joint test: of measure "median_z" the median of z (that of the same probability where
        the test is a t), of "second_test" the share significant on the side of that median. Their p is the share of
        permutations of the rows of exposures, the data among them, that are as far out, each by the side of its own
        median. ``specifications`` says how many took part: those without a flag.

    Raises
    ------
    DataError
        A column is absent, named twice or of the wrong type, or `alpha` is out of reach of so few permutations.

    References
    ----------
    Simonsohn, Simmons and Nelson 2020, doi:10.1038/s41562-020-0912-z.

    Examples
    --------
    >>> her2 = np.arange(24.0)
    >>> frame = pd.DataFrame({"her2": her2, "cd8": -her2 + 5 * np.sin(her2)})
    >>> asked = specification_curve(frame, {"CD8": {"absolute": "cd8"}}, "her2", permutations=999)
    >>> asked.table[["scale", "measure", "estimate", "p_value"]].round(3)
              scale      measure  estimate  p_value
    0          rank          rho    -0.905    0.000
    1  median split          rho    -0.795    0.000
    2                   median_z    -5.357    0.001
    3                second_test     1.000    0.021
    """
    told = [(column, name, amount) for name, measured in outcomes.items() for amount, column in measured.items()]
    columns, types, amounts = (tuple(one[place] for one in told) for place in range(3))
    how |= {"exposures": as_names(exposures), "within": within or "", "covariates": as_names(covariates)}
    with telling_columns(data, columns, within, how["exposures"], how["covariates"]):
        spec = CurveSpec(outcomes=columns, types=types, amounts=amounts, **how)
    return answer_curve(spec, data)


class _Choice(NamedTuple):
    type: str
    exposure: str
    column: str  # of the outcome, split or not
    covariates: tuple[str, ...]
    amount: str
    scale: str


def answer_curve(spec: CurveSpec, data: pd.DataFrame) -> Result:
    """Answer of `specification_curve` to a spec."""
    numeric, within = [*spec.exposures, *spec.outcomes], as_names(spec.within)
    whole = model_frame(data, numeric=numeric, factors=within, either=spec.covariates, ranked=True)
    first, mark = (*within, *spec.exposures), "high "
    keys = [whole.values[name] for name in (*first, *sorted({*whole.values} - {*first}))]
    kept = np.flatnonzero(~np.isnan(keys[: len(first)]).any(axis=0))
    kept = kept[np.lexsort([key[kept] for key in reversed(keys)])]  # level by level; the order of the rows is nothing
    while any(f"{mark}{name}" in whole.values for name in spec.outcomes):
        mark += "high "
    amounts = {name: whole.values[name] for name in spec.outcomes}
    split = {mark + n: np.where(np.isnan(v), np.nan, v >= pd.Series(v).median())[kept] for n, v in amounts.items()}
    frame = ModelFrame(
        whole.table.iloc[kept].assign(**split), {n: v[kept] for n, v in whole.values.items()} | split, whole.levels
    )
    varied = [name for name in spec.covariates if pd.Series(frame.values[name]).nunique() > 1]
    choices = [
        _Choice(name, exposure, start + column, tuple(varied[:count]), amount, scale)
        for name, exposure in product(dict.fromkeys(spec.types), spec.exposures)
        for kind, column, amount in zip(spec.types, spec.outcomes, spec.amounts, strict=True)
        if kind == name
        for (scale, start), count in product(zip(SCALES, ("", mark), strict=True), range(len(varied) + 1))
    ]
    rows = _correlations(frame, choices, spec, len(data))
    z = _all_z(frame, [one for one, row in zip(choices, rows, strict=True) if not row["flag"]], spec)
    found: list[Row] = []
    for name in dict.fromkeys(spec.types):
        own = [row for row in rows if row["outcome"] == name]
        found += [*own, *_joint(name, z[[row["outcome"] == name for row in rows if not row["flag"]]], len(kept), spec)]
    return Result.from_rows(found, spec, whole.table)


def _correlations(frame: ModelFrame, choices: Sequence[_Choice], spec: CurveSpec, total: int) -> list[Row]:
    """Each specification as `correlate` answers it."""
    outcomes = tuple(dict.fromkeys(one.column for one in choices))
    how: dict[str, Any] = {name: getattr(spec, name) for name in ("within", "ci", "conf_level", "cohort")}
    answers: dict[tuple[Any, ...], Row] = {}
    for exposure, covariates in dict.fromkeys((one.exposure, one.covariates) for one in choices):
        asked = CorrelationSpec(x=exposure, y=outcomes, covariates=covariates, **how)
        found = records(answer_correlation(asked, frame.table).table)
        answers |= {(exposure, row["outcome"], covariates): row for row in found}
    rows = []
    for one in choices:
        row = answers[one[1:4]] | {"outcome": one.type, "amount": one.amount, "scale": one.scale}
        row["role"], row["given"] = "specification", ", ".join([*as_names(spec.within), *one.covariates])
        rows.append(row | {"n_missing": total - row["n"]})
    return rows


def _all_z(frame: ModelFrame, choices: Sequence[_Choice], spec: CurveSpec) -> Array:
    """Z of every specification, of the data and of each permutation: shape (specifications, 1 + permutations)."""
    n, found = len(frame.table), np.zeros((len(choices), 1 + spec.permutations))
    if not choices:
        return found
    strata = frame.values[spec.within] if spec.within else np.zeros(n)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for k, one in enumerate(choices):
        there = ~np.isnan([frame.values[name] for name in (one.column, *one.covariates)]).any(axis=0)
        groups.setdefault((one.exposure, one.covariates, tuple(np.flatnonzero(there))), []).append(k)
    models = {
        key: _statistic(frame, [choices[k] for k in rows], np.array(key[2]), spec) for key, rows in groups.items()
    }
    sizes = [int(count) for count in np.unique(strata, return_counts=True)[1]]
    at = 0
    for places in (np.arange(n)[:, None], *permutations_within(sizes, spec.permutations, spec.seed)):
        here = slice(at, at := at + places.shape[1])
        for key, rows in groups.items():
            found[rows, here] = models[key](frame.values[key[0]], places[np.array(key[2])])
    return found


def _statistic(frame: ModelFrame, choices: Sequence[_Choice], rows: np.ndarray, spec: CurveSpec) -> Statistic:
    """What gives z of specifications that share exposure, covariates and cases."""
    outcomes, given = (
        [frame.values[one.column][rows] for one in choices],
        (*as_names(spec.within), *choices[0].covariates),
    )
    own = {name: frame.values[name][rows] for name in given}
    if given == (spec.within,):
        return z_within_strata(outcomes, own[spec.within])
    ranked = {name: v if name in frame.levels else doubled_ranks(v) for name, v in own.items()}
    return z_given_columns(outcomes, covariate_columns(frame, Cases(ranked, rows, 0), given).columns)


def _joint(name: str, z: Array, n: int, spec: CurveSpec) -> list[Row]:
    """The median of z, and the share of significant specifications, against those of the permutations."""
    where = f"within {spec.within}" if spec.within else "over all samples"
    how = f"{spec.permutations} permutations of the rows of exposures {where}"
    about: Row = {"cohort": spec.cohort, "stratum": "all", "outcome": name, "term": "all specifications", "n": n}
    about |= {"role": "exposure", "specifications": len(z), "alpha": spec.alpha, "amount": "", "scale": "", "given": ""}
    told = {"median_z": "median of z", SECOND_TEST: f"share with p below {spec.alpha:g} on the side of the median"}
    rows = [about | {"measure": measure, "method": f"{what}; {how}"} for measure, what in told.items()]
    if not len(z):
        return [row | {"flag": flag("not estimable", "no specification can be made")} for row in rows]
    middle = np.median(z, axis=0)
    share = (np.sign(middle) * z > -ndtri(spec.alpha / 2)).mean(axis=0)
    p = own_p(np.array([np.abs(middle), share]))
    return [row | {"estimate": (middle, share)[k][0], "p_value": p[k]} for k, row in enumerate(rows)]
