"""The specification curve: every estimate once, in order, over the choices that made it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.figures import plot_robustness
from her2stats.statistics import specification_curve

from .layers import caption_of, data_of, texts_of


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng, n = np.random.default_rng(7), 120
    frame = pd.DataFrame({"hr": rng.choice(["negative", "positive"], n), "age": rng.normal(55, 9, n)})
    frame["ERBB2"] = rng.normal(size=n)
    frame["a$b"] = frame["ERBB2"] + rng.normal(size=n)
    frame["absolute"] = -0.3 * frame["ERBB2"] + rng.normal(size=n)
    frame["zeros"] = np.maximum(frame["absolute"] - 0.6, 0)
    outcomes = {"T cells CD8": {"absolute": "absolute", "relative": "zeros"}}
    asked = {"within": "hr", "covariates": "age", "permutations": 99}
    return specification_curve(frame, outcomes, ["ERBB2", "a$b"], **asked).table


def test_every_estimate_stands_once_in_order_of_size_with_its_choices(table: pd.DataFrame) -> None:
    plot = plot_robustness(table)
    shown = plot.data
    made = table[(table["measure"] == "rho") & table["estimate"].notna()]
    assert len(shown) == len(made) == 12  # no median split of what is zero in most
    assert shown["estimate"].is_monotonic_increasing
    assert shown["x"].tolist() == list(range(1, 13))
    marks = next(data for data in (data_of(layer, plot) for layer in plot.layers) if len(data) == 4 * len(shown))
    assert (marks.groupby("x").size() == 4).all()  # score, measure, covariates, scale
    filled = shown["p_value"] < 0.05
    assert (shown["fill"] != "white").tolist() == filled.tolist()
    assert filled.any()
    assert not filled.all()


def test_heights_are_those_of_the_axis(table: pd.DataFrame) -> None:
    plot = plot_robustness(table)
    (scale,) = [scale for scale in plot.scales if "y" in scale.aesthetics]
    numbers = [(at, label) for at, label in zip(scale.breaks, scale.labels, strict=True) if at >= -1e-9]
    shown = plot.data
    slope = np.polyfit(shown["estimate"], shown["y"], 1)
    for at, label in numbers:
        assert np.polyval(slope, float(label.replace("\N{MINUS SIGN}", "-"))) == pytest.approx(at, abs=1e-6)
    assert {"relative", "hr", "hr, age", "rank", "median split", r"a\$b"} <= set(scale.labels)


def test_the_caption_says_what_all_say_together_and_what_is_missing(table: pd.DataFrame) -> None:
    caption = caption_of(plot_robustness(table))
    joint = table[table["measure"] == "median_z"].iloc[0]
    assert caption.startswith("12 specifications; filled: p < 0.05. Median z \N{MINUS SIGN}")
    assert f"{abs(joint['estimate']):.2f}, joint p" in caption
    assert caption.endswith("Not estimable: 4 (constant outcome).")


def test_a_curve_of_nothing_says_so_and_one_of_one_is_drawn(table: pd.DataFrame) -> None:
    nothing = table.assign(estimate=np.nan)
    assert "nothing could be estimated" in " ".join(texts_of(plot_robustness(nothing)))
    plot_robustness(table[table["measure"] == "rho"].head(1)).draw()
    plot_robustness(table, outcome="T cells CD8", width_mm=89).draw()
