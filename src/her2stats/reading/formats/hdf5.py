"""AnnData files (h5ad): expression and the table of samples."""

from __future__ import annotations

import numpy as np

from her2stats.files import Content
from her2stats.reading.formats.apart import Format, ask_fit
from her2stats.reading.formats.matrix import MatrixOptions, RawMatrix
from her2stats.reading.formats.text import TextTable

FORMAT = Format("an AnnData file", "hdf5", "write it again with AnnData", "h5ad")


def read_h5ad_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read X, or a layer, of an AnnData file; genes are the names of var, or a column of it.

    Raises FileError or TableError for a file that is no such file, is damaged, is far larger than it says, or lacks the
    layer or column.
    """
    said, numbers = ask_fit(content, FORMAT, want="matrix", layer=options.layer, gene_column=options.gene_column)
    values = np.frombuffer(numbers, dtype=np.float64).reshape(said["shape"])
    return RawMatrix(list(said["rows"]), said["columns"], values, content.name, 0, logarithm=said["logarithm"])


def read_h5ad_samples(content: Content) -> TextTable:
    """Read obs, the table of samples, as words; the names of the samples stand first, under no name."""
    said, _ = ask_fit(content, FORMAT, want="samples")
    return TextTable(said["header"], said["rows"], [0] * len(said["rows"]))
