"""What is drawn hangs on what the rows say they are, and never on what somebody called a variable or a level."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plotnine import ggplot

from her2stats.errors import DataError
from her2stats.figures import (
    plot_correlation,
    plot_distribution,
    plot_exposure,
    plot_forest,
    plot_heatmap,
    plot_marginal,
    plot_response,
    plot_til_scatter,
)
from her2stats.figures.style.axis_words import UNITS, axis_words, score_words
from her2stats.figures.style.wording import display_name
from her2stats.statistics import (
    adjust,
    compare_groups,
    correlate,
    fit_ancova,
    fit_clinical,
    fit_interaction,
    fit_logistic,
    response_odds,
)

from .layers import data_of, texts_of

# the order of the letters is that of the lines, so that a name may change its text but not its place
# (and no text of ours has a q before one, so that a name is found in it where it stands, and nowhere else)
EXPOSURE, TYPES, HIGH, GROUP, LEVELS = "qa", ["qb", "qc"], ["qd", "qe"], "qf", ["qg", "qh"]
PLAIN = (EXPOSURE, *TYPES, *HIGH, GROUP, *LEVELS)
WORDS = (
    *(":", "[", "]", "=", "$", "(likelihood ratio)", "(Fisher exact)", "spearman", "odds", "Wilcoxon", "chi-squared"),
    *("per SD", "with interaction", "90% CI", "against x;", "over 3 tests", "β-γ", "mean", "all"),
    "a name of sixty characters, which is longer than most panels",
)
names = st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=3).map("".join).map(letter.__add__) for letter in PLAIN])
# "=" ends the name of a column that divides samples into strata: the verbs refuse it there
names = names.map(lambda of: tuple(name.replace("=", "") if name[:2] == GROUP else name for name in of))


@cache
def _numbers() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.uniform(0.01, 0.2, size=(80, 3)), columns=[EXPOSURE, *TYPES])
    for high, of in zip(HIGH, TYPES, strict=True):
        frame[high] = (frame[of] > frame[of].median()) * 1.0
    frame[GROUP] = pd.Categorical(rng.choice(LEVELS, 80), LEVELS)
    return frame.assign(til=rng.normal(size=80))


def figures_of(called: tuple[str, ...]) -> dict[str, ggplot]:
    """Every figure of rows, from the answers of the verbs about variables and levels of these names."""
    of = dict(zip(PLAIN, called, strict=True))
    exposure, types, high, group = of[EXPOSURE], [of[name] for name in TYPES], [of[name] for name in HIGH], of[GROUP]
    frame = _numbers().rename(columns=of)
    frame[group] = frame[group].cat.rename_categories([of[level] for level in LEVELS])
    by = ("cohort", "stratum")
    scored = [correlate(frame, exposure, types), compare_groups(frame, exposure, group=high)]
    pairs = [correlate(frame, exposure, types, by=group), correlate(frame, types[0], types[1], by=group)]
    compared = adjust(compare_groups(frame, [*types, *high, exposure], group=group))
    odds = adjust(fit_logistic(frame, high, exposure, by=group, covariates=types[0]), by=by)
    clinical = fit_clinical(frame, high[0], [exposure, *types], moderator=group)
    return {
        "correlation": plot_correlation(adjust(scored, by=by), text=True),
        "heatmap": plot_heatmap(adjust(pairs, by=by), layout="columns"),
        "til": plot_til_scatter(correlate(frame, "til", [exposure, *types]), frame, hr=group),
        "forest": plot_forest(odds, fit_interaction(frame, high, exposure, group)),
        "clinical": plot_forest(clinical, order=[exposure, *types]),
        "distribution": plot_distribution(compared, frame, group=group, types=[*types, *high]),
        "exposure": plot_exposure(frame, exposure, compared, by=[group], hr=group),
        "marginal": plot_marginal(fit_ancova(frame, types, exposure, factors=group), lines=group),
        "response": plot_response(response_odds(frame, high, group, reference=of[LEVELS[0]])),
    }


def seen(plot: ggplot, called: tuple[str, ...]) -> tuple[object, ...]:
    """Rows of every layer, and every text and title with the plain names in it and without its breaks."""
    shown = {"".join(display_name(name).split()): plain for name, plain in zip(called, PLAIN, strict=True)}

    def plainly(text: object) -> str:
        plain = "".join(str(text).split())
        for name in sorted(shown, key=len, reverse=True):
            plain = plain.replace(name, shown[name])
        return plain

    titles = [plainly(plot.labels.get(place, "")) for place in ("x", "y", "caption")]
    panels = [plainly(title) for title in plot.data["panel"].cat.categories]
    layers = [(type(layer.geom).__name__, len(data_of(layer, plot))) for layer in plot.layers]
    return titles, panels, layers, Counter(map(plainly, texts_of(plot)))


@pytest.fixture(scope="module")
def plain_figures() -> dict[str, ggplot]:
    return figures_of(PLAIN)


@example(called=("HER2: 20 genes", *PLAIN[1:]))
@example(called=("HER2 [20 genes]", *PLAIN[1:]))
@given(called=names)
@settings(deadline=None, max_examples=4)
def test_names_change_nothing_but_names(plain_figures: dict[str, ggplot], called: tuple[str, ...]) -> None:
    for which, plot in figures_of(called).items():
        expected = plain_figures[which]
        assert seen(plot, called) == seen(expected, PLAIN), which
        numbers = [one.data.select_dtypes("number") for one in (plot, expected)]
        pd.testing.assert_frame_equal(*numbers, obj=which)


def test_the_plain_figures_show_what_is_asked(plain_figures: dict[str, ggplot]) -> None:
    assert {which: len(plot.data) for which, plot in plain_figures.items()} == {
        "correlation": 4,
        "heatmap": 6,
        "til": 240,
        "forest": 4,
        "clinical": 6,
        "distribution": 320,
        "exposure": 80,
        "marginal": 44,
        "response": 4,
    }


@pytest.mark.parametrize(
    ("name", "shown"), [("Total TIL", "Total TIL (score units)"), ("ERBB2", r"$\mathit{ERBB2}$ (log2 expression)")]
)
def test_a_score_has_its_unit(name: str, shown: str) -> None:
    assert score_words(name) == shown
    assert score_words(name, {name: "Mine (z)"}) == "Mine (z)"


def test_amounts_have_the_unit_of_how_they_were_estimated() -> None:
    assert axis_words("marginal", "relative") == "Marginal mean abundance\n(fraction of all cell types)"
    assert len({axis_words("amount", mode) for mode in UNITS}) == len(UNITS)
    with pytest.raises(DataError, match="mode='relativ' is not a choice"):
        axis_words("amount", "relativ")
