"""Every reader, called as a user would; only the package's own errors may come out."""

from __future__ import annotations

from pathlib import Path

from her2stats.deconvolution import read_signature_matrix
from her2stats.deconvolution.large.checkpoint import Checkpoint
from her2stats.deconvolution.large.stores import open_store
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.errors import Her2statsError
from her2stats.reading import read_cibersortx, read_clinical, read_expression
from her2stats.reading.annotation import read_annotation
from her2stats.reading.counts import read_gene_lengths
from her2stats.reading.estimates import read_fractions
from her2stats.results.manifest import MANIFEST, read_manifest
from her2stats.results.provenance import load_provenance, understood
from her2stats.results.schema import SCHEMAS
from her2stats.results.strict_csv import DamagedFileError, read_strict
from her2stats.signatures import read_signature
from her2stats.study.stages.cache import ENDING, Cache, _digest
from her2stats.study.study_file import read_study

from .examples import PROFILES


def _manifest(path: Path) -> None:
    """As a run reads it in a results folder."""
    (path.parent / MANIFEST).write_bytes(path.read_bytes())
    read_manifest(path.parent)


def _cache_entry(path: Path) -> None:
    """An entry whose checksum fits whatever it holds: only then is it looked into."""
    content = path.read_bytes()
    (path.parent / f"key{ENDING}").write_bytes(_digest("key", content) + b"\n" + content)
    Cache(path.parent).find("key")


def _checkpoint(path: Path) -> None:
    """The description of an interrupted run, and a file that may be one of its blocks."""
    folder = path.parent / "o.csv.partial"
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_bytes(path.read_bytes())
    Checkpoint(path.parent / "o.csv", {"chunk": 5, "settings": {"seed": 1}}, 1).missing()


def _store(path: Path) -> None:
    """A file too large for memory."""
    for _ in open_store(path, SignatureMatrix.from_frame(PROFILES)).blocks(2):
        pass


READERS = {
    "x": lambda path: read_expression(path, scale="linear", allow_range=True, missing="drop", duplicates="mean"),
    "c": read_clinical,
    "f": read_cibersortx,
    "e": read_fractions,
    "s": read_signature,
    "m": read_signature_matrix,
    "p": read_annotation,
    "g": read_gene_lengths,
    "t": read_study,
    "j": lambda path: understood(load_provenance(path)),
    "n": _manifest,
    "q": lambda path: read_strict(path, SCHEMAS["correlation"]),
    "k": _cache_entry,
    "b": _checkpoint,
    "l": _store,
}


def read(path: Path, data: bytes) -> bool:
    """Write the bytes and read the file; whether it was readable. Anything but our own errors is a fault."""
    path.write_bytes(data)
    try:
        READERS[path.name[0]](path)
    except DamagedFileError as error:  # what `read_folder` makes a gap of
        if not str(error):
            raise AssertionError("an error that says nothing") from error
        return False
    except Her2statsError as error:
        if not error.problems or not str(error):
            raise AssertionError("an error that says nothing") from error
        return False
    return True
