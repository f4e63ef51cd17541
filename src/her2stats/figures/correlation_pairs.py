"""A matrix of correlations out of rows that each hold one pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from her2stats.figures.cell_types import display_order, lineage
from her2stats.figures.panel.places import is_second_test

NOT_CELLS = ("Other", "Leukocytes, total")


def correlation_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Keep each pair of different variables once per cohort and stratum, whichever way round it was asked.

    Parameters
    ----------
    table : DataFrame
        Rows of `correlate`; rows of other tests are left out.

    Returns
    -------
    DataFrame
        `table` rows with `first` and `second`, in alphabetical order within a pair.
    """
    is_rho = ~table["method"].str.startswith("Wilcoxon") & ~is_second_test(table["term"])
    pairs = table[is_rho & (table["term"] != table["outcome"])].copy()
    names = np.sort(pairs[["term", "outcome"]].to_numpy(dtype=str), axis=1)
    pairs["first"], pairs["second"] = names[:, 0], names[:, 1]
    return pairs.drop_duplicates(["cohort", "stratum", "first", "second"]).reset_index(drop=True)


def variable_order(pairs: pd.DataFrame, scores: Sequence[str] | None) -> list[str]:
    """Scores first, then cell types by lineage.

    Parameters
    ----------
    pairs : DataFrame
        From `correlation_pairs`.
    scores : sequence of str, optional
        In the order wanted; default every variable that is no known cell type, in the order of the table.
    """
    present = list(dict.fromkeys([*pairs["term"], *pairs["outcome"]]))
    if scores is None:
        scores = [name for name in present if lineage(name) in NOT_CELLS]
    first = [name for name in scores if name in present]
    return first + [name for name in display_order(present) if name not in first]


def clustered(pairs: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Order variables so that those that go together stand together.

    Average linkage on 1 - rho, rho averaged over panels, leaves in the optimal order (Bar-Joseph 2001,
    doi 10.1093/bioinformatics/17.suppl_1.S22). A pair that has no estimate counts as rho = 0.

    Parameters
    ----------
    pairs : DataFrame
        From `correlation_pairs`.
    names : sequence of str
        Variables to order; the result does not depend on their order.
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
