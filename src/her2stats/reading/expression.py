"""An expression file into a checked matrix on its declared scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.cohort import Expression, Scale
from her2stats.errors import ProblemList, ScaleError, TableError
from her2stats.genes import NO_GENE, CollapseRule, collapse_duplicates, repair_symbols
from her2stats.notes import Note
from her2stats.reading.columnar import read_parquet_matrix
from her2stats.reading.delimited import read_delimited_matrix
from her2stats.reading.files import Content, read_content
from her2stats.reading.gates import check_numbers, check_orientation, check_sample_names, check_scale
from her2stats.reading.gct import read_gct_matrix
from her2stats.reading.matrix import RawMatrix
from her2stats.reading.workbook import read_workbook_matrix

Orientation = Literal["genes x samples", "samples x genes"]
Normalise = Literal["cpm"]


def read_expression(
    path: str | Path | pd.DataFrame,
    *,
    scale: Scale,
    offset: float = 0.0,
    normalise: Normalise | None = None,
    gene_column: str | None = None,
    ignore_columns: Sequence[str] = (),
    orientation: Orientation = "genes x samples",
    sheet: str | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    duplicates: CollapseRule = "error",
    missing: Literal["error", "drop"] = "error",
    symbols: Mapping[str, str] | None = None,
    allow_range: bool = False,
    expected_samples: Sequence[str] = (),
) -> Expression:
    """Read an expression matrix: genes in rows, samples in columns.

    Parameters
    ----------
    path : str, Path or DataFrame
        csv, tsv or txt (also compressed), xlsx, parquet, GCT 1.2 or 1.3; or a frame with gene symbols as index.
    scale : {"log2", "linear"}
        Scale of the values; never guessed, but checked against their range.
    offset : float
        On the log2 scale the values are log2(x + offset).
    normalise : "cpm" or None
        Raw counts to counts per million of the sample's total; the scale has to be linear.
    gene_column : str or None
        Column of the gene symbols; the first one as a rule.
    ignore_columns : sequence of str
        Columns that describe genes.
    orientation : str
        "samples x genes" for a matrix that lies on its side.
    sheet : str or None
        Sheet of a workbook that has several.
    delimiter : str or None
        Sniffed where it is not given.
    decimal : str
        Decimal mark of delimited text.
    duplicates : {"error", "max-mean", "mean", "median"}
        What to do with rows that share a symbol.
    missing : {"error", "drop"}
        What to do with genes that have missing values; genes without any value are always dropped, with a note.
    symbols : mapping, optional
        The user's own repairs of gene symbols.
    allow_range : bool
        Accept values whose range contradicts the scale.
    expected_samples : sequence of str
        Sample ids of the clinical table, which tell whether the matrix lies on its side.

    Returns
    -------
    Expression

    Raises
    ------
    FileError, TableError, SampleError, GeneError, ScaleError
        Everything that is wrong with the matrix, at once (`InputError` where it is of several kinds).

    Examples
    --------
    >>> counts = pd.DataFrame({"s1": [30.0, 70.0], "s2": [0.0, 50.0]}, index=["ERBB2", "ESR1"])
    >>> read_expression(counts, scale="linear", normalise="cpm").values["s1"].tolist()
    [300000.0, 700000.0]
    """
    _check_scale_words(scale, offset, normalise)
    source = None
    if isinstance(path, pd.DataFrame):
        raw = _raw_from_frame(path)
    else:
        content = read_content(path)
        source = content.source("expression")
        raw = _read_format(content, gene_column, ignore_columns, sheet, delimiter, decimal)
    if orientation == "samples x genes":
        raw = raw.transposed()
    found = raw.problems
    check_sample_names(raw, found)
    if check_orientation(raw, found, expected_samples):
        check_numbers(raw, found, scale=scale)
        if not found and not allow_range:
            check_scale(raw, found, scale=scale, offset=offset)
    found.raise_if_any()
    if normalise == "cpm":
        raw = counts_per_million(raw)
    values, notes = _named_rows(raw, symbols)
    values, dropped = _without_missing(values, missing, raw.name)
    values, collapsed = collapse_duplicates(values, duplicates, where=raw.name)
    return Expression(values, scale, offset, (*raw.notes, *notes, *dropped, *collapsed), source)


def counts_per_million(raw: RawMatrix) -> RawMatrix:
    """Divide each sample by its total over every row of the file and multiply by a million.

    Raises
    ------
    TableError
        A sample's total is zero.
    """
    counts = np.nan_to_num(raw.values)
    if not (np.rint(counts) == counts).all():
        counts = np.sort(counts, axis=0)  # whole numbers add up exactly in any order, others do not
    totals = counts.sum(axis=0)
    empty = [name for name, total in zip(raw.columns, totals, strict=True) if not total > 0]
    if empty:
        found = ProblemList()
        found.add(
            TableError,
            f"samples without a single count: {', '.join(empty[:5])}",
            where=raw.name,
            remedy="remove them from the matrix",
        )
        found.raise_if_any()
    note = Note("reading", "raw counts turned into counts per million", len(raw.columns))
    return replace(raw, values=raw.values / totals * 1e6, notes=(*raw.notes, note))


def _check_scale_words(scale: str, offset: float, normalise: str | None) -> None:
    found = ProblemList()
    if scale not in ("log2", "linear"):
        found.add(
            ScaleError, f"the scale is {scale!r}", remedy='declare scale = "log2" or "linear"; it is never guessed'
        )
    if not np.isfinite(offset) or offset < 0:
        found.add(ScaleError, f"the offset is {offset!r}", remedy="log2(x + offset) needs an offset of 0 or more")
    if normalise not in (None, "cpm"):
        found.add(ScaleError, f"normalise is {normalise!r}", remedy='the only normalisation is "cpm"')
    if normalise == "cpm" and scale != "linear":
        found.add(ScaleError, "counts per million need raw counts", remedy='declare scale = "linear"')
    found.raise_if_any()


def _read_format(
    content: Content,
    gene_column: str | None,
    ignore_columns: Sequence[str],
    sheet: str | None,
    delimiter: str | None,
    decimal: str,
) -> RawMatrix:
    suffix = content.suffix
    if suffix in (".xlsx", ".xlsm"):
        return read_workbook_matrix(content, sheet=sheet, gene_column=gene_column, ignore_columns=ignore_columns)
    if suffix in (".parquet", ".pq"):
        return read_parquet_matrix(content, gene_column=gene_column, ignore_columns=ignore_columns)
    if suffix == ".gct" or content.data[:4] in (b"#1.2", b"#1.3"):
        return read_gct_matrix(content, gene_column=gene_column, ignore_columns=ignore_columns)
    return read_delimited_matrix(
        content, delimiter=delimiter, decimal=decimal, gene_column=gene_column, ignore_columns=ignore_columns
    )


def _raw_from_frame(frame: pd.DataFrame) -> RawMatrix:
    try:
        values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        words = frame.apply(pd.to_numeric, errors="coerce")
        bad = [str(column) for column in frame.columns if (words[column].isna() & frame[column].notna()).any()]
        found = ProblemList()
        found.add(
            TableError,
            f"columns hold text among numbers: {', '.join(bad[:5])}",
            where="expression frame",
            remedy="set the gene symbols as index and leave only samples as columns",
        )
        found.raise_if_any()
        raise
    columns = [str(column) for column in frame.columns]
    return RawMatrix(list(frame.index), columns, values, "expression frame", 0)


def _named_rows(raw: RawMatrix, symbols: Mapping[str, str] | None) -> tuple[pd.DataFrame, list[Note]]:
    """Give rows their repaired symbols; rows without a gene are dropped with a note."""
    repaired = repair_symbols([row.strip() if isinstance(row, str) else row for row in raw.rows], symbols)
    names = repaired.symbols
    notes = list(repaired.notes)
    unnamed = NO_GENE | ({"NA"} if names.count("NA") > 1 else set())
    if unnamed & set(names):
        kept = np.array([name not in unnamed for name in names])
        notes.append(Note("genes", "rows without a gene symbol dropped", int((~kept).sum())))
        raw = replace(raw, values=raw.values[kept])
        names = [name for name in names if name not in unnamed]
    index = pd.Index(names, dtype=object, name="gene").astype(str)
    columns = pd.Index(raw.columns, dtype=object, name="sample").astype(str)
    return pd.DataFrame(raw.values, index=index, columns=columns), notes


def _without_missing(
    values: pd.DataFrame, missing: Literal["error", "drop"], name: str
) -> tuple[pd.DataFrame, list[Note]]:
    """Drop genes without any value; genes with some missing are an error or dropped, as declared."""
    lacking = np.isnan(values.to_numpy())
    if not lacking.any():
        return values, []
    notes, empty, holed = [], lacking.all(axis=1), lacking.any(axis=1) & ~lacking.all(axis=1)
    if empty.any():
        listed = ", ".join(values.index[empty][:8])
        notes.append(Note("genes", "genes without any value dropped", int(empty.sum()), listed))
    if holed.any() and missing == "error":
        row = int(np.flatnonzero(holed)[0])
        column = int(np.flatnonzero(lacking[row])[0])
        found = ProblemList()
        found.add(
            TableError,
            f"{int(lacking[holed].sum())} values are missing in {int(holed.sum())} genes, "
            f"the first in gene {values.index[row]!r}, sample {values.columns[column]!r}",
            where=name,
            remedy='impute them before, or say missing = "drop" to leave those genes out',
        )
        found.raise_if_any()
    if holed.any():
        listed = ", ".join(values.index[holed][:8])
        notes.append(Note("genes", "genes with missing values dropped", int(holed.sum()), listed))
    return values[~(empty | holed)], notes
