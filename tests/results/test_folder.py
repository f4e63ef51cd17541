"""Whatever is wrong with a folder is named, and the rest is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from her2stats.errors import FileError
from her2stats.results.folder import read_folder
from her2stats.results.schema import SCHEMAS
from her2stats.results.strict_csv import DamagedFileError, read_strict


def why(folder: Path, file: str) -> str:
    found = [gap.why for gap in read_folder(folder).gaps if gap.file == file]
    assert found, f"no gap for {file}"
    return found[0]


def test_a_whole_folder_has_no_gaps(sample: Path) -> None:
    folder = read_folder(sample)
    assert folder.gaps == ()
    assert set(folder.tables) == set(SCHEMAS)
    assert folder.provenance.simulated is True


def test_a_missing_table_is_a_gap(folder: Path) -> None:
    (folder / "tables" / "odds_ratios.csv").unlink()
    assert why(folder, "tables/odds_ratios.csv") == "is missing"
    assert len(read_folder(folder).table("odds_ratios")) == 0


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda content: b"", "is empty"),
        (lambda content: content.replace(b",", b",\r", 1), "is no valid csv"),
        (lambda content: b"x" * 140_000 + content, "is no valid csv"),
        (lambda content: content[: len(content) // 2], "ends in the middle of a line"),
        (lambda content: content + b"a,b\n", "fields where the header has"),
        (lambda content: b"\x00\x01\x02\n" + content, "holds binary data"),
        (lambda content: b"\xff\xfe" + content, "is not UTF-8"),
        (lambda content: content.replace(b"estimate", b"guess", 1), "lacks the column estimate"),
        (lambda content: content.replace(b"p_adjusted", b"p_value", 1), "two columns called 'p_value'"),
    ],
)
def test_a_damaged_table_says_how(folder: Path, damage, reason: str) -> None:
    path = folder / "tables" / "correlation.csv"
    path.write_bytes(damage(path.read_bytes()))
    assert reason in why(folder, "tables/correlation.csv")


def test_text_among_numbers_is_quoted_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "abundance.csv"
    path.write_text("cohort,type,kind,share_zero,n\na,CD8,continuous,0.1,10\na,M1,continuous,none at all,10\n")
    with pytest.raises(DamagedFileError, match="row 3, column 'share_zero': 'none at all' is not a number"):
        read_strict(path, SCHEMAS["abundance"])


def test_a_row_of_the_wrong_width_is_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("cohort,sample,ERBB2\na,PATIENT-1,3.0\na,PATIENT-2\n")
    with pytest.raises(DamagedFileError) as caught:
        read_strict(path, SCHEMAS["scores"])
    assert "PATIENT" not in str(caught.value)


def test_text_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text('cohort,sample,ERBB2\nNA,0012,3.5\nNA,"a,b",\n')
    table = read_strict(path, SCHEMAS["scores"])
    assert table["cohort"].tolist() == ["NA", "NA"]
    assert table["sample"].tolist() == ["0012", "a,b"]
    assert table["ERBB2"].isna().tolist() == [False, True]


@pytest.mark.parametrize("content", ["{", "[]", '"text"', ""])
def test_damaged_provenance_makes_the_page_careful(folder: Path, content: str) -> None:
    (folder / "provenance.json").write_text(content)
    found = read_folder(folder)
    assert found.provenance.public
    assert found.provenance.simulated is None
    assert [cohort.name for cohort in found.provenance.cohorts] == ["confirmatory", "immunotherapy"]


def test_single_entries_of_the_provenance_may_be_wrong(folder: Path) -> None:
    path = folder / "provenance.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "alpha": "small", "cohorts": 3, "simulated": "yes"}))
    found = read_folder(folder)
    assert {gap.why for gap in found.gaps} == {f"entry {e!r} cannot be used" for e in ("alpha", "cohorts", "simulated")}
    assert found.provenance.alpha == 0.05


@pytest.mark.parametrize(("kind", "reason"), [("svg", "is no whole svg image"), ("png", "is no whole png image")])
def test_half_an_image_is_a_gap_and_the_other_format_is_shown(folder: Path, kind: str, reason: str) -> None:
    path = folder / "figures" / f"fig2b_forest.{kind}"
    path.write_bytes(path.read_bytes()[:-20])
    assert why(folder, f"figures/fig2b_forest.{kind}") == reason
    assert [image.kind for image in read_folder(folder).pictures["fig2b_forest"].images] == [
        {"svg": "png", "png": "svg"}[kind]
    ]


@pytest.mark.parametrize("name", ["fig3_marginal", "fig2b_forest_abim", "fig4_response"])
def test_a_figure_without_any_file_is_a_gap(folder: Path, name: str) -> None:
    for path in (folder / "figures").glob(f"{name}.*"):
        path.unlink()
    assert [str(gap) for gap in read_folder(folder).gaps] == [f"figures/{name} is missing"]


def test_a_figure_of_an_empty_table_is_not_missed(folder: Path) -> None:
    path = folder / "tables" / "response.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    for figure in (folder / "figures").glob("fig4_response.*"):
        figure.unlink()
    assert read_folder(folder).gaps == ()


def test_a_damaged_figure_is_named_once(folder: Path) -> None:
    for kind in ("svg", "png"):
        path = folder / "figures" / f"fig3_marginal.{kind}"
        path.write_bytes(path.read_bytes()[:-20])
    assert [gap.file for gap in read_folder(folder).gaps] == [f"figures/fig3_marginal.{k}" for k in ("svg", "png")]


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such folder"):
        read_folder(tmp_path / "absent")
    with pytest.raises(FileError, match="holds no results"):
        read_folder(tmp_path)
