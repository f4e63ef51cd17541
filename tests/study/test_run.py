"""A run fills the results folder that was agreed, with numbers that hang together."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from her2stats.errors import InputError, OutputError
from her2stats.results import read_folder
from her2stats.results.schema import RESULT_TABLES, SCHEMAS
from her2stats.statistics.result import COLUMNS
from her2stats.statistics.rows import is_second_test
from her2stats.study import load_results, read_study, run_study
from tests.study.conftest import write_small_study

EMPTY = (
    "pooled_odds_ratios",
    "pooled_correlations",
    "response_by_hr",
    "response_further",
    "pathologist",
    *("ordinal_odds", "fraction_draws"),  # asked for in the study file only
)  # one cohort has cells, the other one receptor status
FIGURES = (
    "fig1a_correlation",
    "fig1b_til",
    "fig2a_heatmap",
    "fig2b_forest",
    "fig3_marginal",
    "fig4_response",
    "figS1_distribution",
    "figS2_exposure",
    "figS3_composition",
    "figS6_robustness",
    "figS7_random_lists",
)


def test_every_agreed_file_is_there(small_results):
    folder = small_results.folder
    assert {path.stem for path in (folder / "tables").glob("*.csv")} == set(SCHEMAS)
    for name in SCHEMAS:
        assert (folder / "tables" / f"{name}.csv").stat().st_size > 0, name
    for name in FIGURES:
        for ending in ("pdf", "svg", "png"):
            assert (folder / "figures" / f"{name}.{ending}").stat().st_size > 1000, name
    for name in ("tables/tables.xlsx", "provenance.json", "report.html", "r/validate.R"):
        assert (folder / name).stat().st_size > 0, name


def test_result_tables_have_the_agreed_columns_first(small_results):
    for name in RESULT_TABLES:
        assert tuple(small_results.tables[name].columns[: len(COLUMNS)]) == COLUMNS, name
        assert (len(small_results.tables[name]) > 0) == (name not in EMPTY), name


def test_the_workbook_holds_numbers_as_numbers(small_results):
    book = load_workbook(small_results.folder / "tables" / "tables.xlsx")
    assert set(book.sheetnames) == set(small_results.tables)
    as_text = {
        str(heading)
        for sheet in book
        for heading, *cells in sheet.iter_cols(values_only=True)
        if any(isinstance(cell, str) and re.fullmatch(r"[-+]?[0-9][0-9.,]*", cell) for cell in cells)
    }
    assert as_text <= {"level", "reference", "comparison"}, "names of levels, such as IHC 0"
    patients = next(row for row in book["table_one"].iter_rows(values_only=True) if row[0] == "Patients")
    assert patients[2] == len(small_results.tables["scores"])


def test_the_folder_of_a_study_without_expression_has_no_gap(tmp_path):
    study = write_small_study(tmp_path)
    text = study.read_text()
    expressed = text[text.index('[[cohorts]]\nname = "one"') : text.index('[[cohorts]]\nname = "answers"')]
    study.write_text(text.replace(expressed, ""))
    results = run_study(read_study(study))
    assert len(results.tables["response"]) > 0
    assert set(SCHEMAS["coverage"].required) <= set(results.tables["coverage"].columns)
    assert read_folder(results.folder).gaps == ()


def test_a_row_without_a_number_says_why(small_results):
    for name in set(RESULT_TABLES) - {"ancova_tests"}:
        table = small_results.tables[name]
        silent = table[
            ~is_second_test(table) & table["p_value"].isna() & (table["flag"] == "") & (name != "ancova_curves")
        ]
        assert silent.empty, f"{name}\n{silent}"


def test_counts_add_up(small_results):
    odds = small_results.tables["odds_ratios"]
    per_type = odds.pivot_table(index="outcome", columns="stratum", values=["n", "n_events"], aggfunc="sum")
    for what in ("n", "n_events"):
        strata = per_type[what]
        assert (strata["hr=negative"] + strata["hr=positive"] == strata["all"]).all()
    assert (odds["n"] + odds["n_missing"]).loc[odds["stratum"] == "all"].eq(70).all()


def test_bonferroni_multiplies_by_the_types_that_were_analysed(small_results):
    abundance = small_results.tables["abundance"]
    kept = (abundance["kind"] != "excluded").sum()
    odds = small_results.tables["odds_ratios"]
    fitted = odds[(odds["stratum"] == "all") & odds["p_value"].notna()]
    assert len(fitted) <= kept
    expected = (fitted["p_value"] * kept).clip(upper=1.0)  # also those whose model failed were asked for
    pd.testing.assert_series_equal(fitted["p_adjusted"], expected, check_names=False)


def test_clinical_questions_are_corrected_for_the_types_they_were_asked_of(small_results):
    clinical = small_results.tables["clinical"]
    counted = clinical[clinical["p_adjusted"].notna()]
    assert set(counted["question"]) == {"type", "type:hr[positive]"}  # of the moderator alone nothing is asked
    kept = (small_results.tables["abundance"]["kind"] != "excluded").sum()
    for _, family in counted.groupby(["stratum", "outcome", "question"]):
        assert family["exposure"].is_unique
        assert set(family["family_size"]) == {kept}
        pd.testing.assert_series_equal(
            family["p_adjusted"], (family["p_value"] * kept).clip(upper=1.0), check_names=False
        )


def test_the_report_is_offline_and_says_simulated(small_results):
    page = (small_results.folder / "report.html").read_text(encoding="utf-8")
    assert "imulated" in page[: page.index("</header>")] if "</header>" in page else "imulated" in page
    loaded = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
    assert not [address for address in loaded if not re.search(r"doi\.org|creativecommons", address)]
    assert "one-0001" not in page, "no row of a single patient belongs into the report"


def test_provenance_names_inputs_by_checksum_and_no_place(small_results, small_study):
    written = json.loads((small_results.folder / "provenance.json").read_text())
    digests = {entry["file"]: entry["sha256"] for entry in written["inputs"]}
    for name in ("one.tsv", "one.csv", "answers.csv", "matrix.tsv", "her2.tsv"):
        assert digests[name] == hashlib.sha256((small_study.parent / name).read_bytes()).hexdigest()
    assert str(small_study.parent) not in json.dumps(written)


def test_what_a_cohort_cannot_answer_is_named(small_results):
    omitted = small_results.tables["omitted"]
    assert "no expression data" in omitted[(omitted["cohort"] == "answers")]["reason"].str.cat()


def test_results_come_back_from_the_folder(small_results):
    again = load_results(small_results.folder)
    assert set(again.models) == set(small_results.models)
    model = again.models["one.odds_ratios.2"]
    assert model.spec.exposure == "HER2 score"
    assert model.data["hr"].cat.categories.tolist() == ["negative", "positive"]


def digests(folder: Path) -> dict[str, str]:
    """Checksum of every file of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_same_inputs_give_the_same_bytes_whatever_the_number_of_processes(small_results, tmp_path):
    again = run_study(write_small_study(tmp_path), n_jobs=2)
    first, second = digests(small_results.folder), digests(again.folder)
    assert {name for name in first | second if first.get(name) != second.get(name)} == set()


@pytest.mark.slow
def test_the_order_of_rows_and_genes_in_the_files_changes_no_result(small_results, tmp_path):
    study = write_small_study(tmp_path)
    for name, options in (("one.tsv", {"sep": "\t"}), ("one.csv", {}), ("matrix.tsv", {"sep": "\t"})):
        table = pd.read_csv(tmp_path / name, dtype=str, keep_default_na=False, **options)
        table.sample(frac=1, random_state=1).to_csv(tmp_path / name, index=False, **options)
    again = run_study(study)
    for name in ("scores", "fractions", *RESULT_TABLES):
        pd.testing.assert_frame_equal(small_results.tables[name], again.tables[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("one.csv", "hr,", "hormone,", "hr"),
        ("one.csv", "positive", "perhaps", "perhaps"),
        ("one.csv", "one-0001,", "one-0002,", "one-0002"),
        ("one.tsv", "one-0003\t", "ONE_3\t", "one-0003"),
        ("matrix.tsv", "SIM", "OTHER", "50%"),
        ("her2.tsv", "SIMHER", "OTHER", "80"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(tmp_path, file, old, new, words):
    study = write_small_study(tmp_path, n=20)
    text = (tmp_path / file).read_text()
    (tmp_path / file).write_text(text.replace(old, new))
    if words == "hr":  # a column that is named in the study file and is not in the table
        study.write_text(
            study.read_text().replace('clinical = "one.csv"', 'clinical = "one.csv"\ncolumns = {hr = "hr"}')
        )
    with pytest.raises(InputError, match=re.escape(words)):
        run_study(study)
    assert not (tmp_path / "results").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_is_told(small_study, tmp_path):
    study = write_small_study(tmp_path, n=20)
    (tmp_path / "results").write_text("a file, not a folder")
    with pytest.raises(OutputError):
        run_study(study)
