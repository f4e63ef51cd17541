"""The Excel workbook: numbers as numbers, text as text, no formula, the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from her2stats.errors import DataError, OutputError
from her2stats.tables import save_workbook


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "type": ["T cells CD8", "=HYPERLINK(A1)", "+1", "-x", "@SUM(A1)"],
            "estimate": [0.1, float("nan"), float("inf"), -2.5e-9, 1 / 3],
            "n": pd.array([1, None, 3, 4, 5], dtype="Int64"),
            "kept": [True, False, True, False, True],
            "kind": pd.Categorical(["a", "b", None, "a", "b"]),
        }
    )


def read(path: Path, name: str = "odds") -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(path)[name].iter_rows()]


def test_numbers_are_numbers_and_missing_is_empty(table: pd.DataFrame, tmp_path: Path) -> None:
    header, *rows = read(save_workbook({"odds": table}, tmp_path / "t.xlsx"))
    assert header == ["type", "estimate", "n", "kept", "kind"]
    assert rows[0] == ["T cells CD8", 0.1, 1, True, "a"]
    assert rows[1][1:3] == [None, None]
    assert rows[2][1] == "inf"
    assert rows[2][4] is None
    assert rows[4][1] == 1 / 3


def test_no_cell_is_a_formula(table: pd.DataFrame, tmp_path: Path) -> None:
    hostile = table.rename(columns={"type": "=1+1"})
    path = save_workbook({"odds": hostile}, tmp_path / "t.xlsx")
    for row in load_workbook(path)["odds"].iter_rows():
        assert all(cell.data_type != "f" for cell in row)
    sheet = load_workbook(path)["odds"]
    assert sheet["A1"].value == "=1+1"
    assert all(sheet[f"A{row}"].quotePrefix for row in (1, 3, 4, 5, 6))
    assert not sheet["A2"].quotePrefix
    with zipfile.ZipFile(path) as parts:
        assert all(b"<f>" not in parts.read(name) for name in parts.namelist())


def test_header_is_frozen_and_columns_have_widths(table: pd.DataFrame, tmp_path: Path) -> None:
    sheet = load_workbook(save_workbook({"odds": table}, tmp_path / "t.xlsx"))["odds"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E6"
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["A"].width >= len("=HYPERLINK(A1)")


def test_the_same_tables_give_the_same_bytes(table: pd.DataFrame, tmp_path: Path) -> None:
    one = save_workbook({"odds": table, "b": table}, tmp_path / "1.xlsx").read_bytes()
    two = save_workbook({"odds": table, "b": table}, tmp_path / "2.xlsx").read_bytes()
    assert one == two
    with zipfile.ZipFile(tmp_path / "1.xlsx") as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_control_characters_and_long_texts_do_not_break_the_file(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": ["a\x00b\x1b[31m", "y" * 40_000]})
    rows = read(save_workbook({"odds": frame}, tmp_path / "t.xlsx"))
    assert rows[1][0] == "a\ufffdb\ufffd[31m"
    assert len(rows[2][0]) == 32_767


def test_names_of_sheets_are_made_acceptable(table: pd.DataFrame, tmp_path: Path) -> None:
    path = save_workbook({"a/b:c": table, "x" * 40: table}, tmp_path / "t.xlsx")
    assert load_workbook(path).sheetnames == ["a_b_c", "x" * 31]


def test_an_empty_table_has_its_header(tmp_path: Path) -> None:
    path = save_workbook({"odds": pd.DataFrame({"a": pd.Series(dtype=float)})}, tmp_path / "t.xlsx")
    assert read(path) == [["a"]]


def test_what_cannot_be_written_is_said(table: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no table"):
        save_workbook({}, tmp_path / "t.xlsx")
    with pytest.raises(DataError, match="two sheets"):
        save_workbook({"Odds": table, "odds": table}, tmp_path / "t.xlsx")
    with pytest.raises(DataError, match="do not fit"):
        save_workbook({"long": pd.DataFrame({"a": range(1_048_576)})}, tmp_path / "t.xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_workbook({"odds": table}, tmp_path / "file" / "t.xlsx")


@pytest.mark.parametrize("where", ["_plain", "row"])
def test_an_interrupt_leaves_no_complaint_behind(where: str) -> None:
    code = f"""
import gc, tempfile
import pandas as pd
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from her2stats.tables import workbook

def interrupted(*of, calls=[], write=WriteOnlyWorksheet._values_to_row):
    calls.append(1)
    if len(calls) > 3:
        raise KeyboardInterrupt
    return write(*of) if {where!r} == "row" else of[0]

if {where!r} == "row":
    WriteOnlyWorksheet._values_to_row = interrupted
else:
    workbook._plain = interrupted
try:
    workbook.save_workbook({{name: pd.DataFrame({{"a": [1, 2]}}) for name in "ab"}}, tempfile.gettempdir() + "/no.xlsx")
except KeyboardInterrupt:
    gc.collect()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stderr


KILLED = """
import os, sys, pandas as pd
from her2stats.tables import save_workbook

class Deadly:
    def __str__(self):
        os.kill(os.getpid(), 9)

save_workbook({"one": pd.DataFrame({"a": [1]}), "two": pd.DataFrame({"a": [Deadly()]})}, sys.argv[1])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed so there")
def test_a_kill_leaves_nothing_in_the_folder_for_temporary_files(tmp_path):
    (tmp_path / "tmp").mkdir()
    draft = tmp_path / "draft"
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    done = subprocess.run([sys.executable, "-c", KILLED, str(draft / "t.xlsx")], env=environment, check=False)
    assert done.returncode == -9
    assert list((tmp_path / "tmp").iterdir()) == []
    assert [path.name[:9] for path in draft.iterdir()] == ["openpyxl."], "it goes with the draft"


def test_what_was_the_folder_for_temporary_files_is_it_again(tmp_path):
    before = tempfile.tempdir
    save_workbook({"one": pd.DataFrame({"a": [1]})}, tmp_path / "new" / "t.xlsx")
    assert tempfile.tempdir == before
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["t.xlsx"]
