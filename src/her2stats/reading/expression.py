"""An expression file into a checked matrix on its declared scale."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Never, get_args

import numpy as np
import pandas as pd

from her2stats.cohort import Expression, Source
from her2stats.cohort.genes import CollapseRule, collapse_duplicates, refuse_other_species
from her2stats.errors import GeneError, ProblemList, ScaleError, TableError, refuse_unknown
from her2stats.files import read_content
from her2stats.notes import Note
from her2stats.reading.annotation import read_annotation
from her2stats.reading.counts import counts_per_million, read_gene_lengths, transcripts_per_million
from her2stats.reading.formats.dispatch import read_matrix
from her2stats.reading.formats.matrix import Column, MatrixOptions, RawMatrix, numbers_from_words
from her2stats.reading.formats.strangers import genes_only, refuse_no_samples, without_descriptions
from her2stats.reading.gates import check_numbers, check_sample_names, check_scale, lies_on_its_side, notes_on_scale
from her2stats.reading.rows import MissingRule, named_rows, refuse_empty_samples, without_missing
from her2stats.reading.scales import BASES, SAY, DeclaredScale, log2_units

Orientation = Literal["genes x samples", "samples x genes"]
Normalise = Literal["cpm", "tpm"]


def read_expression(
    path: str | Path | pd.DataFrame,
    *,
    scale: DeclaredScale,
    offset: float = 0.0,
    normalise: Normalise | None = None,
    gene_lengths: str | Path | Mapping[str, float] | None = None,
    gene_column: str | None = None,
    ignore_columns: Sequence[str] = (),
    header_row: int | None = None,
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
    **unknown: Never,
) -> Expression:
    """Read an expression matrix: genes in rows, samples in columns.

    Parameters
    ----------
    path : str, Path, DataFrame or AnnData
        csv, tsv or txt (plain or gz, bz2, xz, zst), xlsx, parquet, GCT 1.2 or 1.3, GEO series matrix, AnnData h5ad,
        R's rds of a matrix (also sparse), data.frame, SummarizedExperiment, ExpressionSet or a list of matrices
        (DGEList, EList, tximport); or a frame with gene symbols as index, or an AnnData.
    scale : {"log2", "ln", "log10", "linear", "counts"}
        Scale of the values; never guessed, but checked against their range. Other logarithms are turned into log2;
        "counts" are raw counts, normalised as "cpm" where nothing else is said.
    offset : float
        On the log2 scale the values are log2(x + offset); so on the other two.
    normalise : {"cpm", "tpm"} or None
        Raw counts to counts, or transcripts, per million of the sample's total; the scale has to be linear or counts.
    gene_lengths : str, Path, mapping or None
        Row name -> length, or a table of the two, or a GTF, for "tpm"; the column of lengths of the file itself
        (featureCounts, salmon, RSEM) where none is given.
    gene_column : str or None
        Column of the gene symbols, also of the row data of an h5ad or rds file; the first one, or row names, as a rule.
    ignore_columns : sequence of str
        Columns that describe genes.
    header_row : int or None
        Line of the file, or row of the sheet, that holds the names, where it is not the first.
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
        Layer of an AnnData, its X where none is named; assay of a SummarizedExperiment, or matrix of a list, wanted
        where it has several.
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
    DataError
        A keyword that there is not.

    Examples
    --------
    >>> counts = pd.DataFrame({"s1": [30.0, 70.0], "s2": [0.0, 50.0]}, index=["ERBB2", "ESR1"])
    >>> read_expression(counts, scale="linear", normalise="cpm").values["s1"].tolist()
    [300000.0, 700000.0]
    """
    refuse_unknown(unknown, read_expression)
    options = MatrixOptions(gene_column, tuple(ignore_columns), sheet, delimiter, decimal, layer, header_row)
    return interpret_matrix(
        open_matrix(path, options, orientation=orientation),
        scale=scale,
        offset=offset,
        normalise=normalise,
        gene_lengths=gene_lengths,
        duplicates=duplicates,
        missing=missing,
        symbols=symbols,
        annotation=annotation,
        allow_range=allow_range,
        expected_samples=expected_samples,
    )


def open_matrix(
    path: str | Path | pd.DataFrame | Any, options: MatrixOptions, *, orientation: Orientation = "genes x samples"
) -> RawMatrix:
    """Read names and numbers; nothing is checked or repaired yet, and text among the numbers is no error yet."""
    if isinstance(path, pd.DataFrame):
        raw = _raw_from_frame(path)
    elif hasattr(path, "write_h5ad"):  # an AnnData, of which a file says all that it holds
        with TemporaryDirectory() as folder:
            with _words_of_pandas():
                path.write_h5ad(Path(folder) / "AnnData.h5ad")
            raw = read_matrix(read_content(Path(folder) / "AnnData.h5ad"), options)
    else:
        content = read_content(path)
        raw = replace(read_matrix(content, options), source=Source("expression", str(content.path), content.sha256))
    raw = raw.transposed() if orientation == "samples x genes" else raw
    # delimiters at the end of every line, as spreadsheets leave them, make columns of nothing
    kept = [place for place, name in enumerate(raw.columns) if name or not np.isnan(raw.values[:, place]).all()]
    return raw.at(kept) if 0 < len(kept) < len(raw.columns) else raw


def _words_of_pandas() -> Any:
    """Let anndata write names in pandas' own type of words, which it refuses unless it is asked."""
    with contextlib.suppress(ImportError, AttributeError, KeyError):
        settings = importlib.import_module("anndata").settings
        if hasattr(settings, "allow_write_nullable_strings"):
            return settings.override(allow_write_nullable_strings=True)
    return contextlib.nullcontext()


def interpret_matrix(
    raw: RawMatrix,
    *,
    scale: DeclaredScale,
    offset: float = 0.0,
    normalise: Normalise | None = None,
    gene_lengths: str | Path | Mapping[str, float] | None = None,
    duplicates: CollapseRule = "error",
    missing: MissingRule = "error",
    symbols: Mapping[str, str] | None = None,
    annotation: str | Path | Mapping[str, str] | None = None,
    allow_range: bool = False,
    expected_samples: Sequence[str] = (),
) -> Expression:
    """Check a matrix, repair its gene symbols, and put it on its declared scale; see `read_expression`."""
    found = ProblemList()
    _check_scale_words(found, scale, offset, normalise)
    found.raise_if_any()
    logarithms = scale in BASES
    normalise = normalise or ("cpm" if scale == "counts" else None)
    raw = genes_only(raw, sums=not logarithms)
    torn = bool(raw.problems)
    for error in raw.problems.errors():
        found.take(error)
    check_sample_names(raw, found)
    if seen := lies_on_its_side(raw, expected_samples):
        remedy = 'put genes in rows and samples in columns, or say orientation = "samples x genes"'
        found.add(TableError, f"the matrix lies on its side: {seen}", where=raw.name, remedy=remedy)
        found.raise_if_any()  # whatever else is wrong follows from that
    if not allow_range:
        refuse_no_samples(raw)
    check_numbers(raw, found, scale=scale)
    if not found and not allow_range:
        check_scale(raw, found, scale=scale, offset=offset)
    genes: Mapping[str, str] | None = None
    with found.collect():
        probes = (str(row).strip() for row in raw.rows)
        genes = read_annotation(annotation, probes=probes) if isinstance(annotation, str | Path) else annotation
    with found.collect():
        raw = raw if found else _normalised(raw, normalise, gene_lengths)
    said = [] if found or normalise else notes_on_scale(raw, scale=scale, offset=offset)
    if logarithms and scale != "log2":
        said.append(Note("reading", f"logarithms of the file ({scale}) turned into log2", kind="other logarithms"))
        raw = replace(raw, values=raw.values * log2_units(scale))
    values, notes = named_rows(raw, symbols, genes)
    with found.collect():
        refuse_other_species(values.index.tolist(), raw.name)
    notes = [*said, *notes]
    with found.collect():
        if not torn:
            refuse_empty_samples(values, raw.name)
        values, dropped = without_missing(values, "drop" if torn else missing, raw.name)
        notes += dropped
    with found.collect():
        values, collapsed = collapse_duplicates(values, duplicates, where=raw.name)
        notes += collapsed
    if not len(values) and not found:
        what, remedy = "no gene is left", "check the gene column, or the annotation of the probes"
        found.add(GeneError, what, where=raw.name, remedy=remedy)
    found.raise_if_any()
    return Expression(values, "log2" if logarithms else "linear", offset, (*raw.notes, *notes), raw.source)


def _check_scale_words(found: ProblemList, scale: str, offset: float, normalise: str | None) -> None:
    if scale not in get_args(DeclaredScale):
        found.add(ScaleError, f"the scale is {scale!r}", remedy=SAY)
    if not np.isfinite(offset) or offset < 0:
        found.add(ScaleError, f"the offset is {offset!r}", remedy="log2(x + offset) needs an offset of 0 or more")
    if normalise not in (None, "cpm", "tpm"):
        found.add(ScaleError, f"normalise is {normalise!r}", remedy='counts are normalised as "cpm" or "tpm"')
    if normalise is not None and scale in BASES:
        found.add(ScaleError, f"{normalise} needs raw counts", remedy='declare scale = "counts"')


def _normalised(
    raw: RawMatrix, normalise: Normalise | None, lengths: str | Path | Mapping[str, float] | None
) -> RawMatrix:
    if normalise == "tpm":
        known = read_gene_lengths(lengths) if isinstance(lengths, str | Path) else lengths
        return transcripts_per_million(raw, known)
    return counts_per_million(raw) if normalise == "cpm" else raw


def _raw_from_frame(frame: pd.DataFrame) -> RawMatrix:
    name, found = "expression frame", ProblemList()
    used, left_out = without_descriptions([str(column) for column in frame.columns], range(frame.shape[1]), name)
    frame = frame.iloc[:, used] if left_out else frame
    columns = [str(column) for column in frame.columns]
    try:
        values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        words = [Column(column, list(frame.iloc[:, place])) for place, column in enumerate(columns)]
        values = numbers_from_words(words, list(frame.index), found, name=name, first_row=0)
    return RawMatrix(list(frame.index), columns, values, name, 0, left_out, problems=found)
