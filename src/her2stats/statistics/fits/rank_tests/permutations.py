"""Permutations within strata that R can make, too: each orders the numbers of a stream of L'Ecuyer's generator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

# MRG32k3a, L'Ecuyer 1999, doi:10.1287/opre.47.1.159: no product passes 2^53, so that R's numbers hold it exactly.
MODULI = (4294967087, 4294944443)
WARM_UP = 50
BLOCK = 1000  # permutations at a time, for the memory of large cohorts


def next_number(state: list[Any]) -> tuple[list[Any], Any]:
    """One step of the generator: its new state of six whole numbers, or arrays of them, and what it gives."""
    first = (1403580 * state[1] - 810728 * state[0]) % MODULI[0]
    second = (527612 * state[5] - 1370589 * state[3]) % MODULI[1]
    return [state[1], state[2], first, state[4], state[5], second], (first - second) % MODULI[0]


def streams(seed: int, count: int) -> NDArray[np.int64]:
    """States of `count` generators, shape (6, count), drawn from one that the seed has started."""
    x, words = seed % 2**32, []
    for _ in range(WARM_UP + 6):
        x = (69069 * x + 1) % 2**32
        words.append(x)
    state: list[Any] = [word % MODULI[place // 3] for place, word in enumerate(words[WARM_UP:])]
    drawn = []
    for _ in range(6 * count):
        state, number = next_number(state)
        drawn.append(number)
    found = np.array(drawn, dtype=np.int64).reshape(count, 6).T
    found[3:] %= MODULI[1]
    return found


def permutations_within(sizes: Sequence[int], count: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Places of the values after each permutation, shape (n, block); the strata lie one after the other.

    >>> next(permutations_within([3, 2], 4, seed=1)).T.tolist()
    [[2, 1, 0, 4, 3], [2, 1, 0, 4, 3], [2, 1, 0, 3, 4], [0, 2, 1, 3, 4]]
    """
    all_streams, ends = streams(seed, count), np.cumsum([0, *sizes])
    for start in range(0, count, BLOCK):
        state: list[Any] = list(all_streams[:, start : start + BLOCK])
        keys = np.empty((len(state[0]), ends[-1]), dtype=np.int64)
        for place in range(ends[-1]):
            state, keys[:, place] = next_number(state)
        places = np.empty(keys.shape, dtype=np.intp)
        for low, high in pairwise(ends):
            places[:, low:high] = low + np.argsort(keys[:, low:high], axis=1, kind="stable")
        yield places.T
