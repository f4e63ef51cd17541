"""Do the checks keep their levels at the paper's sizes? ``python -m benchmarks methods [REPEATS]``.

The conventions of the checks (HC2 with Bell and McCaffrey's degrees of freedom, ranks within receptor groups, the
likelihood ratio, Hartung and Knapp, Newcombe, Rubin over draws of genes) were chosen by simulation. It is done again
with the package's own functions, and prints what was measured then beside it. Cohorts of 81, 104 and 318 are drawn with
replacement from the 343 tumours of SCAN-B, their cell fractions and receptor groups; "no association" is the exposure
permuted within hormone receptor, HER2 IHC drawn at random. Needs SCAN-B and LM22 beside the checkout for these; writes
benchmarks/methods.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.simulation_report import markdown
from her2stats.deconvolution import deconvolve
from her2stats.signatures import score_gene
from her2stats.simulate import paper_targets, simulate_cohort, simulate_signature_matrix, simulate_truth
from her2stats.statistics import (
    classify_abundance,
    correlate,
    correlate_draws,
    fit_ancova,
    fit_interaction,
    pool,
    response_odds,
)
from her2stats.study.preparing import prepare
from her2stats.study.study_file import read_study

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HER2STATS_SHARED", ROOT.parent / "shared")) / "data"
PAGE = Path(__file__).with_name("methods.md")
SIZES = (81, 104, 318)
ALPHA = 0.05
IHC = np.array([129, 115, 74]) / 318  # HER2 IHC 0, 1+, 2+ of ABiM; SCAN-B's is not known
Rng = np.random.Generator


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    what: str
    size: str
    then: str  # what the conventions were chosen by
    measured: float
    error: float  # Monte Carlo


def share(what: str, size: object, then: str, hits: np.ndarray) -> Row:
    """A share over repeats, with the error of a mean over them: tests of one repeat are not independent."""
    by_repeat = hits[~np.isnan(hits.astype(float))]
    return Row(what, str(size), then, float(by_repeat.mean()), float(by_repeat.std(ddof=1) / np.sqrt(len(by_repeat))))


def tumours() -> tuple[pd.DataFrame, list[str]]:
    """SCAN-B's population: exposure, receptor group and the amounts of its continuous cell types."""
    study = ROOT / "tests" / "studies" / "scanb.toml"
    one = prepare(read_study(study)).cohorts[0]
    matrix = pd.read_csv(SHARED / "signatures" / "LM22.txt", sep="\t", index_col=0)
    fractions = deconvolve(one.cohort.linear(), matrix).fractions
    types = classify_abundance(fractions).continuous
    exposure = score_gene(one.cohort.log2(), "ERBB2").table["ERBB2"]
    return one.cohort.clinical[["hr"]].join(exposure).join(fractions[types]).dropna(), types


def drawn(whole: pd.DataFrame, n: int, rng: Rng) -> pd.DataFrame:
    """A cohort whose exposure has nothing to do with anything but the receptor group."""
    frame = whole.iloc[rng.integers(len(whole), size=n)].reset_index(drop=True)
    permuted = frame.groupby("hr", observed=True)["ERBB2"].transform(lambda values: rng.permutation(values.to_numpy()))
    return frame.assign(ERBB2=permuted)


def null_of_associations(whole: pd.DataFrame, types: list[str], n: int, seed: int) -> dict[str, np.ndarray]:
    """Which tests claim something where there is nothing."""
    rng = np.random.default_rng([n, seed])
    by_hr = drawn(whole, n, rng)
    by_cell = by_hr.assign(her2_ihc=rng.choice(["0", "1+", "2+"], size=n, p=IHC))
    asked = {"factors": ("hr", "her2_ihc")}
    p = {
        "ols": fit_ancova(by_cell, types, "ERBB2", **asked).slopes,
        "hc2": fit_ancova(by_cell, types, "ERBB2", covariance="hc2", **asked).slopes,
        "rho": correlate(by_hr, "ERBB2", types),
        "given": correlate(by_hr, "ERBB2", types, within="hr"),
    }
    high = by_hr.assign(**{name: (by_hr[name] >= by_hr[name].median()).astype(int) for name in types})
    found = {name: result.table["p_value"].to_numpy() < ALPHA for name, result in p.items()}
    terms = fit_interaction(high, types, "ERBB2", "hr").table
    ratio = terms[terms["measure"].eq("second_test")]["p_value"].to_numpy() < ALPHA
    wald = terms[terms["role"].eq("interaction") & terms["estimate"].notna()]["p_value"].to_numpy() < ALPHA
    return found | {"ratio": ratio, "wald": wald}


def associations(repeats: int, jobs: int) -> Iterator[Row]:
    """Levels of slopes, correlations and interactions."""
    whole, types = tumours()
    told = {
        "hc2": ("ANCOVA slope, HC2 and Bell-McCaffrey, rejects without association", ("3.8 %", "4.5 %", "4.8 %")),
        "ols": ("the same by least squares", ("0.4 to 10.8 % by type",) * 3),
        "given": ("rho given HR, rejects without association within HR", ("5 %",) * 3),
        "rho": ("unadjusted rho, the same", ("11 %", "16 %", "36 %")),
        "ratio": ("interaction, likelihood ratio, rejects", ("7.8 %", "7.4 %", "4.9 %")),
        "wald": ("interaction, Wald, rejects", ("not told",) * 3),
    }
    for place, n in enumerate(SIZES):
        found = Parallel(n_jobs=jobs)(delayed(null_of_associations)(whole, types, n, seed) for seed in range(repeats))
        for name, (what, then) in told.items():
            yield share(
                what, n, then[place], np.array([one[name].mean() if one[name].size else np.nan for one in found])
            )


def covered(tau: float, repeats: int, model: str) -> np.ndarray:
    """Whether intervals of three pooled log odds ratios hold the truth; a question each."""
    rng = np.random.default_rng(17)
    truth, errors = np.log(0.6), 2 / np.sqrt(np.array(SIZES))
    effects = truth + (tau * rng.normal(size=(repeats, 3)) + errors * rng.normal(size=(repeats, 3)))
    rows = pd.DataFrame({"estimate": np.exp(effects).ravel(), "std_error": np.tile(errors, repeats)})
    rows = rows.assign(
        cohort=["a", "b", "c"] * repeats, n=SIZES * repeats, outcome=np.repeat(np.arange(repeats), 3).astype(str)
    )
    rows = rows.assign(measure="odds_ratio", stratum="all", term="score", role="exposure", per="sd", conf_level=0.95)
    reach = 1.96 * rows["std_error"]
    limits = {"conf_low": rows["estimate"] * np.exp(-reach), "conf_high": rows["estimate"] * np.exp(reach)}
    found = pool(rows.assign(**limits, flag=""), model=model).table
    return (found["conf_low"].le(0.6) & found["conf_high"].ge(0.6)).to_numpy()


def pooling(repeats: int) -> Iterator[Row]:
    """Coverage over three cohorts."""
    for model, name, told in (
        ("dersimonian-laird", "DerSimonian-Laird, Wald", ("0.96", "0.91", "0.85")),
        ("random", "REML, Hartung-Knapp, never narrower than Wald", ("0.99", "0.97", "0.95")),
    ):
        for tau, then in zip((0, 0.15, 0.3), told, strict=True):
            yield share(f"{name}: covers the mean, k = 3", f"tau {tau}", then, covered(tau, repeats, model))


def responses(repeats: int) -> Iterator[Row]:
    """Fisher's level and Newcombe's coverage for a response in 135 and 107 patients of two groups."""
    rng, covered, exact = np.random.default_rng(23), [], []
    groups = np.repeat(["0", "low"], (135, 107))
    for _ in range(repeats):
        frame = pd.DataFrame({"her2": groups, "pcr": (rng.random(242) < 0.3).astype(int)})
        row = response_odds(frame, "pcr", "her2", reference="0").table.iloc[0]
        covered.append(row["rd_low"] <= 0 <= row["rd_high"])
        exact.append(row["p_mid"] < ALPHA)
    yield share("Newcombe's risk difference covers", "135 + 107", "0.943 to 0.949", np.array(covered))
    yield share("exact mid-p rejects without a difference", "135 + 107", "Fisher's p 3.0 to 4.2 %", np.array(exact))


def true_rho() -> pd.Series:
    """Correlation given receptor of the score with the true fractions, over so many tumours that chance is nothing."""
    truth = simulate_truth("sim", 20_000, seed=7, targets=paper_targets("discovery"))
    amounts = truth.amounts.div(truth.amounts.sum(axis=1), axis=0)
    frame = pd.concat([truth.score.rename("score"), truth.clinical["hr"].astype("str"), amounts], axis=1)
    return correlate(frame, "score", list(amounts), within="hr").table.set_index("outcome")["estimate"]


def one_mixture(true: pd.Series, seed: int, n: int = 104, draws: int = 50) -> tuple[float, float]:
    """Share of types whose intervals hold the true rho: the usual ones, and with the variance between draws."""
    targets = paper_targets("discovery")
    truth = simulate_truth("sim", n, seed=seed, targets=targets)
    cohort = simulate_cohort("sim", n, seed=seed, targets=targets)
    found = deconvolve(cohort.linear(), simulate_signature_matrix(), bootstrap=draws, mode="relative")
    types = classify_abundance(found.fractions).continuous
    drawn = [found.drawn.loc[one, types].add_suffix(f", draw {one}") for one in range(1, draws + 1)]
    frame = pd.concat(
        [truth.score.rename("score"), truth.clinical["hr"].astype("str"), found.fractions[types], *drawn], axis=1
    )
    answers = (
        correlate(frame, "score", types, within="hr").table,
        correlate_draws(frame, "score", types, draws=draws, within="hr").table,
    )
    low, high = (
        float(np.mean([row["conf_low"] <= true[row["outcome"]] <= row["conf_high"] for _, row in table.iterrows()]))
        for table in answers
    )
    return low, high


def uncertain_fractions(repeats: int, jobs: int) -> Iterator[Row]:
    """Coverage of the correlation with the true fractions."""
    true = true_rho()
    usual, rubin = np.array(Parallel(n_jobs=jobs)(delayed(one_mixture)(true, seed) for seed in range(repeats))).T
    yield share("the usual interval holds the rho of true fractions", 104, "0.78, of other mixtures", usual)
    yield share("Rubin's holds the rho of true fractions", 104, "0.87, of other mixtures", rubin)


def main(repeats: int = 1000, jobs: int = 2) -> None:
    """Run it all and write the page."""
    rows = [*pooling(repeats), *responses(repeats), *uncertain_fractions(max(4, repeats // 20), jobs)]
    if SHARED.exists():
        rows += associations(max(20, repeats // 5), jobs)
    table = pd.DataFrame([vars(row) for row in rows]).rename(columns={"then": "when it was chosen"})
    words = [
        "# Do the checks keep their levels?",
        "",
        f"Written by `python -m benchmarks methods {repeats}`: simulated with the package's own functions, beside what",
        "the conventions were chosen by. Cohorts of 81, 104 and 318 are drawn from SCAN-B; odds ratios of three",
        "cohorts have errors of 2 / sqrt(n). `error` is the Monte Carlo error of what was measured; what was measured",
        "when a convention was chosen has one of its own, and its designs are not the same in all.",
        "",
    ]
    PAGE.write_text("\n".join([*words, *markdown(table, 4), ""]), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
