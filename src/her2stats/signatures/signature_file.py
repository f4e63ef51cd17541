"""Signature files: gene (and weight), cell type and gene, GMT, or JSON and GRP as MSigDB writes them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from her2stats.errors import FileError, Problem, ProblemList, TableError
from her2stats.files import Content, format_suffix, read_content, refuse_open_quotes, utf8_text
from her2stats.signatures.gene_signature import GeneSignature, SignatureSet

MAX_BYTES = 50 * 2**20
ENDINGS = (".tsv", ".csv", ".txt", ".gmt", ".grp", ".json")
GENE_WORDS = ("gene", "genes", "symbol", "gene_symbol", "gene symbol", "hgnc_symbol", "hugo symbols")
WEIGHT_WORDS = ("weight", "weights", "coefficient", "loading")
SET_WORDS = ("cell_type", "cell type", "celltype", "set", "signature", "cell population")
SYNONYM_WORDS = ("also", "synonym")
Row = tuple[int, list[str]]  # number of its line, and its cells


def read_signature(path: str | Path, *, name: str | None = None) -> GeneSignature | SignatureSet:
    r"""Read a signature, or a set of signatures, from a file of the user's own.

    Parameters
    ----------
    path : str or Path
        A table (tab, comma or semicolon) with a column ``gene`` and, if there are weights, ``weight``; a table with
        the columns ``cell_type`` and ``gene`` for several signatures; a list of genes, one a line; GMT; or MSigDB's
        JSON and GRP. A column ``also`` may give another symbol of the same gene; ``mean`` and ``sd`` are those at which
        a weight was found. Lines that start with # are remarks. UTF-8, plain or compressed (gz, bz2, xz, zst).
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
    content = read_content(path, max_bytes=MAX_BYTES)
    return interpret_signature(content, name=name or content.name.partition(".")[0])


def interpret_signature(content: Content, *, name: str) -> GeneSignature | SignatureSet:
    """Read a signature from what its file holds; see `read_signature`."""
    text = utf8_text(content)
    if content.suffix == ".gmt":
        return _from_gmt(text, name, content)
    if content.suffix == ".json":
        return _from_json(text, name, content)
    if content.suffix == ".grp":  # the name, a remark, then the genes
        first, _, rest = text.partition("\n")
        text = rest if rest.startswith("#") and not first.startswith("#") else text
    header, rows = _table(text, content.name)
    read = _from_sets if "set" in _places(header, content.name) else _one
    return read(rows, header, name, content)


def names_a_file(name: str) -> bool:
    """Tell the name of a signature file from a gene symbol: it ends as a table does, compressed or not.

    A gene may hold a slash.

    >>> names_a_file("signatures/her2.tsv.gz"), names_a_file("TRA/TRB"), names_a_file("ERBB2")
    (True, False, False)
    """
    return format_suffix(Path(name)) in ENDINGS


def _table(text: str, file: str) -> tuple[list[str], list[Row]]:
    """Header and numbered rows; a plain list of genes gets the header it lacks."""
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = [(number, line) for number, line in numbered if not line.startswith("#")]
    if not lines:
        raise FileError(Problem("is empty", file, "list genes, one a line"))
    mark = max("\t;,", key=lambda mark: lines[0][1].count(mark))
    refuse_open_quotes(text.splitlines(), mark, file)
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
    own = (("mean", ("mean",)), ("sd", ("sd",)))
    for role, words in (
        ("gene", GENE_WORDS),
        *own,
        ("weight", WEIGHT_WORDS),
        ("set", SET_WORDS),
        ("also", SYNONYM_WORDS),
    ):
        found = [place for place, word in enumerate(header) if word in words]
        if found:
            places[role] = found[0]
    if "gene" not in places:
        shown = ", ".join(repr(word) for word in header[:6])
        raise TableError(Problem(f"has no column of genes (it has {shown})", file, "call it gene, and weights weight"))
    return places


def _one(rows: list[Row], header: list[str], title: str, content: Content) -> GeneSignature:
    found, file = ProblemList(), content.name
    places = _places(header, file)
    genes, weights, synonyms, reference = [], [], [], []
    frozen = {"weight", "mean", "sd"} <= set(places)
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
            place = places["weight"]
            weights.append(_weight(cells[place], gene, file, f"line {number}", header[place], found))
        if frozen:
            at = [(cells[places[name]], gene, file, f"line {number}", name) for name in ("mean", "sd")]
            mean, spread = (_weight(*one, found) for one in at)
            reference.append((mean, spread))
    found.raise_if_any()
    given = tuple(weights) if weights else None
    return GeneSignature(title, tuple(genes), given, file, content.sha256, tuple(synonyms), tuple(reference) or None)


def _weight(word: str, gene: str, file: str, row: str, column: str, found: ProblemList) -> float:
    try:
        return float(word)
    except ValueError:
        what = f"the {column} of {gene} is {word!r}, not a number"
        found.add(TableError, what, where=file, row=row, column=column, value=word, remedy="correct it")
        return 0.0


def _also(cells: list[str], places: dict[str, int]) -> list[str]:
    return cells[places["also"]].split("|") if "also" in places else []


def _from_sets(rows: list[Row], header: list[str], title: str, content: Content) -> SignatureSet:
    place = _places(header, content.name)["set"]
    members: dict[str, list[Row]] = {}
    for number, row in rows:
        members.setdefault(row[place] if len(row) > place else "", []).append((number, row))
    if "" in members:
        where = f"{content.name}, line {members[''][0][0]}"
        raise TableError(Problem("there is no name of a set", where, "name it, or remove the line"))
    signatures = tuple(_one(part, header, name, content) for name, part in members.items())
    return SignatureSet(title, signatures, content.name, content.sha256)


def _from_gmt(text: str, title: str, content: Content) -> SignatureSet:
    """GMT: a set a line, its name, a description, its genes, separated by tabs."""
    signatures = []
    for number, line in enumerate(text.splitlines(), 1):
        words = [word.strip() for word in line.split("\t")]
        if not any(words):
            continue
        genes = tuple(dict.fromkeys(word for word in words[2:] if word))
        if not words[0] or not genes:
            where = f"{content.name}, line {number}"
            raise TableError(Problem("is not a set of genes", where, "GMT needs name, description and genes"))
        signatures.append(GeneSignature(words[0], genes, None, words[1] or content.name, content.sha256))
    return SignatureSet(title, tuple(signatures), content.name, content.sha256)


def _from_json(text: str, title: str, content: Content) -> GeneSignature | SignatureSet:
    """MSigDB's JSON: the name of each set with its `geneSymbols`."""
    try:
        read = json.loads(text)
        signatures = tuple(
            GeneSignature(name, tuple(map(str, one["geneSymbols"])), None, content.name, content.sha256)
            for name, one in read.items()
        )
    except (ValueError, AttributeError, KeyError, TypeError):
        remedy = "give MSigDB's JSON, each set with its geneSymbols, or the same sets as GMT"
        raise TableError(Problem("holds no gene sets as MSigDB writes them", content.name, remedy)) from None
    return signatures[0] if len(signatures) == 1 else SignatureSet(title, signatures, content.name, content.sha256)
