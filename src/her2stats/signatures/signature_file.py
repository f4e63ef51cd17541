"""Signature files: gene (and weight), cell type and gene, or GMT."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.signatures.gene_signature import GeneSignature, SignatureSet

MAX_BYTES = 50 * 2**20
GENE_WORDS = ("gene", "genes", "symbol", "gene_symbol", "gene symbol", "hgnc_symbol", "hugo symbols")
WEIGHT_WORDS = ("weight", "weights", "coefficient", "loading")
SET_WORDS = ("cell_type", "cell type", "celltype", "set", "signature", "cell population")
SYNONYM_WORDS = ("also", "synonym")


def read_signature(path: str | Path, *, name: str | None = None) -> GeneSignature | SignatureSet:
    r"""Read a signature, or a set of signatures, from a file of the user's own.

    Parameters
    ----------
    path : str or Path
        A table (tab, comma or semicolon) with a column ``gene`` and, if there are weights, ``weight``; a table with
        the columns ``cell_type`` and ``gene`` for several signatures; a list of genes, one a line; or GMT. A column
        ``also`` may give another symbol of the same gene. Lines that start with # are remarks.
    name : str or None
        Name of the score; that of the file where it is not given.

    Returns
    -------
    GeneSignature or SignatureSet

    Raises
    ------
    FileError, TableError, GeneError
        The file cannot be read, has no column of genes, a weight that is no number, or a gene twice.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "her2.tsv"
    >>> _ = path.write_text("gene\tweight\nERBB2\t1.5\nGRB7\t0.5\n")
    >>> read_signature(path).weights
    (1.5, 0.5)
    """
    path = Path(path)
    return read_signature_text(_read_bytes(path), name=name or path.name.partition(".")[0], file=path.name)


def read_signature_text(data: bytes, *, name: str, file: str) -> GeneSignature | SignatureSet:
    """Read a signature from the bytes of its file; see `read_signature`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(Problem("is not text in UTF-8", file, "save it as a tsv or csv file in UTF-8")) from None
    if "\x00" in text:
        raise FileError(Problem("is not text", file, "save it as a tsv or csv file"))
    sha256 = hashlib.sha256(data).hexdigest()
    if file.lower().endswith(".gmt"):
        return _from_gmt(text, name, file, sha256)
    header, rows = _table(text, file)
    places = _places(header, file)
    if "set" in places:
        return _from_sets(rows, places, name, file, sha256)
    return _one(rows, places, name, file, sha256)


def _read_bytes(path: Path) -> bytes:
    def refuse(what: str, remedy: str) -> FileError:
        return FileError(Problem(what, path.name, remedy))

    try:
        if path.is_dir():
            raise refuse("is a folder", "give the file inside it")
        if path.stat().st_size > MAX_BYTES:
            raise refuse("is far too large for a signature", "give a table of genes and weights")
        return path.read_bytes()
    except FileNotFoundError:
        raise refuse("there is no such file", "correct the path") from None
    except (OSError, ValueError) as error:
        raise refuse(f"cannot be read: {error}", "check the path and its permissions") from None


def _table(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and numbered rows; a plain list of genes gets the header it lacks."""
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(number, line) for number, line in numbered if not line.startswith("#")]
    if not lines:
        raise FileError(Problem("is empty", file, "list genes, one a line"))
    mark = max("\t;,", key=lambda mark: lines[0][1].count(mark))
    try:
        rows = [
            (number, [word.strip() for word in next(csv.reader(io.StringIO(line), delimiter=mark))])
            for number, line in lines
        ]
    except csv.Error as error:
        raise TableError(Problem(f"is not a table: {error}", file, "check its quotes")) from None
    header = [word.lower() for word in rows[0][1]]
    if len(header) == 1 and header[0] not in GENE_WORDS:
        return ["gene"], rows
    return header, rows[1:]


def _places(header: list[str], file: str) -> dict[str, int]:
    places = {}
    for role, words in (("gene", GENE_WORDS), ("weight", WEIGHT_WORDS), ("set", SET_WORDS), ("also", SYNONYM_WORDS)):
        found = [place for place, word in enumerate(header) if word in words]
        if found:
            places[role] = found[0]
    if "gene" not in places:
        shown = ", ".join(repr(word) for word in header[:6])
        raise TableError(Problem(f"has no column of genes (it has {shown})", file, "call it gene, and weights weight"))
    return places


def _one(
    rows: list[tuple[int, list[str]]], places: dict[str, int], title: str, file: str, sha256: str
) -> GeneSignature:
    found = ProblemList()
    genes, weights, synonyms = [], [], []
    for number, row in rows:
        cells = row + [""] * (max(places.values()) + 1 - len(row))
        gene = cells[places["gene"]]
        if not gene:
            remedy = "name it, or remove the line"
            found.add(TableError, "there is no gene", where=file, row=f"line {number}", remedy=remedy)
            continue
        genes.append(gene)
        synonyms += [(gene, other.strip()) for other in _also(cells, places) if other.strip()]
        if "weight" in places:
            weights.append(_weight(cells[places["weight"]], gene, file, number, found))
    found.raise_if_any()
    return GeneSignature(title, tuple(genes), tuple(weights) if weights else None, file, sha256, tuple(synonyms))


def _weight(word: str, gene: str, file: str, line: int, found: ProblemList) -> float:
    try:
        return float(word)
    except ValueError:
        what = f"the weight of {gene} is {word!r}, not a number"
        found.add(TableError, what, where=file, row=f"line {line}", value=word, remedy="correct it")
        return 0.0


def _also(cells: list[str], places: dict[str, int]) -> list[str]:
    return cells[places["also"]].split("|") if "also" in places else []


def _from_sets(
    rows: list[tuple[int, list[str]]], places: dict[str, int], title: str, file: str, sha256: str
) -> SignatureSet:
    members: dict[str, list[tuple[int, list[str]]]] = {}
    for number, row in rows:
        name = row[places["set"]] if len(row) > places["set"] else ""
        members.setdefault(name, []).append((number, row))
    if "" in members:
        line = members[""][0][0]
        raise TableError(Problem("there is no name of a set", f"{file}, line {line}", "name it, or remove the line"))
    signatures = tuple(_one(part, places, name, file, sha256) for name, part in members.items())
    return SignatureSet(title, signatures, file, sha256)


def _from_gmt(text: str, title: str, file: str, sha256: str) -> SignatureSet:
    """GMT: a set a line, its name, a description, its genes, separated by tabs."""
    signatures = []
    for number, line in enumerate(text.splitlines(), 1):
        words = [word.strip() for word in line.split("\t")]
        if not any(words):
            continue
        genes = tuple(dict.fromkeys(word for word in words[2:] if word))
        if not words[0] or not genes:
            where = f"{file}, line {number}"
            raise TableError(Problem("is not a set of genes", where, "GMT needs name, description and genes"))
        signatures.append(GeneSignature(words[0], genes, None, words[1] or file, sha256))
    return SignatureSet(title, tuple(signatures), file, sha256)
