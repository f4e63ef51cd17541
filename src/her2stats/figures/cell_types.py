"""Cell types by lineage, in the one order that every figure uses."""

from __future__ import annotations

from collections.abc import Iterable

# Facts: the 22 types of LM22 (Newman 2015, doi 10.1038/nmeth.3337) in haematopoietic order, and the
# 14 marker sets of Danaher 2017 (doi 10.1186/s40425-017-0215-8) beside them.
LINEAGES: dict[str, tuple[str, ...]] = {
    "B lineage": ("B cells naive", "B cells memory", "Plasma cells", "B-cells"),
    "T cells": (
        "T-cells",
        "T cells CD8",
        "CD8 T cells",
        "Exhausted CD8",
        "T cells CD4",
        "CD4",
        "T cells CD4 naive",
        "T cells CD4 memory",
        "T cells CD4 memory resting",
        "T cells CD4 memory activated",
        "T cells follicular helper",
        "Th1 cells",
        "T cells regulatory (Tregs)",
        "Treg",
        "T cells gamma delta",
        "Cytotoxic cells",
    ),
    "NK cells": ("NK cells", "NK cells resting", "NK cells activated", "NK CD56dim cells"),
    "Monocytes and macrophages": ("Monocytes", "Macrophages", "Macrophages M0", "Macrophages M1", "Macrophages M2"),
    "Dendritic cells": ("DC", "Dendritic cells resting", "Dendritic cells activated"),
    "Mast cells": ("Mast cells", "Mast cells resting", "Mast cells activated"),
    "Granulocytes": ("Eosinophils", "Neutrophils"),
    "Leukocytes, total": ("CD45", "total_til", "Total TIL"),
}
OTHER = "Other"
_LINEAGE_OF = {name: lineage for lineage, names in LINEAGES.items() for name in names}
_RANK = {name: rank for rank, name in enumerate(_LINEAGE_OF)}


def lineage(cell_type: str) -> str:
    """Lineage of a cell type; `OTHER` for a type that is not in `LINEAGES`.

    Examples
    --------
    >>> lineage("T cells gamma delta")
    'T cells'
    >>> lineage("Tumour")
    'Other'
    """
    return _LINEAGE_OF.get(cell_type, OTHER)


def display_order(cell_types: Iterable[str]) -> list[str]:
    """Each name once: known types by lineage, then the others by alphabet.

    The order depends on the names only, never on the order in which they came.

    Examples
    --------
    >>> display_order(["Tumour", "Neutrophils", "Fibroblasts", "Plasma cells", "B cells naive"])
    ['B cells naive', 'Plasma cells', 'Neutrophils', 'Fibroblasts', 'Tumour']
    """
    return sorted(set(cell_types), key=lambda name: (_RANK.get(name, len(_RANK)), name.casefold(), name))
