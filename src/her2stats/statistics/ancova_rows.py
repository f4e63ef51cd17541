"""The three tables of an analysis of covariance: tests, marginal slopes, marginal mean curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from math import isnan

import numpy as np
from scipy.special import stdtrit

from her2stats.statistics.ancova_terms import Term
from her2stats.statistics.arguments import percent
from her2stats.statistics.fits.ancova_model import AncovaModel, SharedModel
from her2stats.statistics.fits.linear import LinearFit
from her2stats.statistics.fits.permuted_slopes import permuted_p
from her2stats.statistics.fits.tails import t_two_sided
from her2stats.statistics.flags import Row, flag
from her2stats.statistics.frame import Array
from her2stats.statistics.specs import AncovaSpec, Covariance
from her2stats.statistics.terms import term_columns
from her2stats.vocabulary.names import stratum_of

FEWEST_DF = 10
COVARIANCES: dict[Covariance, str] = {
    "ols": "",
    "hc2": ", HC2 errors with Bell-McCaffrey degrees of freedom",
    "hc3": ", HC3 errors",
}


def term_rows(model: AncovaModel) -> Iterator[Row]:
    """A row a term."""
    place = "numbers centred at their mean" if model.spec.centre else "numbers at 0"
    shared = _common(model, f"lm, Type III F test (sum-to-zero contrasts, {place})")
    shared |= {"stratum": "all", "measure": "test"}
    if model.shared is None or model.fit is None:
        for term in model.terms:
            yield shared | _about(model, term) | {"df_residual": np.nan, "flag": model.flag}
        return
    for test in model.shared.tests:
        yield shared | _about(model, test.term) | test.against(model.fit, model.values)


def _about(model: AncovaModel, term: Term) -> Row:
    """What a term is, and its variables."""
    roles = {model.spec.score: "exposure"} | dict.fromkeys(model.spec.covariates, "covariate")
    role = "interaction" if len(term) > 1 else roles.get(term[0], "factor")
    return {"role": role} | term_columns(*((name, "") for name in term))


def slope_rows(model: AncovaModel) -> Iterator[Row]:
    """A row for all, and one for each level of each factor."""
    able: list[tuple[Row, Array]] = []  # rows that have a test, and their combinations
    rows = list(_slope_rows(model, able))
    if model.spec.permutations:
        for row in rows:
            row["p_permutation"] = np.nan
    if able and model.spec.permutations and model.shared is not None and model.fit is not None:
        shares = permuted_p(model, model.shared, model.fit, np.vstack([combination for _, combination in able]))
        for (row, _), share in zip(able, shares.tolist(), strict=True):
            row["p_permutation"] = share
    yield from rows


def _slope_rows(model: AncovaModel, able: list[tuple[Row, Array]]) -> Iterator[Row]:
    spec = model.spec
    method = f"lm, marginal slope of the score, {spec.weights} weights; {_interval(spec)}"
    common = _common(model, method) | _estimated(spec, "slope") | {"term": spec.score}
    for stratum, fixed, level in _strata(model):
        row = common | {"stratum": stratum}
        if model.shared is None or model.fit is None:
            yield row | {"flag": model.flag}
            continue
        weights = _weights(model, model.shared, fixed, level)
        if weights is None:
            yield row | {"flag": flag("empty level", f"no complete case has {stratum}")}
            continue
        combination = model.shared.grid.slopes(spec.score, weights)[None, :]
        slope_of = partial(model.shared.grid.slopes, spec.score)
        why = partial(_why_not_known, model, model.shared, weights, slope_of)
        found = row | _numbers(model.fit, combination, spec, why, tested=True)[0]
        if "p_value" in found:
            able.append((found, combination))
        yield found


def curve_rows(model: AncovaModel) -> Iterator[Row]:
    """Rows along the score, for all and for each level of each factor; one row where there is no curve."""
    spec = model.spec
    method = f"lm, marginal mean, {spec.weights} weights; {_interval(spec)}"
    common = _common(model, method) | _estimated(spec, "mean") | {"term": "mean"}
    for stratum, fixed, level in _strata(model):
        row = common | {"stratum": stratum, "at": np.nan}
        if model.shared is None or model.fit is None:
            yield row | {"flag": model.flag}
            continue
        weights = _weights(model, model.shared, fixed, level)
        if weights is None:
            yield row | {"flag": flag("empty level", f"no complete case has {stratum}")}
            continue
        at = np.linspace(*model.shared.span, spec.points)
        combinations = model.shared.grid.means(spec.score, at, weights)
        why = partial(
            _why_not_known, model, model.shared, weights, partial(model.shared.grid.means, spec.score, at[:1])
        )
        numbers = _numbers(model.fit, combinations, spec, why, tested=False)
        for place, values in zip(at, numbers, strict=True):
            yield row | {"at": float(place)} | values


def _interval(spec: AncovaSpec) -> str:
    """Of which errors the limits are made."""
    return f"{percent(spec.conf_level)} CI t{COVARIANCES[spec.covariance]}"


def _estimated(spec: AncovaSpec, measure: str) -> Row:
    """What an estimate along the score is."""
    return {"role": "exposure", "measure": measure, "conf_level": spec.conf_level, "weights": spec.weights}


def _common(model: AncovaModel, method: str) -> Row:
    adjusted = (*model.spec.covariates, *model.spec.extra_terms)
    with_covariates = f"{method}; adjusted for {', '.join(adjusted)}" if adjusted else method
    return {"outcome": model.outcome, "n": model.n, "n_missing": model.n_missing, "method": with_covariates}


def _strata(model: AncovaModel) -> Iterator[tuple[str, str, int]]:
    """Label, factor held fixed, position of its level among the declared ones."""
    yield "all", "", 0
    for name in model.spec.factors:
        for position, level in enumerate(model.levels[name]):
            yield stratum_of(name, level), name, position


def _weights(model: AncovaModel, shared: SharedModel, fixed: str, level: int) -> Array | None:
    """Weights of the grid's cells; None for a level without cases."""
    if not fixed:
        return shared.grid.weights(model.spec.weights)
    if level not in shared.present[fixed]:
        return None
    return shared.grid.weights(model.spec.weights, fixed, shared.present[fixed].index(level))


def _why_not_known(model: AncovaModel, shared: SharedModel, weights: Array, of: Callable[[Array], Array]) -> str:
    """Flag of an average that the data do not determine: what its cells lack, cases or variety.

    `weights` are those of the cells in the average; `of` turns weights into L of shape (k,) or (1, k).
    """
    averaged = np.flatnonzero(weights)
    known = shared.projection.estimable(np.vstack([of(np.eye(len(weights))[cell]) for cell in averaged]))
    unknown = averaged[~known]
    if shared.grid.counts[unknown].all():
        rank, columns = shared.projection.rank, len(shared.projection.lengths)
        why = f"the cases of the cells leave it open, {rank} of {columns} columns are independent"
        return flag("not estimable", why)
    names = [_cell_name(model, shared, cell) for cell in unknown if not shared.grid.counts[cell]]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return flag("not estimable", f"no case in the cell {', '.join(names[:3])}{more}")


def _cell_name(model: AncovaModel, shared: SharedModel, cell: int) -> str:
    levels = zip(shared.grid.factors, shared.grid.cells[cell], strict=True)
    return " ".join(f"{name}={model.levels[name][shared.present[name][int(place)]]}" for name, place in levels)


def _numbers(
    fit: LinearFit, combinations: Array, spec: AncovaSpec, why: Callable[[], str], *, tested: bool
) -> list[Row]:
    """Estimate, standard error and t limits of each L b; with its t test where a value of 0 has a meaning."""
    estimable = fit.projection.estimable(combinations)
    estimates, errors, degrees = fit.contrasts(combinations, spec.covariance)
    reach = stdtrit(degrees, 0.5 + spec.conf_level / 2) * errors
    rows: list[Row] = []
    why = cache(why)  # the same of every point on a curve
    numbers = (values.tolist() for values in (estimates, errors, degrees, reach))
    for known, estimate, error, df, half in zip(estimable, *numbers, strict=True):
        if not known or isnan(error):
            rows.append({"flag": flag("not estimable", "one case alone decides it (leverage 1)") if known else why()})
            continue
        row: Row = {"estimate": estimate, "std_error": error, "df": df}
        row |= {"conf_low": estimate - half, "conf_high": estimate + half}
        if tested:
            row |= {"statistic": estimate / error, "p_value": t_two_sided(estimate / error, df)}
        if spec.covariance == "hc2" and df < FEWEST_DF:
            row["flag"] = flag("few degrees of freedom", f"{df:.1f}, it rests on a few cases")
        rows.append(row)
    return rows
