"""Clinical tables of SPSS, Stata and SAS, with their value labels instead of codes; read by the package pyreadstat."""

from __future__ import annotations

from pathlib import Path

from her2stats.errors import FileError
from her2stats.files import Content, refuse
from her2stats.reading.formats.apart import Format, ask
from her2stats.reading.formats.text import TextTable

PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".por": "SPSS", ".xpt": "SAS"}
CATALOG = ".sas7bcat"  # where SAS keeps the labels: a file of the same name, or formats.sas7bcat, beside the table


def _catalog_beside(path: Path) -> Path | None:
    """The file of labels beside a table, in capitals or small letters."""
    wanted = (path.with_suffix(CATALOG).name.lower(), f"formats{CATALOG}")
    there = {one.name.lower(): one for one in path.parent.iterdir() if one.name.lower() in wanted and one.is_file()}
    return next((there[name] for name in wanted if name in there), None)


def read_labelled_table(content: Content) -> TextTable:
    """Read a table as words: the label where a code has one, else the code; missing values of the user are empty.

    Raises FileError for a file that is no such file, is damaged or has no rows, and when pyreadstat is not installed.
    """
    form = Format(f"a file of {PROGRAMS[content.suffix]}", "labelled", "save it again, or as csv", "labelled")
    catalog = _catalog_beside(content.path) if content.suffix == ".sas7bdat" else None
    try:
        said, _ = ask(content, form, suffix=content.suffix, catalog=catalog and str(catalog))
    except FileError:
        if catalog is None:
            raise
        ask(content, form, suffix=content.suffix, catalog=None)
        refuse(catalog, "is no catalog of SAS for the table beside it, or is damaged", "save it again, or take it away")
    if not said["header"] or not said["rows"]:
        refuse(content.path, "has no rows", "give a table with rows")
    return TextTable(said["header"], said["rows"], list(range(1, len(said["rows"]) + 1)))
