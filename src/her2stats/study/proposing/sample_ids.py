"""Which column of a clinical table holds the ids of the samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from her2stats.reading.clinical.ids import form_that_joins


def sample_column(columns: Mapping[str, list[str]], samples: Iterable[str] = ()) -> tuple[str, int]:
    """Take the column that shares most ids with the expression, else the first whose words are all there and differ.

    Where none shares any, ids that a form joins count; numbers of rows under no name are no ids. The number says how
    many of its ids are among `samples`.
    """
    wanted = list(samples)
    shared = {name: len({*wanted} & {*words}) for name, words in columns.items()}
    far = columns if wanted and not any(shared.values()) else {}
    near = {name: len(form_that_joins(words, wanted)[1]) for name, words in far.items()}

    def rank(name: str) -> tuple[int, int, bool, bool]:
        words = columns[name]
        running = words in ([str(place + first) for place in range(len(words))] for first in (0, 1))
        running = running and (not name or name.startswith("Unnamed"))  # as R and pandas write row names
        return shared[name], near.get(name, 0), all(words) and len(set(words)) == len(words), not running

    best = max(columns, key=rank)
    return best, shared[best]
