"""The figures take what the statistics really give."""

from __future__ import annotations

import pandas as pd
import pytest

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

from . import examples as e
from .extents import misplaced_texts

TYPES = ["Plasma cells", "T cells regulatory (Tregs)", "NK cells activated", "Monocytes"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = e.cohort(n=150, types=TYPES)
    frame["her2_ihc"] = frame["her2_ihc"].cat.as_unordered()
    high = (frame[TYPES] >= frame[TYPES].median()).astype(float).add_suffix(" high")
    low = frame["her2_ihc"] != "0"
    group = pd.Categorical(low.map({True: "HER2-low", False: "HER2-0"}), ["HER2-0", "HER2-low"])
    return frame.join(high).assign(her2_group=group, pcr=(frame["til"] > 6).astype(float))


def test_correlation_with_wilcoxon_rows(frame: pd.DataFrame) -> None:
    family = [
        correlate(frame, "her2", TYPES[:3], cohort="A"),
        compare_groups(frame, "her2", group=["Monocytes high"], cohort="A"),
    ]
    plot = plot_correlation(adjust(family, by=("cohort", "stratum")))
    assert plot.data["name"].tolist() == [*TYPES[:3], "Monocytes high"]
    assert plot.data["estimable"].all()
    chance = family[1].table["superiority"].iloc[0]
    assert plot.data["x"].iloc[-1] == pytest.approx(2 * chance - 1)
    assert misplaced_texts(plot) == []


def test_til_and_heatmap(frame: pd.DataFrame) -> None:
    assert misplaced_texts(plot_til_scatter(correlate(frame, "til", ["her2", "ESR1"], by=None), frame)) == []
    names = ["her2", *TYPES]
    pairs = [correlate(frame, name, names[at + 1 :], by="hr") for at, name in enumerate(names[:-1])]
    assert misplaced_texts(plot_heatmap(adjust(pairs, by=("cohort", "stratum")))) == []


def test_forest_of_strata_of_interactions_and_of_clinical_models(frame: pd.DataFrame) -> None:
    outcomes = [f"{name} high" for name in TYPES]
    odds = fit_logistic(frame, outcomes, "her2", by="hr", cohort="A")
    both = fit_interaction(frame, outcomes, "her2", "hr", cohort="A")
    plot = plot_forest(adjust(odds, by=("cohort", "stratum")), both)
    assert len(plot.data) == 8
    assert misplaced_texts(plot) == []
    clinical = fit_clinical(frame, "pcr", outcomes, moderator="hr", cohort="A")
    plot = plot_forest(clinical)
    assert set(plot.data["name"]) == set(outcomes)
    assert misplaced_texts(plot) == []


def test_marginal(frame: pd.DataFrame) -> None:
    plot = plot_marginal(fit_ancova(frame, TYPES, "her2", cohort="A"))
    assert list(plot.data["panel"].cat.categories) == TYPES
    assert misplaced_texts(plot) == []


def test_distribution_exposure_and_response(frame: pd.DataFrame) -> None:
    groups = adjust(compare_groups(frame, [*TYPES, "her2"], group="hr"))
    assert misplaced_texts(plot_distribution(groups, frame, types=TYPES)) == []
    assert misplaced_texts(plot_exposure(frame, "her2", groups)) == []
    odds = response_odds(frame, "pcr", "her2_group", reference="HER2-0")
    assert plot_response(odds).data["group"].tolist() == ["HER2-0", "HER2-low"]
