"""Wall-clock time of the fuzzing, shared out among its tests.

``HER2STATS_FUZZ_SECONDS`` is from the start to the end of them all, start-up of every process included; each test has
at least a second of fuzzing, so that a short budget on a slow machine is overrun rather than spent on start-up.
"""

from __future__ import annotations

import os
import time

import pytest

SECONDS = float(os.environ.get("HER2STATS_FUZZ_SECONDS", "30"))


class Budget:
    """What is left of the time, and for how many tests."""

    def __init__(self, seconds: float, tests: int) -> None:
        self.end = time.time() + seconds
        self.tests = tests

    def share(self) -> float:
        """Moment, in seconds since 1970, at which the test that asks has to be done."""
        left = max(self.end - time.time(), 0.0) / max(self.tests, 1)
        self.tests -= 1
        return time.time() + left


@pytest.fixture(scope="session")
def fuzz_budget(request: pytest.FixtureRequest) -> Budget:
    """The time of this run of the tests."""
    return Budget(SECONDS, sum("fuzz_until" in getattr(item, "fixturenames", ()) for item in request.session.items))


@pytest.fixture
def fuzz_until(fuzz_budget: Budget) -> float:
    """When this test has to be done."""
    return fuzz_budget.share()
