"""Markup, formulae and control codes in ids and names of a whole run come out as text that nobody obeys."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from her2stats.errors import InputError
from her2stats.results import load_results
from her2stats.results.csv_cells import csv_text, guard_text, unguard_text
from her2stats.study import StudyResults, run_study
from tests.study.conftest import write_small_study

SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x.example","y")'
ANSI = "\x1b[31mred\x1b]0;title\x07"
HOSTILE = (SCRIPT, FORMULA, "+1", "-2+3", "@SUM(1)", "<img src=x onerror=alert(2)>", "\\=1")
GENES = ("<b onclick='alert(3)'>gene", "=gene")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.fixture(scope="module")
def hostile_study(tmp_path_factory) -> Path:
    """The small study with hostile sample ids, gene, cell type, level of a covariate, and title."""
    study = write_small_study(tmp_path_factory.mktemp("hostile"), n=60)
    folder = study.parent
    expression = pd.read_csv(folder / "one.tsv", sep="\t", index_col=0)
    clinical = pd.read_csv(folder / "one.csv", index_col=0, dtype="str")
    matrix = pd.read_csv(folder / "matrix.tsv", sep="\t", index_col=0)
    ids = dict(zip(expression.columns, HOSTILE, strict=False))
    own = expression.iloc[[5]].set_axis([GENES[0]], axis=0)
    formula = expression.iloc[[6]].set_axis([GENES[1]], axis=0)
    expression = pd.concat([expression, own, formula]).rename(columns=ids)
    clinical = clinical.rename(index=ids)
    clinical["pam50"] = [HOSTILE[row % 3] for row in range(len(clinical))]
    matrix = matrix.rename(columns=dict(zip(matrix.columns, HOSTILE, strict=False)))
    for table, file, mark in ((expression, "one.tsv", "\t"), (clinical, "one.csv", ","), (matrix, "matrix.tsv", "\t")):
        table.to_csv(folder / file, sep=mark)
    text = study.read_text().replace("A small simulated study", SCRIPT)
    text = text.replace('also = ["ERBB2"]', f'also = ["{GENES[0]}", "{GENES[1]}", "ERBB2"]')
    text = text.replace('exposure_name = "HER2 score"', "exposure_name = '=HER2 score'")
    text = text.replace("crosscheck = false", 'crosscheck = false\ncovariates = ["age", "pam50"]')
    study.write_text(text)
    return study


@pytest.fixture(scope="module")
def hostile_results(hostile_study: Path) -> StudyResults:
    return run_study(hostile_study)


class Elements(HTMLParser):
    """Text of every script of a page, and every attribute that would be run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = tag == "script"
        self.handlers += [f"{tag} {name}={value}" for name, value in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self.within = False

    def handle_data(self, data: str) -> None:
        if self.within:
            self.scripts.append(data)


def test_the_page_shows_them_and_runs_none(hostile_results: StudyResults) -> None:
    page = (hostile_results.folder / "report.html").read_text()
    found = Elements(page)
    assert not any("alert(" in script for script in found.scripts)
    assert not found.handlers
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not CONTROL.search(page)


def test_drawings_hold_no_markup_of_theirs(hostile_results: StudyResults) -> None:
    drawings = list((hostile_results.folder / "figures").rglob("*.svg"))
    assert drawings
    for drawing in drawings:
        text = drawing.read_text()
        assert "<script" not in text.lower(), drawing
        assert "<img" not in text.lower(), drawing
        assert not CONTROL.search(text), drawing


def test_no_cell_of_the_workbook_is_a_formula(hostile_results: StudyResults) -> None:
    book = openpyxl.load_workbook(hostile_results.folder / "tables" / "tables.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert FORMULA in {cell.value for cell in cells}
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert not [cell.coordinate for cell in cells if isinstance(cell.value, str) and CONTROL.search(cell.value)]


def test_no_csv_holds_a_formula_or_a_control_code(hostile_results: StudyResults) -> None:
    import csv

    paths = list(hostile_results.folder.rglob("*.csv"))
    assert len(paths) > 20
    for path in paths:
        text = path.read_text()
        assert not CONTROL.search(text.replace("\r", "")), path
        for row in csv.reader(text.splitlines()):
            for cell in row:
                assert not cell.startswith(("=", "@", "\t", "\r")), (path, cell)
                assert not cell.startswith(("+", "-")) or is_number(cell), (path, cell)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["-0.31", "+1.2e-4", "-5%", "-0.41 to -0.20", "-0.44 (-0.53 to -0.34)", "-0.44 (-0.53 to 2)"]
)
def test_a_number_as_printed_stays_one(text: str) -> None:
    assert guard_text(text) == text
    assert unguard_text(text) == text


@pytest.mark.parametrize(
    "text", ["-1+1", "-0.31 (A1)", "+cmd", "-", "-1 to =1", "-0.3 (=A1 to -0.2)", "-0.31\n=1", "-0.31\n", "-1 -1"]
)
def test_what_only_begins_like_a_number_is_guarded(text: str) -> None:
    assert guard_text(text) != text
    assert unguard_text(guard_text(text)) == text


def test_reading_back_gives_the_names_as_they_were(hostile_results: StudyResults) -> None:
    again = load_results(hostile_results.folder)
    assert set(HOSTILE) <= set(again.tables["scores"]["sample"])
    assert {*GENES, "=HER2 score"} <= set(again.tables["scores"].columns)
    assert set(HOSTILE) <= set(again.tables["fractions"].columns)
    assert again.tables["scores"][GENES[1]].dtype == "float64"


def test_nothing_on_the_terminal_is_obeyed(hostile_study: Path, hostile_results: StudyResults) -> None:
    for words in (["check", str(hostile_study)], ["report", str(hostile_results.folder)]):
        command = [sys.executable, "-m", "her2stats.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True)
        assert not CONTROL.search(done.stdout + done.stderr), words


def test_a_score_on_the_terminal_is_obeyed_by_nobody(hostile_study: Path) -> None:
    file = str(hostile_study.parent / "one.tsv")
    command = [sys.executable, "-m", "her2stats.cli", "score", file, "--scale", "log2", "--signature", GENES[1]]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not CONTROL.search(done.stdout + done.stderr)
    ids = [line.split(",")[0] for line in done.stdout.splitlines()]
    assert not [name for name in ids if name.startswith(("=", "+", "-", "@")) and not is_number(name)]


@pytest.mark.r
def test_r_reads_the_names_back_too(hostile_results: StudyResults) -> None:
    program = Path("r/R")
    sources = "; ".join(f'source("{path}")' for path in sorted(program.glob("*.R")))
    show = 'cat(charToRaw(enc2utf8(paste(c(names(x$scores), x$scores$sample), collapse = "\\n"))))'
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", f'{sources}; x <- read_results("{hostile_results.folder}"); {show}'],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    names = set(bytes(int(byte, 16) for byte in done.stdout.split()).decode().split("\n"))
    assert {*HOSTILE, *GENES, "=HER2 score"} <= names


@pytest.mark.parametrize(
    ("file", "word"),
    [("one", "@SUM(1)"), ("one", SCRIPT), ("one", GENES[1]), ("matrix", "@SUM(1)"), ("study", SCRIPT)],
    ids=["sample", "level", "gene", "cell type", "title"],
)
def test_control_codes_are_refused_wherever_they_are(hostile_study: Path, tmp_path: Path, file: str, word: str) -> None:
    code = ANSI if file != "study" else ANSI.replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    for path in hostile_study.parent.iterdir():
        if path.is_file():
            text = path.read_text()
            (tmp_path / path.name).write_text(text.replace(word, code) if path.stem == file else text)
    with pytest.raises(InputError, match="holds control codes") as raised:
        run_study(tmp_path / "study.toml")
    assert not CONTROL.search(str(raised.value))


def test_a_message_about_them_is_harmless(hostile_study: Path) -> None:
    text = hostile_study.read_text()
    study = hostile_study.with_name("wrong.toml")
    study.write_text(text.replace(f'"{GENES[0]}", "{GENES[1]}"', '"nothing"').replace('"her2.tsv"', '"\\u001b[31mX"'))
    command = [sys.executable, "-m", "her2stats.cli", "check", str(study)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert not CONTROL.search(done.stdout + done.stderr)


def test_a_name_of_a_cohort_is_a_word(hostile_study: Path) -> None:
    study = hostile_study.with_name("cohort.toml")
    for name in ("<b>", "=1", "..", "\\u001b"):
        study.write_text(hostile_study.read_text().replace('name = "one"', f'name = "{name}"'))
        with pytest.raises(InputError, match="name"):
            run_study(study)


@pytest.mark.parametrize("text", [*HOSTILE, "HER2-low", "", "\\", "\\\\", "\\u001b", "a\nb", "\t", "é", "\x85"])
def test_every_text_comes_back(text: str) -> None:
    assert unguard_text(guard_text(text)) == text
    written = guard_text(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r")) or is_number(written)


def test_numbers_are_written_as_they_are() -> None:
    assert csv_text(pd.DataFrame({"a": [-0.5, 1e-300], "b": ["x", "-y"]})) == "a,b\n-0.5,x\n1e-300,\\-y\n"
