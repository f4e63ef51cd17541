"""The page in a real browser: no complaint, reads on a phone and in the dark, sorts, prints, is accessible."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from .browser import Browser

REPORT = "report.html"


@pytest.fixture
def page(sample: Path) -> Path:
    return sample / REPORT


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (1400, True), (768, False), (360, False), (360, True)])
def test_nothing_is_written_to_the_console_and_nothing_overflows(
    browser: Browser, page: Path, width: int, dark: bool
) -> None:
    browser.open(page, width=width, dark=dark)

    assert browser.complaints() == []
    assert browser.run("document.documentElement.scrollWidth") <= width
    overflowing = browser.run(
        """[...document.querySelectorAll('main *')].filter((node) => !node.closest('.scroll, .visually-hidden')
             && node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 120))"""
    )
    assert overflowing == []


def test_tables_scroll_inside_their_box_on_a_phone(browser: Browser, page: Path) -> None:
    browser.open(page, width=360)

    wide = "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth)"
    assert browser.run(f"{wide}.length") > 10
    assert browser.run(f"{wide}.every((box) => getComputedStyle(box).overflowX === 'auto' && box.tabIndex === 0)")


def test_contents_lead_to_every_section(browser: Browser, page: Path) -> None:
    browser.open(page)

    sections = browser.run("[...document.querySelectorAll('main > section')].map((section) => section.id)")
    links = browser.run("[...document.querySelectorAll('.contents a')].map((link) => link.hash.slice(1))")
    assert links == sections
    assert len(sections) > 12
    browser.run("document.documentElement.style.scrollBehavior = 'auto'")
    browser.run("document.querySelector('.contents a[href=\"#methods\"]').click()")
    banner = browser.run("document.querySelector('.banner').getBoundingClientRect().bottom")
    top = browser.run("document.getElementById('methods').getBoundingClientRect().top")
    assert banner <= top < 120
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert browser.run("document.querySelector('.contents [aria-current]').hash") == "#methods"


def test_a_table_sorts_by_number_and_returns_to_its_order(browser: Browser, page: Path) -> None:
    browser.open(page)
    table = "document.querySelector('#correlation [data-sortable] table')"
    column = f"[...{table}.tBodies[0].rows].map((row) => row.cells[1].textContent.trim())"
    before = browser.run(column)
    head = f"[...{table}.querySelectorAll('.sort')].find((button) => button.textContent.includes('ρ'))"

    browser.run(f"{head}.click()")
    rising = browser.run(column)
    browser.run(f"{head}.click()")
    falling = browser.run(column)
    assert browser.run(f"{head}.closest('th').getAttribute('aria-sort')") == "descending"
    browser.run(f"{head}.click()")

    def numbers(texts: list[str]) -> list[float]:
        return [float(text.split(" ")[0].replace("−", "-")) for text in texts]

    assert numbers(rising) == sorted(numbers(before))
    assert numbers(falling) == sorted(numbers(before), reverse=True)
    assert browser.run(column) == before


def test_p_values_below_the_smallest_printed_sort_first(browser: Browser, page: Path) -> None:
    browser.open(page)
    table = "document.querySelector('#correlation [data-sortable] table')"
    browser.run(
        f"[...{table}.querySelectorAll('.sort')].find((button) => button.textContent.includes('corr.')).click()"
    )
    column = browser.run(f"[...{table}.tBodies[0].rows].map((row) => row.cells[2].textContent.trim())")
    smallest = [text for text in column if text == "<0.001"]
    assert smallest
    assert column[: len(smallest)] == smallest


def test_every_heading_of_a_sortable_table_belongs_to_its_column(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run(
        """[...document.querySelectorAll('[data-sortable] table')].every((table) =>
             table.querySelectorAll('.sort').length === table.tBodies[0].rows[0].cells.length)"""
    )


def test_colours_follow_the_system_and_can_be_chosen(browser: Browser, page: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    browser.open(page, dark=True)
    dark = browser.run(ground)
    browser.open(page)
    light = browser.run(ground)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(19, 23, 27)")

    browser.run("document.querySelector('button.theme').click()")
    browser.run("document.querySelector('button.theme').click()")
    assert browser.run(ground) == dark
    browser.run("document.querySelector('button.theme').click()")
    assert browser.run(ground) == light


def test_a_figure_opens_large_and_closes_with_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('button.open-large').click()")
    assert browser.run("document.querySelector('dialog.large').open")
    assert browser.run("document.querySelector('.large-image img').getBoundingClientRect().width") > 900
    assert browser.run("document.querySelector('.large-image img').alt.length") > 40
    browser.send("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape", windowsVirtualKeyCode=27)
    assert not browser.run("document.querySelector('dialog.large').open")


def test_the_data_behind_a_figure_are_in_the_page(browser: Browser, page: Path, sample: Path) -> None:
    browser.open(page)
    text = browser.run(
        """(async () => {
             const packed = document.querySelector('script.csv[data-name="correlation"]').textContent;
             const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
             const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
             return new Response(stream).text();
           })()"""
    )
    lines = (sample / "tables" / "correlation.csv").read_text(encoding="utf-8").splitlines()
    assert len(text.splitlines()) == len(lines)
    assert text.splitlines()[0] == lines[0]


def test_the_page_reads_without_script(browser: Browser, page: Path) -> None:
    browser.open(page, script=False)
    try:
        shown = browser.send("Page.captureScreenshot", format="png")["data"]
        tree = browser.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        browser.send("Emulation.setScriptExecutionDisabled", value=False)
    assert len(base64.b64decode(shown)) > 20_000
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    names = [node.get("name", {}).get("value") for node in tree if not node["ignored"]]
    assert roles.count("table") > 20
    assert "Open large" not in names, "a button that does nothing is not shown"


def test_it_prints_with_the_banner_on_every_page(browser: Browser, page: Path, tmp_path: Path) -> None:
    browser.open(page)
    printed = browser.send("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
    content = base64.b64decode(printed["data"])
    assert content.startswith(b"%PDF")
    assert 10 < content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") + content.count(b"/Type/Page/") < 45


def test_paper_keeps_closed_what_is_folded_and_says_where_it_is(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.send("Emulation.setEmulatedMedia", media="print")
    try:
        shown = "checkVisibility()"
        assert not browser.run(f"[...document.querySelectorAll('details.more table')].some((table) => table.{shown})")
        assert not browser.run(f"[...document.querySelectorAll('.in-words')].some((part) => part.{shown})")
        named = "[...document.querySelectorAll('details.more .print-only')]"
        assert browser.run(f"{named}.some((told) => told.{shown} && told.textContent.includes('tables/'))")
        browser.run("document.querySelector('details.more:has(table)').open = true")
        assert browser.run(f"document.querySelector('details.more[open] table').{shown}"), "what is open is printed"
    finally:
        browser.send("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (1400, True), (360, False)])
def test_axe_finds_nothing_serious(browser: Browser, small_sample: Path, axe: str, width: int, dark: bool) -> None:
    browser.open(small_sample / REPORT, width=width, dark=dark)
    browser.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    browser.run(f"{axe}; 0")
    violations = browser.run(
        """axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.map((broken) =>
             [broken.impact, broken.id, broken.nodes.slice(0, 3).map((node) => node.html.slice(0, 160))]))"""
    )
    assert [violation for violation in violations if violation[0] in ("serious", "critical", "moderate")] == []
