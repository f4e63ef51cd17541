"""Whole analyses of many simulated cohorts, each number beside what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, spearmanr

from her2stats.deconvolution import deconvolve
from her2stats.signatures import score_signature
from her2stats.signatures.til import score_danaher
from her2stats.simulate import (
    SimulatedTruth,
    Targets,
    simulate_her2_signature,
    simulate_response,
    simulate_signature_matrix,
    simulate_truth,
    simulate_with_truth,
)
from her2stats.simulate.latent import group_correlation, overall_correlation
from her2stats.simulate.paper import paper_responses
from her2stats.simulate.targets import STRATA
from her2stats.statistics import classify_abundance, correlate, fit_ancova, fit_interaction, fit_logistic, response_odds

SCORE = "score"
COLUMNS = (
    "seed",
    "quantity",
    "stratum",
    "variable",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "p_value",
    "flag",
)
POPULATION = 200_000
LOG = ("odds ratio", "interaction", "response odds ratio")  # compared on the log scale


@dataclass(frozen=True)
class Analysed:
    """One cohort: every number of the analysis, and what pooled estimates need."""

    numbers: pd.DataFrame
    high: pd.DataFrame  # samples x types, with the standardised score and HR


def analyse(targets: Targets, n: int, seed: int) -> Analysed:
    """Simulate a cohort and analyse it from its expression, as a study does."""
    cohort, truth = simulate_with_truth("sim", n, seed=seed, targets=targets)
    score = score_signature(cohort.log2(), simulate_her2_signature(), method="weighted").table.iloc[:, 0]
    score = ((score - score.mean()) / score.std(ddof=1)).rename(SCORE)
    fractions = deconvolve(cohort.linear(), simulate_signature_matrix()).fractions
    abundance = classify_abundance(fractions)
    amounts = fractions * (truth.amounts.to_numpy().sum() / fractions.to_numpy().sum())  # the unit of the truth
    til = score_danaher(cohort.log2()).table["Total TIL"]
    receptors = cohort.log2().loc[["ESR1", "ERBB2"]].T
    measured = pd.concat([cohort.clinical, score, receptors, til, amounts], axis=1)
    high = pd.concat([cohort.clinical[["hr"]], score, abundance.high], axis=1)
    kept, numbers = list(abundance.high), list(abundance.continuous)
    tables = [
        _rows("correlation", correlate(measured, SCORE, numbers).table, "outcome"),
        _rows("correlation", correlate(measured, SCORE, numbers, by="hr").table, "outcome"),
        _unbiased(measured, numbers),
        *[_rows("TIL", correlate(measured, "Total TIL", name).table, "outcome") for name in (SCORE, "ESR1", "ERBB2")],
        _rows("odds ratio", fit_logistic(high, kept, SCORE, by="hr").table, "outcome"),
        _rows("interaction", _products(fit_interaction(high, kept, SCORE, "hr").table), "outcome"),
        _rows("ANCOVA slope", _average(fit_ancova(measured, numbers, SCORE).slopes.table), "outcome"),
        _zeros(fractions),
    ]
    return Analysed(pd.concat(tables, ignore_index=True).assign(seed=seed), high.assign(seed=seed))


def analyse_response(seed: int) -> pd.DataFrame:
    """Simulate responses drawn with the rates of Table 2 and estimate their odds ratios."""
    clinical = simulate_response("sim", seed=seed, drawn=True).clinical
    group = np.where(clinical["her2_ihc"] == "0", "HER2-0", "HER2-low")
    frame = clinical.assign(her2_group=pd.Categorical(group, ["HER2-0", "HER2-low"]))
    table = response_odds(frame, ["complete_response", "pcr"], "her2_group", reference="HER2-0").table
    return _rows("response odds ratio", table[table["estimate"] != 1.0], "outcome").assign(seed=seed)


def truths(targets: Targets, *, population: int = POPULATION) -> pd.DataFrame:
    """Every population value: from the latent model, or for ANCOVA slopes from a large population."""
    truth = simulate_truth("population", population, seed=1, targets=targets)
    model = truth.model
    rows: list[tuple[str, str, str, float]] = []
    for name, cells in model.types.items():
        zeros = targets.zero_shares.get(name, 0.0)
        rows.append(("zero share", "all", name, zeros))
        if zeros > 0.75:
            continue
        odds = [cells.slopes[k] / model.score.sds[k] for k in (0, 1)]
        rows += [("odds ratio", STRATA[k], name, float(np.exp(odds[k]))) for k in (0, 1)]
        rows.append(("interaction", "all", name, float(np.exp(odds[1] - odds[0]))))
        if zeros < 0.25:
            rows += [("correlation", STRATA[k], name, group_correlation(cells, k)) for k in (0, 1)]
            rows.append(("correlation", "all", name, overall_correlation(cells, model.score)))
    rows += [("TIL", "all", name, targets.til.get(name, np.nan)) for name in (SCORE, "ESR1", "ERBB2")]
    rows += [("ANCOVA slope", "all", name, slope) for name, slope in _population_slopes(truth).items()]
    for outcome, table in paper_responses().items():
        (a, b), (c, d) = table["HER2-low"], table["HER2-0"]
        rows.append(("response odds ratio", "all", outcome, a * d / (b * c)))
    return pd.DataFrame(rows, columns=["quantity", "stratum", "variable", "true"])


def _population_slopes(truth: SimulatedTruth) -> dict[str, float]:
    shares = (truth.amounts == 0).mean()
    numbers = [name for name in truth.amounts if shares[name] < 0.25]
    score = (truth.score - truth.score.mean()) / truth.score.std(ddof=1)
    frame = pd.concat([truth.clinical, score, truth.amounts[numbers]], axis=1)
    slopes = _average(fit_ancova(frame, numbers, SCORE, points=2).slopes.table)
    return dict(zip(slopes["outcome"], slopes["estimate"], strict=True))


def _unbiased(measured: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    """Spearman correlations freed of their bias in small samples, by Kendall's tau.

    The mean of a sample's Spearman correlation is ((n - 2) rho + 3 tau) / (n + 1) (Hoeffding 1948).
    """
    rows = []
    strata = {"all": measured, **{f"hr={group}": part for group, part in measured.groupby("hr", observed=True)}}
    for stratum, part in strata.items():
        for name in numbers:
            x, y, n = part[SCORE], part[name], len(part)
            rho = ((n + 1) * spearmanr(x, y)[0] - 3 * kendalltau(x, y)[0]) / (n - 2)
            rows.append({"quantity": "correlation, unbiased", "stratum": stratum, "variable": name, "estimate": rho})
    return pd.DataFrame(rows).assign(flag="").reindex(columns=list(COLUMNS))


def _rows(quantity: str, table: pd.DataFrame, variable: str) -> pd.DataFrame:
    rows = table.assign(quantity=quantity, variable=table[variable], seed=0)
    return rows[list(COLUMNS)]


def _products(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["term"] == f"{SCORE}:hr[positive]"]


def _average(table: pd.DataFrame) -> pd.DataFrame:
    """The slope averaged over both factors."""
    return table[(table["term"] == SCORE) & (table["stratum"] == "all")]


def _zeros(fractions: pd.DataFrame) -> pd.DataFrame:
    share = (fractions == 0).mean()
    return pd.DataFrame(
        {"quantity": "zero share", "stratum": "all", "variable": share.index, "estimate": share.to_numpy(), "flag": ""}
    ).reindex(columns=list(COLUMNS))
