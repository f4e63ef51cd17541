"""The main job on real data: SCAN-B, TCGA-BRCA and I-SPY2, against numbers that were established beforehand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from her2stats.results import read_folder
from her2stats.study import StudyResults, read_study, run_study


def run_on(shared: Path, name: str, target: Path) -> StudyResults:
    """Run one of the study files of tests/studies on the real data, into another folder."""
    source = Path(__file__).parent.parent / "studies" / f"{name}.toml"
    text = source.read_text().replace("../../../shared/data", str(shared))
    study = target / "study.toml"
    study.write_text(text)
    assert tomllib.loads(text)["study"]["seed"] == 1
    return run_study(read_study(study), n_jobs=2)


@pytest.fixture(scope="module")
def scanb(shared, tmp_path_factory):
    """The SCAN-B study, run."""
    return run_on(shared, "scanb", tmp_path_factory.mktemp("scanb"))


@pytest.fixture(scope="module")
def tcga(shared, tmp_path_factory):
    """The TCGA study, run."""
    return run_on(shared, "tcga121", tmp_path_factory.mktemp("tcga"))


@pytest.fixture(scope="module")
def ispy2(shared, tmp_path_factory):
    """The I-SPY2 study, run."""
    return run_on(shared, "ispy2", tmp_path_factory.mktemp("ispy2"))


@pytest.mark.slow
class TestScanB:
    def test_the_population_is_her2_negative(self, scanb):
        groups = scanb.tables["group_comparison"]
        continuous = groups[groups["method"].str.contains("Wilcoxon")]
        assert set(continuous["n_reference"]) == {64}
        assert set(continuous["n_comparison"]) == {279}
        notes = scanb.tables["notes"]
        assert {42, 15} <= set(notes["count"].dropna().astype(int))

    def test_er_stands_for_hr_and_that_is_said(self, scanb):
        assert scanb.provenance["cohorts"][0]["hr_definition"] == "ER only"
        assert "ER only" in (scanb.folder / "report.html").read_text()

    def test_the_zero_rule(self, scanb):
        kinds = scanb.tables["abundance"]["kind"].value_counts().to_dict()
        assert kinds == {"continuous": 10, "excluded": 9, "dichotomised": 3}

    def test_erbb2_and_the_cytotoxic_types(self, scanb):
        table = scanb.tables["correlation"].query("term == 'ERBB2'").set_index("outcome")["estimate"]
        assert table["T cells CD8"] == pytest.approx(-0.31, abs=0.02)
        assert table["Macrophages M1"] == pytest.approx(-0.33, abs=0.02)

    def test_there_is_no_ancova_and_the_reason_stands_there(self, scanb):
        omitted = scanb.tables["omitted"].set_index("part")["reason"]
        assert "HER2 IHC" in omitted["ancova_slopes"]
        assert scanb.tables["ancova_slopes"].empty

    def test_the_coverage_of_lm22_and_danaher_is_said(self, scanb):
        page = (scanb.folder / "report.html").read_text()
        assert "287 of 547" in page
        coverage = scanb.tables["coverage"]
        danaher = coverage[coverage["score"].str.startswith("Danaher") & (coverage["score"] != "Danaher CD4 T cells")]
        assert danaher["genes_total"].sum() == 60
        assert danaher["genes_found"].sum() == 42


@pytest.mark.slow
class TestTcga:
    def test_the_ancova_runs_where_ihc_is_known(self, tcga):
        slopes = tcga.tables["ancova_slopes"]
        assert len(slopes) > 0
        overall = slopes[(slopes["stratum"] == "all") & (slopes["model"] == "unadjusted")]
        assert overall["n"].max() <= 52
        assert overall["estimate"].notna().any() or (overall["flag"] != "").all()

    def test_genes_of_lm22_are_found_under_the_names_of_their_year(self, tcga):
        notes = tcga.tables["notes"]
        what = notes.set_index("what")["count"]
        assert what["LM22: genes found under another symbol"] == 7
        assert what["530 of 547 genes of LM22 are in the mixture"] == 530

    def test_counts_are_normalised_and_that_is_said(self, tcga):
        assert (
            "CPM" in tcga.tables["notes"]["what"].str.cat() or "per million" in tcga.tables["notes"]["what"].str.cat()
        )


class TestIspy2:
    def test_the_folder_of_a_clinical_study_has_no_gap(self, ispy2):
        assert read_folder(ispy2.folder).gaps == ()

    def test_response_by_her2_low(self, ispy2):
        row = ispy2.tables["response"].query("outcome == 'pcr'").iloc[0]
        assert (row["n_events_reference"], row["n_reference"]) == (8, 19)
        assert (row["n_events_comparison"], row["n_comparison"]) == (15, 34)
        assert row["estimate"] == pytest.approx(1.086, abs=5e-4)
        assert row["conf_low"] == pytest.approx(0.349, abs=5e-4)
        # 3.377 is what 1.96 gives; the 0.975 quantile of the normal distribution gives 3.3765
        assert row["conf_high"] == pytest.approx(3.3765, abs=5e-4)
