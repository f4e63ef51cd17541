"""Where the rows of a figure stand on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from her2stats.figures.cell_types import display_order, lineage

LINEAGE_GAP = 0.45  # of a row, between the lineages


def row_places(names: Iterable[str], *, ordered: Sequence[str] | None = None) -> pd.DataFrame:
    """Return where each cell type stands: one row a type, from the top, with a gap between lineages.

    Parameters
    ----------
    names : iterable of str
        Cell types; their order does not matter.
    ordered : sequence of str, optional
        The order to keep instead (then without gaps).

    Returns
    -------
    DataFrame
        name, lineage, y (0 at the top, falling), striped (every second row).

    Examples
    --------
    >>> row_places(["Neutrophils", "Plasma cells", "B cells naive"])[["name", "y"]].values.tolist()
    [['B cells naive', 0.0], ['Plasma cells', -1.0], ['Neutrophils', -2.45]]
    """
    present = set(names)
    order = [name for name in ordered if name in present] if ordered is not None else display_order(present)
    lineages = [lineage(name) for name in order]
    y, places = 0.0, []
    for place, _ in enumerate(order):
        if place:
            y -= 1 + (LINEAGE_GAP if ordered is None and lineages[place] != lineages[place - 1] else 0)
        places.append(y)
    striped = [place % 2 == 1 for place in range(len(order))]
    return pd.DataFrame({"name": order, "lineage": lineages, "y": places, "striped": striped})
