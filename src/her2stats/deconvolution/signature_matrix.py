"""Signature matrices: expression of the marker genes in each pure cell type, from the user's own file."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from her2stats.errors import DataError, FileError, GeneError, Problem, ProblemList, TableError
from her2stats.files import read_content, refuse_open_quotes, unpacked_name, utf8_text
from her2stats.writing import write_whole

LEAST_GENES = 10
MOST_TYPES = 295  # whose fits take 1 GiB
PAIR_BYTES = 12_288  # that a batch of fits takes for each pair of cell types, measured with 100, 200 and 400 of them
MAX_BYTES = 200 * 2**20  # whole transcriptomes of hundreds of cell types are smaller


@dataclass(frozen=True, eq=False)
class SignatureMatrix:
    """Profiles of pure cell types on the linear scale, checked.

    Parameters
    ----------
    name : str
        Name in results, such as "LM22".
    profiles : DataFrame
        genes x cell types, linear scale, float64, genes sorted by their bytes.
    source : str
        File or reference the profiles come from.
    sha256 : str
        Checksum of that file, or of the profiles where there is no file.

    Examples
    --------
    >>> profiles = pd.DataFrame(np.eye(12)[:, :2] * 90 + 10, [f"G{i:02}" for i in range(12)], ["B cells", "T cells"])
    >>> matrix = SignatureMatrix.from_frame(profiles, name="toy")
    >>> len(matrix.genes), matrix.cell_types
    (12, ('B cells', 'T cells'))
    """

    name: str
    profiles: pd.DataFrame
    source: str
    sha256: str

    @property
    def genes(self) -> tuple[str, ...]:
        """Gene symbols, sorted by their bytes."""
        return tuple(self.profiles.index)

    @property
    def cell_types(self) -> tuple[str, ...]:
        """Cell types in the order of the file."""
        return tuple(self.profiles.columns)

    @classmethod
    def from_frame(cls, profiles: pd.DataFrame, *, name: str = "signature", source: str = "") -> SignatureMatrix:
        """Check a genes x cell types frame of linear-scale profiles and make a signature matrix of it.

        Raises
        ------
        GeneError
            Duplicated or empty gene symbols.
        TableError
            Fewer than two cell types or ten genes, duplicated types, text, negative or non-finite values.

        Examples
        --------
        >>> import numpy as np, pandas as pd
        >>> genes = [f"G{i:02}" for i in range(12)]
        >>> profiles = pd.DataFrame(np.eye(12)[:, :2] * 90 + 10, index=genes, columns=["B cells", "T cells"])
        >>> SignatureMatrix.from_frame(profiles, name="toy").cell_types
        ('B cells', 'T cells')
        """
        table = _checked(profiles, source or name)
        digest = hashlib.sha256("\t".join(table.columns).encode() + "\t".join(table.index).encode())
        digest.update(np.ascontiguousarray(table.to_numpy()).tobytes())
        return cls(name, table, source or "a table in memory", digest.hexdigest())


def read_signature_matrix(path: str | Path, *, name: str | None = None) -> SignatureMatrix:
    r"""Read a signature matrix such as LM22.txt, ABIS, immunoStates or TIL10 from text.

    Parameters
    ----------
    path : str or Path
        Tab- or comma-separated text: a line of cell types, then a gene symbol and its value in each type. The heading
        of the gene column may be anything, or absent. UTF-8, plain or compressed (gz, bz2, xz, zst).
    name : str, optional
        Name in results; the file's name without its ending where not given.

    Returns
    -------
    SignatureMatrix

    Raises
    ------
    FileError
        The file is missing, empty, not text, or no table.
    GeneError, TableError
        As for `SignatureMatrix.from_frame`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> text = "gene\tB\tT\n" + "".join(f"G{i}\t{i}\t{i * i}\n" for i in range(10))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "toy.txt"
    ...     _ = file.write_text(text)
    ...     read_signature_matrix(file).profiles.shape
    (10, 2)
    """
    content = read_content(path, max_bytes=MAX_BYTES)
    text = utf8_text(content).splitlines()
    lines = [line for line in text if line.strip() and not line.startswith("#")]
    problems = ProblemList()
    if len(lines) < 2:
        what, remedy = "holds no table", "give a line of cell types, then one a gene"
        problems.add(FileError, what, where=content.name, remedy=remedy)
        problems.raise_if_any()
    separator = "\t" if "\t" in lines[0] else ","
    refuse_open_quotes(text, separator, content.name)
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        what = f"a cell has more than {csv.field_size_limit()} letters"
        raise FileError(Problem(what, content.name, "check the quotes and the delimiter")) from None
    width = len(rows[1])
    header = rows[0] if len(rows[0]) == width else ["", *rows[0]]  # R writes no heading above row names
    uneven = [number for number, row in enumerate([header, *rows[1:]], start=1) if len(row) != width]
    if uneven:
        problems.add(
            FileError,
            f"{len(uneven)} lines have another number of columns than line 2 ({width})",
            where=content.name,
            row=f"line {uneven[0]}",
            remedy="mend the line; every gene needs a value for every cell type",
        )
        problems.raise_if_any()
    table = pd.DataFrame([row[1:] for row in rows[1:]], index=[row[0] for row in rows[1:]], columns=header[1:])
    checked = _checked(table, content.name)
    title = name or Path(unpacked_name(content.path)).stem
    return SignatureMatrix(title, checked, str(path), content.sha256)


def write_signature_matrix(signature: SignatureMatrix, path: str | Path) -> None:
    """Write a signature matrix as tab-separated text that `read_signature_matrix` and CIBERSORT read.

    Parameters
    ----------
    signature : SignatureMatrix
        genes x cell types, on the linear scale.
    path : str or Path
        Replaced where it exists.

    Raises
    ------
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> profiles = pd.DataFrame(np.eye(12)[:, :2] * 90 + 10, [f"G{i:02}" for i in range(12)], ["B cells", "T cells"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_signature_matrix(SignatureMatrix.from_frame(profiles), Path(folder) / "toy.txt")
    ...     read_signature_matrix(Path(folder) / "toy.txt").profiles.equals(profiles)
    True
    """
    write_whole(Path(path), signature.profiles.to_csv(sep="\t", index_label="Gene symbol", lineterminator="\n"))


def check_signature_kind(signature: object, problems: ProblemList) -> None:
    """Say what is asked for where something else than a signature is given."""
    if not isinstance(signature, SignatureMatrix | pd.DataFrame):
        what, remedy = f"signature is a {type(signature).__name__}", "give a SignatureMatrix or a DataFrame"
        problems.add(DataError, what, where="deconvolve", remedy=f"{remedy}; read_signature_matrix reads a file")


def _checked(profiles: pd.DataFrame, where: str) -> pd.DataFrame:
    """Float64, sorted by gene; every problem at once."""
    problems = ProblemList()
    genes = pd.Index(profiles.index.astype(str).str.strip(), dtype=object)
    types = [str(column).strip() for column in profiles.columns]
    problems.refuse_control_codes(TableError, [*types, *genes], where=where)
    if any(not gene for gene in genes):
        what = f"{sum(not gene for gene in genes)} rows have no gene symbol"
        problems.add(GeneError, what, where=where, remedy="name them, or leave them out")
    doubled = sorted(set(genes[genes.duplicated()]) - {""})
    if doubled:
        problems.add(GeneError, f"duplicated genes: {_some(doubled)}", where=where, remedy="keep one row a gene")
    if len(types) < 2:
        what, remedy = f"{len(types)} cell type; fractions need at least two", "give the whole signature matrix"
        problems.add(TableError, what, where=where, remedy=remedy)
    if len(set(types)) < len(types):
        twice = sorted({name for name in types if types.count(name) > 1})
        what, remedy = f"duplicated cell types: {_some(twice)}", "give each its own name"
        problems.add(TableError, what, where=where, row="header", value=twice[0], remedy=remedy)
    if len(genes) < LEAST_GENES:
        what, remedy = f"{len(genes)} genes; at least {LEAST_GENES} are needed", "give the whole signature matrix"
        problems.add(TableError, what, where=where, remedy=remedy)
    numbers = profiles.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    for bad, what in ((~np.isfinite(numbers), "missing, infinite or not a number"), (numbers < 0, "negative")):
        if bad.any():
            row, column = np.argwhere(bad)[0]
            first = profiles.iloc[row, column]
            problems.add(
                TableError,
                f"{int(bad.sum())} values are {what}, the first of them {str(first)!r}",
                where=where,
                row=f"gene {genes[row]}",
                column=types[column],
                value=str(first),
                remedy="give linear-scale profiles without gaps",
            )
    if not problems:
        _check_distinct(numbers, types, where, problems)
    problems.raise_if_any()
    table = pd.DataFrame(numbers, index=pd.Index(genes.to_list(), name="gene"), columns=types)
    return table.loc[sorted(table.index, key=str.encode)]


def _check_distinct(numbers: npt.NDArray[np.float64], types: list[str], where: str, problems: ProblemList) -> None:
    """Refuse profiles that say nothing, and those that no mixture could tell apart."""
    flat = [
        name for name, low, high in zip(types, numbers.min(axis=0), numbers.max(axis=0), strict=True) if low == high
    ]
    if flat:
        what = f"profiles are the same for every gene: {_some(flat)}"
        problems.add(TableError, what, where=where, remedy="leave these cell types out")
    _, first = np.unique(numbers, axis=1, return_index=True)
    twins = [name for place, name in enumerate(types) if place not in first and name not in flat]
    if twins:
        what = f"profiles are equal to that of another cell type: {_some(twins)}"
        problems.add(TableError, what, where=where, remedy="keep one of them")


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
