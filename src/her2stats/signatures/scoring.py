"""Scores of samples from signatures, with the share of genes that each could use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from her2stats.cohort.genes import CHOOSE, genes_by_samples, harmonise_genes
from her2stats.errors import CoverageError, DataError, GeneError, Problem, ProblemList
from her2stats.lookalike import look_alike
from her2stats.notes import Note
from her2stats.signatures.catalogue import SOURCES
from her2stats.signatures.catalogue import signature as from_catalogue
from her2stats.signatures.gene_signature import GeneSignature, SignatureSet
from her2stats.signatures.methods import SCORING
from her2stats.signatures.preparation import Anchor, Floats, Matrix, Measured, prepare
from her2stats.vocabulary.notebook import panel_html

# A name of a method; what the choices are says the room of methods.
if TYPE_CHECKING:
    Method = str
else:
    Method = Literal[tuple(SCORING)]
LowCoverage = Literal["error", "flag"]
DEFAULT_ANCHOR = "ERBB2"
COVERAGE_COLUMNS = ("genes_total", "genes_found", "coverage", "missing", "used_in_total", "flag")


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of samples, and how much of each signature the matrix holds.

    Parameters
    ----------
    table : DataFrame
        samples x sets.
    coverage : DataFrame
        One row a set: genes_total, genes_found, coverage (share), missing (their names), used_in_total, flag.
    method : str
        How the scores were made, in words.
    notes : tuple of Note
        What was left out or decided on the way.

    Examples
    --------
    >>> expression = pd.DataFrame({"s1": [7.5, 3.0]}, index=["ERBB2", "ESR1"])
    >>> scores = score_gene(expression, "ERBB2")
    >>> scores.table.shape, scores.coverage.loc["ERBB2", "coverage"]
    ((1, 1), np.float64(1.0))
    """

    table: pd.DataFrame
    coverage: pd.DataFrame
    method: str
    notes: tuple[Note, ...] = ()

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.table.describe().T.to_string()}"

    def _repr_html_(self) -> str:
        spread = self.table.describe().T[["mean", "std", "min", "50%", "max"]].rename(columns={"50%": "median"})
        told = self.coverage[["genes_found", "genes_total", "flag"]]
        facts = [f"Method: {self.method}", *(note.what for note in self.notes)]
        return panel_html(self._title(), facts, spread.join(told).rename_axis("score").reset_index())

    def _title(self) -> str:
        count = self.table.shape[1]
        return f"Scores of {len(self.table)} samples: {count} set{'' if count == 1 else 's'}"


def score_signature(
    expression: pd.DataFrame,
    signature: GeneSignature | SignatureSet | str,
    *,
    method: Method = "mean",
    anchor: str | None = None,
    min_coverage: float = 0.8,
    low_coverage: LowCoverage | None = None,
    rename_genes: bool = True,
) -> Scores:
    """Score every sample by a signature, or by each signature of a set.

    Parameters
    ----------
    expression : DataFrame
        genes x samples, log2 scale; z-scores and components are taken over exactly these samples.
    signature : GeneSignature, SignatureSet or str
        A name is looked up in the catalogue, and is a gene symbol otherwise.
    method : {"mean", "mean-z", "weighted", "pc1", "ssgsea", "singscore"}
        How several genes become one score.
    anchor : str or None
        For "pc1": the gene that the score has to correlate with positively; ERBB2 where it is not given.
    min_coverage : float
        Share of a signature's genes that has to be there.
    low_coverage : {"error", "flag"} or None
        What happens below it: "error" is the default for a single signature, "flag" for the members of a set.
    rename_genes : bool
        Find genes under their earlier and later symbols too, with a note of each; see `deconvolve`.

    Returns
    -------
    Scores
        A set of which the matrix holds no gene has missing scores.

    Raises
    ------
    CoverageError, GeneError, DataError, TableError
        Too few genes, one gene under two names, no anchor, values that cannot be scored.

    References
    ----------
    PC1: Di Cosimo et al. 2024, doi:10.1038/s41598-024-52148-7; ssGSEA: Barbie et al. 2009, doi:10.1038/nature08460;
    singscore: Foroutan et al. 2018, doi:10.1186/s12859-018-2435-4.

    Examples
    --------
    >>> expression = pd.DataFrame({"s1": [1.0, 2.0], "s2": [3.0, 6.0]}, index=["CD8A", "CD8B"])
    >>> scores = score_signature(expression, from_catalogue("danaher")["CD8 T cells"])
    >>> scores.table["CD8 T cells"].tolist()
    [1.5, 4.5]
    """
    if method not in SCORING:
        raise DataError(Problem(f"there is no method {method!r}", remedy=f"use one of {', '.join(SCORING)}"))
    how = SCORING[method]
    if isinstance(signature, str):
        if signature not in SOURCES:
            return score_gene(expression, signature, rename_genes=rename_genes)
        signature = from_catalogue(signature)
    members = [signature] if isinstance(signature, GeneSignature) else list(signature)
    strict = low_coverage or ("error" if isinstance(signature, GeneSignature) else "flag")
    anchored = [anchor or DEFAULT_ANCHOR] if how.anchored else []
    wanted = [*(gene for member in members for gene in member.genes), *anchored]
    matrix, notes = _prepared(expression, wanted, signature.name, rename_genes)
    measured = [matrix.measured(member) for member in members]
    if strict == "error":
        check_coverage(measured, min_coverage)
    fixed = Anchor(anchored[0], anchor_row(matrix, anchored[0])) if anchored else Anchor("", np.empty(0))
    columns = []
    for part in measured:
        scores, said = how.score(part, matrix, fixed) if part.genes else (np.full(len(matrix.samples), np.nan), [])
        columns.append(matrix.as_series(scores, part.signature.name))
        notes += said
    return Scores(
        pd.concat(columns, axis=1).rename_axis(index="sample", columns=None),
        coverage_table(measured, min_coverage),
        how.described,
        (*notes, *_coverage_notes(measured, min_coverage)),
    )


def score_gene(expression: pd.DataFrame, *genes: str, rename_genes: bool = True) -> Scores:
    """Take single genes as scores: their level on the log2 scale of the matrix (genes x samples).

    With `rename_genes` they are found under their earlier and later symbols too, with a note of each; see `deconvolve`.
    Raises GeneError when the matrix does not have them, or has one under two names.
    """
    matrix, notes = _prepared(expression, genes, "", rename_genes)
    found = ProblemList()
    for gene in genes:
        if gene not in matrix.genes:
            found.add(GeneError, f"the expression has no gene {gene!r}", remedy=_suggestion(gene, matrix))
    found.raise_if_any()
    measured = [matrix.measured(GeneSignature(gene, (gene,), source="gene")) for gene in genes]
    columns = [matrix.as_series(part.values[0], part.signature.name) for part in measured]
    table = pd.concat(columns, axis=1).rename_axis(index="sample", columns=None)
    return Scores(table, coverage_table(measured, 0.0), "log2 expression", tuple(notes))


def _prepared(
    expression: pd.DataFrame, wanted: Sequence[str], what: str, rename_genes: bool
) -> tuple[Matrix, list[Note]]:
    """Check a matrix, with the genes wanted under the names that they are wanted by."""
    expression = genes_by_samples(expression)
    if not rename_genes:
        return prepare(expression), []
    named, notes = harmonise_genes(expression, wanted, what=what, remedy=CHOOSE)
    return prepare(named), notes


def _suggestion(gene: str, matrix: Matrix) -> str:
    near = [name for name in matrix.genes if name.casefold() == gene.casefold()]
    if near:
        return f"did you mean {near[0]!r}?"
    return (
        look_alike(gene, matrix.genes) or "check the symbol, or name a signature file (tsv, csv, txt, gmt, grp or json)"
    )


def anchor_row(matrix: Matrix, anchor: str) -> Floats:
    """Expression of the anchor gene."""
    if anchor not in matrix.genes:
        remedy = "name another gene as anchor, or give the signature weights"
        raise GeneError(Problem(f"the expression has no gene {anchor!r} to fix the sign of PC1", remedy=remedy))
    row: Floats = matrix.values[matrix.genes[anchor]]
    return row


def check_coverage(measured: Sequence[Measured], min_coverage: float) -> None:
    """Refuse signatures of which too few genes are there.

    Raises CoverageError for all of them at once, each with what is missing.
    """
    found = ProblemList()
    for part in measured:
        if part.coverage < min_coverage or not part.genes:
            total, here = len(part.signature.genes), len(part.genes)
            found.add(
                CoverageError,
                f"{here} of {total} genes are in the matrix ({part.coverage:.0%}, asked for {min_coverage:.0%}); "
                f"missing: {_some(part.missing)}",
                where=f"signature {part.signature.name!r}",
                remedy="check the gene symbols, or allow low coverage if the score is still meant",
            )
    found.raise_if_any()


def coverage_table(measured: Sequence[Measured], min_coverage: float) -> pd.DataFrame:
    """One row a set: genes asked for and found, and a flag where they are too few."""
    rows = [
        {
            "genes_total": len(part.signature.genes),
            "genes_found": len(part.genes),
            "coverage": part.coverage,
            "missing": ", ".join(part.missing),
            "used_in_total": False,
            "flag": _flag(part, min_coverage),
        }
        for part in measured
    ]
    index = pd.Index([part.signature.name for part in measured], name="set")
    return pd.DataFrame(rows, index=index, columns=list(COVERAGE_COLUMNS))


def _flag(part: Measured, min_coverage: float) -> str:
    if not part.genes:
        return "missing variable: none of its genes is in the matrix"
    if part.coverage < min_coverage:
        return f"low coverage: {len(part.genes)} of {len(part.signature.genes)} genes"
    return ""


def _coverage_notes(measured: Sequence[Measured], min_coverage: float) -> list[Note]:
    return [
        Note(
            "scores",
            f"{part.signature.name}: {len(part.genes)} of {len(part.signature.genes)} genes found"
            + (f", below {min_coverage:.0%}" if part.coverage < min_coverage else ""),
            len(part.missing),
            f"missing: {_some(part.missing)}",
        )
        for part in measured
        if part.missing
    ]


def _some(genes: Sequence[str], shown: int = 10) -> str:
    return ", ".join(genes[:shown]) + (f" and {len(genes) - shown} more" if len(genes) > shown else "")
