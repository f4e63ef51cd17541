"""The audit of a user's own table, and how it reads on a terminal."""

from __future__ import annotations

import re

import openpyxl
import pytest

import her2stats as h2
from her2stats.cli.printed_numbers import KINDS, audit_file, audit_lines
from her2stats.errors import FileError, Her2statsError, TableError

COUNTS = """variable,level,count,percent,n,place
grade,II,68,65.4,104,Table 1
grade,III,36,36.4,104,Table 1
"""


def write(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_planted_percentage_is_found_and_nothing_else(tmp_path):
    audit = audit_file(write(tmp_path, COUNTS))
    wrong = audit[audit["verdict"] == "inconsistent"]
    assert wrong[["item", "recomputed"]].values.tolist() == [["grade: III", "34.6"]]
    assert len(audit) == 3


def test_tabs_and_semicolons_and_spaces_and_capitals_are_read_alike(tmp_path):
    plain = audit_file(write(tmp_path, COUNTS))
    for name, mark in (("a.tsv", "\t"), ("b.csv", ";")):
        text = COUNTS.replace(",", mark).replace("level", " Level ")
        assert audit_file(write(tmp_path, text, name)).equals(plain)


def test_a_correlation_is_held_against_its_sample_size(tmp_path):
    text = "item,estimate,low,high,n\nTIL,-0.44,-0.53,-0.34,318\nTIL again,-0.44,-0.53,-0.34,81\n"
    audit = audit_file(write(tmp_path, text), "correlation")
    assert audit["verdict"].tolist() == ["consistent", "inconsistent"]


def test_an_odds_ratio_is_held_against_its_counts(tmp_path):
    text = "item\testimate\tlow\thigh\ta\tb\tc\td\npCR\t0.688\t0.28\t1.74\t23\t13\t36\t14\n"
    audit = audit_file(write(tmp_path, text, "t.tsv"), "odds-ratio").set_index("check")["verdict"]
    assert audit["odds ratio"] == "consistent"
    assert audit["interval"] == "inconsistent"
    alone = audit_file(write(tmp_path, "estimate,low,high\n0.61,0.42,0.89\n"), "odds-ratio")
    assert set(alone["verdict"]) <= {"consistent", "not determinable"}


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("level,count\nII,68\n", "counts", ["no column 'variable'", "no column 'n'"]),
        (COUNTS.replace("place", "source"), "counts", ["'source' is not known", "known: variable"]),
        (COUNTS.replace("percent", "count"), "counts", ["'count' is there twice"]),
        ("variable,level,count,n\n", "counts", ["no rows"]),
        (COUNTS.replace("68", "sixty"), "counts", ["sixty"]),
        ("estimate,a,b\n0.5,1,2\n", "odds-ratio", ["without the others"]),
        ("estimate,a,b,c,d\n0.5,1,2,3,x\n", "odds-ratio", ["table.csv, line 2, column 'd': 'x' is not"]),
        ("estimate,a,b,c,d\n0.5,1,2,3,4\n\n0.7,1,,3,4\n", "odds-ratio", ["table.csv, line 4: the count b is missing"]),
        (
            "item,estimate,low,high,claim\npCR,x,0.2,1,\nORR,0.5,0.2,y,huge\n",
            "odds-ratio",
            ["line 2 (pCR), column 'estimate'", "line 3 (ORR), column 'high'", "line 3 (ORR), column 'claim'"],
        ),
        ("item,estimate,n\nTIL,-0.3,some\n", "correlation", ["table.csv, line 2 (TIL), column 'n': 'some'"]),
        (
            COUNTS.replace("104", "10.5"),
            "counts",
            ["line 2 (grade: II), column 'n'", "line 3 (grade: III), column 'n'"],
        ),
        ("estimate,low,high\n0.5,1,2\n", "counts", ["say --as correlation"]),
        (COUNTS, "odds-ratio", ["say --as counts"]),
        (COUNTS, "percentages", ["no kind of table", "odds-ratio"]),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path, text, kind, words):
    with pytest.raises(Her2statsError) as caught:
        audit_file(write(tmp_path, text), kind)
    for word in words:
        assert word in str(caught.value)


def test_rows_with_and_without_counts_stand_in_one_table(tmp_path):
    text = "item,estimate,low,high,a,b,c,d\npCR,0.688,0.28,1.74,23,13,36,14\nplasma,0.41,0.25,0.67,,,,\n"
    audit = audit_file(write(tmp_path, text), "odds-ratio").set_index(["item", "check"])["verdict"]
    assert audit[("pCR", "interval")] == "inconsistent"
    assert audit[("plasma", "Wald symmetry")] == "consistent"
    nothing = audit_file(write(tmp_path, "item,estimate\npCR,\n"), "odds-ratio")
    assert nothing.empty


def test_a_workbook_is_read_like_its_csv(tmp_path):
    rows = [line.split(",") for line in COUNTS.strip().split("\n")]
    numbers = [[int(cell) if cell.isdigit() else cell for cell in row] for row in rows]
    book = openpyxl.Workbook()
    for row in numbers:
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    assert audit_file(tmp_path / "table.xlsx").equals(audit_file(write(tmp_path, COUNTS)))
    with pytest.raises(FileError, match=r"text\.xlsx: is not an Excel workbook"):
        audit_file(write(tmp_path, COUNTS, "text.xlsx"))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(FileError, match=r"absent\.csv"):
        audit_file(tmp_path / "absent.csv")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_audit_fits_a_terminal_with_its_arithmetic(width):
    audit = h2.audit_published()
    lines = audit_lines(audit, width=width)
    assert max(map(len, lines)) <= width
    squeezed = "".join("".join(lines).split())
    for row in audit.itertuples():
        assert "".join(row.arithmetic.split()) in squeezed
    assert lines[0] == "INCONSISTENT (19)"
    assert "142 checks: 120 consistent, 19 inconsistent, 3 not determinable" in " ".join(lines[-3:])


def test_the_rest_of_an_audit_is_shown_where_it_is_asked_for():
    audit = h2.audit_published()
    lines = audit_lines(audit, every=False)
    assert lines[0] == "INCONSISTENT (19)"
    assert not [line for line in lines if line.startswith(("CONSISTENT", "NOT DETERMINABLE"))]
    assert "120 consistent, 19 inconsistent" in " ".join(lines[-3:])
    assert "--all shows every check" in " ".join(lines[-3:])
    assert "CONSISTENT (120)" in audit_lines(audit, every=True)


def test_the_docs_name_every_column_of_every_kind_of_table(root):
    page = (root / "docs" / "api" / "published.md").read_text()
    for kind, (needed, possible) in KINDS.items():
        (line,) = [line for line in page.split("\n") if line.startswith(f"| {kind} |")]
        assert set(re.findall(r"[a-z]+", line.removeprefix(f"| {kind} |"))) == {*needed, *possible}


@pytest.mark.parametrize(
    ("row", "check"),
    [
        ("0.65,0.42,1.02,,significant", "claim"),
        ("0.65,0.42,1.02,0.01,", "p from the interval"),
        ("0.65,0.42,2.9,,", "Wald symmetry"),
    ],
)
def test_what_contradicts_a_wald_interval_is_found_where_it_is_said_to_be_one(tmp_path, row: str, check: str) -> None:
    path = write(tmp_path, f"estimate,low,high,p,claim\n{row}\n")
    said = audit_file(path, "odds-ratio", wald=True).set_index("check")["verdict"]
    assert said[check] == "inconsistent"
    assert audit_file(path, "odds-ratio").set_index("check")["verdict"][check] == "not determinable"


@pytest.mark.parametrize("asked", [("counts", 0.9, False), ("counts", 0.95, True), ("correlation", 0.95, True)])
def test_a_declaration_that_says_nothing_here_is_refused(tmp_path, asked: tuple[str, float, bool]) -> None:
    kind, level, wald = asked
    with pytest.raises(TableError, match="is declared, and these numbers have none"):
        audit_file(write(tmp_path, COUNTS), kind, level, wald=wald)
    with pytest.raises(TableError):
        audit_file(None, "odds-ratio", wald=True)


def test_a_level_other_than_95_per_cent_is_declared(tmp_path) -> None:
    path = write(tmp_path, "estimate,low,high,p\n0.65,0.45,0.94,0.058\n")  # limits at 90 %
    for level, verdict in ((0.9, "consistent"), (0.95, "inconsistent")):
        found = audit_file(path, "odds-ratio", level, wald=True).set_index("check")["verdict"]
        assert found["p from the interval"] == verdict
    path = write(tmp_path, "estimate,low,high,n\n-0.30,-0.40,-0.19,199\n")
    assert set(audit_file(path, "correlation", 0.9)["verdict"]) == {"consistent"}
    assert "inconsistent" in set(audit_file(path, "correlation")["verdict"])
