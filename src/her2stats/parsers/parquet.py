"""A Parquet table unpacked once, and thrown away: whether it may be read where there is no limit.

What its summary says of sizes may be a lie, and where that of a column is damaged the library ends the whole process.
"""

from __future__ import annotations

import io
from typing import Any

from her2stats.parsers.allowance import Allowance


def answer(data: bytes, _request: dict[str, Any], left: Allowance) -> tuple[dict[str, Any], None]:
    """Nothing but that it unpacks, within what is allowed; a word counts as often as rows refer to it."""
    import pyarrow as pa
    import pyarrow.compute as pa_compute
    import pyarrow.parquet as pa_parquet

    for batch in pa_parquet.ParquetFile(io.BytesIO(data)).iter_batches(use_threads=False):
        left.take(batch.nbytes)
        for column in batch.columns:
            if pa.types.is_dictionary(column.type):
                lengths = pa_compute.binary_length(column.dictionary.cast(pa.large_binary()))
                left.take(pa_compute.sum(lengths.take(column.indices)).as_py() or 0)
    return {}, None
