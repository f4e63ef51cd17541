"""[figures]: what a study file says of its figures reaches the drawings, and what is wrong with it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
from pydantic import ValidationError

from her2stats.figures.style.theme import STRATUM_COLOURS, painted, stratum_colours
from her2stats.study.sections import FiguresSection, Group
from her2stats.study.stages.figures import PAGE_MM, Drawing


def test_groups_of_the_palette_are_those_that_figures_have() -> None:
    assert set(get_args(Group)) == set(STRATUM_COLOURS)


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("width", 40, "greater than or equal to 150"),
        ("formats", ["pdf"], "the report needs png"),
        ("formats", ["png", "tiff"], "'pdf', 'svg' or 'png'"),
        ("formats", ["png", "png"], "named twice: png"),
        ("palette", {"HR-positive": "red"}, "pattern"),
        ("palette", {"HR positive": "#CC4C02"}, "HR-positive"),
        ("palette", {"HR-positive": "#CC4C02", "HR-negative": "#cc4c02"}, "two groups have one colour"),
        ("types", ["Monocytes", "Monocytes"], "named twice: Monocytes"),
        ("colour", "blue", "Extra inputs"),
    ],
)
def test_what_cannot_be_drawn_is_refused(setting: str, value: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        FiguresSection(**{setting: value})


def test_other_colours_last_as_long_as_figures_are_made() -> None:
    usual = stratum_colours(["HR-positive", "HR-negative"])
    with painted({"HR-positive": "#117733"}):
        assert stratum_colours(["HR-positive", "HR-negative"]) == {**usual, "HR-positive": "#117733"}
    assert stratum_colours(["HR-positive", "HR-negative"]) == usual


def _rows() -> pd.DataFrame:
    types = ("Monocytes", "T cells CD8", "Plasma cells")
    estimates = (-0.3, 0.1, 0.2)
    return pd.DataFrame(
        {
            "cohort": "ours",
            "stratum": "all",
            "outcome": types,
            "term": "ERBB2",
            "role": "exposure",
            "measure": "rho",
            "estimate": estimates,
            "conf_low": [one - 0.1 for one in estimates],
            "conf_high": [one + 0.1 for one in estimates],
            "conf_level": 0.95,
            "p_value": 0.01,
            "p_adjusted": 0.03,
            "n": 60,
            "method": "Spearman",
            "flag": "",
        }
    )


def test_width_formats_and_colours_decide_the_files_and_the_key(tmp_path: Path) -> None:
    usual = Drawing("correlation", "fig", (_rows(),), {"exposure": "ERBB2"})
    asked = Drawing("correlation", "fig", (_rows(),), {"exposure": "ERBB2"}, "", "", 150.0, ("png", "svg"))
    painted_other = Drawing("correlation", "fig", (_rows(),), {"exposure": "ERBB2"}, palette={"HR-positive": "#117733"})
    assert len({usual.key(), asked.key(), painted_other.key()}) == 3
    made, wide = asked.make(tmp_path), usual.make(tmp_path)
    assert (set(made), set(wide)) == ({"png", "svg"}, {"pdf", "svg", "png"})
    pixels = [int.from_bytes(files["png"][16:20], "big") for files in (made, wide)]
    assert pixels == pytest.approx([150 / 25.4 * 300, PAGE_MM / 25.4 * 300], abs=1)
    asked.unpacked(made)
    with pytest.raises(ValueError, match="not the files"):
        asked.unpacked(wide)
