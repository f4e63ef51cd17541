"""One profile under two ids."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from her2stats.errors import ProblemList, SampleError

SHOWN = 6
LEAST_GENES, LOOKED_AT = 50, 500  # fewer may well be equal in two tumours; so many tell which pairs are looked at whole
LEAST_VALUES = 20  # different ones, without which ranks tell nothing
SAME_RANKS = 0.9999  # rank correlation of one profile, rounded, on two scales; of replicates it is 0.99 at most
BLOCK = 1000  # samples that are compared at a time


def refuse_twins(
    values: pd.DataFrame, samples: Collection[str], name: str, found: ProblemList, leave_out: str = 'exclude = ["{}"]'
) -> None:
    """Refuse one profile under two ids, also on two scales: a tumour that would count twice; `leave_out` says how."""
    if len(values) < LEAST_GENES:
        return
    ids = sorted(samples)
    some = values.index.argsort()[:: max(1, len(values) // LOOKED_AT)]
    pairs = [pair for pair in _alike(values.iloc[some][ids]) if _alike(values[[ids[place] for place in pair]])]
    twins: list[list[str]] = []
    for first, second in pairs:
        group = next((one for one in twins if ids[first] in one), None)
        twins += [[ids[first], ids[second]]] if group is None else []
        if group is not None and ids[second] not in group:
            group.append(ids[second])
    if twins:
        listed = "; ".join(" = ".join(ids) for ids in twins[:SHOWN])
        what = f"{len(twins)} profiles stand there under more than one id: {listed}"
        remedy = f"find out which id is right, and leave the other out: {leave_out.format(twins[0][-1])}"
        found.add(SampleError, what, where=name, value=twins[0][0], remedy=remedy)


def _alike(values: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of columns in which all genes rank alike; those of a few different values are no profiles."""
    few = values.nunique().to_numpy() < LEAST_VALUES
    ranks = values.rank().to_numpy() - (len(values) + 1) / 2
    lengths = np.sqrt((ranks**2).sum(axis=0))
    ranks = ranks / np.where(few, np.inf, lengths)
    blocks = ((start, ranks[:, start : start + BLOCK].T @ ranks) for start in range(0, ranks.shape[1], BLOCK))
    found = [(start + left, right) for start, block in blocks for left, right in np.argwhere(block > SAME_RANKS)]
    return [(int(left), int(right)) for left, right in found if left < right]
