"""Ids of genes, Ensembl's or Entrez', into gene symbols; names of genes out of what programs write around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from her2stats.cohort.genes.symbol_table import symbol_table
from her2stats.errors import GeneError, Problem
from her2stats.notes import Note

_ENSEMBL = re.compile(r"ENSG0*(\d+)(?:\.\d+)?(?:_PAR_Y)?")
_ID = r"ENSG\d{11}(?:\.\d+)?"
_BESIDE = re.compile(rf"(?P<first>.+?)(?:\|\d+|[|;:, _]\(?{_ID}\)?)|{_ID}[|;:, _]+(?P<second>.+)")
_FOREIGN = re.compile(r"ENS(MUS|RNO)G\d+|(mm(9|10|39)|grcm\d+|rn[4-7]|mouse|mus_musculus|mmu|rno)[._:|-]+\w", re.I)
FOREIGN, FEW_FOREIGN = 0.1, 0.01  # share of names in small letters, and of names beyond doubt, that tell other animals
SHOWN = 6
MOSTLY = 0.5  # share of ids from which a matrix is one of ids
# What all rows have in front or behind: GRCh38_ERBB2, hsa:2064, ERBB2_at, ERBB2_HUMAN, X2064 (make.names of R)
_FRONT, _BEHIND = re.compile(r"(?:[A-Za-z]\w*?[:_|;. -]+|X(?=\d+$))"), re.compile(r"[:_|;. -]+[A-Za-z0-9]*$")
_NUMBER = re.compile(r"[|;:_./ (-]+\d+\)?(?:_calculated)?$")  # ERBB2;2064, ERBB2 (2064)


def symbols_of_ids(names: Sequence[str]) -> tuple[list[str], list[Note]]:
    """Turn ids into symbols where a matrix consists of them; ids without a symbol stay as they are, and notes say so.

    Names are Ensembl gene ids, with or without a version; Entrez gene ids, but no running numbers; or symbols with one
    of these (ERBB2|2064, ENSG00000141736_ERBB2), of which the symbol is taken. What stands around most names alike is
    taken away where they are known without it, and not with it.
    """
    beside = [_BESIDE.fullmatch(name) for name in names]
    count = sum(match is not None for match in beside)
    if names and count >= MOSTLY * len(names):
        both = zip(names, beside, strict=True)
        symbols = [(match["first"] or match["second"]).strip("?") if match else name for name, match in both]
        symbols, more = symbols_of_ids(symbols)
        return symbols, [Note("genes", "symbols taken from names that hold an id, too", count), *more]
    names, taken = _bare(names)
    numbers = [name if name.isdigit() and name.isascii() else "" for name in names]
    if numbers in ([str(place + first) for place in range(len(names))] for first in (0, 1)):
        return list(names), []  # rows that somebody numbered
    digits = [match[1] if name.startswith("ENSG") and (match := _ENSEMBL.fullmatch(name)) else "" for name in names]
    table = symbol_table()
    for kind, ids, known in (("Ensembl", digits, table.ensembl), ("Entrez", numbers, table.entrez)):
        count = sum(map(bool, ids))
        if names and count >= MOSTLY * len(names):
            symbols = [known.get(one, name) if one else name for name, one in zip(names, ids, strict=True)]
            unknown = sum(one != "" and one not in known for one in ids)
            notes = [*taken, Note("genes", f"{kind} ids turned into gene symbols", count - unknown)]
            if unknown:
                notes.append(Note("genes", f"{kind} ids without a gene symbol, left as they are", unknown))
            return symbols, notes
    return list(names), taken


def refuse_other_species(names: Sequence[str], where: str) -> None:
    """Refuse genes of mice and rats, which their ids or prefixes tell, or the small letters of human symbols."""
    table = symbol_table()
    small = [name for name in names if name != name.upper() and table.canonical(name) not in table.current]
    small = [name for name in small if name.upper() in table.current or name.upper() in table.earlier]
    strange = small if len(small) > FOREIGN * len(names) else []
    strange = [*strange, *(name for name in names if _FOREIGN.match(name))]
    if len(strange) > FEW_FOREIGN * len(names):
        what = f"{len(strange)} of {len(names)} names are genes of another animal, or written as such"
        remedy = (
            "leave genes of other animals out, or give the symbols of their human orthologues; human symbols are "
            "written in capitals"
        )
        raise GeneError(Problem(f"{what} ({', '.join(strange[:SHOWN])})", where, remedy, value=strange[0]))


def _bare(names: Sequence[str]) -> tuple[Sequence[str], list[Note]]:
    """Names without what stands around most of them, if the symbol table knows most only then; and a note."""
    if share_known(names) >= MOSTLY:
        return names, []
    front, behind = _alike(names, _FRONT), _alike(names, _BEHIND)

    def number(name: str) -> str:
        return _NUMBER.sub("", name) or name

    def first(name: str) -> str:
        return name.removeprefix(front) or name

    def last(name: str) -> str:
        return name.removesuffix(behind) or name

    ways: list[list[Callable[[str], str]]] = [[first], [last], [number], [first, last], [first, number]]
    for way in ways:
        bare = list(names)
        for step in way:
            bare = [step(name) for name in bare]
        changed = [(old, new) for old, new in zip(names, bare, strict=True) if old != new]
        if changed and share_known(bare) >= MOSTLY:
            old, new = changed[0]
            return bare, [Note("genes", "names taken out of longer ones", len(changed), f"as {new} of {old}")]
    return names, []


def _alike(names: Iterable[str], part: re.Pattern[str]) -> str:
    """The part that most names have, letter by letter."""
    parts = Counter(found[0] for name in names if (found := part.search(name)) and found[0] != name)
    return max(parts, key=lambda one: parts[one], default="")


def share_known(names: Sequence[str]) -> float:
    """Share of names that are genes of the table; of bare numbers, which are many things, nearly all must be."""
    table = symbol_table()
    numbers = [name for name in names if name.isdigit()]
    ids = sum(name in table.entrez for name in numbers)
    words = sum(table.canonical(name) in table.current or name.startswith("ENSG") for name in names)
    return (words + (ids if ids >= 0.8 * len(numbers) else 0)) / max(len(names), 1)
