"""Figures: which image goes into the page, and what stands beside it."""

from __future__ import annotations

from her2stats.report.embedded import choose_images
from her2stats.report.page_model import FigurePart, MorePart
from her2stats.report.write import _one_shown
from her2stats.results.catalogue import FURTHER, caption_of, cohorts_of_plain_figures
from her2stats.results.picture import Image, Picture

from .sample_folder import sample_png


def picture(name: str, svg: int = 400_000, png: bytes | None = None) -> Picture:
    images = (Image("svg", b"x" * svg, 10, 10), Image("png", png or sample_png(300, 200), 10, 10))
    return Picture(name, images, (f"{name}.svg", f"{name}.png"))


def test_svg_is_preferred_where_it_fits() -> None:
    chosen = choose_images([picture("a")], budget=10**7)
    assert chosen["a"] is not None
    assert chosen["a"].kind == "svg"


def test_the_largest_figures_give_way_first() -> None:
    chosen = choose_images([picture("small", 1_000), picture("large")], budget=100_000)
    assert {name: image.kind for name, image in chosen.items() if image} == {"small": "svg", "large": "png"}


def test_single_patients_are_never_shown_as_coordinates() -> None:
    chosen = choose_images([picture("a", 10)], budget=10**7, drop_vectors=frozenset({"a"}))
    assert chosen["a"] is not None
    assert chosen["a"].kind == "png"


def test_what_fits_in_no_form_is_left_out() -> None:
    assert choose_images([picture("a")], budget=50) == {"a": None}


def test_a_figure_of_single_patients_is_left_out_before_a_larger_one_of_estimates() -> None:
    estimates = Picture("estimates", (Image("svg", b"x" * 9_000, 10, 10),), ("estimates.svg",))
    patients = Picture("patients", (Image("png", b"x" * 4_000, 10, 10),), ("patients.png",))
    chosen = choose_images([estimates, patients], budget=14_000, drop_vectors=frozenset({"patients"}))
    assert chosen["estimates"] is not None
    assert chosen["patients"] is None


def test_figures_of_further_cohorts_are_left_out_before_a_larger_one_of_the_first() -> None:
    first, other = (
        Picture(name, (Image("png", b"x" * size, 10, 10),), (f"{name}.png",))
        for name, size in (("a", 9_000), ("b", 3_000))
    )
    chosen = choose_images([first, other], budget=13_000, further=frozenset({"b"}))
    assert chosen["a"] is not None
    assert chosen["b"] is None


def test_an_image_that_cannot_be_opened_is_kept_as_it_is() -> None:
    chosen = choose_images([picture("a", png=b"no image" * 10)], budget=1_000)
    assert chosen["a"] is not None
    assert chosen["a"].kind == "png"


def test_captions_name_the_cohort() -> None:
    assert caption_of("figS1_distribution_milan", exposure="ERBB2").title.endswith(", milan")
    assert caption_of("fig1b_til", exposure="ERBB2", cohort="abim").title.endswith(", abim")
    assert caption_of("fig2b_forest", exposure="{x}").title.count("{x}") == 1
    assert caption_of("fig8_power", exposure="ERBB2").section == FURTHER


def test_the_plain_figure_is_of_the_cohort_that_is_left_over() -> None:
    assert cohorts_of_plain_figures(["fig1b_til", "fig1b_til_a"], ["a", "b"]) == {"fig1b_til": "b"}
    assert cohorts_of_plain_figures(["fig1b_til", "fig1b_til_a"], ["a", "b", "c"]) == {}
    assert cohorts_of_plain_figures(["fig1a_correlation"], ["a", "b"]) == {}


def test_of_figures_that_differ_by_their_cohort_the_first_is_shown_and_the_others_are_behind_a_heading() -> None:
    cohorts = {"fig1b_til": "abim", "fig1b_til_milan": "", "fig1b_til_zurich": ""}
    parts = [
        FigurePart(name, caption_of(name, exposure="ERBB2", cohort=cohort), None, (f"{name}.png",))
        for name, cohort in cohorts.items()
    ]
    shown, folded = _one_shown("Fig. 1b", parts)
    assert shown is parts[0]
    assert isinstance(folded, MorePart)
    assert (folded.title, folded.parts) == ("Fig. 1b of milan and zurich", parts[1:])
    assert _one_shown("Fig. 1b", parts[:1]) == parts[:1]
    unknown = [FigurePart("fig8_power", caption_of("fig8_power", exposure="ERBB2"), None, ("fig8_power.png",))] * 2
    assert _one_shown("Fig. 8", unknown) == unknown, "figures of the study are not those of cohorts"
