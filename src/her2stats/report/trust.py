"""How far the answer can be trusted: what stands behind it, item by item, each with a light and the rule of the light.

The cuts of the lights are conventions of this page, written beside them; none of them is a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from her2stats.report.agreement import Agreement
from her2stats.results.folder import ResultsFolder
from her2stats.results.question_rows import total_rows
from her2stats.results.schema import RESULT_TABLES
from her2stats.statistics.rows import is_second_test, records
from her2stats.vocabulary.names import known_label
from her2stats.vocabulary.numbers import format_count, format_estimate, format_number, format_percent, is_missing

Light = Literal["good", "fair", "poor", "said"]
LIMITS = (
    "Associations between measurements of the same tumours: no direction of cause follows. Cell fractions are "
    "estimates from bulk expression, relative to the signature's reference profiles."
)
# Points along a line, and tests told a second time or by other choices: none of their own.
NOT_ALONE = ("ancova_curves", "study_wide", "robustness")


@dataclass(frozen=True)
class TrustItem:
    """One thing that the answer rests on."""

    # what, and what was found
    title: str
    finding: str
    light: Light = "said"  # "said": nothing to judge
    rule: str = ""  # how the light was chosen


def trust_items(folder: ResultsFolder, agreement: Agreement) -> tuple[TrustItem, ...]:
    """Say what the results rest on."""
    asked = (_population, _her2, _exposure, _genes, _fit, _scale, _flags, _chance)
    found = [item for ask in asked for item in ask(folder)]
    return (*found, _second_engine(folder, agreement), TrustItem("Limits", LIMITS))


def _graded(value: float, good: float, fair: float) -> Light:
    return "good" if value >= good else "fair" if value >= fair else "poor"


def _population(folder: ResultsFolder) -> Iterator[TrustItem]:
    """How many tumours, and how many were left out."""
    notes = folder.table("notes")
    told = notes[notes["stage"] == "population"]
    flow = folder.table("flow")
    start = flow[flow["step"].eq("start")] if len(flow) else flow
    began = {row["cohort"]: row["n"] for row in records(start)}
    sizes = [
        f"{one.name} n = {format_count(one.n)}"
        + (f" of {format_count(began[one.name])} samples" if began.get(one.name, one.n) != one.n else "")
        for one in folder.provenance.cohorts
    ]
    if not sizes:
        return
    lines = [_counted(row, several=len(sizes) > 1) for row in records(told)]
    strata = total_rows(folder, "correlation_by_hr")["n"].dropna()
    finding = "; ".join([", ".join(sizes), *dict.fromkeys(lines)]) + "."
    if not len(strata):
        yield TrustItem("Population", finding)
        return
    yield TrustItem(
        "Population",
        f"{finding} Smallest receptor group: n = {format_count(strata.min())}.",
        _graded(float(strata.min()), 100, 30),
        "by the smallest hormone-receptor group: from 100 tumours, from 30, fewer",
    )


def _her2(folder: ResultsFolder) -> Iterator[TrustItem]:
    """For how many tumours the level of HER2 is known that parts HER2-low from HER2-0."""
    flow = folder.table("flow")
    levels = [known_label(name) for name in ("her2_ihc", "her2_group")]
    lines = []
    for cohort, part in flow.groupby("cohort", sort=False) if len(flow) else ():
        known = records(part[part["what"].isin(levels)])
        of = format_count(part.loc[part["step"].eq("analysed"), "n"].max())
        told = [f"{row['what']} for {format_count(row['n'])} of {of} tumours" for row in known]
        lines.append(f"{cohort}: {', '.join(told) or 'not known, so HER2-low and HER2-0 are not told apart'}")
    if lines:
        yield TrustItem("HER2 IHC", f"{'; '.join(lines)}.")


def _counted(note: dict[str, Any], *, several: bool) -> str:
    """Write a note with its count, and its cohort where there are several."""
    count = "" if is_missing(note["count"]) else f" ({format_count(note['count'])})"
    return f"{note['cohort']}: {note['what']}{count}" if several else f"{note['what']}{count}"


def _exposure(folder: ResultsFolder) -> Iterator[TrustItem]:
    """What is said against the exposure, and the genes that it shares with the immune lists."""
    coverage = folder.table("coverage")
    rows = records(coverage[coverage["score"] == folder.provenance.exposure].fillna(""))
    said = [f"{row['cohort']}: {row['flag']}" for row in rows if row.get("flag")]
    shared = dict.fromkeys(row["shared"] for row in rows if row.get("shared"))
    told = [*said, *(f"shared with the immune lists: {genes}" for genes in shared), *among_random_lists(folder)]
    if told:
        rule = "poor where a check of the exposure failed, else fair: genes that are shared, or what random lists find"
        yield TrustItem("Exposure", f"{'; '.join(told)}.", "poor" if said else "fair", rule)


def among_random_lists(folder: ResultsFolder) -> list[str]:
    """Where the exposure's association with total infiltration stands among those of random lists of genes."""
    table = folder.table("random_lists")
    rows = table[table["outcome"].isin(total_rows(folder, "correlation")["outcome"])] if len(table) else table
    said = []
    for row in records(rows[rows["estimate"].notna()] if len(rows) else rows):
        own, usual = (format_estimate(row[name], measure="rho") for name in ("estimate", "random_median"))
        lists = f"{format_count(row['lists'])} random lists of {format_count(row['genes'])} genes"
        share = format_percent(round(row["share_as_extreme"] * row["lists"]), int(row["lists"]), 0)
        said.append(
            f"{row['cohort']}: {row['outcome']} within the receptor groups has ρ {own} with it and a median of {usual} "
            f"with {lists}, of which {share}% are at least as far from 0"
        )
    return said


def _genes(folder: ResultsFolder) -> Iterator[TrustItem]:
    """How many of the genes that were asked for the data have."""
    coverage = folder.table("coverage")
    totals = coverage[coverage["score"].isin(total_rows(folder, "correlation")["outcome"])]
    shares = [float(share) for share in totals["coverage"].dropna()]
    parts = []
    for row in records(totals):
        part = coverage[coverage["cohort"] == row["cohort"]]
        used = list(part.loc[part["used_in_total"].eq(True), "score"]) if "used_in_total" in part else []
        types = f" in {len(used)} cell type{'s' * (len(used) > 1)} ({', '.join(used)})" if used else ""
        found = f"{format_count(row['genes_found'])} of {format_count(row['genes_total'])} genes"
        parts.append(f"{row['score']} rests on {found}{types} ({row['cohort']})")
    fractions = folder.table("fractions")
    if "coverage" in fractions:
        for cohort, share in fractions.groupby("cohort", sort=False)["coverage"].median().dropna().items():
            parts.append(f"the signature matrix has {matrix_genes(folder, str(cohort), share)} ({cohort})")
            shares.append(float(share))
    if parts:
        rule = "by the smallest of these shares: from 80%, from 50%, below"
        yield TrustItem(
            "Genes found", f"{'; '.join(parts)}.", _graded(min(shares), 0.8, 0.5) if shares else "said", rule
        )


def matrix_genes(folder: ResultsFolder, cohort: str, share: float) -> str:
    """Genes of the signature matrix that a cohort has, and their share; of an old folder the share alone."""
    counted = f"{format_number(100 * share, 0)}%"
    for one in folder.provenance.cohorts:
        if one.name == cohort and one.genes_found is not None and one.genes_total is not None:
            return f"{format_count(one.genes_found)} of {format_count(one.genes_total)} genes measured ({counted})"
    return f"{counted} of its genes"


def _fit(folder: ResultsFolder) -> Iterator[TrustItem]:
    """How well the deconvolution rebuilds the tumours."""
    fractions = folder.table("fractions")
    types = set(folder.table("abundance")["type"])
    if not {"r", "rmse"} <= set(fractions) - types:
        return
    lines, medians = [], []
    for cohort, part in fractions.groupby("cohort", sort=False):
        r, rmse = part["r"].median(), part["rmse"].median()
        if pd.isna(r):
            continue
        p = part["p_value"].dropna() if "p_value" in part else pd.Series(dtype=float)
        by_chance = f"permutation p below 0.05 in {(p < 0.05).sum()} of {len(p)}" if len(p) else "no permutation p"
        lines.append(f"{cohort}: median r {format_number(r, 2)}, RMSE {format_number(rmse, 2)}, {by_chance}")
        medians.append(float(r))
    if lines:
        rule = "by the smallest median correlation of rebuilt and measured expression: from 0.6, from 0.3, below"
        yield TrustItem("Fit of the fractions", f"{'; '.join(lines)}.", _graded(min(medians), 0.6, 0.3), rule)


def _scale(folder: ResultsFolder) -> Iterator[TrustItem]:
    """What was declared of the data, and is taken as it was said."""
    declared = [
        (f"{cohort.name}: expression on {cohort.scale} scale" if cohort.scale else "")
        + (
            f"{', ' if cohort.scale else f'{cohort.name}: '}HR status from {cohort.hr_definition}"
            if cohort.hr_definition
            else ""
        )
        for cohort in folder.provenance.cohorts
    ]
    if any(declared):
        yield TrustItem("As declared", f"{'; '.join(filter(None, declared))}.")


def _results(folder: ResultsFolder) -> pd.DataFrame:
    """Rows of every result table that hold a test or an estimate."""
    columns = ["cohort", "measure", "p_value", "p_adjusted", "family", "flag"]
    names = [name for name in RESULT_TABLES if name in folder.tables and name not in NOT_ALONE]
    tables = [folder.table(name).reindex(columns=columns) for name in names]
    return pd.concat([table for table in tables if len(table)] or [pd.DataFrame(columns=columns)], ignore_index=True)


def _flags(folder: ResultsFolder) -> Iterator[TrustItem]:
    """How many rows carry a flag."""
    rows = _results(folder)
    if not len(rows):
        return
    flagged = int(rows["flag"].fillna("").ne("").sum())
    light: Light = "good" if flagged <= 0.02 * len(rows) else "fair" if flagged <= 0.1 * len(rows) else "poor"
    finding = f"{format_count(flagged)} of {format_count(len(rows))} result rows carry a flag that says why."
    yield TrustItem("Flagged rows", finding, light, "up to 2% of the rows, up to 10%, more")


def count_tests(folder: ResultsFolder) -> tuple[int, int, int]:
    """How many tests of the study were corrected, in how many families, and how many stand alone."""
    rows = _results(folder)
    tested = rows[rows["p_value"].notna() & ~is_second_test(rows)]
    corrected = tested[tested["p_adjusted"].notna()]
    families = len(corrected[["cohort", "family"]].drop_duplicates())
    return len(corrected), families, len(tested) - len(corrected)


def _chance(folder: ResultsFolder) -> Iterator[TrustItem]:
    """How many chance findings the thresholds let pass."""
    if not len(_results(folder)):
        return
    (corrected, families, alone), alpha = count_tests(folder), folder.provenance.alpha
    counted = [f"{format_count(corrected)} tests in {format_count(families)} families, each corrected by itself"]
    counted = counted * bool(corrected) + [f"{format_count(alone)} uncorrected"] * bool(alone)
    finding = (
        f"{' and '.join(counted) or 'No test'}: were there no association at all, up to about "
        f"{format_number(alpha * (families + alone), 1)} families or tests would still show one."
    )
    how = folder.provenance.conventions.get("multiplicity")
    corrected_by = f" Corrected by {how}." if how and corrected else ""
    yield TrustItem("Chance findings", f"{finding}{corrected_by}{_whole_study(folder)}")


def _whole_study(folder: ResultsFolder) -> str:
    """How many tests were asked over shared permutations, and what holds of them."""
    table = folder.table("study_wide")
    tested = table[table["p_study"].notna()] if "p_study" in table else table.iloc[:0]
    if not len(tested):
        return ""
    alpha = folder.provenance.alpha
    holding, cohorts = int((tested["p_study"] < alpha).sum()), tested["cohort"].nunique()
    return (
        f" In the whole study hold {format_count(holding)} of {format_count(len(tested))} tests of the exposure, "
        f"judged together: a false one is among them in at most about {format_number(100 * alpha, 0)}% of such studies"
        f"{', cohort by cohort' * (cohorts > 1)}."
    )


def _second_engine(folder: ResultsFolder, agreement: Agreement) -> TrustItem:
    """What R has seen of the models, and of the whole study where the witness was asked."""
    title = f"Second computation in {agreement.who}"
    rule = "good where the witness agrees from the raw files, fair where only the models were compared"
    light: Light = "fair" if agreement.status == "agree" else "poor"
    if folder.witness is None:
        return TrustItem(title, agreement.sentence, light, rule)
    numbers, agreed, differ = (int(folder.witness[name].sum()) for name in ("numbers", "agreed", "disagreed"))
    told = f"{format_count(agreed)} of {format_count(numbers)} numbers agree, {format_count(differ)} disagree"
    finding = f"{agreement.sentence} The witness, base R from the raw files: {told}, the rest it did not see."
    light = "poor" if differ or not agreed else "good" if light == "fair" else light
    return TrustItem(title, finding, light, rule)
