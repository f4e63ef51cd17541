"""What stands behind the answer is told item by item, and each light follows its written rule at its cut exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from her2stats.report.agreement import Agreement
from her2stats.report.trust import LIMITS, TrustItem, trust_items
from her2stats.results import read_folder
from her2stats.results.folder import ResultsFolder
from her2stats.results.provenance import CohortEntry

AGREES = Agreement("agree", "", "Every number agreed.")


@pytest.fixture(scope="module")
def folder(sample: Path) -> ResultsFolder:
    """One cohort of the sample, whose exposure was not held against random lists."""
    whole = read_folder(sample)
    tables = {
        name: table[table["cohort"].eq("abim")] if "cohort" in table else table for name, table in whole.tables.items()
    }
    tables["random_lists"] = tables["random_lists"].iloc[:0]
    entry = CohortEntry("abim", 318, "log2", "ER only", "expression")
    return replace(whole, tables=tables, provenance=replace(whole.provenance, cohorts=(entry,)))


def item(folder: ResultsFolder, title: str, agreement: Agreement = AGREES) -> TrustItem:
    return next(item for item in trust_items(folder, agreement) if item.title == title)


def changed(folder: ResultsFolder, name: str, **columns: object) -> ResultsFolder:
    return replace(folder, tables={**folder.tables, name: folder.table(name).assign(**columns)})


def test_every_item_is_told_in_its_order(folder: ResultsFolder) -> None:
    titles = [item.title for item in trust_items(folder, AGREES)]
    assert titles[:5] == ["Population", "HER2 IHC", "Genes found", "Fit of the fractions", "As declared"]
    assert titles[5:] == ["Flagged rows", "Chance findings", "Second computation in R", "Limits"]


def test_what_is_said_against_the_exposure_stands_there_with_its_cohort(folder: ResultsFolder) -> None:
    exposure = folder.provenance.exposure
    coverage = folder.table("coverage")
    mine = coverage["score"].eq(exposure)
    shared = changed(folder, "coverage", flag="", shared=mine.map({True: "CD8A, CD3D", False: ""}))
    assert item(shared, "Exposure").finding == "shared with the immune lists: CD8A, CD3D."
    assert item(shared, "Exposure").light == "fair"
    flagged = changed(shared, "coverage", flag=mine.map({True: "not the anchor's", False: "low coverage"}))
    assert item(flagged, "Exposure").finding == ("abim: not the anchor's; shared with the immune lists: CD8A, CD3D.")
    assert item(flagged, "Exposure").light == "poor"
    assert not [one for one in trust_items(changed(folder, "coverage", flag=""), AGREES) if one.title == "Exposure"]


def test_the_place_among_random_lists_stands_with_the_exposure(folder: ResultsFolder) -> None:
    row = {"cohort": "abim", "outcome": "Total TIL", "n": 318, "genes": 20, "lists": 1000, "estimate": -0.19}
    row |= {"random_median": -0.32, "share_as_extreme": 0.784}
    tables = {**folder.tables, "random_lists": pd.DataFrame([row, {**row, "outcome": "T cells CD8"}])}
    found = item(replace(folder, tables=tables), "Exposure")
    assert found.light == "fair"
    assert found.finding == (
        "abim: Total TIL within the receptor groups has ρ −0.19 with it and a median of −0.32 with 1000 random lists "
        "of 20 genes, of which 78% are at least as far from 0."
    )


@pytest.mark.parametrize(("n", "light"), [(100, "good"), (99, "fair"), (30, "fair"), (29, "poor")])
def test_the_population_is_judged_by_its_smallest_receptor_group(folder: ResultsFolder, n: int, light: str) -> None:
    found = item(changed(folder, "correlation_by_hr", n=n), "Population")
    flow = folder.table("flow")
    began = flow.loc[flow["step"].eq("start"), "n"].item()
    assert found.light == light
    assert found.finding == (
        f"abim n = 318 of {began} samples; HER2-positive tumours excluded (42). Smallest receptor group: n = {n}."
    )


def test_whether_ihc_parts_her2_low_from_her2_0_is_said(folder: ResultsFolder) -> None:
    assert item(folder, "HER2 IHC").finding == "abim: not known, so HER2-low and HER2-0 are not told apart."
    flow = folder.table("flow")
    known = pd.DataFrame([{"cohort": "abim", "step": "known", "what": "HER2 IHC known", "n": 300}])
    told = replace(folder, tables={**folder.tables, "flow": pd.concat([flow, known], ignore_index=True)})
    assert item(told, "HER2 IHC").finding == "abim: HER2 IHC known for 300 of 318 tumours."
    without = replace(folder, tables={**folder.tables, "flow": flow.iloc[:0]})
    assert not [one for one in trust_items(without, AGREES) if one.title == "HER2 IHC"]


def test_how_tests_were_corrected_stands_with_their_number(folder: ResultsFolder) -> None:
    conventions = {"multiplicity": "Holm within a cohort; alpha 0.05"}
    said = replace(folder, provenance=replace(folder.provenance, conventions=conventions))
    assert (
        "would still show one. Corrected by Holm within a cohort; alpha 0.05." in item(said, "Chance findings").finding
    )


@pytest.mark.parametrize(("share", "light"), [(0.8, "good"), (0.79, "fair"), (0.5, "fair"), (0.49, "poor")])
def test_genes_are_judged_by_the_smallest_share(folder: ResultsFolder, share: float, light: str) -> None:
    by_signature = changed(folder, "fractions", coverage=share)
    assert item(by_signature, "Genes found").light == light
    by_total = changed(changed(folder, "fractions", coverage=1.0), "coverage", coverage=share)
    assert item(by_total, "Genes found").light == light


def test_the_genes_are_counted(folder: ResultsFolder) -> None:
    used = folder.table("coverage")["score"].eq("NK cells")
    found = item(changed(folder, "coverage", used_in_total=used), "Genes found").finding
    assert found == (
        "Total TIL rests on 57 of 60 genes in 1 cell type (NK cells) (abim); the signature matrix has 90% of its genes "
        "(abim)."
    )


def test_genes_of_the_signature_matrix_are_counted_where_the_run_counted_them(folder: ResultsFolder) -> None:
    cohorts = tuple(replace(one, genes_found=287, genes_total=547) for one in folder.provenance.cohorts)
    counted = replace(folder, provenance=replace(folder.provenance, cohorts=cohorts))
    found = item(changed(counted, "fractions", coverage=287 / 547), "Genes found").finding
    assert "the signature matrix has 287 of 547 genes measured (52%) (abim)" in found


@pytest.mark.parametrize(("r", "light"), [(0.6, "good"), (0.59, "fair"), (0.3, "fair"), (0.29, "poor")])
def test_the_fit_is_judged_by_its_median(folder: ResultsFolder, r: float, light: str) -> None:
    found = item(changed(folder, "fractions", r=r, p_value=float("nan")), "Fit of the fractions")
    assert found.light == light
    assert found.finding.endswith(", RMSE 0.70, no permutation p.")


def test_permutations_are_counted_below_0_05(folder: ResultsFolder) -> None:
    n = len(folder.table("fractions"))
    p = [0.049, 0.05, *[0.5] * (n - 2)]
    assert item(changed(folder, "fractions", p_value=p), "Fit of the fractions").finding.endswith(
        f"permutation p below 0.05 in 1 of {n}."
    )


def test_what_was_declared_is_repeated(folder: ResultsFolder) -> None:
    assert item(folder, "As declared").finding == "abim: expression on log2 scale, HR status from ER only."


def only(folder: ResultsFolder, rows: pd.DataFrame) -> ResultsFolder:
    """A folder whose only result table is that of correlations."""
    return replace(folder, tables={"correlation": rows})


@pytest.mark.parametrize(("flagged", "light"), [(2, "good"), (3, "fair"), (10, "fair"), (11, "poor")])
def test_flags_are_counted(folder: ResultsFolder, flagged: int, light: str) -> None:
    rows = pd.concat([folder.table("correlation").head(1)] * 100, ignore_index=True)
    rows["flag"] = ["separation"] * flagged + [""] * (100 - flagged)
    found = item(only(folder, rows), "Flagged rows")
    assert found.light == light
    assert found.finding == f"{flagged} of 100 result rows carry a flag that says why."


def test_chance_findings_count_families_and_uncorrected_tests(folder: ResultsFolder) -> None:
    rows = pd.concat([folder.table("correlation").head(1)] * 7, ignore_index=True)
    rows = rows.assign(p_value=0.5, family=["a", "a", "a", "b", "b", "", ""], measure="rho")
    rows["p_adjusted"] = [1.0] * 5 + [float("nan")] * 2
    rows.loc[6, "measure"] = "second_test"  # the same question once more
    assert item(only(folder, rows), "Chance findings").finding == (
        "5 tests in 2 families, each corrected by itself and 1 uncorrected: were there no association at all, "
        "up to about 0.2 families or tests would still show one. Corrected by Bonferroni within the analysed types of "
        "one question, cohort and stratum; alpha 0.05."
    )


@pytest.mark.parametrize(("status", "light"), [("agree", "fair"), ("disagree", "poor"), ("not checked", "poor")])
def test_agreement_with_r_is_never_better_than_fair(folder: ResultsFolder, status: str, light: str) -> None:
    found = item(folder, "Second computation in R", Agreement(status, "", "Said."))  # type: ignore[arg-type]
    assert (found.light, found.finding) == (light, "Said.")


@pytest.mark.parametrize(
    ("status", "agreed", "differ", "light"),
    [("agree", 90, 0, "good"), ("agree", 89, 1, "poor"), ("agree", 0, 0, "poor"), ("not checked", 90, 0, "poor")],
)
def test_the_witness_stands_beside_the_comparison_of_the_models(
    folder: ResultsFolder, status: str, agreed: int, differ: int, light: str
) -> None:
    seen = pd.DataFrame({"table": ["scores"], "numbers": [12000], "agreed": [agreed], "disagreed": [differ]})
    found = item(replace(folder, witness=seen), "Second computation in R", Agreement(status, "", "Said."))  # type: ignore[arg-type]
    assert found.light == light
    told = f"{agreed} of 12,000 numbers agree, {differ} disagree"
    assert found.finding.replace("\N{THIN SPACE}", ",") == (
        f"Said. The witness, base R from the raw files: {told}, the rest it did not see."
    )


def test_the_limits_are_said(folder: ResultsFolder) -> None:
    assert item(folder, "Limits") == TrustItem("Limits", LIMITS)


def test_a_folder_of_a_response_cohort_alone_says_what_it_can(folder: ResultsFolder) -> None:
    bare = replace(folder, tables={"response": folder.table("response")})
    assert next(item.title for item in trust_items(bare, AGREES)) == "Population"
