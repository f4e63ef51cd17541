"""The page on the results folder names every file, figure and column that a run writes, and no others."""

from __future__ import annotations

import re
from pathlib import Path

from her2stats.results.catalogue import FIGURES, TABLES
from her2stats.results.folder import CROSSCHECK_FILE, WITNESS_FILE
from her2stats.results.schema import RESULT_TABLES
from her2stats.statistics.result import COLUMNS
from her2stats.study import StudyResults

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "results-folder.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> list[str]:
    """First column of the tables under a heading, apart from their headers."""
    _, _, rest = PAGE.partition(f"# {heading}\n")
    part = re.split(r"^#+ ", rest, flags=re.MULTILINE)[0]
    return re.findall(r"^\| (`.+?|fig(?!ure )\w+) \| ", part, re.MULTILINE)


def in_backticks(cells: list[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def stands_for(cell: str) -> re.Pattern[str]:
    """The files that a first cell means: `*.svg` is among the figures, a name that ends in / is a whole folder."""
    place = f"figures/{cell}" if cell.startswith("*") else cell
    return re.compile(re.escape(place).replace(r"\*", "[^/]*") + (".*" if place.endswith("/") else ""))


def test_every_file_of_a_run_has_its_row(small_results: StudyResults) -> None:
    folder = small_results.folder
    written = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    named = {cell: stands_for(cell) for cell in in_backticks(first_cells("The results folder"))}
    assert not [file for file in written if not any(pattern.fullmatch(file) for pattern in named.values())]
    unwritten = [cell for cell, pattern in named.items() if not any(map(pattern.fullmatch, written))]
    # this run asks neither R nor the witness, which can read all of its files
    assert unwritten == [CROSSCHECK_FILE, WITNESS_FILE, "r/witness.*.tsv"]


def test_every_table_has_its_row() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert sorted(in_backticks(first_cells("Tables"))) == sorted(table.name for table in TABLES)
    assert {table.name: rows[table.name] for table in TABLES} == {table.name: table.row for table in TABLES}


def test_every_figure_has_its_row(small_results: StudyResults) -> None:
    written = {path.stem for path in (small_results.folder / "figures").glob("*.svg")}
    rows = dict(re.findall(r"^\| (fig\w+_\w+) \| (.+) \|$", PAGE, re.MULTILINE))
    assert rows == {figure.name: figure.what for figure in FIGURES}
    assert set(first_cells("Figures")) == set(rows) >= written


def test_every_column_of_the_result_tables_has_its_row(small_results: StudyResults) -> None:
    named = in_backticks(first_cells("Columns of the result tables"))
    tables = [small_results.tables[name] for name in RESULT_TABLES]
    found = set(COLUMNS).union(*(table.columns for table in tables))
    pooled_only = {"k", "q", "q_p_value", "i2", "tau2"}  # two cohorts with cell types are needed
    on_request = {"p_permutation"}  # with `slope_permutations` alone
    on_request |= {"draws", "sd_draws", "kind_changes"}  # with `bootstrap`
    on_request |= {"rank_sd", "loa_low", "loa_high", "loa_error", "share_near"}  # where a pathologist counted
    assert set(named) == found | pooled_only | on_request
    assert len(named) == len(set(named))
