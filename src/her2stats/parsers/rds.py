"""R's rds files of a matrix, a data.frame or a container, taken apart by the package rdata, which runs no R code."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from her2stats.parsers import bioconductor
from her2stats.parsers.allowance import Allowance
from her2stats.parsers.cells import as_word
from her2stats.parsers.unfit import Unfit

COMPACT = (b"compact_intseq", b"compact_realseq")  # a sequence written as its length, start and step


def answer(data: bytes, request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], Any]:
    """Names of rows (none where they are numbers only) and columns, words of columns that hold some, and numbers.

    Of a container it is the assay that is wanted, with the lengths that its row data tell, or the table of samples.
    """
    import pandas as pd

    value = _value(data, left)
    try:
        listed = bioconductor.is_list_of_matrices(value)
        if (listed or bioconductor.is_container(value)) and request["want"] == "samples":
            names, frame, odd = bioconductor.samples_of(value)
            return _apart(frame, names, left, contained=True, odd=odd)
        if bioconductor.is_container(value):
            frame, about = bioconductor.matrix_of(value, request, left)
            return _apart(frame, list(frame.index), left, contained=True, row_data=_lengths(about, left))
        about = value.get("genes") if listed else None  # of a DGEList or EList
        value = bioconductor.member_of(value, request["layer"], left) if listed else value
    except Unfit as error:
        return {"unfit": error.args}, None
    frame = value if isinstance(value, pd.DataFrame) else bioconductor.frame_of(value, left)
    if frame is None:
        return {"kind": bioconductor.class_of(value) or type(value).__name__}, None
    if list(frame.index) in (list(range(len(frame))), list(range(1, len(frame) + 1))):
        return _apart(frame, None, left)
    names = [as_word(name) for name in frame.index]
    if not isinstance(about, pd.DataFrame) or len(about) != len(frame):
        return _apart(frame, names, left)
    if (column := request["gene_column"]) is not None:
        if column not in about.columns:
            return {"unfit": (f"its genes have no column {column!r}", f"they have {', '.join(about.columns)}")}, None
        names = ["" if pd.isna(word) else as_word(word) for word in about[column].astype(object)]
    return _apart(frame, names, left, contained=True, row_data=_lengths(about, left))


def _lengths(about: Any, left: Allowance) -> dict[str, list[Any]]:
    """Columns of row data that are called like gene lengths."""
    return {name: _cells(about[name], left) for name in about.columns if "length" in name.lower()}


def _apart(frame: Any, rows: list[str] | None, left: Allowance, **more: Any) -> tuple[dict[str, Any], Any]:
    """Columns of numbers as numbers, the others as words."""
    left.take(8 * frame.size)
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    numeric = [column.dtype.kind in "iuf" for column in columns]
    numbers = np.empty((sum(numeric), len(frame)))
    for place, column in enumerate(column for column, is_number in zip(columns, numeric, strict=True) if is_number):
        numbers[place] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    words = [None if numeric[place] else _cells(column, left) for place, column in enumerate(columns)]
    return {"rows": rows, "header": [str(name) for name in frame.columns], "words": words, **more}, numbers


def _value(data: bytes, left: Allowance) -> Any:
    from rdata import conversion, parser

    constructors = dict(parser.DEFAULT_ALTREP_MAP)
    for name in COMPACT:
        constructors[name] = _bounded(constructors[name], left)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes that rdata does not know stay plain lists, refused by who asks
        parsed = parser.parse_data(data, altrep_constructor_dict=constructors, extension="rds")
        converter = conversion.SimpleConverter()
        inner = converter._convert_next
        code = {parser.RObjectType[name] for name in ("CLO", "LANG", "BCODE")}
        # functions and formulas, as a DESeqDataSet has, are nothing to us, and the package knows not all that R writes
        converter._convert_next = lambda one: (
            None if getattr(one, "info", None) and one.info.type in code else inner(one)
        )
        return converter.convert(parsed)


def _bounded(construct: Callable[[Any], Any], left: Allowance) -> Callable[[Any], Any]:
    """Refuse to write out sequences of a length, all together, that no file of this size honestly holds."""

    def checked(state: Any) -> Any:
        left.take(8 * float(np.asarray(state.value)[0]))
        return construct(state)

    return checked


def _cells(column: Any, left: Allowance) -> list[Any]:
    """Cells as JSON has them: missing ones, words, yes and no, numbers among words."""
    import pandas as pd

    cells = [None if pd.isna(cell) else cell for cell in column.astype(object)]
    for cell in cells:
        left.take_word(cell)
    return [cell if cell is None or isinstance(cell, bool | int | float) else as_word(cell) for cell in cells]
