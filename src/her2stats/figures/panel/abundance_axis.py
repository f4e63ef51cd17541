"""The axis of abundances: square roots, so that rare types keep some room, and a lane of its own for exact zeros."""

from __future__ import annotations

import math

import pandas as pd

LANE = 0.09  # of the axis
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)


def abundance_limits(highest: float) -> tuple[float, float]:
    """Ends of the axis in square roots; the lane of zeros lies below 0.

    Examples
    --------
    >>> low, high = abundance_limits(0.25)
    >>> low < 0 and high > 0.5
    True
    """
    high = 1.04 * math.sqrt(highest) if highest > 0 else 1.0
    return -LANE * high / (1 - LANE), high


def abundance_place(values: pd.Series, low: float) -> pd.Series:
    """Place of each abundance on the axis: its square root, or the middle of the lane for an exact zero."""
    return (values**0.5).where(values > 0, low / 2)


def abundance_ticks(limits: tuple[float, float]) -> list[dict[float, str]]:
    """Return candidate ticks (place to label), the fullest set first; zero is labelled on its lane."""
    low, high = limits
    steps = [step for step in _STEPS if math.sqrt(step) <= high]
    sets = [steps[-6:], steps[-5:], steps[-4:], steps[-3:], steps[-2:], steps[-1:]]
    return [{low / 2: "0", **{math.sqrt(step): f"{step:g}" for step in chosen}} for chosen in sets]
