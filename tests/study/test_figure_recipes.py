"""The recipe of every figure runs on the folder of a study, and each draws what the catalogue has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from plotnine import ggplot

from her2stats.figures.placeholder import Placeholder
from her2stats.results.catalogue import FIGURES
from her2stats.study import StudyResults

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to.md"


@pytest.fixture(scope="module")
def drawn(small_results: StudyResults) -> dict[str, ggplot]:
    part = HOW_TO.read_text(encoding="utf-8").split("## One figure for the paper")[1].split("\n## ")[0]
    code = "\n".join(re.findall(r"```python\n(.*?)```", part, re.S))
    made: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(small_results.folder.parent)
        exec(compile(code, str(HOW_TO), "exec"), made)
        assert Path("forest.pdf").read_bytes().startswith(b"%PDF")
        Path("forest.pdf").unlink()
    return made["figures"]


def test_every_figure_of_the_catalogue_has_a_recipe(drawn: dict[str, ggplot]) -> None:
    numbers = {figure.name.removeprefix("fig").partition("_")[0] for figure in FIGURES}
    assert {*drawn, "S4", "S8"} == numbers
    text = HOW_TO.read_text(encoding="utf-8")
    assert 'figures["S4"] = h2.plot_agreement(results.crosscheck)' in text
    assert 'figures["S8"] = h2.plot_rank_agreement(ranks, model.data.join(receptors))' in text


def test_each_shows_something(drawn: dict[str, ggplot]) -> None:
    few = {"2c"}  # one cohort: nothing to pool, the rows are its own
    for number, plot in drawn.items():
        assert isinstance(plot, ggplot)
        assert not isinstance(plot, Placeholder), number
        assert len(plot.data) > (0 if number in few else 1), number
