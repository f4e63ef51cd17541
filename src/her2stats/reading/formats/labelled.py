"""Clinical tables of SPSS, Stata and SAS, with their value labels instead of codes; read by the package pyreadstat."""

from __future__ import annotations

from her2stats.files import Content, refuse
from her2stats.reading.formats.apart import Format, ask
from her2stats.reading.formats.text import TextTable

PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".por": "SPSS", ".xpt": "SAS"}
CATALOG = ".sas7bcat"  # where SAS keeps the labels: a file of the same name, or formats.sas7bcat, beside the table


def read_labelled_table(content: Content) -> TextTable:
    """Read a table as words: the label where a code has one, else the code; missing values of the user are empty.

    Raises FileError for a file that is no such file, is damaged or has no rows, and when pyreadstat is not installed.
    """
    form = Format(f"a file of {PROGRAMS[content.suffix]}", "labelled", "save it again, or as csv", "labelled")
    beside = (content.path.with_suffix(CATALOG), content.path.with_name(f"formats{CATALOG}"))
    catalog = next((str(path) for path in beside if path.is_file()), None)
    said, _ = ask(content, form, suffix=content.suffix, catalog=catalog)
    if not said["header"] or not said["rows"]:
        refuse(content.path, "has no rows", "give a table with rows")
    return TextTable(said["header"], said["rows"], list(range(1, len(said["rows"]) + 1)))
