"""The median without a copy is NumPy's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from her2stats.deconvolution import deconvolve, mixture
from her2stats.deconvolution.median import exact_median
from tests.deconvolution.conftest import Planted


@settings(deadline=None, max_examples=60)
@given(
    values=arrays(float, st.integers(1, 60), elements=st.floats(0, 1e300) | st.sampled_from([0.0, 1.0, 5e-324])),
    cut=st.integers(1, 7),
)
def test_the_streamed_median_is_numpys_to_the_last_bit(values: np.ndarray, cut: int) -> None:
    def blocks() -> object:
        return (values[first : first + cut] for first in range(0, len(values), cut))

    assert exact_median(blocks) == np.median(values)  # type: ignore[arg-type]


def test_a_large_mixture_has_the_fractions_of_a_small_one(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    small = deconvolve(planted.expression, planted.signature)
    monkeypatch.setattr(mixture, "MANY_VALUES", 10)
    monkeypatch.setattr(mixture, "AT_ONCE", 3)
    pd.testing.assert_frame_equal(
        deconvolve(planted.expression, planted.signature).wide(), small.wide(), rtol=0, atol=0
    )
