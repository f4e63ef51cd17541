"""Seeded example tables with the columns that the statistics rooms agreed on; their numbers mean nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from her2stats.figures.style.cell_types import LINEAGES
from her2stats.statistics.ancova import Ancova
from her2stats.statistics.result import Result
from her2stats.statistics.specs import (
    AncovaSpec,
    CorrelationSpec,
    GroupSpec,
    InteractionSpec,
    LogisticSpec,
    ResponseSpec,
)

LM22 = [
    "B cells naive",
    "B cells memory",
    "Plasma cells",
    "T cells CD8",
    "T cells CD4 naive",
    "T cells CD4 memory resting",
    "T cells CD4 memory activated",
    "T cells follicular helper",
    "T cells regulatory (Tregs)",
    "T cells gamma delta",
    "NK cells resting",
    "NK cells activated",
    "Monocytes",
    "Macrophages M0",
    "Macrophages M1",
    "Macrophages M2",
    "Dendritic cells resting",
    "Dendritic cells activated",
    "Mast cells resting",
    "Mast cells activated",
    "Eosinophils",
    "Neutrophils",
]
assert set(LM22) < {name for names in LINEAGES.values() for name in names}
COHORTS = {"discovery": 104, "confirmatory": 81, "ABiM": 318}
SCORES = ("her2", "ERBB2", "ESR1")


def cohort(name: str = "ABiM", n: int = 318, seed: int = 1, types: Sequence[str] = LM22) -> pd.DataFrame:
    """Tumours x (clinical variables, scores, abundances), with many exact zeros among the abundances."""
    rng = np.random.default_rng([seed, n])
    hr = rng.random(n) < 0.8
    her2 = rng.normal(size=n) + 0.4 * hr
    frame = pd.DataFrame({"hr": pd.Categorical(np.where(hr, "positive", "negative"), ["negative", "positive"])})
    levels = np.digitize(her2 + rng.normal(scale=0.7, size=n), [-0.2, 0.9])
    frame["her2_ihc"] = pd.Categorical(np.array(["0", "1+", "2+"])[levels], ["0", "1+", "2+"], ordered=True)
    frame["her2"] = her2
    frame["ERBB2"] = 8 + 0.6 * her2 + rng.normal(scale=0.8, size=n)
    frame["ESR1"] = 5 + 4 * hr + rng.normal(scale=1.0, size=n)
    frame["til"] = 6 - 0.5 * her2 - 0.3 * hr + rng.normal(scale=0.9, size=n)
    for place, cell_type in enumerate(types):
        centre = rng.uniform(0.01, 0.15)
        amount = centre * (1 + 0.5 * rng.normal(size=n) - 0.25 * (place % 3) * her2 - 0.3 * (place % 2) * hr)
        frame[cell_type] = np.clip(amount - rng.uniform(-0.02, 0.06), 0, None)
    frame.index = pd.Index([f"{name}-{i:03d}" for i in range(n)], name="sample")
    frame.attrs["name"] = name
    return frame


def cohorts() -> dict[str, pd.DataFrame]:
    """Build the paper's three cohorts by size."""
    return {name: cohort(name, n, seed) for seed, (name, n) in enumerate(COHORTS.items())}


def _strata(frame: pd.DataFrame, by: str | None) -> dict[str, pd.DataFrame]:
    if by is None:
        return {"all": frame}
    return {f"{by}={level}": part for level, part in frame.groupby(by, observed=False)}


def correlation(frame: pd.DataFrame, x: str, y: Sequence[str], *, by: str | None = None) -> Result:
    """Table of `correlate`."""
    rows = []
    for stratum, part in _strata(frame, by).items():
        for outcome in y:
            n = len(part)
            row = {"stratum": stratum, "outcome": outcome, "term": x, "n": n, "n_missing": 0}
            row |= {"role": "exposure", "measure": "rho", "conf_level": 0.95}
            if min(part[outcome].nunique(), part[x].nunique()) < 2:
                rows.append({**row, "flag": f"constant outcome: {outcome} is the same in all {n} tumours"})
                continue
            rho, p = stats.spearmanr(part[x], part[outcome])
            se = np.sqrt((1 + rho**2 / 2) / (n - 3))
            low, high = np.tanh(np.arctanh(rho) + np.array([-1.96, 1.96]) * se)
            rows.append(
                {**row, "estimate": rho, "std_error": se, "conf_low": low, "conf_high": high, "p_value": p, "df": n - 2}
            )
    return _adjusted(Result.from_rows(rows, CorrelationSpec(cohort=frame.attrs["name"], x=x, y=tuple(y)), frame))


def _adjusted(result: Result) -> Result:
    table = result.table
    tests = table.groupby("stratum")["p_value"].transform("count")
    return result.with_table(table.assign(p_adjusted=np.minimum(1, table["p_value"] * tests)))


def odds_ratios(frame: pd.DataFrame, types: Sequence[str] = LM22, exposure: str = "her2") -> Result:
    """Table of `fit_logistic` by HR: most rows plausible, one separated, one constant, one enormous."""
    rng = np.random.default_rng(len(frame))
    rows = []
    for level in ("negative", "positive"):
        n = int((frame["hr"] == level).sum())
        for place, outcome in enumerate(types):
            row = {"stratum": f"hr={level}", "outcome": outcome, "term": exposure, "n": n, "n_events": n // 2}
            row |= {"role": "exposure", "measure": "odds_ratio", "conf_level": 0.95, "per": "sd", "n_missing": 0}
            if outcome == "Eosinophils" and level == "negative":
                rows.append({**row, "flag": "separation: every tumour above 1.2 is high"})
                continue
            if outcome == "Mast cells activated" and level == "negative":
                rows.append({**row, "n_events": 0, "flag": f"constant outcome: 0 of {n} are high"})
                continue
            se = 4 / np.sqrt(n) * rng.uniform(0.5, 0.9)
            log_or = rng.normal(scale=0.35)
            if outcome == "Monocytes" and level == "negative":
                log_or, se = 3.9, 1.6
            low, high = np.exp(log_or - 1.96 * se), np.exp(log_or + 1.96 * se)
            p = 2 * stats.norm.sf(abs(log_or / se))
            rows.append(
                {**row, "estimate": np.exp(log_or), "std_error": se, "conf_low": low, "conf_high": high, "p_value": p}
            )
            del place
    spec = LogisticSpec(cohort=frame.attrs["name"], outcomes=tuple(types), exposure=exposure, by="hr")
    return _adjusted(Result.from_rows(rows, spec, frame))


def interaction(frame: pd.DataFrame, types: Sequence[str] = LM22, exposure: str = "her2") -> Result:
    """Table of `fit_interaction`: five rows an outcome."""
    base = odds_ratios(frame, types, exposure).table.set_index(["stratum", "outcome"])
    rows = []
    for outcome in types:
        negative, positive = base.loc[("hr=negative", outcome)], base.loc[("hr=positive", outcome)]
        for stratum, row in (("hr=negative", negative), ("hr=positive", positive)):
            rows.append({**row.to_dict(), "stratum": stratum, "outcome": outcome, "exposure": exposure})
        difference = np.log(positive["estimate"]) - np.log(negative["estimate"])
        se = np.hypot(positive["std_error"], negative["std_error"])
        flag = negative["flag"] or positive["flag"]
        p = 2 * stats.norm.sf(abs(difference / se)) if not flag else np.nan
        common = {"cohort": frame.attrs["name"], "stratum": "all", "outcome": outcome, "n": len(frame)}
        common |= {"exposure": exposure, "measure": "odds_ratio", "conf_level": 0.95, "per": "sd", "flag": flag}
        rows.append({**common, "term": "hr[positive]", "role": "moderator", "p_value": 0.5})
        common |= {"role": "interaction", "p_value": p}
        rows.append({**common, "term": f"{exposure}:hr[positive]", "estimate": np.exp(difference), "std_error": se})
        rows.append({**common, "term": f"{exposure}:hr[positive] (likelihood ratio)", "measure": "second_test"})
    spec = InteractionSpec(cohort=frame.attrs["name"], outcomes=tuple(types), exposure=exposure, moderator="hr")
    return Result.from_rows(rows, spec, frame)


def comparison(frame: pd.DataFrame, types: Sequence[str] = LM22) -> Result:
    """Table of `compare_groups` by HR: Wilcoxon, chi-squared for types with many zeros, one Fisher row."""
    rows = []
    for outcome in types:
        positive = frame.loc[frame["hr"] == "positive", outcome]
        negative = frame.loc[frame["hr"] == "negative", outcome]
        row = {"stratum": "all", "outcome": outcome, "term": "hr", "n": len(frame), "n_missing": 0}
        row |= {"role": "group", "group": "hr", "reference": "negative", "comparison": "positive"}
        row |= {"n_reference": len(negative), "n_comparison": len(positive)}
        if (frame[outcome] == 0).mean() >= 0.25:
            present = pd.crosstab(frame["hr"], frame[outcome] > 0)
            p = stats.chi2_contingency(present, correction=False)[1] if present.shape == (2, 2) else np.nan
            rows.append({**row, "p_value": p, "measure": "risk_difference"})
            if outcome == "Neutrophils":
                rows.append({**row, "term": "hr (Fisher exact)", "p_value": p, "measure": "second_test"})
        else:
            p = stats.mannwhitneyu(positive, negative).pvalue
            rows.append({**row, "p_value": p, "measure": "shift"})
    kinds = tuple("continuous" for _ in types)
    spec = GroupSpec(cohort=frame.attrs["name"], y=tuple(types), kinds=kinds, group=("hr",))
    return _adjusted(Result.from_rows(rows, spec, frame))


def ancova(frame: pd.DataFrame, types: Sequence[str] = LM22[:4], score: str = "her2") -> Ancova:
    """Slopes and curves of `fit_ancova`; the last type cannot be estimated when there are more than three."""
    curve, slopes = [], []
    grid = np.linspace(frame[score].min(), frame[score].max(), 25)
    centre = frame[score].mean()
    levels = [("all", 0.0), ("hr=negative", 0.01), ("hr=positive", -0.01)]
    levels += [("her2_ihc=0", 0.01), ("her2_ihc=1+", 0.0), ("her2_ihc=2+", -0.012)]
    for place, outcome in enumerate(types):
        fit = stats.linregress(frame[score], frame[outcome])
        flag = "not estimable: the cell HR-negative x 2+ is empty" if place > 2 else ""
        for stratum, shift in levels:
            row = {"stratum": stratum, "outcome": outcome, "n": len(frame), "n_missing": 0, "flag": flag}
            row |= {"role": "exposure", "conf_level": 0.95, "weights": "equal"}
            numbers = {"estimate": fit.slope + shift, "std_error": fit.stderr, "p_value": fit.pvalue, "p_adjusted": 0.2}
            numbers |= {"conf_low": fit.slope + shift - 2 * fit.stderr, "conf_high": fit.slope + shift + 2 * fit.stderr}
            slopes.append({**row, "term": score, "measure": "slope", **({} if flag else numbers)})
            for at in grid:
                mean = fit.intercept + fit.slope * at + shift * (1 + 0.6 * at)
                half = 2 * fit.stderr * np.hypot(1, at - centre)
                numbers = {"estimate": mean, "conf_low": mean - half, "conf_high": mean + half}
                curve.append({**row, "term": "mean", "measure": "mean", "at": at, **({} if flag else numbers)})
    spec = AncovaSpec(cohort=frame.attrs["name"], outcomes=tuple(types), score=score)
    slope_table = Result.from_rows(slopes, spec, frame)
    return Ancova(tests=slope_table, slopes=slope_table, curve=Result.from_rows(curve, spec, frame))


def response() -> Result:
    """Table 2 of the paper."""
    row = {"stratum": "all", "term": "her2_group[HER2-low]", "measure": "odds_ratio", "conf_level": 0.95}
    row |= {"role": "group", "group": "her2_group", "reference": "HER2-0", "comparison": "HER2-low"}
    first = {"outcome": "complete_response", "estimate": 0.506, "conf_low": 0.187, "conf_high": 1.373, "p_value": 0.181}
    first |= {"n_reference": 39, "n_events_reference": 17, "n_comparison": 32, "n_events_comparison": 9, "n": 71}
    second = {"outcome": "pcr", "estimate": 0.688, "conf_low": 0.275, "conf_high": 1.724, "p_value": 0.425}
    second |= {"n_reference": 50, "n_events_reference": 36, "n_comparison": 36, "n_events_comparison": 23, "n": 86}
    spec = ResponseSpec(
        cohort="immunotherapy", outcomes=("complete_response", "pcr"), group="her2_group", reference="HER2-0"
    )
    return Result.from_rows([{**row, **first}, {**row, **second}], spec, pd.DataFrame())


def crosscheck(seed: int = 3) -> pd.DataFrame:
    """Table of `crosscheck_r`."""
    rng = np.random.default_rng(seed)
    rows = []
    tolerances = {"correlate": 1e-8, "fit_logistic": 1e-6, "fit_ancova": 1e-8, "compare_groups": 1e-8}
    for model, tolerance in tolerances.items():
        for quantity in ("estimate", "std_error", "conf_low", "conf_high", "p_value"):
            for _ in range(30):
                size = 0.0 if rng.random() < 0.3 else 10 ** rng.uniform(-16.5, -11)
                rows.append((model, quantity, size, tolerance, "agrees"))
    rows.append(("fit_logistic", "p_value", 3e-4, 1e-6, "differs"))
    rows += [("fit_firth", "estimate", np.nan, 1e-6, "not checked: brglm2 is not installed")] * 6
    return pd.DataFrame(rows, columns=["model", "quantity", "rel_diff", "tolerance", "verdict"])


def correlation_matrix(frame: pd.DataFrame, variables: Sequence[str]) -> list[Result]:
    """Build every pair once, by HR."""
    return [correlation(frame, x, variables[place + 1 :], by="hr") for place, x in enumerate(variables[:-1])]


def flow(*cohorts: str) -> pd.DataFrame:
    """Steps of tumours, one of them with a long reason."""
    reason = "HER2 status positive, but IHC 0 to 2+ with a negative amplification test, and $ more words"
    steps = [("start", "samples in the clinical table", 400), ("left out", "excluded: HER2 positive", 42)]
    steps += [("left out", reason, 15), ("analysed", "tumours analysed", 343), ("group", "HR-positive", 279)]
    steps += [("group", "HR-negative", 64), ("known", "cell fractions estimated", 343)]
    rows = [(cohort, *step) for cohort in cohorts for step in steps]
    return pd.DataFrame(rows, columns=["cohort", "step", "what", "n"])
