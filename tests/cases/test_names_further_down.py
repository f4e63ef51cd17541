"""Files whose names do not stand in the first line: titles, merged headings, TCGA's three headings, units."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest

from her2stats.errors import InputError, TableError
from her2stats.reading import read_clinical, read_cohort, read_expression
from her2stats.reading.clinical.file import read_clinical_words
from her2stats.study.proposing.expression_look import look_at_expression
from her2stats.study.proposing.proposal import look_at_files
from her2stats.study.proposing.study_text import write_proposal
from tests.cli.test_commands import her2stats

NAMES = ["ID", "ER", "PgR", "HER2 IHC"]
ROWS = [["a", "pos", "neg", "0"], ["b", "neg", "neg", "1+"], ["c", "pos", "pos", "2+"]]
COLUMNS = {"sample": "ID", "er": "ER", "pgr": "PgR", "her2_ihc": "HER2 IHC"}
TITLE = ["Casistica 2015-2020", "", "", ""]
MERGED = ["Paziente", "Recettori", "", "HER2"]


def write(path, rows):
    """A workbook or a delimited file of these rows."""
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append([cell or None for cell in row])
        book.save(path)
    else:
        path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


@pytest.fixture(params=["t.xlsx", "t.tsv"])
def path(request, tmp_path):
    return tmp_path / request.param


@pytest.mark.parametrize("above", [[TITLE], [MERGED], [TITLE, TITLE, MERGED]])
class TestClinical:
    def test_the_row_of_the_names_is_offered_and_read(self, path, above):
        write(path, [*above, NAMES, *ROWS])
        with pytest.raises(TableError, match=rf"stand in row {len(above) + 1}: 'ID', .* say clinical_header_row = "):
            read_clinical(path, columns=COLUMNS)
        read = read_clinical(path, columns=COLUMNS, header_row=len(above) + 1).table
        assert read["er"].tolist() == ["positive", "negative", "positive"]
        assert list(read.index) == ["a", "b", "c"]

    def test_init_finds_it(self, path, above):
        write(path, [*above, NAMES, *ROWS])
        study = path.with_name("study.toml")
        told = her2stats("init", path, "--output", study)
        assert "Then: her2stats run" in told.stdout
        assert f"clinical_header_row = {len(above) + 1} " in study.read_text()


def test_a_title_of_one_cell_in_a_text_file(tmp_path):
    path = write(tmp_path / "t.tsv", [["Our patients"], NAMES, *ROWS])
    with pytest.raises(TableError, match=r"say header_row = 2 \(clinical_header_row of a cohort\) if the names"):
        read_clinical(path, columns=COLUMNS)
    assert len(read_clinical(path, columns=COLUMNS, header_row=2).table) == 3


def test_lines_keep_their_number(path):
    wrong = [["a", "pos", "neg", "perhaps"], *ROWS[1:]]
    with pytest.raises(InputError, match="line 4, sample 'a'"):
        read_clinical(write(path, [TITLE, MERGED, NAMES, *wrong]), columns=COLUMNS, header_row=3)


def test_a_row_that_is_not_there(path):
    with pytest.raises(TableError, match="there is no row 9 -> correct header_row"):
        read_clinical(write(path, [NAMES, *ROWS]), columns=COLUMNS, header_row=9)


def test_three_headings(path):
    codes = [f"CDE_ID:{number}" for number in range(4)]
    words = ["id", "breast_carcinoma_er", "breast_carcinoma_pgr", "her2_level"]
    read = read_clinical(write(path, [NAMES, words, codes, *ROWS]), columns=COLUMNS)
    assert list(read.table.index) == ["a", "b", "c"]
    assert {note.what: note.count for note in read.notes}["rows that repeat the names left out"] == 2


def test_a_word_that_is_also_the_name_of_its_column_stays(tmp_path):
    path = write(tmp_path / "t.tsv", [["ID", "pCR"], ["a", "pCR"], ["b", "RD"]])
    assert len(read_clinical_words(path)[0].rows) == 2


def test_a_row_of_units_is_left_out_by_its_empty_id(path):
    write(path, [NAMES, ["", "+/-", "+/-", "0-3+"], *ROWS])
    with pytest.raises(InputError, match=r'1 rows have no sample id -> add the ids; or say exclude = \[""\]'):
        read_clinical(path, columns=COLUMNS)
    assert list(read_clinical(path, columns=COLUMNS, exclude=[""]).table.index) == ["a", "b", "c"]


class TestExpression:
    VALUES = np.random.default_rng(1).lognormal(4, 1, (30, 3)).round(2)

    def rows(self):
        return [["gene", "a", "b", "c"], *([f"G{row}", *map(str, line)] for row, line in enumerate(self.VALUES))]

    def numbers(self, path, above):
        rows = [*above, *self.rows()]
        if path.suffix != ".xlsx":
            return write(path, rows)
        book = openpyxl.Workbook()
        for row in [*([*above, self.rows()[0]]), *([row[0], *map(float, row[1:])] for row in self.rows()[1:])]:
            book.active.append(row)
        book.save(path)
        return path

    def test_a_row_of_names_among_the_numbers(self, path):
        self.numbers(path, [["Study", "x", "y", "z"]])
        with pytest.raises(TableError, match="row 2 holds names, not numbers -> say header_row = 2"):
            read_expression(path, scale="linear")
        read = read_expression(path, scale="linear", header_row=2).values
        assert list(read.columns) == ["a", "b", "c"]
        np.testing.assert_array_equal(read, self.VALUES)

    def test_a_title_of_one_cell(self, tmp_path):
        path = write(tmp_path / "e.tsv", [["All our tumours"], *self.rows()])
        with pytest.raises(TableError, match="say header_row = 2"):
            read_expression(path, scale="linear")
        told = her2stats("score", path, "--scale", "linear", "--signature", "G1", "--header-row", "2")
        assert told.stdout.startswith("sample,G1\na,")

    def test_in_a_cohort(self, path):
        self.numbers(path, [["Study", "x", "y", "z"]])
        clinical = pd.DataFrame(ROWS, columns=NAMES)
        read = read_cohort(path, clinical, name="x", scale="linear", header_row=2, columns=COLUMNS)
        assert read.samples == ["a", "b", "c"]


EXPRESSION = [["gene", "P1", "P2", "P3"], ["ERBB2", "1.5", "2.5", "9"], ["ESR1", "3", "0.5", "7"]]


@pytest.mark.parametrize(
    "above",
    [
        [["Expression 2020", "", "", ""]],
        [["Expression 2020"]],
        [["", "Tumours", "", ""], ["", "", "", ""]],
        [["t", "", "", ""], ["", "arm A", "arm A", "arm B"]],
    ],
)
def test_init_finds_the_names_of_the_expression_and_writes_their_line(path, above):
    write(path, [*above, *EXPRESSION])
    line = len(above) + 1 - sum(not any(row) for row in above if path.suffix == ".tsv")
    look = look_at_expression(path)
    assert look.samples == ("P1", "P2", "P3")
    assert look.header_row is not None
    table = write(path.with_name("c.tsv"), [NAMES, *[[f"P{n}", *row[1:]] for n, row in enumerate(ROWS, 1)]])
    proposal = look_at_files(table, path).declared("linear")
    study = path.with_name("study.toml")
    write_proposal(proposal, study)
    assert f"header_row = {look.header_row}\n" in study.read_text()
    assert line <= look.header_row
    read = read_expression(path, scale="linear", allow_range=True, header_row=look.header_row).values
    assert read.to_numpy().tolist() == [[1.5, 2.5, 9], [3, 0.5, 7]]


@pytest.mark.parametrize(
    "rows",
    [
        [*EXPRESSION, ["PGR", "x", "y", "z"], ["GRB7", "1", "2", "3"]],  # names nowhere but on top
        [EXPRESSION[0], ["unit", "TPM", "TPM", "TPM"], *EXPRESSION[1:]],
        [EXPRESSION[0], ["ERBB2", "1.5", "n.d.", "9"], ["ESR1", "3", "0.5", "7"]],
    ],
)
def test_a_cell_that_is_no_number_makes_no_row_below_it_the_names(path, rows):
    look = look_at_expression(write(path, rows))
    assert look.header_row is None
    assert look.samples == ("P1", "P2", "P3")
    assert look.problems
