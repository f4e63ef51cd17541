"""The cells of a correlation heatmap: a pair each, in which order, how many side by side, and what each says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from her2stats.figures.panel.row_panel import PANEL_GAP
from her2stats.figures.style.cell_types import display_order, lineage
from her2stats.figures.style.theme import GREY, INK
from her2stats.figures.style.wording import cohort_name, stratum_name
from her2stats.statistics.rows import STRATUM_ORDER, in_order
from her2stats.vocabulary.numbers import EN_DASH, NOT_ESTIMABLE, count_range

NOT_CELLS = ("Other", "Leukocytes, total")
Layout = Literal["auto", "columns", "rows", "mirrored"]
STARS = ((0.001, "***"), (0.01, "**"), (0.05, "*"))
NARROWEST_CELL, HIGHEST_CELL, LOWEST_CELL = 4.1, 5.2, 4.0  # mm; a cell holds "-.31" in 5 points and its stars above
DARK = 0.62  # |rho| beyond which the text is white
NO_ESTIMATE = "#E2E2E2"


def correlation_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Keep each pair of different variables once per cohort and stratum, whichever way round it was asked.

    Rows of other measures than rho are left out; `first` and `second` are in alphabetical order within a pair.
    """
    pairs = table[(table["measure"] == "rho") & (table["term"] != table["outcome"])].copy()
    names = np.sort(pairs[["term", "outcome"]].to_numpy(dtype=str), axis=1)
    pairs["first"], pairs["second"] = names[:, 0], names[:, 1]
    return pairs.drop_duplicates(["cohort", "stratum", "first", "second"]).reset_index(drop=True)


def variable_order(pairs: pd.DataFrame, scores: Sequence[str] | None) -> list[str]:
    """Scores first (default: what is no known cell type, in the order of the table), then cell types by lineage."""
    present = list(dict.fromkeys([*pairs["term"], *pairs["outcome"]]))
    if scores is None:
        scores = [name for name in present if lineage(name) in NOT_CELLS]
    first = [name for name in scores if name in present]
    return first + [name for name in display_order(present) if name not in first]


def clustered(pairs: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Order variables so that those that go together stand together, in whatever order they come.

    Average linkage on 1 - rho, rho averaged over panels, leaves in the optimal order (Bar-Joseph 2001, doi
    10.1093/bioinformatics/17.suppl_1.S22). A pair that has no estimate counts as rho = 0.
    """
    ordered = sorted(names)
    if len(ordered) < 3:
        return ordered
    place = {name: at for at, name in enumerate(ordered)}
    mean = pairs.groupby(["first", "second"])["estimate"].mean().dropna().reset_index()
    rho = np.eye(len(ordered))
    for first, second, value in zip(mean["first"], mean["second"], mean["estimate"], strict=True):
        if first in place and second in place:
            rho[place[first], place[second]] = rho[place[second], place[first]] = value
    distance = squareform(np.clip(1 - rho, 0, 2), checks=False)
    tree = optimal_leaf_ordering(linkage(distance, "average"), distance)
    return [ordered[leaf] for leaf in leaves_list(tree)]


@dataclass(frozen=True)
class HeatGrid:
    """Panels side by side and below one another, and the cells along one side of each."""

    columns: int
    rows: int
    cells: int
    cell_height: float
    mirrored: bool


def heat_grid(pairs: pd.DataFrame, variables: int, room: float, layout: Layout) -> HeatGrid:
    """Choose the layout that leaves a cell room for its text; panels have `room` millimetres.

    "mirrored" needs two strata, else it is "rows".
    """
    strata = list(dict.fromkeys(pairs["stratum"]))
    panels = len(pairs[["cohort", "stratum"]].drop_duplicates())
    columns = min(panels, 2)
    cell = (room - (columns - 1) * PANEL_GAP) / columns / (variables - 1)
    if layout == "auto":
        too_small: Layout = "mirrored" if len(strata) == 2 else "rows"
        layout = "columns" if cell >= NARROWEST_CELL else too_small
    mirrored = layout == "mirrored" and len(strata) == 2
    cells = variables if mirrored else variables - 1
    if layout != "columns":
        panels = len(set(pairs["cohort"])) if mirrored else panels
        columns, cell = 1, room / cells
    highest = LOWEST_CELL if columns == 1 and panels > 1 else HIGHEST_CELL
    height = min(max(cell, LOWEST_CELL), highest)
    return HeatGrid(columns, math.ceil(panels / columns), cells, height, mirrored)


def cell_words(pairs: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Place each pair below the diagonal (x < -y) and put it into words."""
    place = {name: at for at, name in enumerate(names)}
    ends = pd.DataFrame({"a": pairs["first"].map(place), "b": pairs["second"].map(place)})
    cells = pairs.assign(x=ends.min(axis=1).astype(float), y=-ends.max(axis=1).astype(float))
    cells["estimable"] = cells["estimate"].notna()
    cells["text"] = [_rho(value) if pd.notna(value) else NOT_ESTIMABLE for value in cells["estimate"]]
    cells["ink"] = np.select([cells["estimate"].isna(), cells["estimate"].abs() > DARK], [GREY, "#FFFFFF"], INK)
    adjusted = cells["p_adjusted"].notna().any()
    p = cells["p_adjusted" if adjusted else "p_value"]
    cells["stars"] = np.select([p < bound for bound, _ in STARS], [stars for _, stars in STARS], "")
    cells["stratum"] = pd.Categorical(cells["stratum"], in_order(cells["stratum"], STRATUM_ORDER))
    return cells.reset_index(drop=True)


def placed_cells(cells: pd.DataFrame, grid: HeatGrid, labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Give each cell its panel; in a mirrored grid the second stratum stands above the diagonal."""
    cells = cells.copy()
    cohorts = list(dict.fromkeys(cells["cohort"]))
    strata = list(cells["stratum"].cat.categories)
    titles: dict[tuple[str, str], str] = {}
    for cohort in cohorts:
        own = cells[cells["cohort"] == cohort]
        lead = f"{cohort_name(cohort, labels)}, " if len(cohorts) > 1 and cohort else ""
        counts = [f"{stratum_name(level)} ({count_range(own.loc[own['stratum'] == level, 'n'])})" for level in strata]
        both = f"{lead}{counts[0]} below the diagonal, {counts[-1]} above"
        for level, count in zip(strata, counts, strict=True):
            titles[(cohort, level)] = both if grid.mirrored else f"{lead}{count}"
    keys = list(zip(cells["cohort"], cells["stratum"], strict=True))
    used = [title for key, title in titles.items() if key in set(keys)]
    cells["panel"] = pd.Categorical([titles[key] for key in keys], list(dict.fromkeys(used)))
    if grid.mirrored:
        above = cells["stratum"] == strata[1]
        swapped = cells.loc[above, ["x", "y"]].to_numpy()
        cells.loc[above, "x"], cells.loc[above, "y"] = -swapped[:, 1], -swapped[:, 0]
    return cells


def _rho(value: float) -> str:
    text = f"{abs(value):.2f}"
    text = "1" if text == "1.00" else text.removeprefix("0")
    return f"{EN_DASH}{text}" if value < 0 and text != ".00" else text
