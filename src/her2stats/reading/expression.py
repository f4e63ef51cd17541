"""An expression file into a checked matrix on its declared scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.cohort import Expression, Scale
from her2stats.errors import GeneError, Problem, ProblemList, ScaleError, TableError
from her2stats.genes import CollapseRule, collapse_duplicates
from her2stats.reading.annotation import read_annotation
from her2stats.reading.counts import counts_per_million
from her2stats.reading.files import read_content
from her2stats.reading.formats import MatrixOptions, read_matrix
from her2stats.reading.gates import check_numbers, check_orientation, check_sample_names, check_scale
from her2stats.reading.matrix import RawMatrix
from her2stats.reading.rows import MissingRule, named_rows, without_missing

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
    missing: MissingRule = "error",
    symbols: Mapping[str, str] | None = None,
    annotation: str | Path | Mapping[str, str] | None = None,
    layer: str | None = None,
    allow_range: bool = False,
    expected_samples: Sequence[str] = (),
) -> Expression:
    """Read an expression matrix: genes in rows, samples in columns.

    Parameters
    ----------
    path : str, Path or DataFrame
        csv, tsv or txt (plain or gz, bz2, xz, zst), xlsx, parquet, GCT 1.2 or 1.3, GEO series matrix, AnnData h5ad,
        R's rds of a matrix or data.frame; or a frame with gene symbols as index.
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
    annotation : str, Path or mapping, optional
        Probe -> gene symbol, or a table of the two (also a GEO platform), for matrices whose rows are probes.
    layer : str or None
        Layer of an h5ad file; its X where none is named.
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
    options = MatrixOptions(gene_column, tuple(ignore_columns), sheet, delimiter, decimal, layer)
    source = None
    if isinstance(path, pd.DataFrame):
        raw = _raw_from_frame(path)
    else:
        content = read_content(path)
        source = content.source("expression")
        raw = read_matrix(content, options)
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
    genes = read_annotation(annotation) if isinstance(annotation, str | Path) else annotation
    values, notes = named_rows(raw, symbols, genes)
    values, dropped = without_missing(values, missing, raw.name)
    values, collapsed = collapse_duplicates(values, duplicates, where=raw.name)
    if not len(values):
        what, remedy = "no gene is left", "check the gene column, or the annotation of the probes"
        raise GeneError(Problem(what, raw.name, remedy))
    return Expression(values, scale, offset, (*raw.notes, *notes, *dropped, *collapsed), source)


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
