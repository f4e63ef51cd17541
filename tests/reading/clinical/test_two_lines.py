"""Names of columns in two lines, and rows that say what the columns hold."""

import pytest

from her2stats.errors import SampleError, TableError
from her2stats.reading import read_clinical

ROWS = [f"P{place}\t{'+-'[place % 2]}\t{place % 2}+\tneg\t{40 + place}" for place in range(8)]
ROWS = [row.replace("\t0+", "\t0") for row in ROWS]
COLUMNS = {"sample": "sample", "er": "ER status", "her2_ihc": "HER2 IHC", "her2_status": "HER2 status", "age": "age"}


@pytest.fixture
def write(tmp_path):
    def written(*lines):
        (tmp_path / "t.tsv").write_text("\n".join([*lines, *ROWS]), encoding="utf-8")
        return tmp_path / "t.tsv"

    return written


@pytest.mark.parametrize("above", ["sample\tER\tHER2\tHER2\tage", "sample\tER\tHER2\t\tage"])
def test_groups_above_and_parts_below_are_joined(write, above):
    path = write(above, "\tstatus\tIHC\tstatus\t")
    read = read_clinical(path, header_row=2, columns=COLUMNS)
    assert list(read.table.index) == [f"P{place}" for place in range(8)]
    assert list(read.table["her2_ihc"]) == ["0", "1+"] * 4
    told = [(note.what, note.count, note.detail) for note in read.notes if "joined" in note.what]
    listed = "sample, ER status, HER2 IHC, HER2 status, age"
    assert told == [("names of columns in lines 1 and 2 joined", 5, listed)]


def test_the_second_line_is_told(write):
    path = write("sample\tER\tHER2\tHER2\tage", "\tstatus\tIHC\tstatus\tyears")
    with pytest.raises(TableError) as told:
        read_clinical(path)
    what = "t.tsv: names of its columns stand in two lines, the second is line 2"
    assert str(told.value) == f"{what} -> say clinical_header_row = 2 (header_row of read_clinical)"


def test_groups_above_names_of_their_own_change_nothing(write):
    path = write("\tReceptors\tHER2\tHER2\t", "sample\ter\ther2_ihc\ther2_status\tage")
    assert len(read_clinical(path, header_row=2).table) == 8


def test_a_title_above_is_no_group(write):
    path = write("Table 1\t\t\t\t", "sample\ter\ther2_ihc\tnote\tnote")
    assert len(read_clinical(path, header_row=2).table) == 8


def test_a_row_that_says_what_the_columns_hold(write):
    path = write("sample\ter\ther2_ihc\ther2_status\tage", "Identifier\tReceptor\tScore\tHER2 status\tAge in years")
    with pytest.raises(SampleError) as told:
        read_clinical(path)
    what = "this row says what the columns hold (Identifier; Receptor; Score; HER2 status; Age in years)"
    assert str(told.value) == f't.tsv, line 2: {what} -> say exclude = ["Identifier"]'
    assert len(read_clinical(path, exclude=["Identifier"]).table) == 8


def test_a_table_on_its_side_under_other_names(tmp_path):
    (tmp_path / "t.csv").write_text("variable,a,b\nStatut RE,+,-\nHER2-Score,0,1+\nLebensalter,40,50\n")
    with pytest.raises(TableError, match=r"the table lies on its side: .* \(Statut RE, HER2-Score, Lebensalter\)"):
        read_clinical(tmp_path / "t.csv", columns={"sample": "variable"})
