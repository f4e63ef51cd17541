"""GeneSignature: genes, perhaps with weights, that make one score; SignatureSet: several of them under one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from her2stats.errors import GeneError, Problem, ProblemList, TableError

HEAVIEST = 1e100  # no sum of weighted scores leaves the range of numbers


@dataclass(frozen=True)
class GeneSignature:
    """Genes whose expression makes one score.

    Parameters
    ----------
    name : str
        Name of the score.
    genes : tuple of str
        Gene symbols, each once.
    weights : tuple of float or None
        One a gene; None for a signature without weights.
    source : str
        Citation or file.
    sha256 : str
        Checksum of the file it came from; empty where there is none.
    synonyms : tuple of (str, str)
        (gene, another symbol of the same gene), used where the matrix has the other one.
    reference : tuple of (float, float) or None
        Mean and standard deviation of each gene where its weight was found: its score is then frozen.

    Raises
    ------
    GeneError, TableError
        No genes, a gene twice, weights that do not fit.

    Examples
    --------
    >>> GeneSignature("proliferation", ("MKI67", "AURKA"))
    GeneSignature 'proliferation': 2 genes
    """

    name: str
    genes: tuple[str, ...]
    weights: tuple[float, ...] | None = None
    source: str = ""
    sha256: str = ""
    synonyms: tuple[tuple[str, str], ...] = ()
    reference: tuple[tuple[float, float], ...] | None = None

    def __post_init__(self) -> None:
        found, where = ProblemList(), f"signature {self.name!r}"
        if not self.genes:
            found.add(GeneError, "has no genes", where=where, remedy="list at least one gene")
        twice = sorted(gene for gene, count in Counter(self.genes).items() if count > 1)
        if twice:
            found.add(GeneError, f"lists {', '.join(twice[:5])} more than once", where=where, remedy="list each once")
        if self.weights is not None and len(self.weights) != len(self.genes):
            what = f"has {len(self.genes)} genes and {len(self.weights)} weights"
            found.add(TableError, what, where=where, remedy="give every gene a weight, or none")
        if self.weights is not None and not all(abs(weight) <= HEAVIEST for weight in self.weights):
            what = f"has a weight that is no number within ±{HEAVIEST:g}"
            found.add(TableError, what, where=where, remedy="correct it, or divide all weights by the same number")
        if self.reference is not None and not all(sd > 0 for _, sd in self.reference):
            found.add(TableError, "has a standard deviation that is not above zero", where=where, remedy="correct it")
        found.raise_if_any()

    def rows(self, available: Iterable[str]) -> dict[str, str]:
        """Find each gene's row among the available symbols: its own symbol, or else one of its synonyms."""
        present = set(available)
        found = {gene: gene for gene in self.genes if gene in present}
        for gene, other in self.synonyms:
            if gene not in found and other in present and other not in self.genes:
                found[gene] = other
        return {gene: found[gene] for gene in self.genes if gene in found}

    def __repr__(self) -> str:
        weighted = " with weights" if self.weights is not None else ""
        return f"GeneSignature {self.name!r}: {len(self.genes)} genes{weighted}"


@dataclass(frozen=True)
class SignatureSet:
    """Signatures that belong together, as the cell types of one publication; each member has a name of its own."""

    name: str
    signatures: tuple[GeneSignature, ...]
    source: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        names = Counter(member.name for member in self.signatures)
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice or not names:
            what = f"names {', '.join(twice[:5])} more than once" if twice else "has no members"
            raise TableError(Problem(what, f"signature set {self.name!r}", "give each set a name of its own"))

    @property
    def genes(self) -> tuple[str, ...]:
        """All genes of all members, each once, in the order in which they first appear."""
        return tuple(dict.fromkeys(gene for member in self.signatures for gene in member.genes))

    def __iter__(self) -> Iterator[GeneSignature]:
        return iter(self.signatures)

    def __len__(self) -> int:
        return len(self.signatures)

    def __getitem__(self, name: str) -> GeneSignature:
        members: Mapping[str, GeneSignature] = {member.name: member for member in self.signatures}
        return members[name]

    def __repr__(self) -> str:
        return f"SignatureSet {self.name!r}: {len(self)} sets, {len(self.genes)} genes"
