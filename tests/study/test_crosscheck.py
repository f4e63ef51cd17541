"""A certificate is for a whole folder: what was changed since the run is named, and an earlier certificate is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from her2stats.cli import app
from her2stats.errors import FileError, InputError, OutputError
from her2stats.r_engine.crosscheck import STARTS, Crosscheck, compare_nothing
from her2stats.r_engine.process import Gone
from her2stats.results.consistency import check_frames, check_tables
from her2stats.study import crosscheck as room
from her2stats.study import load_results
from her2stats.study.crosscheck import crosscheck_folder, write_crosscheck


@pytest.fixture
def folder(small_results, tmp_path: Path) -> Path:
    """A copy of a run's results."""
    return Path(shutil.copytree(small_results.folder, tmp_path / "results"))


@pytest.fixture
def no_r(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(functions: Path | None, *, start: float) -> None:
        raise Gone("there is no R")

    for name in ("rpy2", "rscript"):
        monkeypatch.setitem(STARTS, name, fails)


def change(path: Path, column: str, row: int, value: str) -> None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[row, column] = value
    table.to_csv(path, index=False)


def test_a_folder_as_the_run_left_it_is_consistent(folder: Path) -> None:
    check_tables(load_results(folder))


@pytest.mark.parametrize(
    ("column", "value"), [("estimate", "0.125"), ("p_adjusted", "0.01"), ("method", "Pearson"), ("n", "7")]
)
def test_a_cell_that_was_changed_is_named_with_its_place(folder: Path, column: str, value: str) -> None:
    change(folder / "tables" / "correlation.csv", column, 2, value)
    with pytest.raises(FileError, match=rf"correlation\.csv, row 4, column '{column}': holds {value}"):
        check_tables(load_results(folder))


def test_what_models_were_given_are_the_scores_and_fractions_of_the_tumours(folder: Path) -> None:
    check_frames(load_results(folder))


@pytest.mark.parametrize(("table", "column"), [("scores", "Total TIL"), ("fractions", "T cells CD8")])
def test_a_score_or_fraction_that_no_model_was_given_is_named(folder: Path, table: str, column: str) -> None:
    models = load_results(folder).models
    sample = next(iter(models["one.correlation.1"].data.index))
    rows = pd.read_csv(folder / "tables" / f"{table}.csv", dtype=str)["sample"]
    change(folder / "tables" / f"{table}.csv", column, rows.tolist().index(sample), "0.123")
    with pytest.raises(FileError) as caught:
        check_frames(load_results(folder))
    told = [
        one for one in caught.value.problems if one.where.endswith(f"one.correlation.1.data.csv, column '{column}'")
    ]
    if table == "fractions" or column in models["one.correlation.1"].data:
        assert told[0].what.startswith(f"sample '{sample}' has ")
        assert told[0].what.endswith(", not 0.123")
    assert caught.value.problems


@pytest.mark.parametrize(
    ("column", "value"), [("kind", "excluded"), ("n_zero", "3"), ("median", "0.5"), ("share_zero", "0.9")]
)
def test_a_zero_rule_that_the_fractions_do_not_give_is_named(folder: Path, column: str, value: str) -> None:
    change(folder / "tables" / "abundance.csv", column, 0, value)
    with pytest.raises(FileError, match=rf"has the {column} {value}.*, by fractions.csv "):
        check_frames(load_results(folder))


def test_a_split_that_the_fractions_do_not_give_is_named(folder: Path) -> None:
    path = next((folder / "r" / "models").glob("one.odds_ratios.1.data.csv"))
    frame = pd.read_csv(path, dtype=str)
    name = next(column for column in frame if column.startswith("T cells"))
    flipped = "0" if float(frame.loc[0, name]) else "1"
    change(path, name, 0, flipped)
    with pytest.raises(FileError, match=rf"one.odds_ratios.1.data.csv, column '{name}': sample"):
        check_frames(load_results(folder))


def test_a_row_that_was_deleted_is_noticed_on_either_side(folder: Path) -> None:
    for path in ("tables/odds_ratios.csv", "r/models/one.odds_ratios.1.python.csv"):
        whole = (folder / path).read_text()
        (folder / path).write_text("".join(line for k, line in enumerate(whole.splitlines(True)) if k != 3))
        with pytest.raises(FileError, match=r"odds_ratios\.csv: has \d+ rows, the models have \d+"):
            check_tables(load_results(folder))
        (folder / path).write_text(whole)


def test_a_column_that_no_model_has_is_named(folder: Path) -> None:
    path = folder / "tables" / "odds_ratios.csv"
    pd.read_csv(path).assign(corrected=0.01).to_csv(path, index=False)
    with pytest.raises(FileError, match=r"odds_ratios\.csv: column 'corrected' is in no model"):
        check_tables(load_results(folder))


def test_damaged_models_are_all_named_with_row_and_column(folder: Path) -> None:
    models = folder / "r" / "models"
    change(models / "one.odds_ratios.1.python.csv", "p_value", 0, "o.5")
    change(models / "one.interaction.1.data.csv", "hr", 3, "positive")
    (models / "one.clinical.1.data.csv").write_text("")
    with pytest.raises(FileError) as caught:
        load_results(folder)
    said = str(caught.value)
    assert "one.odds_ratios.1.python.csv, row 2, column 'p_value': 'o.5' is no value of kind float64" in said
    assert "one.clinical.1.data.csv: is empty" in said


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tables/scores.csv", "forged"),
        ("tables/fractions.csv", "forged"),
        ("tables/abundance.csv", "forged"),
        ("tables/tables.xlsx", "gone"),
        ("figures/fig2b_forest.svg", "forged"),
        ("figures/fig2b_forest.pdf", "gone"),
        ("r/her2stats.R", "forged"),
        ("provenance.json", "forged"),
        ("manifest.json", "gone"),
    ],
)
def test_a_file_that_is_not_as_the_run_left_it_is_told_and_nothing_is_compared(
    folder: Path, name: str, change: str
) -> None:
    path = folder / name
    if change == "gone":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content.replace(b"0", b"9", 1) if b"0" in content else content + b" ")
    with pytest.raises(InputError) as caught:
        crosscheck_folder(folder)
    assert name in str(caught.value) or path.name in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 1, "files": 3}'])
def test_without_a_manifest_nothing_is_compared_for_it_tells_of_the_others(folder: Path, content: str | None) -> None:
    path = folder / "manifest.json"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(InputError) as caught:
        crosscheck_folder(folder)
    what = "is gone or damaged: which files are as the run left them cannot be told"
    assert [(one.where, one.what) for one in caught.value.problems] == [("manifest.json", what)]


def test_files_of_the_user_and_an_edited_page_hinder_no_comparison(folder: Path, no_r: None) -> None:
    (folder / "my_notes.txt").write_text("mine")
    page = folder / "report.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- mine -->", encoding="utf-8")
    (folder / "manuscript" / "methods.docx").write_bytes(b"mine")  # the draft that somebody works on
    assert crosscheck_folder(folder).verdict == "not checked"


def test_without_r_nothing_is_checked_and_an_earlier_certificate_stays(folder: Path, no_r: None) -> None:
    (folder / "crosscheck.csv").write_text("model\nearlier\n")
    outcome = crosscheck_folder(folder)
    assert outcome.verdict == "not checked"
    assert "there is no R" in outcome.sentence
    assert "the earlier crosscheck.csv is kept" in outcome.sentence
    assert (folder / "crosscheck.csv").read_text() == "model\nearlier\n"


def test_a_comparison_that_cannot_be_written_leaves_the_earlier_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "crosscheck.csv").write_text("earlier")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("her2stats.writing.os.replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_crosscheck(pd.DataFrame({"model": ["new"]}), folder)
    assert (folder / "crosscheck.csv").read_text() == "earlier"
    assert not list(folder.glob(".crosscheck*"))


@pytest.mark.parametrize(
    ("verdicts", "verdict", "status"),
    [
        (("agree", "agree"), "agree", 0),
        (("agree", "disagree", "not checked"), "disagree", 3),
        (("not checked", "not checked"), "not checked", 4),
        (("agree", "not checked"), "partly checked", 5),
    ],
)
def test_the_status_says_what_the_comparison_is_worth(
    folder: Path, monkeypatch: pytest.MonkeyPatch, verdicts: tuple[str, ...], verdict: str, status: int
) -> None:
    number = {"model": "one.correlation.1", "quantity": "estimate", "python": 1.0, "r": 1.0, "abs_diff": 0.0}
    number |= {"rel_diff": 0.0, "tolerance": 1e-8}
    rows = [{**dict.fromkeys(compare_nothing(), ""), **number, "verdict": one} for one in verdicts]
    found = Crosscheck(pd.DataFrame(rows, columns=compare_nothing().columns), "rscript", 1.0)
    monkeypatch.setattr(room, "crosscheck_r", lambda *_, **__: found)
    assert crosscheck_folder(folder).verdict == verdict
    assert CliRunner().invoke(app, ["crosscheck", str(folder)]).exit_code == status


def test_a_comparison_is_written_with_its_figure(folder: Path) -> None:
    labels = {"model": "one.x.1", "verb": "correlate", "cohort": "one", "stratum": "all", "outcome": "a", "term": "b"}
    number = {"quantity": "estimate", "python": 1.0, "r": 1.0, "rel_diff": 0.0, "tolerance": 1e-8, "verdict": "agree"}
    write_crosscheck(pd.DataFrame([{**labels, **number}]), folder)
    assert load_results(folder).crosscheck["verdict"].tolist() == ["agree"]
    assert sorted(path.suffix for path in (folder / "figures").glob("figS4_agreement.*")) == [".pdf", ".png", ".svg"]


@pytest.mark.r
def test_r_agrees_with_a_run_and_the_report_says_so(folder: Path, usable_r: None) -> None:
    outcome = crosscheck_folder(folder)
    assert outcome.verdict == "agree", outcome.summary.to_string()
    checked = pd.read_csv(folder / "crosscheck.csv", low_memory=False)
    assert set(checked["verdict"]) == {"agree"}
    assert {"p_adjusted", "p_bh", "estimate", "df"} <= set(checked["quantity"])
    assert 'id="figS4_agreement"' in (folder / "report.html").read_text()
    assert f"R agrees on the models only ({len(checked):,}" in (folder / "report.html").read_text().replace(
        "\N{THIN SPACE}", ","
    )
