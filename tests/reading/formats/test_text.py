"""Remarks above the header, and quotes that open and do not close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from her2stats.errors import FileError, TableError
from her2stats.files import read_content
from her2stats.reading import read_expression
from her2stats.reading.annotation import read_annotation
from her2stats.reading.formats.text import read_text_table

Write = Callable[..., Path]
FOUR = "#Patient\tER\n#long words\tmore\n#STRING\tSTRING\n#1\t1\n"


def test_remarks_above_the_header_are_skipped_and_lines_keep_their_numbers(write: Write) -> None:
    table = read_text_table(read_content(write("c.txt", f"{FOUR}PATIENT_ID\tER_STATUS\np1\tPositive\n")))
    assert (table.header, table.rows, table.lines) == (["PATIENT_ID", "ER_STATUS"], [["p1", "Positive"]], [6])
    with pytest.raises(TableError, match="line 7 has 3"):
        read_text_table(read_content(write("d.txt", f"{FOUR}PATIENT_ID\tER\np1\tPositive\np2\tPositive\tx\n")))


def test_a_matrix_may_stand_below_remarks(write: Write) -> None:
    text = "# Program: featureCounts v2\nGeneid\ts1\ts2\nERBB2\t50\t9\nESR1\t70\tx\n"
    with pytest.raises(TableError, match=r"row 4 \(gene 'ESR1'\)"):
        read_expression(write("e.txt", text), scale="linear")
    assert list(read_expression(write("f.txt", text.replace("x", "80")), scale="linear").values.columns) == ["s1", "s2"]


@pytest.mark.parametrize("above", ["", "# a remark\n"])
def test_a_header_that_starts_with_a_hash_is_the_header_where_numbers_stand_below(write: Write, above: str) -> None:
    read = read_expression(write("e.tsv", f"{above}#gene\ts1\ts2\nERBB2\t50\t9\nESR1\t70\t80\n"), scale="linear")
    assert list(read.values.columns) == ["s1", "s2"]
    assert list(read.values.index) == ["ERBB2", "ESR1"]


def test_a_single_line_of_as_many_words_is_the_header(write: Write) -> None:
    table = read_text_table(read_content(write("c.tsv", "#id\ter\np1\tpositive\np2\tnegative\n")))
    assert (table.header, table.rows, table.lines) == (["id", "er"], [["p1", "positive"], ["p2", "negative"]], [2, 3])


def test_nothing_but_remarks_is_told(write: Write) -> None:
    with pytest.raises(FileError, match="holds nothing but remarks"):
        read_text_table(read_content(write("c.txt", "# one\n# two")))


OPENED = "a quote opens in line 3 and does not close there"


def test_an_open_quote_swallows_nothing_in_a_clinical_table(write: Write) -> None:
    with pytest.raises(TableError, match=OPENED):
        read_text_table(read_content(write("c.tsv", 'id\tnote\na\tx\nb\t"y\nc\tz\nd\t"w"\n')))


def test_nor_in_a_matrix(write: Write) -> None:
    with pytest.raises(TableError, match=OPENED):
        read_expression(write("e.tsv", 'g\ts1\nERBB2\t50\n"ESR1\t70\nPGR\t3\nX"\t4\n'), scale="linear")


def test_nor_in_an_annotation(write: Write) -> None:
    with pytest.raises(TableError, match=OPENED):
        read_annotation(write("a.tsv", 'ID\tGene Symbol\np1\tERBB2\np2\t"ESR1\np3\tPGR\n'))


def test_all_lines_are_named(write: Write) -> None:
    with pytest.raises(TableError, match="a quote opens in lines 2, 4 and does not close there"):
        read_text_table(read_content(write("c.tsv", 'id\tnote\na\t"x\nb\ty\nc\t"z\n')))


@pytest.mark.parametrize("word", ['5" tumour', 'a "quoted" word', '"all of it"', '"with ""two"" inside"', 'x"'])
def test_marks_within_a_word_and_closed_quotes_are_no_fault(write: Write, word: str) -> None:
    table = read_text_table(read_content(write("c.tsv", f"id\tnote\na\t{word}\nb\tz\n")))
    assert len(table.rows) == 2


def test_a_csv_that_quotes_throughout_may_hold_line_breaks(write: Write) -> None:
    table = read_text_table(read_content(write("c.csv", '"id","note","age"\n"a","two\nlines",51\n"b","one",60\n')))
    assert table.rows == [["a", "two\nlines", "51"], ["b", "one", "60"]]


def test_one_that_does_not_may_not(write: Write) -> None:
    with pytest.raises(TableError, match="a quote opens in line 2"):
        read_text_table(read_content(write("c.csv", 'id,note\na,"two\nlines"\nb,one\n')))


LOOSE = "every row ends with a delimiter, and the line of names does not -> take it away from the rows"


def test_rows_that_end_with_a_delimiter_are_no_rows_with_a_name(write: Write) -> None:
    clinical, matrix = "id\ter\na\tpositive\t\nb\tnegative\t\n", "gene\ta\nA\t100\t\nB\t2\t\n"
    with pytest.raises(TableError, match=LOOSE):
        read_text_table(read_content(write("c.tsv", clinical)))
    with pytest.raises(TableError, match=LOOSE):
        read_expression(write("e.tsv", matrix), scale="linear")


def test_a_last_cell_that_only_some_rows_lack_is_a_cell(write: Write) -> None:
    table = read_text_table(read_content(write("c.tsv", "er\tage\na\tpositive\t\nb\tnegative\t50\n")))
    assert (table.header, table.rows[0]) == (["", "er", "age"], ["a", "positive", ""])
    read = read_expression(write("e.tsv", "a\tb\nA\t100\t\nB\t2\t7\nC\t2\t7\n"), scale="linear", missing="drop")
    assert list(read.values.index) == ["B", "C"]
