"""Expression in Parquet: samples in rows, or samples in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from her2stats.deconvolution.large.expression_store import ExpressionStore, Floats, Index, regroup
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import FileError, Problem, ProblemList, TableError

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class SamplesInRows:
    """One row a sample, one column a gene: read in a stream."""

    path: Path
    genes: tuple[str, ...]
    samples: tuple[str, ...]

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """See `ExpressionStore`."""
        names = list(self.genes) if genes is None else [self.genes[place] for place in genes]
        file = _open(self.path)
        group, passed = 0, 0
        while group < file.num_row_groups - 1 and passed + file.metadata.row_group(group).num_rows <= first:
            passed += file.metadata.row_group(group).num_rows
            group += 1

        def parts() -> Iterator[Floats]:
            groups = list(range(group, file.num_row_groups))
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, row_groups=groups, columns=names):
                columns = [batch.column(name).to_numpy(zero_copy_only=False) for name in names]
                yield np.stack(columns, axis=1).astype(np.float64, copy=False)

        with file:
            yield from regroup(parts(), size, skip=first - passed)


@dataclass(frozen=True)
class SamplesInColumns:
    """One row a gene, one column a sample: the columns of a block are read at once."""

    path: Path
    genes: tuple[str, ...]
    samples: tuple[str, ...]

    def blocks(self, size: int, genes: Index | None = None, first: int = 0) -> Iterator[Floats]:
        """See `ExpressionStore`."""
        with _open(self.path) as file:
            for start in range(first, len(self.samples), size):
                names = list(self.samples[start : start + size])
                table = file.read(columns=names, use_threads=False)
                columns = [table.column(name).to_numpy() for name in names]
                block = np.stack(columns).astype(np.float64, copy=False)
                yield block if genes is None else block[:, genes]


def open_parquet(path: Path, signature: SignatureMatrix) -> ExpressionStore:
    """Find the column of names and which way the table lies."""
    import pyarrow as pa

    with _open(path) as file:
        schema = file.schema_arrow
        textual = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
        texts = [field.name for field in schema if any(test(field.type) for test in textual)]
        numbers = [field.name for field in schema if field.name not in texts]
        problems = ProblemList()
        if len(texts) != 1:
            problems.add(
                TableError,
                f"has {len(texts)} text columns ({', '.join(texts[:5])}); one is needed, with the names of the rows",
                where=str(path),
                remedy="leave genes or samples as the only text column",
            )
        other = [name for name in numbers if not _numeric(schema.field(name).type)]
        if other:
            what, remedy = f"columns are not numeric: {', '.join(other[:5])}", "leave out what is not expression"
            problems.add(TableError, what, where=str(path), remedy=remedy)
        problems.raise_if_any()
        names = tuple(str(name) for name in file.read(columns=texts).column(0).to_pylist())
    wanted = set(signature.genes)
    if len(wanted & set(names)) > len(wanted & set(numbers)):
        return SamplesInColumns(path, names, tuple(numbers))
    return SamplesInRows(path, tuple(numbers), names)


def _numeric(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _open(path: Path) -> Any:
    """Open without reading ahead, so that memory does not grow with the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path, buffer_size=1 << 16, pre_buffer=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise FileError(Problem(f"cannot be read as Parquet: {error}", str(path), "write the file again")) from error
