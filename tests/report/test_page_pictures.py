"""Screenshots of the page: nothing blank, faint or cut off, on a desk, on a phone, in the dark and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from .browser import Browser
from .looks import LONGEST_GAP, PRINTED, faint_or_blank, longest_gap, outside_the_page

REPORT = "report.html"
A4_WIDTH = 688  # pixels between the margins of a printed page
VIEWS = {
    "desk": {"width": 1400},
    "desk, dark": {"width": 1400, "dark": True},
    "phone of 360": {"width": 360},
    "phone of 390, dark": {"width": 390, "dark": True},
    "paper, from a dark system": {"width": A4_WIDTH, "media": "print", "dark": True},
}


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_blank_faint_or_cut_off(browser: Browser, small_sample: Path, view: str) -> None:
    browser.open(small_sample / REPORT, **VIEWS[view])
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    picture = browser.picture()

    assert outside_the_page(browser) == []
    assert faint_or_blank(browser, picture, "main :is(img, table)") == []
    assert faint_or_blank(browser, picture, PRINTED) == []
    assert longest_gap(browser, picture) < LONGEST_GAP


@pytest.mark.parametrize("width", [360, 390])
def test_the_grids_of_three_cohorts_by_three_strata_fit_a_phone(browser: Browser, sample: Path, width: int) -> None:
    browser.open(sample / REPORT, width=width)

    wide = "[...document.querySelectorAll('.grid-box')].filter((box) => box.scrollWidth > box.clientWidth + 1)"
    assert browser.run("document.querySelectorAll('.grid.many .stratum').length") >= 9
    assert browser.run(f"{wide}.map((box) => box.getAttribute('aria-label'))") == []


@pytest.mark.parametrize("width", [360, 390])
def test_tables_of_text_are_set_below_one_another_on_a_phone(browser: Browser, sample: Path, width: int) -> None:
    browser.open(sample / REPORT, width=width)

    boxes = "[...document.querySelectorAll('.scroll:has(.prose)')]"
    assert browser.run(f"{boxes}.length") >= 4
    assert browser.run(f"{boxes}.filter((box) => box.scrollWidth > box.clientWidth + 1).length") == 0
    label = browser.run(
        "getComputedStyle(document.querySelector('#notes .prose td'), '::before').content.replaceAll('\"', '')"
    )
    assert label == "Cohort: "


@pytest.mark.parametrize(
    ("style", "fault"),
    [
        (".printed td { color: var(--paper) !important; background: var(--paper) !important; }", "text"),
        (".figure-part img { content-visibility: hidden; filter: opacity(0); }", "image"),
        ("main h2 { width: 1500px; }", "width"),
        ("section { padding-bottom: 200px !important; border: 0 !important; }", "gap"),
    ],
)
def test_what_these_pictures_look_for_they_find(browser: Browser, small_sample: Path, style: str, fault: str) -> None:
    browser.open(small_sample / REPORT)
    browser.run("document.querySelectorAll('main > section:nth-of-type(n + 6)').forEach((part) => part.remove())")
    browser.run(f"document.head.append(Object.assign(document.createElement('style'), {{ textContent: {style!r} }}))")
    picture = browser.picture()

    assert bool(outside_the_page(browser)) == (fault == "width")
    assert bool(faint_or_blank(browser, picture, PRINTED)) == (fault == "text")
    assert bool(faint_or_blank(browser, picture, "main img")) == (fault == "image")
    assert (longest_gap(browser, picture) >= LONGEST_GAP) == (fault == "gap")
