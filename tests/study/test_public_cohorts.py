"""Public cohorts by their shipped study files, on the real data: the numbers that were known beforehand, none tuned."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from her2stats.errors import TableError
from her2stats.reading.sources import registry, study_template
from her2stats.signatures.til import DEFAULT_MEMBERS
from her2stats.simulate import paper_targets
from her2stats.study import StudyResults, read_study, run_study
from her2stats.study.check import check_study
from her2stats.study.witnessed import witness_folder

# Study -> name of a file in it -> where it lies among the real data.
FILES: Mapping[str, Mapping[str, str]] = {
    "abim": {"GSE81538_clinical.tsv": "abim405_clinical/gse81538_clinical_geo_names.tsv"},
    "tcga_brca": {
        "tcga_brca_log2rsem.tsv.gz": "tcga769/tcga769_log2rsem_6000genes.tsv.gz",
        "tcga_brca_clinical.tsv": "tcga_brca_thorsson/clinical.tsv",
        "tcga_brca_cibersort_relative.tsv": "tcga_brca_thorsson/cibersort_relative_primary.tsv",
    },
    "maqc2": {"bcClinicalTable.csv": "curatedbreast_clinical/bcClinicalTable.csv"},
    "ispy2": {"ICB_Wolf_CLIN.csv": "ispy2/ICB_Wolf_CLIN.csv"},
    "ispy2_pembrolizumab": {"ICB_Wolf_CLIN.csv": "ispy2/ICB_Wolf_CLIN.csv"},
    "neotrip": {"NeoTRIP_data_IOScore.txt": "neotrip_ispy2_io/NeoTRIP_data_IOScore.txt"},
    "transneo": {"training_df.csv": "transneo/nat_ml_training_df.csv"},
}
# ABiM's expression is a download of 60 MB that is not among the data: what asks for it is left out of the study file.
WITHOUT_EXPRESSION = ("expression", "scale", "offset", "on_mismatch", "normalise")


def shipped(name: str, shared: Path, folder: Path) -> Path:
    """Lay the shipped study file beside its data, as `fetch` and a user do."""
    for file, place in FILES[name].items():
        if not (shared / place).is_file():
            pytest.skip(f"the real data lack {place}")
        (folder / file).write_bytes((shared / place).read_bytes())
    text = study_template(name)
    if name == "abim":
        lines = text.split("[scores]")[0].split("\n")
        text = "\n".join(line for line in lines if not line.startswith(WITHOUT_EXPRESSION))
    (folder / "study.toml").write_text(text)
    return folder / "study.toml"


@pytest.fixture(scope="module")
def run(shared, tmp_path_factory):
    """Run a study once."""
    done: dict[str, StudyResults] = {}

    def of(name: str) -> StudyResults:
        if name not in done:
            done[name] = run_study(read_study(shipped(name, shared, tmp_path_factory.mktemp(name))), n_jobs=1)
        return done[name]

    return of


def counted(results: StudyResults) -> pd.Series:
    """Table 1 as numbers by variable and level."""
    table = results.tables["table_one"]
    (column,) = (name for name in table if name.endswith(" n"))
    return table.assign(level=table["level"].fillna("")).set_index(["variable", "level"])[column].astype(float)


def test_every_cohort_of_the_registry_ships_a_study_file_that_is_one():
    cohorts = [name for name, source in registry().items() if source.kind == "cohort"]
    assert {*FILES, "scanb"} == set(cohorts)
    for name in cohorts:
        study = tomllib.loads(study_template(name))
        assert study["study"]["results"] == f"results-{name}"
        assert [cohort["name"] for cohort in study["cohorts"]] == [name]
        assert registry()[name].files or "a person's click" in registry()[name].by_hand


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("abim", "abim: 318 HER2-negative tumours"),
        ("tcga_brca", "tcga_brca: 548 HER2-negative tumours, 6000 genes"),
        ("maqc2", "maqc2: 207 HER2-negative tumours"),
        ("ispy2", "ispy2: 585 HER2-negative tumours"),
        ("ispy2_pembrolizumab", "ispy2_pembrolizumab: 53 HER2-negative tumours"),
        ("neotrip", "neotrip: 242 HER2-negative tumours"),
        ("transneo", "transneo: 92 HER2-negative tumours"),
    ],
)
def test_a_shipped_study_passes_the_check(name, line, shared, tmp_path):
    assert check_study(read_study(shipped(name, shared, tmp_path)))[0].startswith(line)


def test_abim_is_the_population_of_the_paper(run):
    table = counted(run("abim"))
    assert table["Patients", ""] == 318
    assert table["Hormone receptor"].to_dict() == {"positive": 255, "negative": 63}
    assert table["HER2 IHC"].to_dict() == {"0": 129, "1+": 115, "2+": 74}
    assert table["Grade"].to_dict() == {"I": 48, "II": 144, "III": 126}


def test_simulated_abim_has_the_margins_of_the_real_table(run):
    table, margins = counted(run("abim")), paper_targets("abim").margins
    assert margins.hr == table["Hormone receptor"].to_dict()
    assert margins.her2_ihc == table["HER2 IHC"].to_dict()
    assert margins.grade == table["Grade"].to_dict()
    assert margins.pam50 == {level: count for level, count in table["PAM50 subtype"].to_dict().items() if count}


@pytest.mark.slow
def test_plasma_cells_of_tcga_go_with_erbb2_against_the_sign_of_the_paper(run):
    rows = run("tcga_brca").tables["correlation_by_hr"].query("term == 'ERBB2' and stratum == 'hr=positive'")
    rows = rows.set_index("outcome")
    assert rows.loc["Plasma cells", "n"] == 431
    assert rows.loc["Plasma cells", "estimate"] == pytest.approx(0.2615, abs=5e-5)
    assert rows.loc["Plasma cells", "conf_low"] > 0.16
    assert rows.loc["Macrophages M1", "estimate"] == pytest.approx(-0.1019, abs=5e-5)
    assert run("tcga_brca").tables["correlation"]["n"].min() >= 383


def odds(results: StudyResults, table: str, stratum: str = "all") -> pd.Series:
    """The odds ratio of response in HER2-low against HER2-0, with its counts."""
    rows = results.tables[table].query("outcome == 'pcr' and measure == 'odds_ratio' and role == 'group'")
    return rows.set_index("stratum").loc[stratum]


@pytest.mark.parametrize(
    ("name", "table", "printed"),
    [
        ("maqc2", "response", (0.741, 0.299, 1.837)),
        ("ispy2", "response", (1.019, 0.696, 1.491)),
        ("ispy2", "response_by_hr", (1.263, 0.847, 1.883)),
        ("ispy2_pembrolizumab", "response", (1.086, 0.349, 3.376)),
    ],
)
def test_response_by_her2_low(name, table, printed, run):
    row = odds(run(name), table)
    assert [row["estimate"], row["conf_low"], row["conf_high"]] == pytest.approx(printed, abs=5.5e-4)


def test_counts_of_response(run):
    counts = ["n_events_reference", "n_reference", "n_events_comparison", "n_comparison"]
    assert odds(run("maqc2"), "response")[counts].astype(int).tolist() == [13, 65, 10, 64]
    assert odds(run("maqc2"), "response_by_hr", "hr=positive")[counts].astype(int).tolist() == [3, 41, 3, 44]
    assert odds(run("ispy2_pembrolizumab"), "response")[counts].astype(int).tolist() == [8, 19, 15, 34]


def test_response_in_ispy2_is_adjusted_for_hormone_receptor_and_arm_and_asked_within_arms(run):
    rows = run("ispy2").tables["response_further"]
    adjusted = rows.query("group == 'her2_group' and given == 'hr, arm'").iloc[0]
    assert adjusted[["estimate", "conf_low", "conf_high"]].tolist() == pytest.approx([1.185, 0.783, 1.794], abs=5e-4)
    assert rows.query("group == 'arm'")["reference"].unique().tolist() == ["Ctr"]
    within = rows.query("group == 'her2_group' and given == ''").set_index("stratum")
    assert within.loc["arm=Pembro", "n"] == 53
    assert within["n"].sum() == 585


def test_neotrip_has_response_arms_and_pdl1_and_no_her2_level(run):
    results = run("neotrip")
    table = counted(results)
    assert table["Pathological complete response"].to_dict() == {"yes": 121, "no": 121}
    assert table["Arm"].to_dict() == {"CT": 123, "CT/A": 119}
    assert table["PD-L1"].to_dict() == {"positive": 139, "negative": 103}
    assert "HER2-0 and HER2-low" in results.tables["omitted"].set_index("part")["reason"]["response"]
    further = results.tables["response_further"].set_index("term")
    counts = ["n_events_reference", "n_reference", "n_events_comparison", "n_comparison"]
    assert further.loc["arm[CT/A]", counts].astype(int).tolist() == [58, 123, 63, 119]
    file = pd.read_csv(results.folder.parent / "NeoTRIP_data_IOScore.txt", sep="\t")
    for term, heading, more in (("stil_class[high]", "sTILs_IHC", "High"), ("pdl1[positive]", "PDL1_IHC", "PDL1+")):
        known = file.dropna(subset=heading)
        design = np.column_stack([np.ones(len(known)), known[heading] == more, known["Arm"] == "CT/A"]).astype(float)
        by_hand = sm.Logit((known["pCR"] == "pCR").astype(float), design).fit(disp=0).params.iloc[1]
        assert further.loc[term, "given"] == "arm"
        assert math.log(further.loc[term, "estimate"]) == pytest.approx(by_hand, rel=1e-7)
        assert further.loc[term, "conf_low"] > 1
    said = results.tables["notes"].set_index("what")["count"]
    assert said["her2_status is negative for everyone, as the study file says"] == 242


@pytest.mark.r
@pytest.mark.parametrize("name", ["neotrip", "transneo"])
def test_the_witness_follows_a_cohort_that_answers_no_question(name, run):
    outcome = witness_folder(run(name).folder)
    assert "The witness agrees" in outcome.words
    assert "Could not follow" not in outcome.words


def test_transneo_by_receptor(run):
    table = counted(run("transneo"))
    assert table["Patients", ""] == 92
    assert table["Hormone receptor"].to_dict() == {"positive": 56, "negative": 36}
    assert table["Pathological complete response", "yes"] == 6 + 15
    assert table["Residual cancer burden"].sum() == 92


def test_transneo_shows_erbb2_against_danaher_scores_lymphocyte_density_and_response(run):
    results = run("transneo")
    file = pd.read_csv(results.folder.parent / "training_df.csv").query("`HER2.status` == -1")
    til = results.tables["correlation"].query("term == 'ERBB2'").set_index("outcome")
    for outcome, column in (
        ("B-cells", "Danaher.B.cells"),
        ("CD8 T cells", "Danaher.CD8.T.cells"),
        ("Treg", "Danaher.Treg"),
    ):
        rho = file["ERBB2.log2.tpm"].corr(file[column], method="spearman")
        assert til.loc[outcome, "estimate"] == pytest.approx(rho, rel=1e-10)
    members = [f"Danaher.{re.sub('[ -]', '.', name)}" for name in DEFAULT_MEMBERS]
    rho = file["ERBB2.log2.tpm"].corr(file[members].mean(axis=1), method="spearman")
    assert til.loc["Total TIL", "estimate"] == pytest.approx(rho, rel=1e-10)
    assert round(rho, 2) == -0.28
    beside = results.tables["pathologist"].query("measure == 'rho' and stratum == 'all'")
    counted_cells = beside[beside["given"].fillna("") == ""].set_index("outcome")["estimate"]
    by_hand = file["ERBB2.log2.tpm"].corr(file["median_lymph_KDE_knn_50"], method="spearman")
    assert counted_cells["ERBB2"] == pytest.approx(by_hand, rel=1e-10)
    assert counted_cells["Total TIL"] > 0.6
    odds = results.tables["response_further"].query("role == 'exposure' and term == 'ERBB2'").iloc[0]
    exposed = file["ERBB2.log2.tpm"] / file["ERBB2.log2.tpm"].std()
    design = np.column_stack([np.ones(len(file)), exposed, file["ER.status"] == 1]).astype(float)
    assert math.log(odds["estimate"]) == pytest.approx(
        sm.Logit(file["resp.pCR"], design).fit(disp=0).params.iloc[1], rel=1e-7
    )


def test_a_column_that_is_not_there_is_told_by_name(shared, tmp_path):
    study = shipped("maqc2", shared, tmp_path)
    study.write_text(study.read_text().replace("HER2_IHC_score_preTrt", "HER2_IHC"))
    with pytest.raises(TableError, match="there is no column 'HER2_IHC'"):
        check_study(read_study(study))
