"""Bioconductor's containers and sparse matrices within an rds file, as R's S4 objects stand there: by their slots.

Slots: SummarizedExperiment (assays, colData, rowData; of ranged ones rowRanges), Biobase's ExpressionSet (assayData,
phenoData, featureData), Matrix's dgCMatrix and its siblings. https://bioconductor.org/packages/SummarizedExperiment
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from her2stats.parsers.allowance import Allowance
from her2stats.parsers.cells import as_word
from her2stats.parsers.unfit import Unfit

SHOWN = 12


class Table(NamedTuple):
    """A table beside the matrix."""

    names: list[str]  # of its rows; none where it has none
    frame: Any  # its columns of one plain value a row
    odd: list[str]  # columns that hold objects


def class_of(value: Any) -> str:
    """R's class of an S4 object; empty for anything else."""
    said = _slot(value, "class")
    return str(np.atleast_1d(said)[0]) if said is not None and np.size(said) else ""


def is_container(value: Any) -> bool:
    """Whether it holds matrices together with tables of their rows and columns."""
    kinds = (("assays", "colData"), ("assayData", "phenoData"))
    return any(all(_slot(value, name) is not None for name in names) for names in kinds)


def frame_of(value: Any, left: Allowance) -> Any:
    """A matrix of Matrix's classes, or of base R, as a frame; None where it is no such thing or lacks names."""
    import pandas as pd

    numbers, (rows, columns) = _matrix(value, left)
    return pd.DataFrame(numbers, index=rows, columns=columns) if rows is not None and columns is not None else None


def is_list_of_matrices(value: Any) -> bool:
    """Whether it is a list of R with matrices in it, as edgeR's DGEList, limma's EList and what tximport returns."""
    return isinstance(value, Mapping) and any(_is_matrix(one) for one in value.values())


def member_of(value: Mapping[str, Any], asked: str | None, left: Allowance) -> Any:
    """The matrix of a list that is asked for, or its only one, as a frame."""
    matrices = {str(name): one for name, one in value.items() if _is_matrix(one)}
    name = _wanted(matrices, asked, "part")
    frame = frame_of(matrices[name], left)
    if frame is None:
        raise Unfit(f"matrix {name!r} has no row or column names", "in R: give it dimnames, and saveRDS again")
    return frame


def _is_matrix(value: Any) -> bool:
    return getattr(value, "ndim", 0) == 2 and type(value).__name__ in ("DataArray", "ndarray")


def samples_of(value: Any) -> Table:
    """The table of samples."""
    import pandas as pd

    if isinstance(value, Mapping):
        frames = [value[name] for name in ("samples", "targets") if isinstance(value.get(name), pd.DataFrame)]
        if not frames:
            raise Unfit("holds no table of samples", "give a clinical table of its own")
        return Table([as_word(name) for name in frames[0].index], frames[0], [])
    columns = _slot(value, "colData")
    return _table(columns if columns is not None else _slot(value, "phenoData"))


def matrix_of(value: Any, request: Mapping[str, Any], left: Allowance) -> tuple[Any, Any]:
    """The assay that is asked for, genes by row names or a column of the row data; and the row data."""
    import pandas as pd

    if _slot(value, "assays") is not None:
        assays, about = _entries(_slot(value, "assays")), _rows_of_experiment(value)
    else:
        assays, about = _entries(_slot(value, "assayData")), _table(_slot(value, "featureData"))
    name, samples = _wanted(assays, request["layer"], "assay"), samples_of(value).names
    numbers, _ = _matrix(assays[name], left)  # names that R left on it may be earlier ones
    if numbers is None:
        kind = class_of(assays[name]) or type(assays[name]).__name__
        again = f"in R: assay(x, {name!r}) <- as.matrix(assay(x, {name!r})), and saveRDS again"
        raise Unfit(f"assay {name!r} is no matrix that the file holds ({kind})", again)
    genes = about.names
    if (column := request["gene_column"]) is not None:
        if column not in about.frame.columns:
            raise Unfit(f"its row data has no column {column!r}", f"it has {_listed(about.frame.columns)}")
        genes = ["" if pd.isna(word) else as_word(word) for word in about.frame[column].astype(object)]
    if not genes:
        raise Unfit("its rows have no names", f"say gene_column, of its row data: {_listed(about.frame.columns)}")
    if not samples:
        raise Unfit("its samples have no names", "in R: name them by colnames(x) <-, and saveRDS again")
    if numbers.shape != (len(genes), len(samples)):
        raise Unfit(f"assay {name!r} is {numbers.shape}, not {len(genes)} x {len(samples)}", "save it again")
    return pd.DataFrame(numbers, index=genes, columns=samples), about.frame


def _wanted(assays: Mapping[str, Any], asked: str | None, kind: str) -> str:
    """Name of the assay, or other kind of matrix: the only one, or the one that is asked for; none is guessed."""
    if asked is None and len(assays) == 1:
        return next(iter(assays))
    if asked is None or asked not in assays:
        what = f"it has {len(assays)} {kind}s" if asked is None else f"there is no {kind} {asked!r}"
        raise Unfit(what, f"say layer, one of {_listed(assays)}")
    return asked


def _rows_of_experiment(value: Any) -> Table:
    """Row names and row data; an experiment with ranges has both with its ranges."""
    ranges = _slot(value, "rowRanges")
    if ranges is None:
        return _table(_slot(value, "elementMetadata"))._replace(names=_names(_slot(value, "NAMES")))
    named = _slot(ranges, "ranges") or _slot(ranges, "partitioning")
    return _table(_slot(ranges, "elementMetadata"))._replace(names=_names(_slot(named, "NAMES")))


def _table(held: Any) -> Table:
    """A DataFrame of S4Vectors, or the data.frame of an AnnotatedDataFrame."""
    import pandas as pd

    data = _slot(held, "data")
    if isinstance(data, pd.DataFrame):
        return Table([as_word(name) for name in data.index], data, [])
    count = int(np.atleast_1d(_slot(held, "nrows"))[0])
    columns = {name: _plain(cells) for name, cells in _entries(held).items()}
    plain = {name: cells for name, cells in columns.items() if cells is not None and len(cells) == count}
    odd = [name for name in columns if name not in plain]
    return Table(_names(_slot(held, "rownames")), pd.DataFrame(plain, index=range(count)), odd)


def _plain(cells: Any) -> Any:
    """One value a row: missing ones of R are missing; runs (Rle) are written out; None for anything else."""
    import pandas as pd

    if class_of(cells) in ("Rle", "factor-Rle"):
        runs = np.asarray(_slot(cells, "lengths"))
        values = _plain(_slot(cells, "values"))
        return None if values is None else values.take(np.repeat(np.arange(len(values)), runs))
    if isinstance(cells, np.ma.MaskedArray) and cells.ndim == 1:
        return pd.array(cells.tolist())  # None where it is missing
    if isinstance(cells, np.ndarray) and cells.ndim == 1:
        return cells
    return cells if isinstance(cells, pd.Categorical) else None


def _matrix(value: Any, left: Allowance) -> tuple[Any, list[Any]]:
    """Numbers and the names of rows and columns (None where there are none) of a matrix, dense or sparse."""
    if type(value).__name__ == "DataArray" and value.ndim == 2:
        left.take(8 * value.size)
        names = [_names(value.coords[dim].values) if dim in value.coords else None for dim in value.dims]
        return np.asarray(value.values, dtype=np.float64), names
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind in "iuf":
        left.take(8 * value.size)
        return np.ma.filled(value.astype(np.float64), np.nan), [None, None]
    if class_of(value) not in ("dgCMatrix", "dgRMatrix", "dgTMatrix", "dgeMatrix"):
        return None, [None, None]
    shape = tuple(int(size) for size in _slot(value, "Dim"))
    left.take(8 * float(shape[0]) * shape[1])
    return _dense(value, shape), [None if one is None else _names(one) for one in _slot(value, "Dimnames")]


def _dense(value: Any, shape: tuple[int, ...]) -> Any:
    from scipy import sparse

    cells, rows, columns = (np.asarray(_slot(value, name)) for name in ("x", "i", "j"))
    if class_of(value) == "dgeMatrix":
        return cells.astype(np.float64).reshape(shape, order="F")
    if (
        ends := _slot(value, "p")
    ) is not None:  # compressed: how many there are in each row, or column, one after another
        each = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        rows, columns = (each, columns) if class_of(value) == "dgRMatrix" else (rows, each)
    packed = (cells.astype(np.float64), (rows, columns))
    return sparse.coo_matrix(packed, shape=shape).toarray()  # a place that stands there twice is the sum of both


def _entries(held: Any) -> dict[str, Any]:
    """Members of a list of R by name, through the objects that wrap it; numbered where they have no names."""
    for wrapped in ("data", "listData"):
        if (inner := _slot(held, wrapped)) is not None:
            return _entries(inner)
    if isinstance(held, Mapping):
        return {str(name): one for name, one in held.items()}
    return {str(place): one for place, one in enumerate(held or [], 1)}


def _names(said: Any) -> list[str]:
    """Names, none where R says NULL (which a slot spells as a symbol)."""
    return [] if said is None or isinstance(said, str) else [as_word(name) for name in np.atleast_1d(said).tolist()]


def _slot(value: Any, name: str) -> Any:
    return vars(value).get(name) if type(value).__name__ == "SimpleNamespace" else None


def _listed(names: Any) -> str:
    return ", ".join(repr(str(name)) for name in list(names)[:SHOWN]) or "none"
