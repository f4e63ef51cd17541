"""Each question once more with statsmodels and scipy: other routines than ours, where R's are not at hand.

A function takes a result's question and gives, for each of its rows, the quantities that a routine of those packages
gives under our convention; what a row's dictionary leaves out stays unchecked. Nothing of the fits that are checked
is used: design matrices, strata and contrasts are made here again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from her2stats.r_engine.exchange.frames import is_factor
from her2stats.statistics.result import Result
from her2stats.statistics.rows import SECOND_TEST, records
from her2stats.vocabulary.names import stratum_of

Row = dict[str, Any]
FEWEST_EXACT = 50  # values of a group from which wilcox.test takes the normal distribution
Z_VARIANCES: dict[str, Callable[[float, int], float]] = {
    "bonett-wright": lambda rho, n: (1 + rho**2 / 2) / (n - 3),
    "fieller": lambda rho, n: 1.06 / (n - 3),
    "fisher": lambda rho, n: 1 / (n - 3),
}


def correlations(result: Result) -> Iterator[Row]:
    """Spearman's rho with its t test; limits of the conventions that are an interval of Fisher's z."""
    from scipy import stats

    spec: Any = result.spec
    for row in records(result.table):
        data, found = cases_of(result, row, [spec.x, row["outcome"], *spec.given])
        if within := spec.within:  # ranks as shares of their stratum
            both = data[[spec.x, row["outcome"]]].set_axis(["x", "y"], axis=1)
            strata = both.groupby(data[within].astype(str))
            shares = strata.rank().div(strata["x"].transform("size") + 1, axis=0)
            if both["y"].isin([0, 1]).all():
                shares["y"] = both["y"]
            shares -= shares.groupby(data[within].astype(str)).transform("mean")
            alike = {"estimate": float(stats.pearsonr(shares["x"], shares["y"]).statistic)}
            yield found | (alike if not spec.covariates else {})
            continue
        if spec.given:
            yield found
            continue
        x, y = data[spec.x], data[row["outcome"]]
        tested = stats.spearmanr(x, y)
        rho, df = float(tested.statistic), len(data) - 2
        found |= {"estimate": rho, "p_value": float(tested.pvalue), "df": df}
        if abs(rho) < 1:
            found["statistic"] = rho * math.sqrt(df / (1 - rho**2))
            if spec.ci in Z_VARIANCES:
                error = math.sqrt(Z_VARIANCES[spec.ci](rho, len(data)))
                reach = stats.norm.isf((1 - spec.conf_level) / 2) * error
                z = math.atanh(rho)
                found |= {"std_error": error, "conf_low": math.tanh(z - reach), "conf_high": math.tanh(z + reach)}
        yield found


def groups(result: Result) -> Iterator[Row]:
    """Wilcoxon's and Pearson's tests, Fisher's exact p, and the difference of two shares."""
    from scipy import stats

    for row in records(result.table):
        group, outcome = row["group"], row["outcome"]
        data, found = cases_of(result, row, [group, outcome])
        first, second = (data.loc[data[group] == row[name], outcome] for name in ("reference", "comparison"))
        found |= {"n_reference": len(first), "n_comparison": len(second)}
        if row["measure"] == "shift":
            tied = data[outcome].duplicated().any()
            exact = not tied and max(len(first), len(second)) < FEWEST_EXACT
            test = stats.mannwhitneyu(second, first, method="exact" if exact else "asymptotic")
            differences = np.subtract.outer(second.to_numpy(), first.to_numpy())
            found |= {"statistic": float(test.statistic), "p_value": float(test.pvalue)}
            found |= {"superiority": test.statistic / differences.size, "estimate": float(np.median(differences))}
            yield found | {"value_reference": first.median(), "value_comparison": second.median()}
            continue
        counts = pd.crosstab(data[group].astype(str), data[outcome]).loc[[row["reference"], row["comparison"]]]
        if row["measure"] == SECOND_TEST:
            yield found | {"p_value": float(stats.fisher_exact(counts)[1])}
            continue
        test = stats.chi2_contingency(counts, correction=False)
        found |= {"statistic": float(test.statistic), "df": test.dof, "p_value": float(test.pvalue)}
        found |= {"value_reference": first.mean(), "value_comparison": second.mean()}
        yield found | {"estimate": second.mean() - first.mean(), "n_events": data[outcome].sum()}


def logistic(result: Result) -> Iterator[Row]:
    """Odds ratios without a product of terms."""
    spec: Any = result.spec
    if spec.penalty != "none":
        yield from ({} for _ in records(result.table))
        return

    @cache
    def fitted(stratum: str, outcome: str) -> tuple[Any, dict[tuple[str, str], int], Row]:
        data, found = cases_of(result, {"stratum": stratum}, [spec.exposure, outcome, *spec.covariates])
        exposure, whole = data[spec.exposure], result.data[spec.exposure]
        if spec.sd == "stratum" and spec.by:
            whole = whole[result.data[spec.by].astype(str) == stratum.removeprefix(stratum_of(spec.by, ""))]
        unit = float(whole.std()) if spec.per_sd else 1.0
        columns, places = _columns(data, spec.covariates)
        design = np.column_stack([np.ones(len(data)), (exposure - exposure.mean()) / unit, *columns])
        places = {name: place + 2 for name, place in places.items()} | {(spec.exposure, ""): 1}
        return _glm(data[outcome], design), places, found | {"n_events": data[outcome].sum()}

    for row in records(result.table):
        fit, places, found = fitted(row["stratum"], row["outcome"])
        place = places.get((row["variable"], row["level"]))
        yield found | (_odds(fit, [place], spec) if place is not None else {})


def interactions(result: Result) -> Iterator[Row]:
    """Odds ratios in the two levels of a moderator, their ratio, and its two tests, from one model."""
    from scipy import stats

    spec: Any = result.spec
    _, second = result.data[spec.moderator].cat.categories

    @cache
    def fitted(outcome: str, exposure: str) -> tuple[Any, Any, Row]:
        data, found = cases_of(result, {"stratum": "all"}, [exposure, spec.moderator, outcome, *spec.covariates])
        per_sd = getattr(spec, "per_sd", False)
        unit = float(result.data[exposure].std()) if per_sd else 1.0
        # where the moderator's own ratio is meant: an abundance of 0 and 1 keeps its 0, a score has its mean there
        centre = 0.0 if spec.verb == "fit_clinical" else data[exposure].mean()
        x, m = (data[exposure] - centre) / unit, (data[spec.moderator] == second).astype(float)
        columns, _ = _columns(data, spec.covariates)
        design = np.column_stack([np.ones(len(data)), x, m, x * m, *columns])
        found |= {"n_events": data[outcome].sum()}
        return _glm(data[outcome], design), _glm(data[outcome], np.delete(design, 3, axis=1)), found

    for row in records(result.table):
        fit, without, found = fitted(row["outcome"], row["exposure"])
        if row["measure"] == SECOND_TEST:
            fell = max(without.deviance - fit.deviance, 0.0) if fit is not None else math.nan
            yield found | {"statistic": fell, "df": 1.0, "p_value": float(stats.chi2.sf(fell, 1))}
            continue
        # a level that is fitted by itself, where the model of both cannot be
        if any(row[name] != found[name] for name in ("n", "n_missing")):
            yield {}
            continue
        inside = stratum_of(spec.moderator, second)
        own = [1, 3] if row["stratum"] == inside else [1]
        yield found | _odds(fit, {"moderator": [2], "interaction": [3]}.get(row["role"], own), spec)


def responses(result: Result) -> Iterator[Row]:
    """Odds ratio of each level against the reference, and the difference of the shares by Newcombe."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    spec: Any = result.spec
    levels = [level for level in result.data[spec.group].cat.categories if level != spec.reference]

    @cache
    def fitted(stratum: str, outcome: str) -> tuple[pd.DataFrame, Any, Row]:
        data, found = cases_of(result, {"stratum": stratum}, [spec.group, outcome, *spec.covariates])
        columns, _ = _columns(data, spec.covariates)
        indicators = [(data[spec.group] == level).astype(float) for level in levels]
        design = np.column_stack([np.ones(len(data)), *indicators, *columns])
        return data, _glm(data[outcome], design), found | {"n_events": data[outcome].sum()}

    for row in records(result.table):
        data, fit, found = fitted(row["stratum"], row["outcome"])
        base, compared = (
            data.loc[data[spec.group] == row[name], row["outcome"]] for name in ("reference", "comparison")
        )
        sizes = {"n_reference": len(base), "n_comparison": len(compared)}
        events = {"n_events_reference": base.sum(), "n_events_comparison": compared.sum()}
        low, high = confint_proportions_2indep(
            compared.sum(), len(compared), base.sum(), len(base), method="newcomb", alpha=1 - spec.conf_level
        )
        share = {"risk_difference": compared.mean() - base.mean(), "rd_low": low, "rd_high": high}
        yield found | sizes | events | share | _odds(fit, [1 + levels.index(row["level"])], spec)


def cases_of(result: Result, row: Row, names: Sequence[str]) -> tuple[pd.DataFrame, Row]:
    """Complete cases of a row's stratum, and how many there are and are not."""
    data, by = result.data, getattr(result.spec, "by", "")
    if by and row["stratum"] != "all":
        level = row["stratum"].removeprefix(stratum_of(by, ""))
        data = data[data[by].isna() | (data[by].astype(str) == level)]
    complete = data[data[[*names, by] if by else list(names)].notna().all(axis=1)]
    return complete, {"n": len(complete), "n_missing": len(data) - len(complete)}


def _columns(data: pd.DataFrame, names: Sequence[str]) -> tuple[list[np.ndarray], dict[tuple[str, str], int]]:
    """Columns of covariates, numbers centred and levels against the first one that is there; and their places."""
    columns: list[np.ndarray] = []
    places: dict[tuple[str, str], int] = {}
    for name in names:
        if not is_factor(data[name]):
            places[name, ""] = len(columns)
            columns.append((data[name] - data[name].mean()).to_numpy(float))
            continue
        for level in data[name].cat.remove_unused_categories().cat.categories[1:]:
            places[name, str(level)] = len(columns)
            columns.append((data[name] == level).to_numpy(float))
    return columns, places


def _glm(outcome: pd.Series, design: np.ndarray) -> Any:
    """Maximum likelihood to its last digits; None where the columns do not determine it."""
    import statsmodels.api as sm

    if not np.isfinite(design).all() or np.linalg.matrix_rank(design / abs(design).max(axis=0)) < design.shape[1]:
        return None
    lengths = np.linalg.norm(design, axis=0)  # of one length, columns of any units cost no digits
    model = sm.GLM(outcome.to_numpy(float), design / lengths, family=sm.families.Binomial())
    to_the_end = {"maxiter": 200, "tol": 1e-13, "tol_criterion": "params"}
    # once more from where it ended: the errors are those of the weights that a step began with
    fit = model.fit(start_params=model.fit(**to_the_end).params, **to_the_end)
    fit.lengths = lengths
    return fit


def _odds(fit: Any, places: Sequence[int], spec: Any) -> Row:
    """Odds ratio of a sum of coefficients."""
    if fit is None:
        return {}
    weights = np.zeros(len(fit.params))
    weights[[*places]] = 1.0 / fit.lengths[[*places]]
    told = fit.t_test(weights)
    log, error = float(np.squeeze(told.effect)), float(np.squeeze(told.sd))
    found: Row = {"estimate": np.exp(log), "std_error": error, "statistic": log / error, "p_value": float(told.pvalue)}
    if spec.ci == "wald":
        low, high = np.squeeze(told.conf_int(1 - spec.conf_level))
        found |= {"conf_low": np.exp(low), "conf_high": np.exp(high)}
    return found
