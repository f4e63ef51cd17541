"""Tables of SPSS, Stata and SAS, with their value labels instead of codes; taken apart by the package pyreadstat."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from her2stats.parsers.allowance import Allowance
from her2stats.parsers.cells import as_word


def answer(data: bytes, request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], None]:
    """Header and rows of words."""
    import pyreadstat

    suffix, catalog = request["suffix"], request["catalog"]
    readers = {".dta": pyreadstat.read_dta, ".sas7bdat": pyreadstat.read_sas7bdat}
    readers |= {".por": pyreadstat.read_por, ".xpt": pyreadstat.read_xport}
    named = {"catalog_file": catalog} if suffix == ".sas7bdat" else {}
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / f"table{suffix}"  # it reads from disk alone, and nothing compressed
        unpacked.write_bytes(data)
        read, about = readers.get(suffix, pyreadstat.read_sav)(str(unpacked), output_format="dict", **named)
    columns = []
    for name, cells in read.items():
        labels = about.variable_value_labels.get(name, {})
        words = ["" if cell is None or cell != cell else as_word(labels.get(cell, cell)) for cell in cells]
        for word in words:
            left.take_word(word)
        columns.append(words)
    return {"header": [str(name) for name in read], "rows": list(zip(*columns, strict=True))}, None
