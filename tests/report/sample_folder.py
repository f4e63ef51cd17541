"""A results folder like those a run writes: simulated numbers, three expression cohorts and one for response."""

from __future__ import annotations

import itertools
import json
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from her2stats.statistics import bias_ihc, e_value, pool, power_correlation, power_response
from her2stats.statistics.result import as_result_table
from her2stats.statistics.terms import term_columns
from her2stats.tables import table_one

EXPOSURE = "HER2 20-gene (simulated)"
SCORE, POSITIVE = (EXPOSURE, ""), ("hr", "positive")  # as parts of a term
SCORES = (EXPOSURE, "ESR1", "ERBB2")
TYPES = (
    "B cells naive",
    "Plasma cells",
    "T cells CD8",
    "T cells CD4 memory resting",
    "T cells follicular helper",
    "T cells regulatory (Tregs)",
    "NK cells activated",
    "Macrophages M0",
    "Macrophages M1",
    "Macrophages M2",
    "Dendritic cells resting",
    "Mast cells resting",
    "Neutrophils",
)
DICHOTOMISED = ("T cells gamma delta", "Monocytes")
EXCLUDED = ("T cells CD4 naive", "Eosinophils")
COHORTS = {"discovery": 104, "confirmatory": 81, "abim": 318}
RESPONSE_COHORT = ("immunotherapy", 111)
PLANTED = {"T cells CD8": -0.42, "Macrophages M1": -0.40, "Plasma cells": -0.33, "B cells naive": -0.25}
BY_COHORT = (
    "fig1b_til",
    "fig2a_heatmap",
    "fig2b_forest",
    "fig3_marginal",
    "figS6_robustness",
    "figS7_random_lists",
    "figS8_pathologist",
    "figS1_distribution",
    "figS2_exposure",
    "figS3_composition",
)
FIGURES = (
    "figA_infiltration",
    "fig1a_correlation",
    "fig2c_pooled",
    "fig4_response",
    "figS4_agreement",
    "figS5_flow",
    *BY_COHORT,
    *(f"{name}_abim" for name in BY_COHORT),
)
SPEARMAN = "Spearman, t approximation; 95% CI Bonett-Wright"
WILCOXON = "Wilcoxon, normal approximation with tie and continuity correction; 95% CI Hodges-Lehmann"
LOGISTIC = "logistic, odds ratio per SD of the exposure (cohort, n-1); 95% CI Wald"


def write_sample_folder(folder: Path, *, seed: int = 1, simulated: bool = True, public: bool = False) -> Path:
    """Write a whole results folder; the same seed writes the same bytes."""
    rng = np.random.default_rng(seed)
    tables = sample_tables(rng)
    tables["pooled_odds_ratios"] = pool(tables["odds_ratios"]).table
    by_hr = tables["correlation_by_hr"]
    ranked = pd.concat([tables["correlation"], by_hr]).query("measure == 'rho'")
    given = tables["correlation_given_hr"].query("measure == 'rho'")
    tables["pooled_correlations"] = pd.concat(
        [pool(ranked).table.assign(given=""), pool(given).table.assign(given="hr")], ignore_index=True
    )
    tables["correlation_matrix"] = by_hr[by_hr["measure"] == "rho"]
    (folder / "tables").mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / "tables" / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "figures").mkdir()
    for name in FIGURES:
        (folder / "figures" / f"{name}.svg").write_bytes(sample_svg(rng))
        (folder / "figures" / f"{name}.png").write_bytes(sample_png(2161, 1300))
        (folder / "figures" / f"{name}.pdf").write_bytes(b"%PDF-1.4 placeholder\n")
    crosscheck(tables, rng).to_csv(folder / "crosscheck.csv", index=False, lineterminator="\n")
    written = provenance(simulated=simulated, public=public)
    (folder / "provenance.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return folder


def keep_few(folder: Path) -> None:
    """Drop all expression cohorts but one and most cell types from the tables of a sample folder."""
    dropped = set(TYPES[4:])
    for path in (folder / "tables").glob("*.csv"):
        table = pd.read_csv(path)
        if "cohort" in table:
            table = table[table["cohort"].isin(("confirmatory", RESPONSE_COHORT[0]))]
        for column in ("outcome", "term", "type"):
            if column in table:
                table = table[~table[column].astype(str).str.split(":").str[0].isin(dropped)]
        table.to_csv(path, index=False, lineterminator="\n")


def sample_tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Every table of the folder by name."""
    clinical = {name: _clinical(n, rng) for name, n in (*COHORTS.items(), RESPONSE_COHORT)}
    for name in COHORTS:
        clinical[name] = clinical[name].drop(columns=["pcr", "complete_response"])
    clinical[RESPONSE_COHORT[0]] = clinical[RESPONSE_COHORT[0]].drop(columns=["grade", "pam50"])
    return {
        "scores": _per_sample(rng, (*SCORES, "Total TIL"), centre=8.0),
        "coverage": _coverage(),
        "random_lists": _random_lists(),
        "random_histogram": _random_histogram(),
        "detectable": _detectable(),
        "e_values": _e_values(),
        "misread_ihc": _misread(),
        "fractions": _per_sample(rng, (*TYPES, *DICHOTOMISED, *EXCLUDED), centre=0.1).assign(
            nu=0.5, r=0.8, rmse=0.7, p_value=0.01, coverage=0.9, flag=""
        ),
        "abundance": _abundance(rng),
        "table_one": table_one(clinical),
        "correlation": _stack(_correlations(name, n, "all", rng) for name, n in COHORTS.items()),
        "correlation_by_hr": _stack(
            _correlations(name, own, f"hr={level}", rng)
            for name, n in COHORTS.items()
            for level, own in (("negative", n // 5), ("positive", n - n // 5))
        ),
        "correlation_given_hr": _stack(
            _correlations(name, n, "all", rng).assign(given="hr") for name, n in COHORTS.items()
        ),
        "infiltration_by_hr": _stack(_infiltration(name, n, rng) for name, n in COHORTS.items()),
        "group_comparison": _stack(_groups(name, n, rng) for name, n in COHORTS.items()),
        "odds_ratios": _stack(
            _odds(name, n, stratum, rng)
            for name, n in COHORTS.items()
            for stratum in ("all", "hr=negative", "hr=positive")
        ),
        "interaction": _stack(_interaction(name, n, rng) for name, n in COHORTS.items()),
        "clinical": _stack(
            _clinical_models(name, n, cut, rng)
            for name, n in COHORTS.items()
            for cut in ("age > 50 years", "grade III", "size > 2 cm")
        ),
        "ancova_tests": _stack(_ancova_tests(name, n, model, rng) for name, n in COHORTS.items() for model in MODELS),
        "ancova_slopes": _stack(_ancova_slopes(name, n, model, rng) for name, n in COHORTS.items() for model in MODELS),
        "ancova_slopes_hc2": _stack(
            _ancova_slopes(name, n, model, rng) for name, n in COHORTS.items() for model in MODELS
        ),
        "ancova_curves": _stack(_ancova_curves(name, n, model, rng) for name, n in COHORTS.items() for model in MODELS),
        "study_wide": _stack(_study_wide(name, n, rng) for name, n in COHORTS.items()),
        "robustness": _stack(_robustness(name, n, rng) for name, n in COHORTS.items()),
        "ordinal_odds": _stack(
            [
                *(
                    _odds(name, n, at, rng)
                    for name, n in COHORTS.items()
                    for at in ("all", "hr=negative", "hr=positive")
                ),
                *(_products(name, n, rng) for name, n in COHORTS.items()),
            ]
        ),
        "fraction_draws": _stack(_draws(name, n, rng) for name, n in COHORTS.items()),
        "pathologist": _stack(_pathologist(name, n) for name, n in COHORTS.items()),
        "response": _stack([_response()]),
        "response_by_hr": _stack([_response()]),
        "response_further": _stack([_response().assign(given="arm")]),
        "flow": _flow(clinical),
        "notes": pd.DataFrame(
            [
                ("abim", "population", "HER2-positive tumours excluded", 42, ""),
                ("abim", "scores", "Danaher set below 80 % of its markers, left out of the total TIL", 1, "NK cells"),
                ("discovery", "genes", "spreadsheet dates repaired to gene symbols", 3, "MARCH1, SEPT4, DEC1"),
            ],
            columns=["cohort", "stage", "what", "count", "detail"],
        ),
        "omitted": pd.DataFrame(
            [("immunotherapy", part, "no expression data in this cohort") for part in ("correlation", "odds_ratios")],
            columns=["cohort", "part", "reason"],
        ),
    }


MODELS = ("unadjusted", "adjusted for age, size_cm")


def provenance(*, simulated: bool, public: bool) -> dict[str, object]:
    """What provenance.json says."""
    everyone = [*COHORTS.items(), RESPONSE_COHORT]
    return {
        "title": "Simulated study of HER2 expression and immune infiltration",
        "her2stats": "0.1.0",
        "simulated": simulated,
        "exposure": EXPOSURE,
        "seed": 2025,
        "alpha": 0.05,
        "versions": {"her2stats": "0.1.0", "Python": "3.11.2", "numpy": "2.4.6", "pandas": "3.1.1", "scipy": "1.17.1"},
        "inputs": [
            {"cohort": name, "role": role, "file": f"{name}_{role}.csv", "sha256": f"{number:064x}"}
            for number, (name, _) in enumerate(everyone)
            for role in (("expression", "clinical") if name in COHORTS else ("clinical",))
        ],
        "conventions": {
            "population": "HER2-negative: IHC 0, 1+ or 2+ without ERBB2 amplification",
            "exposure": "weighted sum of z-scores over 20 genes",
            "cell fractions": "CIBERSORT nu-SVR, exact optimum, absolute mode sig.score",
            "zero rule": "share of zeros above 0.75 excluded; 0.25 to 0.75 dichotomised as absent or present",
            "high abundance": "at or above the median of the cohort; dichotomised types: present",
            "correlation": "Spearman, p by the t approximation, 95% CI bonett-wright",
            "groups": "Wilcoxon rank-sum (continuous types), chi-squared without continuity correction",
            "odds ratios": "logistic regression per 1 SD (n - 1) of the exposure in the cohort, wald 95% CI",
            "interaction": "score x HR, Wald test; likelihood ratio beside it",
            "ANCOVA": "(HR + HER2 IHC + score)^2, Type III with sum-to-zero contrasts, equal weights",
            "multiplicity": "Bonferroni within the analysed types of one question, cohort and stratum; alpha 0.05",
        },
        "cohorts": [
            {
                "name": name,
                "n": n,
                "scale": "log2" if name in COHORTS else "",
                "hr_definition": "ER or PgR",
                "kind": "expression" if name in COHORTS else "clinical only",
            }
            for name, n in everyone
        ],
        "public": public,
    }


def _stack(frames) -> pd.DataFrame:
    return as_result_table(pd.concat([frame for frame in frames if len(frame)], ignore_index=True))


def _clinical(n: int, rng: np.random.Generator) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "age": rng.normal(55, 11, n).round(1),
            "size_cm": rng.gamma(4, 0.7, n).round(1),
            "grade": rng.choice(["I", "II", "III"], n, p=[0.05, 0.55, 0.4]),
            "hr": rng.permutation(["negative"] * (n // 5) + ["positive"] * (n - n // 5)),  # as the strata count them
            "her2_ihc": rng.choice(["0", "1+", "2+"], n, p=[0.3, 0.5, 0.2]),
            "pam50": rng.choice(["LumA", "LumB", "Her2", "Basal", "Normal"], n, p=[0.45, 0.2, 0.06, 0.19, 0.1]),
            "pcr": rng.choice([0.0, 1.0], n),
            "complete_response": rng.choice([0.0, 1.0], n),
        },
        index=[f"s{number:03d}" for number in range(n)],
    )
    frame.loc[frame.index[:2], "size_cm"] = float("nan")
    return frame


def _per_sample(rng: np.random.Generator, columns: tuple[str, ...], *, centre: float) -> pd.DataFrame:
    frames = []
    for cohort, n in COHORTS.items():
        values = pd.DataFrame(rng.gamma(4, centre / 4, (n, len(columns))), columns=list(columns))
        values.insert(0, "sample", [f"PATIENT-{cohort}-{number:03d}" for number in range(n)])
        values.insert(0, "cohort", cohort)
        frames.append(values)
    return pd.concat(frames, ignore_index=True)


def _random_lists() -> pd.DataFrame:
    """The exposure's place among random lists, of total infiltration and one type."""
    row = {"genes": 20, "lists": 1000, "estimate": -0.3, "random_low": -0.6, "random_median": -0.2, "random_high": 0.2}
    row |= {"share_as_extreme": 0.31, "share_significant": 0.7}
    return pd.DataFrame(
        [
            {"cohort": cohort, "outcome": outcome, "n": n, **row}
            for cohort, n in COHORTS.items()
            for outcome in ("Total TIL", "T cells CD8")
        ]
    )


def _random_histogram() -> pd.DataFrame:
    """How many of the lists of `_random_lists` lie where."""
    bins = np.arange(-35, 15)
    row = {"bin_low": bins * 0.02, "bin_high": (bins + 1) * 0.02, "lists": 20}
    outcomes = [(cohort, outcome) for cohort in COHORTS for outcome in ("Total TIL", "T cells CD8")]
    return pd.concat([pd.DataFrame({"cohort": cohort, "outcome": outcome, **row}) for cohort, outcome in outcomes])


def _detectable() -> pd.DataFrame:
    """What the sample studies find: total infiltration, a cell type among several, response."""
    found = [
        power_correlation(int(n * share), alpha=0.05 / tests).assign(
            cohort=cohort, outcome=outcome, stratum=stratum, given=given, tests=tests
        )
        for cohort, n in COHORTS.items()
        for stratum, given, share in (
            ("all", "", 1),
            ("hr=negative", "", 0.2),
            ("hr=positive", "", 0.8),
            ("all", "hr", 1),
        )
        for outcome, tests in (("Total TIL", 1), ("", len(TYPES)))
    ]
    cohort, _ = RESPONSE_COHORT
    for row in _response().to_dict("records"):
        odds = power_response(
            row["n"],
            share=row["n_events_reference"] / row["n_reference"],
            split=(row["n_reference"], row["n_comparison"]),
        )
        found.append(odds.assign(cohort=cohort, outcome=row["outcome"], stratum="all", given="", tests=1))
    return pd.concat(found, ignore_index=True)


def _e_values() -> pd.DataFrame:
    rows = []
    for row in _response().to_dict("records"):
        of = e_value(row["estimate"], row["conf_low"], row["conf_high"], share=row["n_events"] / row["n"])
        rows.append({"cohort": RESPONSE_COHORT[0], "given": "", "term": "her2_group[HER2-low]", **row, **of})
    for cohort, n in COHORTS.items():
        row = {"cohort": cohort, "outcome": "Total TIL", "stratum": "all", "given": "hr", "n": n, "measure": "rho"}
        row |= {"term": EXPOSURE, "estimate": -0.3, "conf_low": -0.4, "conf_high": -0.19}
        rows.append(row | e_value(-0.3, -0.4, -0.19, measure="rho"))
    columns = ["cohort", "outcome", "stratum", "given", "term", "measure", "estimate", "conf_low", "conf_high", "n"]
    return pd.DataFrame(rows)[[*columns, "risk_ratio", "e_value", "e_value_limit"]].assign(
        method="E-value of VanderWeele and Ding"
    )


def _misread() -> pd.DataFrame:
    found = bias_ihc(_response().assign(cohort=RESPONSE_COHORT[0]), kappa=0.49, draws=500)
    return found.assign(given="")


def _flow(clinical: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Cohorts of which tumours were left out for two reasons."""
    rows = []
    for cohort, frame in clinical.items():
        steps = [
            ("start", "samples in the clinical table", len(frame) + 22),
            ("left out", "excluded: HER2 positive", 15),
        ]
        steps += [("left out", "excluded: HER2 unknown", 7), ("analysed", "tumours analysed", len(frame))]
        groups = frame["hr"].value_counts()
        steps += [("group", f"HR-{level}", int(groups[level])) for level in ("positive", "negative")]
        rows += [(cohort, *step) for step in steps]
    return pd.DataFrame(rows, columns=["cohort", "step", "what", "n"])


def _coverage() -> pd.DataFrame:
    rows = [
        (cohort, score, total, found, found / total, missing, flag)
        for cohort in COHORTS
        for score, total, found, missing, flag in (
            (EXPOSURE, 20, 20, "", ""),
            ("ESR1", 1, 1, "", ""),
            ("Total TIL", 60, 57, "FAM30A, XCL2, KIR3DL1", ""),
            ("NK cells", 3, 2, "XCL2", "below 80 %: left out of the total"),
        )
    ]
    return pd.DataFrame(rows, columns=["cohort", "score", "genes_total", "genes_found", "coverage", "missing", "flag"])


def _abundance(rng: np.random.Generator) -> pd.DataFrame:
    kinds = {**dict.fromkeys(TYPES, "continuous"), **dict.fromkeys(DICHOTOMISED, "dichotomised")}
    kinds |= dict.fromkeys(EXCLUDED, "excluded")
    zeros = {"continuous": (0.0, 0.2), "dichotomised": (0.3, 0.7), "excluded": (0.8, 1.0)}
    rows = []
    for cohort, n in COHORTS.items():
        for name, kind in kinds.items():
            n_zero = int(rng.uniform(*zeros[kind]) * n)
            rows.append((cohort, name, kind, n_zero / n, n_zero, n, rng.gamma(2, 0.03), name == "Monocytes", ""))
    columns = ["cohort", "type", "kind", "share_zero", "n_zero", "n", "median", "borderline", "note"]
    return pd.DataFrame(rows, columns=columns)


def _adjusted(frame: pd.DataFrame) -> pd.DataFrame:
    tested = frame["p_value"].notna().sum()
    return frame.assign(p_adjusted=(frame["p_value"] * tested).clip(upper=1), family=f"{tested} tests, Bonferroni")


def _correlations(cohort: str, n: int, stratum: str, rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for score in SCORES:
        strength = 1.0 if score == EXPOSURE else 0.5
        rows = [_spearman(name, score, PLANTED.get(name, 0.0) * strength, n, rng) for name in TYPES]
        rows += [_shift(score, name, n, rng) for name in DICHOTOMISED]
        frames.append(_adjusted(pd.DataFrame(rows)))
    frames.append(_adjusted(pd.DataFrame([_spearman("Total TIL", score, -0.35, n, rng) for score in SCORES])))
    return pd.concat(frames).assign(cohort=cohort, stratum=stratum)


def _pathologist(cohort: str, n: int) -> pd.DataFrame:
    """Total TIL and a cell type against a pathologist's count, and their ranks less the count's."""
    about = {"cohort": cohort, "term": "stil", "role": "exposure", "conf_level": 0.95, "n": n, "n_missing": 0}
    rows = [
        {**about, "outcome": name, "stratum": stratum, "given": given, "measure": "rho", "estimate": rho}
        | {"conf_low": rho - 0.15, "conf_high": rho + 0.12, "p_value": 1e-4, "p_adjusted": 4e-4, "method": "Spearman"}
        for name, rho in (("Total TIL", 0.62), ("T cells CD8", 0.5))
        for stratum, given in (("all", ""), ("hr=negative", ""), ("hr=positive", ""), ("all", "hr"))
    ]
    ranks = {**about, "outcome": "Total TIL", "measure": "rank_difference", "method": "ranks", "rank_sd": 25.0}
    limits = {"loa_low": -49.0, "loa_high": 49.0, "loa_error": 4.0, "share_near": 0.7}
    rows.append({**ranks, **limits, "stratum": "all", "estimate": 0.0})
    within = {"conf_low": -5.0, "conf_high": 9.0, "p_value": 0.5, "estimate": 2.0}
    return pd.DataFrame(
        [*rows, *({**ranks, **limits, **within, "stratum": f"hr={sign}tive"} for sign in ("nega", "posi"))]
    )


def _infiltration(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    about = {"outcome": "Total TIL", "cohort": cohort, "n": n, "n_missing": 0, "method": "lm"}
    scaled = f"{EXPOSURE} per SD"
    rows = [
        {"stratum": stratum, "term": scaled, "role": "exposure", "measure": "slope", "conf_level": 0.95, **about}
        | dict(
            zip(("estimate", "conf_low", "conf_high"), rng.normal(-0.3, 0.02) + np.array([0, -0.2, 0.2]), strict=True)
        )
        | {"p_value": 0.01}
        for stratum in ("all", "hr=negative", "hr=positive")
    ]
    product = {"stratum": "all", "term": f"hr:{scaled}", "role": "interaction", "measure": "test", **about}
    return pd.DataFrame([*rows, {**product, "statistic": 0.4, "df": 1, "p_value": 0.53}])


def _study_wide(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rank sums given HR of every type: what is planted holds."""
    about = {"cohort": cohort, "stratum": "all", "term": EXPOSURE, "role": "exposure", "measure": "test", "n": n}
    about |= {"model": "given", "n_missing": 0, "method": "rank sum; 10000 permutations within hr"}
    rows = [
        {"outcome": name, **about, "statistic": 8 * PLANTED.get(name, 0.0) + rng.normal(), "p_value": 0.3}
        | {"p_primary": 0.002 if name in PLANTED else 0.6, "p_study": 0.002 if name in PLANTED else 0.6}
        for name in (*TYPES, *DICHOTOMISED)
    ]
    return pd.DataFrame(rows)


def _robustness(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """A curve of four specifications for total TIL and a cell type."""
    rows: list[dict[str, object]] = []
    for name, centre in (("Total TIL", -0.3), (TYPES[0], 0.02)):
        about = {"cohort": cohort, "stratum": "all", "outcome": name, "n": n, "n_missing": 0, "flag": ""}
        for amount in ("absolute", "markers"):
            for given in ("hr", "hr, age"):
                rho = centre + rng.normal(0, 0.02)
                one = {"term": EXPOSURE, "role": "specification", "measure": "rho", "estimate": rho, "given": given}
                limits = {"conf_low": rho - 0.1, "conf_high": rho + 0.1, "conf_level": 0.95, "p_value": 0.02}
                rows.append(about | one | limits | {"amount": amount, "scale": "rank", "method": "Spearman given hr"})
        joint = {"term": "all specifications", "role": "exposure", "specifications": 4, "alpha": 0.05}
        joint |= {"method": "median of z; 2000 permutations of the rows of exposures within hr"}
        p = {"p_value": 0.001 if centre < 0 else 0.4, "p_adjusted": 0.001 if centre < 0 else 0.8}
        rows.append(about | joint | p | {"measure": "median_z", "estimate": 20 * centre})
        rows.append(about | joint | {"measure": "second_test", "estimate": 1.0, "p_value": 0.01})
    return pd.DataFrame(rows)


def _draws(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Types given HR, of which the dichotomised ones are of another kind in some draws."""
    about = {"cohort": cohort, "stratum": "all", "draws": 50, "sd_draws": 0.03, "given": "hr", "flag": ""}
    test = ["statistic", "df", "p_value"]
    types = [_spearman(name, EXPOSURE, PLANTED.get(name, 0.0), n, rng) for name in (*TYPES, *DICHOTOMISED)]
    rows = [about | row | {"kind_changes": 0.2 * (row["outcome"] in DICHOTOMISED)} for row in types]
    return pd.DataFrame(rows).drop(columns=test)


def _spearman(outcome: str, term: str, centre: float, n: int, rng: np.random.Generator) -> dict[str, object]:
    rho = float(np.tanh(np.arctanh(centre) + rng.normal(0, 1 / math.sqrt(n))))
    error = math.sqrt((1 + rho**2 / 2) / (n - 3))
    low, high = (math.tanh(math.atanh(rho) + sign * 1.96 * error) for sign in (-1, 1))
    t = rho * math.sqrt((n - 2) / (1 - rho**2))
    numbers = {"estimate": rho, "std_error": error, "conf_low": low, "conf_high": high, "statistic": t, "df": n - 2}
    p = 2 * stats.t.sf(abs(t), n - 2)
    about = {"role": "exposure", "measure": "rho", "conf_level": 0.95, "method": SPEARMAN}
    return {"outcome": outcome, "term": term, **numbers, "p_value": p, "n": n, "n_missing": 0, **about}


def _shift(outcome: str, term: str, n: int, rng: np.random.Generator, method: str = WILCOXON) -> dict[str, object]:
    shift, error = rng.normal(0, 0.2), 0.1
    p = 2 * stats.norm.sf(abs(shift) / error)
    limits = {"conf_low": shift - 1.96 * error, "conf_high": shift + 1.96 * error}
    row = {"outcome": outcome, "term": term, "estimate": shift, **limits, "statistic": 2000.0, "p_value": p}
    sizes = {"n": n, "n_missing": 0, "n_reference": n // 3, "n_comparison": n - n // 3}
    values = {"value_reference": 0.41, "value_comparison": 0.41 + shift}
    about = {"role": "group", "measure": "shift", "conf_level": 0.95, "method": method, "group": term}
    return {**row, **sizes, **values, "reference": "absent", "comparison": "present", **about}


def _groups(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = [_shift(name, "hr", n, rng) for name in TYPES]
    chi = "chi-squared without continuity correction; 95% CI Wald"
    rows += [{**_shift(name, "hr", n, rng, chi), "df": 1, "measure": "risk_difference"} for name in DICHOTOMISED]
    frame = _adjusted(pd.DataFrame(rows)).assign(reference="negative", comparison="positive")
    fisher = {"outcome": "Monocytes", "term": "hr (Fisher exact)", "p_value": 0.04, "n": n, "method": "Fisher exact"}
    fisher |= {"role": "group", "measure": "second_test", "group": "hr"}
    return pd.concat([frame, pd.DataFrame([fisher])]).assign(cohort=cohort, stratum="all")


def _about(*parts: tuple[str, str]) -> dict[str, object]:
    """Columns that say what a row of a logistic model is: an exposure, the level of a moderator, or their product."""
    role = "interaction" if len(parts) > 1 else "moderator" if parts[0][1] else "exposure"
    return {**term_columns(*parts), "role": role, "measure": "odds_ratio", "conf_level": 0.95, "method": LOGISTIC}


def _ratio(outcome: str, n: int, error: float, rng: np.random.Generator, *parts: tuple[str, str]) -> dict[str, object]:
    beta = float(np.clip(PLANTED.get(outcome, 0.0) * 2 + rng.normal(0, error), -4, 4))
    limits = {"conf_low": math.exp(beta - 1.96 * error), "conf_high": math.exp(beta + 1.96 * error)}
    numbers = {"estimate": math.exp(beta), "std_error": error, **limits, "statistic": beta / error}
    p = 2 * stats.norm.sf(abs(beta) / error)
    return {"outcome": outcome, **_about(*parts), **numbers, "p_value": p, "n": n, "n_events": n // 2}


def _separated(outcome: str, term: str, n: int) -> dict[str, object]:
    flag = "separation: every tumour with the type has a high score"
    return {"outcome": outcome, **_about((term, "")), "n": n, "n_events": 3, "flag": flag}


def _odds(cohort: str, n: int, stratum: str, rng: np.random.Generator) -> pd.DataFrame:
    n = {"all": n, "hr=negative": n // 5}.get(stratum, n - n // 5)
    rows = [_ratio(name, n, 2.3 / math.sqrt(n), rng, SCORE) for name in (*TYPES, *DICHOTOMISED)]
    if stratum == "hr=negative" and cohort == "confirmatory":
        rows[-1] = _separated("Monocytes", EXPOSURE, n)
    return _adjusted(pd.DataFrame(rows)).assign(cohort=cohort, stratum=stratum)


def _products(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = [_ratio(name, n, 4.6 / math.sqrt(n), rng, SCORE, POSITIVE) for name in (*TYPES, *DICHOTOMISED)]
    return _adjusted(pd.DataFrame(rows)).assign(cohort=cohort, stratum="all")


def _interaction(cohort: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in (*TYPES, *DICHOTOMISED):
        error = 4.6 / math.sqrt(n)
        rows += [
            {**_ratio(name, n, error, rng, SCORE), "stratum": "hr=negative"},
            {**_ratio(name, n, error / 2, rng, SCORE), "stratum": "hr=positive"},
            {**_ratio(name, n, error, rng, POSITIVE), "stratum": "all"},
            {**_ratio(name, n, error, rng, SCORE, POSITIVE), "stratum": "all"},
        ]
        product = rows[-1]
        rows.append(
            {
                **{key: product[key] for key in ("outcome", "n", "n_events", "stratum", "p_value")},
                **_likelihood_ratio(SCORE),
                "statistic": product["statistic"] ** 2,
            }
        )
    frame = pd.DataFrame(rows)
    products = frame["role"].eq("interaction") & frame["measure"].eq("odds_ratio")
    frame["p_adjusted"] = (frame["p_value"] * products.sum()).clip(upper=1).where(products)
    return frame.assign(cohort=cohort, exposure=EXPOSURE)


def _likelihood_ratio(exposed: tuple[str, str]) -> dict[str, object]:
    about = _about(exposed, POSITIVE)
    second = {"measure": "second_test", "conf_level": float("nan"), "df": 1, "method": "likelihood ratio"}
    return {**about, **second, "term": f"{about['term']} (likelihood ratio)"}


def _clinical_models(cohort: str, n: int, cut: str, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for name in (*TYPES, *DICHOTOMISED):
        error = 4.6 / math.sqrt(n)
        exposed = (name, "")
        product = {**_ratio(cut, n, error, rng, exposed, POSITIVE), "stratum": "all"}
        likelihood = {"outcome": cut, **_likelihood_ratio(exposed), "statistic": 1.0, "p_value": product["p_value"]}
        own = [
            {**_ratio(cut, n, error, rng, exposed), "stratum": "hr=negative"},
            {**_ratio(cut, n, error / 2, rng, exposed), "stratum": "hr=positive"},
            {**_ratio(cut, n, error, rng, POSITIVE), "stratum": "all"},
            product,
            {**likelihood, "n": n, "stratum": "all"},
        ]
        rows += [{**row, "exposure": name} for row in own]
    frame = pd.DataFrame(rows).assign(cohort=cohort)
    tests = len(TYPES) + len(DICHOTOMISED)
    frame["p_adjusted"] = (frame["p_value"] * tests).clip(upper=1).mask(frame["measure"].eq("second_test"))
    return frame


def _ancova_tests(cohort: str, n: int, model: str, rng: np.random.Generator) -> pd.DataFrame:
    main = ("hr", "her2_ihc", EXPOSURE)
    terms = [*((name,) for name in main), *itertools.combinations(main, 2)]
    rows = []
    for name in TYPES:
        for term in terms:
            df = 2 if "her2_ihc" in term else 1
            statistic = float(stats.f.rvs(df, n - 10, random_state=rng)) * (4 if term == (EXPOSURE,) else 1)
            row = {"outcome": name, **term_columns(*((part, "") for part in term)), "measure": "test"}
            row |= {"statistic": statistic, "df": df, "df_residual": n - 10, "n": n}
            rows.append({**row, "p_value": stats.f.sf(statistic, df, n - 10), "method": "ANCOVA, Type III F test"})
            if term == ("hr", "her2_ihc") and cohort == "confirmatory":
                rows[-1] |= {"df": 1, "flag": "rank deficient: 1 of 2 df"}
    frame = pd.DataFrame(rows).assign(cohort=cohort, stratum="all", model=model)
    return frame.assign(p_adjusted=(frame["p_value"] * len(TYPES)).clip(upper=1))


def _ancova_slopes(cohort: str, n: int, model: str, rng: np.random.Generator) -> pd.DataFrame:
    strata = ("all", "hr=negative", "hr=positive", "her2_ihc=0", "her2_ihc=1+", "her2_ihc=2+")
    rows = []
    for name in TYPES:
        for stratum in strata:
            slope, error = rng.normal(PLANTED.get(name, 0) / 20, 0.008), 0.008 if stratum == "all" else 0.014
            limits = {"conf_low": slope - 2 * error, "conf_high": slope + 2 * error}
            p = 2 * stats.t.sf(abs(slope) / error, n - 10)
            row = {"outcome": name, "term": EXPOSURE, "stratum": stratum, "estimate": slope, "std_error": error}
            row |= {"role": "exposure", "measure": "slope", "conf_level": 0.95}
            method = "ANCOVA marginal slope, equal weights; 95% CI t"
            rows.append({**row, **limits, "df": n - 10, "p_value": p, "n": n, "method": method})
            if stratum == "her2_ihc=2+" and cohort == "confirmatory":
                gone = dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high", "p_value"), float("nan"))
                rows[-1] |= {**gone, "flag": "not estimable: no HR-negative tumour with IHC 2+"}
    frame = pd.DataFrame(rows).assign(cohort=cohort, model=model)
    return frame.assign(p_adjusted=(frame["p_value"] * len(TYPES)).clip(upper=1))


def _ancova_curves(cohort: str, n: int, model: str, rng: np.random.Generator) -> pd.DataFrame:
    rows = [
        {
            "outcome": name,
            "term": "mean",
            "role": "exposure",
            "measure": "mean",
            "conf_level": 0.95,
            "stratum": stratum,
            "at": at,
            "estimate": (mean := 0.1 + PLANTED.get(name, 0) / 20 * at),
            "conf_low": mean - 0.02,
            "conf_high": mean + 0.02,
            "n": n,
            "method": "ANCOVA marginal mean, equal weights; 95% CI t",
        }
        for name in TYPES
        for stratum in ("all", "hr=negative", "hr=positive")
        for at in np.linspace(-2 + rng.normal(0, 0.01), 2, 25)
    ]
    return pd.DataFrame(rows).assign(cohort=cohort, model=model)


def _response() -> pd.DataFrame:
    rows = []
    for outcome, (a, n0, b, n1) in {"complete_response": (17, 39, 9, 32), "pcr": (36, 50, 23, 36)}.items():
        beta = math.log(b * (n0 - a) / ((n1 - b) * a))
        error = math.sqrt(1 / a + 1 / (n0 - a) + 1 / b + 1 / (n1 - b))
        rows.append(
            {
                "outcome": outcome,
                **term_columns(("her2_group", "HER2-low")),
                "role": "group",
                "measure": "odds_ratio",
                "conf_level": 0.95,
                "group": "her2_group",
                "reference": "HER2-0",
                "comparison": "HER2-low",
                "stratum": "all",
                "estimate": math.exp(beta),
                "std_error": error,
                "conf_low": math.exp(beta - 1.959964 * error),
                "conf_high": math.exp(beta + 1.959964 * error),
                "statistic": beta / error,
                "p_value": 2 * stats.norm.sf(abs(beta) / error),
                "n": n0 + n1,
                "n_events": a + b,
                "n_reference": n0,
                "n_events_reference": a,
                "n_comparison": n1,
                "n_events_comparison": b,
                "method": "logistic, odds ratio against HER2-0; 95% CI Wald",
            }
        )
    return pd.DataFrame(rows).assign(cohort=RESPONSE_COHORT[0])


def crosscheck(tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> pd.DataFrame:
    """A comparison with R in which everything agrees but for what R could not be asked."""
    verbs = {"correlation": "correlate", "odds_ratios": "fit_logistic", "response": "response_odds"}
    rows = []
    for name, verb in verbs.items():
        for row in tables[name].to_dict("records"):
            for quantity in ("estimate", "std_error", "p_value"):
                value = row[quantity]
                if value != value:
                    continue
                r = value * (1 + rng.normal(0, 1e-13))
                difference = abs(value - r)
                rows.append(
                    {
                        "model": f"{row['cohort']}.{name}.1",
                        "verb": verb,
                        **{key: row[key] for key in ("cohort", "stratum", "outcome", "term")},
                        "quantity": quantity,
                        "python": value,
                        "r": r,
                        "abs_diff": difference,
                        "rel_diff": difference / abs(value) if value else 0.0,
                        "tolerance": 1e-8,
                        "verdict": "agree",
                        "reason": "",
                        "note": "",
                        "r_version": "4.2.2",
                        "emmeans_version": "1.8.4",
                    }
                )
    return pd.DataFrame(rows)


def sample_svg(rng: np.random.Generator) -> bytes:
    """A small scatter in the units that matplotlib writes (points)."""
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="#0072b2" fill-opacity="0.7"/>'
        for x, y in zip(rng.uniform(30, 490, 120), rng.uniform(20, 280, 120), strict=True)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<svg width="518pt" height="312pt" viewBox="0 0 518 312" xmlns="http://www.w3.org/2000/svg">'
        '<rect width="518" height="312" fill="#ffffff"/><path d="M30 10V290H500" fill="none" stroke="#555"/>'
        f"{dots}</svg>\n"
    ).encode()


def sample_png(width: int, height: int) -> bytes:
    """A grey image of a given size with a dark lower half, so that it can be seen whether it is shown."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    upper, lower = b"\0" + b"\xdd" * width, b"\0" + b"\x55" * width
    pixels = zlib.compress(upper * (height - height // 2) + lower * (height // 2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
