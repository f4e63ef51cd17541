"""Immune-cell scores and total TIL score after Danaher et al. 2017, J Immunother Cancer 5:18."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from her2stats.errors import DataError, Problem
from her2stats.notes import Note
from her2stats.signatures.catalogue import signature as from_catalogue
from her2stats.signatures.gene_signature import SignatureSet
from her2stats.signatures.scoring import Scores, score_signature

TOTAL = "Total TIL"
CD4 = "CD4 T cells"
T_CELLS, CD8, CD45 = "T-cells", "CD8 T cells", "CD45"
DEFAULT_MEMBERS = (
    *("B-cells", "CD8 T cells", "Cytotoxic cells", "Exhausted CD8", "Macrophages"),
    *("Neutrophils", "NK cells", "NK CD56dim cells", "T-cells", "Th1 cells"),
)
CD45_CORRELATION = 0.6


def score_danaher(
    expression: pd.DataFrame,
    *,
    members: Sequence[str] | Literal["cd45"] = DEFAULT_MEMBERS,
    min_coverage: float = 0.8,
    markers: SignatureSet | None = None,
    rename_genes: bool = True,
) -> Scores:
    """Score immune-cell types and the total of tumour-infiltrating lymphocytes.

    Each type is the mean log2 expression of its markers; CD4 T cells are T-cells minus CD8 T cells; the total is
    the mean of the types that belong to it and have enough of their markers.

    Parameters
    ----------
    expression : DataFrame
        genes x samples, log2 scale.
    members : sequence of str or "cd45"
        Types that make the total; "cd45" takes every type whose score correlates above 0.6 (Pearson) with that of
        CD45 over these samples.
    min_coverage : float
        A type with a smaller share of its markers is flagged and left out of the total.
    markers : SignatureSet or None
        Another set of markers; Danaher's where it is not given.
    rename_genes : bool
        Find genes under their earlier and later symbols too, with a note of each; see `deconvolve`.

    Returns
    -------
    Scores
        samples x (types, "CD4 T cells", "Total TIL").

    Raises
    ------
    DataError
        A member is no type of the set, or no type is left for the total.

    Examples
    --------
    >>> genes = from_catalogue("danaher").genes
    >>> expression = pd.DataFrame({"s1": 2.0, "s2": 5.0}, index=genes)
    >>> score_danaher(expression).table["Total TIL"].tolist()
    [2.0, 5.0]
    """
    types = from_catalogue("danaher") if markers is None else markers
    scores = score_signature(expression, types, min_coverage=min_coverage, rename_genes=rename_genes)
    table, coverage = scores.table.copy(), scores.coverage.copy()
    notes = list(scores.notes)
    if {T_CELLS, CD8} <= set(table.columns):
        table[CD4] = table[T_CELLS] - table[CD8]
        low = "; ".join(f"{name} have too few genes" for name in (T_CELLS, CD8) if coverage.loc[name, "flag"])
        coverage = _with_row(coverage, CD4, (T_CELLS, CD8), (T_CELLS, CD8), low)
    asked, chosen_by = _members(members, table, coverage, types)
    used = [name for name in asked if not coverage.loc[name, "flag"]]
    left_out = [name for name in asked if name not in used]
    if not used:
        what = f"no cell type has {min_coverage:.0%} of its markers, so there is no total TIL score"
        raise DataError(Problem(what, types.name, "check the gene symbols of the expression"))
    # sorted, so that the sum does not depend on the order in which members were named
    table[TOTAL] = table[sorted(used)].mean(axis=1)
    coverage["used_in_total"] = coverage.index.isin(used)
    coverage = _with_row(coverage, TOTAL, asked, used, f"left out {', '.join(left_out)}" if left_out else "")
    notes.append(Note("scores", f"total TIL score: mean of cell types ({chosen_by})", len(used), ", ".join(used)))
    if left_out:
        what = "cell types left out of the total TIL score: too few markers"
        notes.append(Note("scores", what, len(left_out), ", ".join(left_out)))
    method = f"{scores.method} of the markers; total TIL = mean of {len(used)} types"
    return Scores(table, coverage, method, tuple(notes))


def _with_row(coverage: pd.DataFrame, name: str, parts: Sequence[str], used: Sequence[str], flag: str) -> pd.DataFrame:
    """Add the coverage of a score made of others: genes of all its parts, found in those that are used."""
    of_parts = coverage.loc[list(parts)]
    total, found = int(of_parts["genes_total"].sum()), int(coverage.loc[list(used), "genes_found"].sum())
    row = {
        "genes_total": total,
        "genes_found": found,
        "coverage": found / total,
        "missing": ", ".join(missing for missing in of_parts["missing"] if missing),
        "used_in_total": False,
        "flag": f"low coverage: {flag}" if flag else "",
    }
    added = pd.DataFrame([row], index=pd.Index([name], name=coverage.index.name))
    return pd.concat([coverage, added[coverage.columns]])


def _members(
    members: Sequence[str] | Literal["cd45"], table: pd.DataFrame, coverage: pd.DataFrame, types: SignatureSet
) -> tuple[list[str], str]:
    if members == "cd45":
        return _correlated(table, coverage, types), f"correlation with CD45 above {CD45_CORRELATION:g}"
    asked = [members] if isinstance(members, str) else list(dict.fromkeys(members))
    unknown = [name for name in asked if name not in table.columns]
    if unknown or not asked:
        what = f"there is no cell type {', '.join(map(repr, unknown))}" if unknown else "no cell type is named"
        raise DataError(Problem(what, types.name, f"choose among {', '.join(table.columns)}"))
    return asked, "as declared" if tuple(asked) != DEFAULT_MEMBERS else "default"


def _correlated(table: pd.DataFrame, coverage: pd.DataFrame, types: SignatureSet) -> list[str]:
    """Types whose score correlates with that of CD45."""
    if CD45 not in table or coverage.loc[CD45, "flag"] or len(table) < 3:
        what = "the score of CD45 (PTPRC) is missing, or there are fewer than three samples"
        raise DataError(Problem(what, types.name, "name the members of the total instead"))
    ordered = table.sort_index()
    reference = ordered[CD45].to_numpy()
    chosen = []
    for member in types:
        scores = ordered[member.name].to_numpy()
        varies = np.ptp(scores) > 0 and np.ptp(reference) > 0
        if member.name != CD45 and varies and np.corrcoef(scores, reference)[0, 1] > CD45_CORRELATION:
            chosen.append(member.name)
    return chosen
