"""Clinical tables of SPSS, Stata and SAS, with their value labels instead of codes; read by the package pyreadstat."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from her2stats.files import Content, refuse
from her2stats.reading.formats.text import TextTable
from her2stats.reading.formats.workbook import as_word

PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS"}
CATALOG = ".sas7bcat"  # where SAS keeps the labels: a file of the same name, or formats.sas7bcat, beside the table


def read_labelled_table(content: Content) -> TextTable:
    """Read a table as words: the label where a code has one, else the code; missing values of the user are empty.

    Raises
    ------
    FileError
        Not such a file, damaged, without rows, or pyreadstat is not installed.
    """
    program = PROGRAMS[content.suffix]
    try:
        import pyreadstat
    except ImportError:
        install = 'install it: pip install "her2stats[labelled]"; or save the table as csv with labels'
        refuse(content.path, f"is a file of {program}, which needs the package pyreadstat", install)
    readers = {"SPSS": pyreadstat.read_sav, "Stata": pyreadstat.read_dta, "SAS": pyreadstat.read_sas7bdat}
    options: dict[str, Any] = {"formats_as_category": False}
    if program == "SAS":
        beside = [content.path.with_suffix(CATALOG), content.path.with_name(f"formats{CATALOG}")]
        options["catalog_file"] = next((str(path) for path in beside if path.is_file()), None)
    else:
        options["apply_value_formats"] = True
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / f"table{content.suffix}"  # it reads from disk alone, and nothing compressed
        unpacked.write_bytes(content.data)
        try:
            frame, _ = readers[program](str(unpacked), **options)
        except Exception as error:  # of a parser of a foreign format, of many kinds
            refuse(content.path, f"is no file of {program}, or is damaged ({error})", "save it again, or as csv")
    if not frame.size:
        refuse(content.path, "has no rows", "give a table with rows")
    rows = [["" if cell is None or cell != cell else as_word(cell) for cell in row] for row in frame.to_numpy(object)]
    return TextTable(list(map(str, frame.columns)), rows, list(range(1, len(rows) + 1)))
