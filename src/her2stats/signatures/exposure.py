"""The exposure of a study: one score a sample, from a gene, a catalogue signature or a file of the user's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.signatures.catalogue import SOURCES
from her2stats.signatures.gene_signature import GeneSignature, SignatureSet
from her2stats.signatures.scoring import Method, Scores, score_gene, score_signature
from her2stats.signatures.signature_file import names_a_file, read_signature


def score_exposure(
    expression: pd.DataFrame,
    exposure: str | Path | GeneSignature,
    *,
    name: str | None = None,
    method: Method = "auto",
    anchor: str | None = None,
    min_coverage: float = 0.8,
    allow_low_coverage: bool = False,
    rename_genes: bool = True,
) -> Scores:
    """Score every sample by the exposure.

    Parameters
    ----------
    expression : DataFrame
        genes x samples, log2 scale.
    exposure : str, Path or GeneSignature
        A gene symbol, a signature, or the path of a signature file.
    name : str or None
        Name of the score; that of the gene, signature or file where it is not given.
    method : str
        "auto": the weighted sum of z-scores where the signature has weights, its first principal component where
        it has none, the gene's own level for a gene.
    anchor : str or None
        Gene that fixes the sign of a principal component; ERBB2 where it is not given.
    min_coverage : float
        Share of the genes that has to be in the matrix.
    allow_low_coverage : bool
        Go on below it, with a flag.
    rename_genes : bool
        Find genes under their earlier and later symbols too, with a note of each; see `deconvolve`.

    Returns
    -------
    Scores
        One column.

    Raises
    ------
    CoverageError, GeneError, DataError, FileError, TableError
        As in `score_signature` and `read_signature`; a set of several signatures is no exposure.

    Examples
    --------
    >>> expression = pd.DataFrame({"a": [1.0, 5.0], "b": [2.0, 7.0], "c": [4.0, 9.0]}, index=["ERBB2", "GRB7"])
    >>> score_exposure(expression, GeneSignature("amplicon", ("ERBB2", "GRB7"))).table["amplicon"].round(2).tolist()
    [-1.32, -0.15, 1.48]
    """
    signature = resolve_exposure(exposure, name)
    if isinstance(signature, str):
        scores = score_gene(expression, signature, rename_genes=rename_genes)
        return scores if name is None else replace(scores, table=scores.table.set_axis([name], axis=1))
    chosen: Method = method if method != "auto" else ("weighted" if signature.weights is not None else "pc1")
    return score_signature(
        expression,
        signature,
        method=chosen,
        anchor=anchor,
        min_coverage=min_coverage,
        low_coverage="flag" if allow_low_coverage else "error",
        rename_genes=rename_genes,
    )


def resolve_exposure(exposure: str | Path | GeneSignature, name: str | None) -> GeneSignature | str:
    """Read the signature that an exposure names; a gene symbol stays one.

    A set of several signatures is a `DataError`; further errors as in `read_signature`.
    """
    if isinstance(exposure, GeneSignature):
        return exposure
    text = str(exposure)
    if not isinstance(exposure, Path) and not names_a_file(text):
        if text in SOURCES:
            raise _several(text)
        return text
    signature = read_signature(exposure, name=name)
    if isinstance(signature, SignatureSet):
        if len(signature) > 1:
            raise _several(signature.name)
        only = signature.signatures[0]
        return replace(only, name=name or only.name)
    return signature


def _several(name: str) -> DataError:
    remedy = "name one gene, or give a file with one signature"
    return DataError(Problem("is a set of several signatures, an exposure is one score", f"exposure {name!r}", remedy))
