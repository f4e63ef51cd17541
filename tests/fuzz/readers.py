"""Every reader, called as a user would; only the package's own errors may come out."""

from __future__ import annotations

from pathlib import Path

from her2stats.deconvolution import read_signature_matrix
from her2stats.errors import Her2statsError
from her2stats.reading import read_cibersortx, read_clinical, read_expression
from her2stats.reading.annotation import read_annotation
from her2stats.signatures import read_signature
from her2stats.study.study_file import read_study

READERS = {
    "x": lambda path: read_expression(path, scale="linear", allow_range=True, missing="drop", duplicates="mean"),
    "c": read_clinical,
    "f": read_cibersortx,
    "s": read_signature,
    "m": read_signature_matrix,
    "p": read_annotation,
    "t": read_study,
}


def read(path: Path, data: bytes) -> bool:
    """Write the bytes and read the file; whether it was readable. Anything but our own errors is a fault."""
    path.write_bytes(data)
    try:
        READERS[path.name[0]](path)
    except Her2statsError as error:
        if not error.problems or not str(error):
            raise AssertionError("an error that says nothing") from error
        return False
    return True
