"""Which column of a clinical table holds the ids of the samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from her2stats.reading.clinical.ids import form_that_joins


def sample_column(columns: Mapping[str, list[str]], samples: Iterable[str] = ()) -> tuple[str, int]:
    """Take the column that shares most ids with the expression, else the first whose words are all there and differ.

    Where none shares any, ids that a form joins count; a running number is no id.

    Returns
    -------
    tuple
        The column, and how many of its ids are among `samples`.
    """
    wanted = list(samples)
    full = [name for name, words in columns.items() if all(word.strip() for word in words)]
    shared = {name: len({*wanted} & {*columns[name]}) for name in full}
    near = {
        name: len(form_that_joins(columns[name], wanted)[1]) for name in full if wanted and not any(shared.values())
    }

    def rank(name: str) -> tuple[int, int, bool, bool]:
        words = columns[name]
        running = words in ([str(place + first) for place in range(len(words))] for first in (0, 1))
        return shared[name], near.get(name, 0), len(set(words)) == len(words), not running

    best = max(full, key=rank, default=next(iter(columns)))
    return best, shared.get(best, 0)
