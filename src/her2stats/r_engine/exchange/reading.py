"""Read back what `exchange` has written, naming every damage with file, row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from her2stats.errors import EngineError, FileError, Problem, ProblemList
from her2stats.files import regular_bytes
from her2stats.r_engine.exchange.cells import unescape
from her2stats.r_engine.exchange.fields import spec_from_fields
from her2stats.r_engine.exchange.frames import Columns, column_from_cells
from her2stats.r_engine.exchange.writing import ABOUT_DATA, FORMAT, FORMAT_FILE, MODELS, SPECS_FILE
from her2stats.statistics.result import Result

REMEDY = "run the study again"


def read_models(folder: str | Path) -> dict[str, Result]:
    """Read what `write_models` wrote: equal specs, frames of equal values, dtypes and levels.

    The folder is the ``r`` folder of a run.  Raises FileError when the folder holds no models, or is damaged. Raises
    EngineError when another version of her2stats wrote it.
    """
    folder = Path(folder)
    _check_format(folder)
    specs = _columns_of(folder / SPECS_FILE, ("model", "field", "position", "value"))
    fields: dict[str, dict[str, list[str]]] = {}
    for model, field, value in zip(specs["model"], specs["field"], specs["value"], strict=True):
        fields.setdefault(unescape(model), {}).setdefault(unescape(field), []).append(unescape(value))
    if not fields:
        raise FileError(Problem("names no model", str(folder / SPECS_FILE), REMEDY))
    problems, models = ProblemList(), {}
    for model, mine in fields.items():
        with problems.collect():
            models[model] = _read_model(folder, model, mine)
    problems.raise_if_any()
    return models


def read_exact(path: Path) -> pd.DataFrame:
    """Read a table that R wrote with `write_exact`: names, then kinds, then cells."""
    with path.open(encoding="utf-8", newline="") as file:
        names, kinds, *body = list(csv.reader(file))
    columns = {
        unescape(name): column_from_cells([row[place] for row in body], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    return pd.DataFrame(columns)


def _check_format(folder: Path) -> None:
    try:
        found = regular_bytes(folder / FORMAT_FILE).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        remedy = "give the folder 'r' of a run's results"
        raise FileError(Problem(f"holds no models ({FORMAT_FILE} is missing)", str(folder), remedy)) from error
    if found != FORMAT:
        what = f"was written by another version of her2stats ('{found}', this one reads '{FORMAT}')"
        remedy = "run the study again, or use the her2stats that wrote it"
        raise EngineError(Problem(what, str(folder), remedy))


def _read_model(folder: Path, name: str, fields: dict[str, list[str]]) -> Result:
    def about(prefix: str) -> dict[str, list[str]]:
        return {field.removeprefix(prefix): values for field, values in fields.items() if field.startswith(prefix)}

    try:
        spec = spec_from_fields({field: values for field, values in fields.items() if not field.startswith(ABOUT_DATA)})
        index_dtype, *index_name = fields["index"]
        dtypes, kinds = (
            {column: values[0] for column, values in about(prefix).items()} for prefix in ("dtype:", "column:")
        )
    except (LookupError, ValueError) as error:
        raise FileError(Problem(f"model '{name}' is damaged ({error})", str(folder / SPECS_FILE), REMEDY)) from error
    problems, frames = ProblemList(), []
    for ending, expected, levels in (("data", dtypes, about("levels:")), ("python", kinds, {})):
        with problems.collect():
            frames.append(_read_frame(folder / MODELS / f"{name}.{ending}.csv", expected, levels, index_dtype))
    problems.raise_if_any()
    data, table = frames
    data.index.name = index_name[0] if index_name else None
    return Result(table.reset_index(drop=True), spec, data)


def _read_frame(path: Path, dtypes: dict[str, str], levels: dict[str, list[str]], index_dtype: str) -> pd.DataFrame:
    """Read a frame whose first column, where it is not among the `dtypes`, is the index."""
    cells = {unescape(column): values for column, values in _columns_of(path).items()}
    header = next((column for column in cells if column not in dtypes), None)
    expected = [*([header] if header is not None else []), *dtypes]
    if list(cells) != expected:
        raise FileError(Problem(f"its columns are not those that {SPECS_FILE} names", str(path), REMEDY))
    problems, columns = ProblemList(), {}
    for column, values in cells.items():
        dtype = index_dtype if column == header else dtypes[column]
        try:
            columns[column] = column_from_cells(values, dtype, levels.get(column, ()))
        except ValueError:
            row = next(place for place, cell in enumerate(values) if not _is_readable(cell, dtype))
            where = f"{path}, row {row + 2}, column '{column}'"
            problems.add(FileError, f"{values[row]!r} is no value of kind {dtype}", where=where, remedy=REMEDY)
    problems.raise_if_any()
    index = columns.pop(header) if header is not None else None
    frame = pd.DataFrame(columns)
    return frame if index is None else frame.set_axis(pd.Index(index), axis=0)


def _is_readable(cell: str, dtype: str) -> bool:
    try:
        column_from_cells([cell], dtype)
    except ValueError:
        return False
    return True


def _columns_of(path: Path, asked: Sequence[str] = ()) -> Columns:
    """Read a file of cells, column by column; `FileError` where it is missing, cut off, or lacks a column asked for."""
    try:
        header, *body = list(csv.reader(io.StringIO(regular_bytes(path).decode("utf-8"), newline="")))
    except FileNotFoundError:
        raise FileError(Problem("is missing", str(path), REMEDY)) from None
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        empty = path.is_file() and not path.stat().st_size
        what = "is empty" if empty else f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise FileError(Problem(what, str(path), REMEDY)) from None
    if short := next((row for row, cells in enumerate(body, start=2) if len(cells) != len(header)), 0):
        raise FileError(Problem("has not as many cells as the header", f"{path}, row {short}", REMEDY))
    if absent := [name for name in asked if name not in header]:
        raise FileError(Problem(f"has no column '{absent[0]}'", str(path), REMEDY))
    return {name: [row[place] for row in body] for place, name in enumerate(header)}
