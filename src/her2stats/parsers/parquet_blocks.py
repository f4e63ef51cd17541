"""Expression in Parquet, too large for memory: samples in rows, or samples in columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from her2stats.parsers.allowance import Allowance
from her2stats.parsers.unfit import Unfit

ROWS_AT_ONCE = 256


class SamplesInRows:
    """One row a sample, one column a gene: read in a stream."""

    def __init__(self, file: Any, genes: list[str], samples: list[str]) -> None:
        self.file, self.genes, self.samples = file, genes, samples

    def blocks(self, size: int, genes: list[int] | None, first: int) -> Iterator[Any]:
        """See `her2stats.parsers.__main__.stream`."""
        names = self.genes if genes is None else [self.genes[place] for place in genes]
        about, group, passed = self.file.metadata, 0, 0
        while group < about.num_row_groups - 1 and passed + about.row_group(group).num_rows <= first:
            passed += about.row_group(group).num_rows
            group += 1
        groups = list(range(group, about.num_row_groups))
        batches = self.file.iter_batches(batch_size=ROWS_AT_ONCE, row_groups=groups, columns=names, use_threads=False)
        columns = ([batch.column(name).to_numpy(zero_copy_only=False) for name in names] for batch in batches)
        parts = (np.stack(part, axis=1).astype(np.float64, copy=False) for part in columns)
        return regroup(parts, size, skip=first - passed)


class SamplesInColumns:
    """One row a gene, one column a sample: the columns of a block are read at once."""

    def __init__(self, file: Any, genes: list[str], samples: list[str]) -> None:
        self.file, self.genes, self.samples = file, genes, samples

    def blocks(self, size: int, genes: list[int] | None, first: int) -> Iterator[Any]:
        """See `her2stats.parsers.__main__.stream`."""
        for start in range(first, len(self.samples), size):
            names = self.samples[start : start + size]
            table = self.file.read(columns=names, use_threads=False)
            block = np.stack([table.column(name).to_numpy() for name in names]).astype(np.float64, copy=False)
            yield block if genes is None else block[:, genes]


def open_store(path: str, wanted: list[str], left: Allowance) -> SamplesInRows | SamplesInColumns:
    """Find the column of names and which way the table lies."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, buffer_size=1 << 16, pre_buffer=False)  # memory must not grow with the file
    schema = file.schema_arrow
    textual = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    texts = [field.name for field in schema if any(test(field.type) for test in textual)]
    numbers = [field.name for field in schema if field.name not in texts]
    if len(texts) != 1:
        listed = ", ".join(texts[:5])
        what = f"has {len(texts)} text columns ({listed}); one is needed, with the names of the rows"
        raise Unfit(what, "leave genes or samples as the only text column")
    other = [name for name in numbers if not _numeric(schema.field(name).type)]
    if other:
        raise Unfit(f"columns are not numeric: {', '.join(other[:5])}", "leave out what is not expression")
    names: list[str] = []
    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=texts, use_threads=False):
        for name in batch.column(0):
            left.take_word(word := str(name.as_py()))  # a name counts as often as rows refer to it
            names.append(word)
    in_columns = len(set(wanted) & set(names)) > len(set(wanted) & set(numbers))
    return SamplesInColumns(file, names, numbers) if in_columns else SamplesInRows(file, numbers, names)


def _numeric(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def regroup(parts: Iterator[Any], size: int, skip: int = 0) -> Iterator[Any]:
    """Blocks of exactly `size` rows (the last may be shorter) from parts of any length, less the first `skip` rows."""
    held: list[Any] = []
    count = 0
    for given in parts:
        part = given
        if skip:
            dropped = min(skip, len(part))
            part, skip = part[dropped:], skip - dropped
        while len(part):
            piece = part[: size - count]
            held.append(piece)
            count += len(piece)
            part = part[len(piece) :]
            if count == size:
                yield np.concatenate(held)
                held, count = [], 0
    if held:
        yield np.concatenate(held)
