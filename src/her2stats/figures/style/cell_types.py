"""Cell types by lineage, in the one order that every figure uses; `lineages.toml` has them."""

from __future__ import annotations

from collections.abc import Iterable

from her2stats.packaged import facts

_TABLE = facts("her2stats.figures.style", "lineages.toml")["lineage"]
LINEAGES: dict[str, tuple[str, ...]] = {one["name"]: tuple(one["types"]) for one in _TABLE}
OTHER = "Other"
_LINEAGE_OF = {name: lineage for lineage, names in LINEAGES.items() for name in names}
_RANK = {name: rank for rank, name in enumerate(_LINEAGE_OF)}


def lineage(cell_type: str) -> str:
    """Lineage of a cell type; `OTHER` for a type that is not in `LINEAGES`."""
    return _LINEAGE_OF.get(cell_type, OTHER)


def display_order(cell_types: Iterable[str]) -> list[str]:
    """Each name once: known types by lineage, then the others by alphabet.

    The order depends on the names only, never on the order in which they came.
    """
    return sorted(set(cell_types), key=lambda name: (_RANK.get(name, len(_RANK)), name.casefold(), name))
