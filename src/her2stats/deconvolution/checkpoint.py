"""A run that survives being killed: every finished block is on disk before the next is counted as begun."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import FileError, OutputError, Problem
from her2stats.notes import Note


class Checkpoint:
    """Folder beside the output with one file a finished block, and a description of the run they belong to.

    Files are written under another name, forced to disk, and renamed: what has its name is whole.

    Parameters
    ----------
    output : Path
        The file the run will end in; the folder is ``<output>.partial``.
    identity : dict
        All that decides the numbers: settings, checksums of data and signature, size of blocks.
    blocks : int
        How many there will be.
    """

    def __init__(self, output: Path, identity: dict[str, Any], blocks: int) -> None:
        self.folder = output.with_name(output.name + ".partial")
        self.blocks = blocks
        self.damaged = 0
        description = self.folder / "run.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if description.exists():
                self._compare(description, identity)
            else:
                _write(description, json.dumps(identity, indent=1, sort_keys=True).encode())
        except OSError as error:
            raise OutputError(Problem(f"cannot be written: {error.strerror}", str(self.folder))) from error

    def _compare(self, description: Path, identity: dict[str, Any]) -> None:
        advice = f"remove the folder {self.folder} to start again, or choose another output"
        try:
            theirs = json.loads(description.read_text())
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise FileError(Problem(f"the checkpoint is damaged: {error}", str(description), advice)) from error
        ours = json.loads(json.dumps(identity))
        differ = sorted(name for name in ours if theirs.get(name) != ours[name])
        if differ:
            what = f"the checkpoint belongs to another run: {', '.join(differ)} differ"
            raise FileError(Problem(what, str(self.folder), advice))

    def _file(self, block: int) -> Path:
        return self.folder / f"block-{block:07d}.parquet"

    def missing(self) -> list[int]:
        """Blocks that are not there, or not whole: each is read through once."""
        absent = []
        for block in range(self.blocks):
            if not self._file(block).exists():
                absent.append(block)
            elif self._read(block) is None:
                self.damaged += 1
                absent.append(block)
        return absent

    def _read(self, block: int) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return pq.read_table(self._file(block), page_checksum_verification=True)
        except (OSError, pa.ArrowException):
            return None

    def save(self, block: int, table: pd.DataFrame) -> None:
        """Put a finished block on disk."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, write_page_checksum=True)
        try:
            _write(self._file(block), sink.getvalue().to_pybytes())
        except OSError as error:
            raise OutputError(Problem(f"cannot be written: {error.strerror}", str(self._file(block)))) from error

    def tables(self) -> Iterator[Any]:
        """Arrow tables of all blocks, in order."""
        for block in range(self.blocks):
            table = self._read(block)
            if table is None:
                raise FileError(Problem("was damaged during the run", str(self._file(block)), "start the run again"))
            yield table

    def flags(self) -> pd.Series:
        """Flag of every sample."""
        parts = [table.select(["sample", "flag"]).to_pandas() for table in self.tables()]
        flags: pd.Series = pd.concat(parts).set_index("sample")["flag"]
        return flags

    def notes(self, samples: int) -> list[Note]:
        """Say what was taken over, and what was damaged."""
        notes = []
        if samples:
            notes.append(Note("fractions", "samples taken from the checkpoint of an interrupted run", samples))
        if self.damaged:
            notes.append(Note("fractions", "damaged parts of the checkpoint computed again", self.damaged))
        return notes

    def merge(self, output: Path) -> None:
        """Write all blocks into the output (.parquet, .csv, .tsv), whole or not at all."""
        import pyarrow.csv as text
        import pyarrow.parquet as pq

        temporary = output.with_name(output.name + ".writing")
        writer: Any = None
        try:
            for table in self.tables():
                table = table.replace_schema_metadata(None)
                if writer is None and output.suffix == ".parquet":
                    writer = pq.ParquetWriter(temporary, table.schema)
                elif writer is None:
                    layout = text.WriteOptions(
                        delimiter="," if output.suffix == ".csv" else "\t", quoting_style="needed"
                    )
                    writer = text.CSVWriter(temporary, table.schema, write_options=layout)
                writer.write_table(table)
            writer.close()
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.replace(output)
        except OSError as error:
            raise OutputError(Problem(f"cannot be written: {error.strerror}", str(output))) from error
        shutil.rmtree(self.folder)


def _write(file: Path, content: bytes) -> None:
    temporary = file.with_name(file.name + ".writing")
    with temporary.open("wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    temporary.replace(file)
