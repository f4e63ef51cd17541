"""Colours mean one thing, and everybody can tell them apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from plotnine import theme

from her2stats.figures import placeholder
from her2stats.figures.composition import PALETTE, REST
from her2stats.figures.style.theme import (
    BASE_SIZE,
    GREY,
    HR_COLOURS,
    HR_SHAPES,
    SMALL_SIZE,
    SMALLEST_SIZE,
    STRATUM_COLOURS,
    TEXT_SIZE,
    figure_theme,
    stratum_colours,
    stratum_shapes,
    titled,
)

# Severe colour-vision deficiency, linear RGB (Machado 2009, doi 10.1109/TVCG.2009.113).
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def cielab(rgb: np.ndarray) -> np.ndarray:
    ratio = XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast_on_white(colour: str) -> float:
    return 1.05 / (float(XYZ[1] @ linear(colour)) + 0.05)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_hr_colours_are_far_apart_for_every_eye(deficiency: str) -> None:
    seen = [cielab(np.array(DEFICIENCIES[deficiency]) @ linear(colour)) for colour in HR_COLOURS.values()]
    assert np.linalg.norm(seen[0] - seen[1]) > 85


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_colours_of_cell_types_are_apart_from_one_another_and_from_paper_for_every_eye(deficiency: str) -> None:
    seen = [cielab(np.array(DEFICIENCIES[deficiency]) @ linear(colour)) for colour in (*PALETTE, REST, "#FFFFFF")]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 24


@pytest.mark.parametrize("colour", [*HR_COLOURS.values(), GREY])
def test_colours_that_print_text_are_readable_on_white(colour: str) -> None:
    assert contrast_on_white(colour) >= 4.5


def test_shapes_tell_hr_apart_in_grey_print() -> None:
    assert len(set(HR_SHAPES.values())) == 2


def test_a_known_stratum_has_its_colour_whatever_stands_beside_it() -> None:
    alone = stratum_colours(["HR-positive"])["HR-positive"]
    among = stratum_colours(["zebra", "All tumours", "HR-negative", "HR-positive"])["HR-positive"]
    assert alone == among == STRATUM_COLOURS["HR-positive"] == HR_COLOURS["positive"]


def test_unknown_strata_get_colours_and_shapes_of_their_own_in_any_order() -> None:
    names = ["site b", "site a", "site c"]
    assert stratum_colours(names) == stratum_colours(names[::-1])
    assert len(set(stratum_colours(names).values())) == len(set(stratum_shapes(names).values())) == 3


def test_the_theme_carries_the_size_on_paper() -> None:
    assert isinstance(figure_theme(183, 100), theme)
    assert figure_theme(183, 100).getp("figure_size") == pytest.approx((183 / 25.4, 100 / 25.4))


def test_a_title_says_the_cohort_where_no_panel_does_and_has_room_of_its_own() -> None:
    plot = placeholder("none")
    height = plot.theme.getp("figure_size")[1]
    headed = titled(plot, "b", "A")
    assert headed.labels.get("title", "") == "b    A"
    assert headed.theme.getp("figure_size")[1] == pytest.approx(height + 5 / 25.4)
    assert titled(plot, "", "") is plot
    plot.data["panel"] = "A, pCR"
    assert titled(plot, "b", "A").labels.get("title", "") == "b"


def test_letters_have_the_sizes_that_journals_ask_for() -> None:
    assert (BASE_SIZE, TEXT_SIZE, SMALL_SIZE, SMALLEST_SIZE) == (7.0, 6.0, 5.5, 5.0)  # 5 to 7 points in print
