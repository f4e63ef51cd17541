"""Summaries of many analyses of simulated cohorts beside the truth, and their pages in Markdown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.simulation_study import LOG, SCORE
from her2stats.simulate import Targets
from her2stats.simulate.targets import OVERALL
from her2stats.statistics import fit_logistic

KEYS = ["quantity", "stratum", "variable"]
ALPHA = 0.05


def asked_for(targets: Targets) -> pd.DataFrame:
    """The targets themselves, a row each."""
    rows = [
        ("correlation", stratum, *item) for stratum, types in targets.correlations.items() for item in types.items()
    ]
    rows += [("odds ratio", stratum, *item) for stratum, types in targets.odds_ratios.items() for item in types.items()]
    rows += [("zero share", OVERALL, *item) for item in targets.zero_shares.items()]
    rows += [("TIL", OVERALL, *item) for item in targets.til.items()]
    return pd.DataFrame(rows, columns=[*KEYS, "target"])


def hit(targets: Targets, numbers: pd.DataFrame, high: pd.DataFrame) -> pd.DataFrame:
    """Each target beside what was measured: ``measured``, its Monte Carlo error and their distance in errors, ``z``.

    Correlations, freed of their bias in small samples, and zero shares are means over the cohorts. The odds ratio is
    that of all cohorts' tumours together: in a single small stratum maximum likelihood overstates an odds ratio, and
    that is the estimator's affair.
    """
    means = numbers.groupby(KEYS)["estimate"].agg(measured="mean", error="sem").reset_index()
    means = means[~means["quantity"].isin(["correlation", "odds ratio"])]
    means["quantity"] = means["quantity"].str.removesuffix(", unbiased")
    table = asked_for(targets).merge(means, on=KEYS, how="left")
    odds = table["quantity"] == "odds ratio"
    for row in table[odds].itertuples():
        members = high[high["hr"] == row.stratum.removeprefix("hr=")]
        fit = fit_logistic(members, row.variable, SCORE, per_sd=False).table.iloc[0]
        table.loc[row.Index, ["measured", "error"]] = fit["estimate"], fit["std_error"]
    distance = np.where(odds, np.log(table["measured"] / table["target"]), table["measured"] - table["target"])
    return table.assign(z=distance / table["error"])


def recovered(numbers: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Bias and coverage of every quantity: a row each, over the cohorts that gave a number."""
    table = numbers[numbers["conf_low"].notna()].merge(truth, on=KEYS)
    cohorts = numbers["seed"].nunique()
    logs = table["quantity"].isin(LOG)
    own, true = (np.where(logs, np.log(table[name].where(logs, 1.0)), table[name]) for name in ("estimate", "true"))
    covered = (table["conf_low"] <= table["true"]) & (table["true"] <= table["conf_high"])
    table = table.assign(bias=own - true, covered=covered, found=table["p_value"] < ALPHA)
    summary = table.groupby(KEYS, sort=False).agg(
        true=("true", "first"),
        bias=("bias", "mean"),
        bias_error=("bias", "sem"),
        coverage=("covered", "mean"),
        found=("found", "mean"),
        cohorts=("bias", "size"),
    )
    return summary.assign(no_number=cohorts - summary["cohorts"]).reset_index()


def coverage_by_quantity(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean coverage of each quantity and stratum over its variables, with the lowest and the highest."""
    groups = rows.groupby(["quantity", "stratum"], sort=False)
    table = groups.agg(
        variables=("variable", "size"),
        coverage=("coverage", "mean"),
        lowest=("coverage", "min"),
        highest=("coverage", "max"),
        largest_bias=("bias", lambda bias: bias.loc[bias.abs().idxmax()]),
        no_number=("no_number", "sum"),
    )
    return table.reset_index()


def false_positives(numbers: pd.DataFrame) -> pd.DataFrame:
    """Share of tests below 0.05 where nothing is associated; its error from the variation between cohorts."""
    tests = numbers[numbers["p_value"].notna() & numbers["quantity"].ne("response odds ratio")]
    tests = tests[
        (tests["quantity"] != "TIL") | (tests["variable"] == SCORE)
    ]  # ESR1 differs by HR, as total TIL may not
    per_cohort = (tests["p_value"] < ALPHA).groupby([tests["quantity"], tests["stratum"], tests["seed"]]).mean()
    table = per_cohort.groupby(level=[0, 1], sort=False).agg(rate="mean", error="sem")
    count = tests.groupby(["quantity", "stratum"]).size().rename("tests")
    return table.join(count).reset_index()


def page(seeds: int, hits: dict[str, pd.DataFrame], rows: pd.DataFrame, null: pd.DataFrame) -> str:
    """The whole page; every number on it was computed in this run."""
    everything = pd.concat(hits.values())
    z = everything["z"].abs()
    interactions = rows[
        (rows["quantity"] == "interaction") & rows["variable"].isin(["Mast cells resting", "Neutrophils"])
    ]
    lines = [
        "# Simulated cohorts: are the targets met, and does the analysis find the truth?",
        "",
        f"Written by `python -m benchmarks simulation`. {seeds} cohorts of each kind, analysed from their expression",
        "as a study is: score, deconvolution, zero rule, models.",
        "",
        "## Targets",
        "",
        f"{len(everything)} targets. Distance of what was measured from the target, in Monte Carlo errors: "
        f"{(z > 1.96).mean():.1%} beyond 1.96, root mean square {np.sqrt((z**2).mean()):.2f}, largest {z.max():.2f}.",
        "A perfect simulation has 5 % beyond 1.96 and a root mean square of 1.",
    ]
    for name, table in hits.items():
        lines += ["", f"### {name}", "", *markdown(table, 3)]
    lines += ["", "## Bias and coverage of 95 % intervals, ABiM-like cohorts", ""]
    lines += [
        "Bias of ratios is on the log scale. `no_number`: cohorts in which the quantity could not be estimated.",
        "",
    ]
    lines += [*markdown(coverage_by_quantity(rows), 3), "", "Each quantity:", "", *markdown(rows, 3)]
    lines += ["", "## Planted interactions", "", "Share of cohorts with p < 0.05 (`found`):", ""]
    lines += markdown(interactions[["variable", "true", "found"]], 3)
    lines += ["", "## False positives", "", "Share of tests with p < 0.05 in cohorts without any association:", ""]
    return "\n".join([*lines, *markdown(null, 4), ""])


def markdown(frame: pd.DataFrame, digits: int) -> list[str]:
    """Frame as Markdown, numbers rounded."""
    cells = [
        [f"{v:.{digits}f}" if isinstance(v, float) else str(v) for v in row] for row in frame.itertuples(index=False)
    ]
    return ["| " + " | ".join(row) + " |" for row in [list(map(str, frame.columns)), ["---"] * frame.shape[1], *cells]]
