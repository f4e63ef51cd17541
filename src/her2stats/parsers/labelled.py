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
    named = {"catalog_file": catalog} if suffix == ".sas7bdat" else {"apply_value_formats": True}
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / f"table{suffix}"  # it reads from disk alone, and nothing compressed
        unpacked.write_bytes(data)
        frame, _ = readers.get(suffix, pyreadstat.read_sav)(str(unpacked), formats_as_category=False, **named)
    left.take(8 * frame.size)
    rows = []
    for row in frame.to_numpy(object):
        cells = ["" if cell is None or cell != cell else cell for cell in row]
        for cell in cells:
            left.take_word(cell)
        rows.append([as_word(cell) for cell in cells])
    return {"header": list(map(str, frame.columns)), "rows": rows}, None
