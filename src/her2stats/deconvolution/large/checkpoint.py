"""A run that survives being killed: every finished block is on disk before the next is counted as begun."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from her2stats.errors import FileError, Problem
from her2stats.files import regular_bytes
from her2stats.notes import Note
from her2stats.writing import beside, told

RUN = "run.json"
FINISHED = "finished"


class Checkpoint:
    """Folder ``<output>.partial`` with one file a finished block, and a description of the run they belong to.

    Files are written under another name, forced to disk, and renamed: what has its name is whole. A block's name
    carries a checksum of its content, its place and the run, so that a block that was damaged since, moved or taken
    from another run is not taken for what it is not. The `identity` holds all that decides the numbers: settings,
    checksums of data and signature, size of blocks.
    """

    def __init__(self, output: Path, identity: dict[str, Any], blocks: int) -> None:
        self.folder = _folder(output)
        self.blocks = blocks
        self.damaged = 0
        description = self.folder / RUN
        content = json.dumps(identity, indent=1, sort_keys=True).encode()
        self._run = hashlib.sha256(content).digest()
        with told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if description.exists():
                self._compare(description, identity)
            else:
                _write(description, content)
        self._there = {int(file.name[6:13]): file for file in self.folder.glob("block-*-*.parquet")}

    def _compare(self, description: Path, identity: dict[str, Any]) -> None:
        advice = f"remove the folder {self.folder} to start again, or choose another output"
        try:
            theirs = json.loads(regular_bytes(description))
        except (OSError, ValueError, RecursionError) as error:
            raise FileError(Problem(f"the checkpoint is damaged: {error}", str(description), advice)) from error
        if not isinstance(theirs, dict):
            raise FileError(Problem("the checkpoint is damaged: it describes no run", str(description), advice))
        ours = json.loads(json.dumps(identity))
        differ = sorted(name for name in ours if theirs.get(name) != ours[name])
        if differ:
            what = f"the checkpoint belongs to another run: {', '.join(differ)} differ"
            raise FileError(Problem(what, str(self.folder), advice))

    def _name(self, block: int, content: bytes) -> str:
        checksum = hashlib.sha256(self._run + block.to_bytes(8, "big") + content).hexdigest()[:32]
        return f"block-{block:07d}-{checksum}.parquet"

    def missing(self) -> list[int]:
        """Blocks that are not there, or not whole: each is read through once."""
        for block, file in list(self._there.items()):
            if block >= self.blocks or self._content(block) is None:
                self.damaged += 1
                del self._there[block]
                if not file.is_dir():  # a folder is none of ours
                    file.unlink()
        return [block for block in range(self.blocks) if block not in self._there]

    def _content(self, block: int) -> bytes | None:
        """Bytes of a block, if they are those that were saved."""
        try:
            content = regular_bytes(self._there[block])
        except OSError:
            return None
        return content if self._name(block, content) == self._there[block].name else None

    def save(self, block: int, table: pd.DataFrame) -> None:
        """Put a finished block on disk."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink)
        content = sink.getvalue().to_pybytes()
        file = self.folder / self._name(block, content)
        with told(file):
            _write(file, content)
        self._there[block] = file

    def tables(self) -> Iterator[Any]:
        """Arrow tables of all blocks, in order."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        for block in range(self.blocks):
            content = self._content(block)
            if content is None:
                raise FileError(Problem("was damaged during the run", str(self._there[block]), "start the run again"))
            yield pq.read_table(pa.BufferReader(content))

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

        writer: Any = None
        with told(output), beside(output) as draft:
            for table in self.tables():
                table = table.replace_schema_metadata(None)
                if writer is None and output.suffix == ".parquet":
                    writer = pq.ParquetWriter(draft, table.schema)
                elif writer is None:
                    layout = text.WriteOptions(
                        delimiter="," if output.suffix == ".csv" else "\t", quoting_style="needed"
                    )
                    writer = text.CSVWriter(draft, table.schema, write_options=layout)
                writer.write_table(table)
            writer.close()
            _to_disk(draft)
            _write(self.folder / FINISHED, _checksum(draft).encode())
        for file in (*self._there.values(), self.folder / RUN, self.folder / FINISHED):  # that one last
            file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the user has put something into it
            self.folder.rmdir()


def finished(output: Path) -> bool:
    """Whether the output is what a run left that was killed between its last word and tidying up."""
    mark = _folder(output) / FINISHED
    return mark.is_file() and regular_bytes(mark) == _checksum(output).encode()


def _folder(output: Path) -> Path:
    return output.with_name(output.name + ".partial")


def _checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(file: Path, content: bytes) -> None:
    with beside(file) as draft:
        draft.write_bytes(content)
        _to_disk(draft)


def _to_disk(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
