"""Flow of tumours: every count of the table stands in its box, below one another, whatever the names."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.errors import DataError
from her2stats.figures import plot_flow

from . import examples as e
from .layers import texts_of


def labels_of(flow: pd.DataFrame) -> list[str]:
    return [label.replace("\N{NO-BREAK SPACE}", " ") for label in plot_flow(flow).data["label"]]


def test_every_count_stands_in_its_box() -> None:
    start, out, analysed = labels_of(e.flow("ours"))
    assert start == "Samples in the clinical table (n = 400)"
    assert out.startswith("Left out (n = 57)\n  excluded: HER2 positive (n = 42)\n")
    assert out.endswith("(n = 15)")
    lines = ("Tumours analysed (n = 343)", "HR-positive (n = 279)", "HR-negative (n = 64)")
    assert analysed == "\n  ".join([*lines, "cell fractions estimated (n = 343)"])
    assert "ours" in texts_of(plot_flow(e.flow("ours")))


def test_boxes_never_overlap() -> None:
    boxes = plot_flow(e.flow(*"abcdefg")).data
    assert len(boxes) == 21
    for place, one in boxes.iterrows():
        for _, other in boxes.loc[place + 1 :].iterrows():
            apart = one.right <= other.left or other.right <= one.left or one.bottom <= other.top
            assert apart or other.bottom <= one.top


def test_where_none_was_left_out_there_is_no_box_for_it() -> None:
    flow = e.flow("ours")
    assert len(labels_of(flow[flow["step"] != "left out"])) == 2


words = st.text(st.sampled_from("ab $_{}^&%<>[]\\:;=0ρ"), min_size=1, max_size=30)


@given(words, words)
@settings(deadline=None, max_examples=30)
def test_names_mean_nothing(cohort: str, reason: str) -> None:
    flow = e.flow(cohort)
    flow.loc[1, "what"] = reason
    assert plot_flow(flow).data["step"].tolist() == ["start", "left out", "analysed"]


def test_something_else_is_refused() -> None:
    with pytest.raises(DataError, match="no flow of tumours"):
        plot_flow(pd.DataFrame({"cohort": ["a"]}))
    with pytest.raises(DataError, match="no flow of tumours"):
        plot_flow(e.flow())
