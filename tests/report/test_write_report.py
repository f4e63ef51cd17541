"""The page: whole, harmless, the same bytes, aggregates only, gaps named."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from her2stats.errors import OutputError
from her2stats.report import write_report
from her2stats.report.write import LARGEST

from .sample_folder import EXPOSURE, keep_few, write_sample_folder

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"
VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Elements, ids and headings of a page; complains about tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def text_of(folder: Path) -> str:
    return write_report(folder).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(sample: Path) -> str:
    return (sample / "report.html").read_text(encoding="utf-8")


def test_the_same_folder_gives_the_same_bytes(folder: Path, small_sample: Path) -> None:
    assert write_report(folder).read_bytes() == (small_sample / "report.html").read_bytes()


def test_it_is_one_file_below_the_limit(html: str) -> None:
    page = Page(html)
    assert len(html.encode()) < LARGEST
    assert all(image["src"].startswith("data:image/") for image in page.named("img"))
    assert page.named("link") == page.named("iframe") == []
    assert all("src" not in script for script in page.named("script"))
    outside = {a["href"] for a in page.named("a") if re.match(r"\w+:", a.get("href") or "")}
    assert all(address.startswith("https://doi.org/") for address in outside)


def test_ids_are_unique_and_links_lead_somewhere(html: str) -> None:
    page = Page(html)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {a["href"][1:] for a in page.named("a") if (a.get("href") or "").startswith("#")}
    assert inner <= set(ids)


def test_headings_go_down_one_step_at_a_time(html: str) -> None:
    headings = Page(html).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(headings))


def test_every_figure_is_described_and_every_table_has_a_caption(html: str) -> None:
    page = Page(html)
    assert all(len(image["alt"] or "") > 40 for image in page.named("img"))
    assert len(page.named("caption")) == len(page.named("table"))
    assert all(heading.get("scope") for heading in page.named("th"))


def test_no_patient_is_in_the_page(html: str, sample: Path) -> None:
    assert "PATIENT-" not in html
    values = pd.read_csv(sample / "tables" / "scores.csv")["ESR1"].astype(str)
    assert not any(value in html for value in values)
    assert 'data-name="scores"' not in html
    assert 'data-name="fractions"' not in html


def test_figures_of_single_patients_are_bitmaps(html: str) -> None:
    kinds = dict(re.findall(r'<figure class="figure-part" id="([^"]+)">\s*<img src="data:image/([a-z+]+);', html))
    assert kinds["fig1b_til_abim"] == kinds["figS1_distribution_abim"] == "png"
    assert kinds["fig1a_correlation"] == "svg+xml"


def test_simulated_is_said_first(html: str, tmp_path: Path) -> None:
    assert html.index("Simulated data.") < html.index("<h1>")
    assert "<title>Simulated: " in html
    real = write_sample_folder(tmp_path / "real", simulated=False)
    keep_few(real)
    assert 'class="banner"' not in text_of(real)


@pytest.mark.parametrize("name", ["correlation", "odds_ratios", "ancova_slopes", "response", "abundance", "scores"])
def test_a_missing_table_is_named_and_the_rest_is_there(folder: Path, name: str) -> None:
    (folder / "tables" / f"{name}.csv").unlink()
    html = text_of(folder)
    assert f"<code>tables/{name}.csv</code> is missing" in html
    assert "This page is incomplete" in html
    assert html.count("<table") > 10
    Page(html)


def test_several_faults_of_one_file_count_once(folder: Path) -> None:
    (folder / "provenance.json").write_text('{"title": 3}', encoding="utf-8")
    assert "</strong> 1 file of the results folder is missing or damaged" in text_of(folder)


def test_everything_but_one_table_may_be_gone(folder: Path) -> None:
    for path in (*(folder / "figures").iterdir(), *(folder / "tables").iterdir(), folder / "crosscheck.csv"):
        if path.name != "odds_ratios.csv":
            path.unlink()
    (folder / "provenance.json").unlink()
    html = text_of(folder)
    assert "Unknown whether simulated" in html
    assert "provenance.json" in html
    Page(html)


def test_hostile_text_stays_text(folder: Path) -> None:
    for path in (folder / "tables").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for name in ("T cells CD8", "confirmatory", "FAM30A", "HER2-positive tumours"):
            text = text.replace(name, HOSTILE)
        path.write_text(text, encoding="utf-8")
    provenance = folder / "provenance.json"
    content = json.loads(provenance.read_text(encoding="utf-8"))
    content |= {"title": HOSTILE, "conventions": {HOSTILE: HOSTILE}, "versions": {HOSTILE: HOSTILE}}
    provenance.write_text(json.dumps(content), encoding="utf-8")
    html = text_of(folder)
    assert "alert(1)</script>" not in html
    assert "<img src=x" not in html
    assert "49" not in re.findall(r"<h1>(.*?)</h1>", html)[0]
    assert [i for i in Page(html).named("img") if not (i["src"] or "").startswith("data:")] == []


def test_only_our_own_script_may_run(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", policy[1])


def test_a_public_page_hides_small_counts_and_single_patients(tmp_path: Path) -> None:
    folder = write_sample_folder(tmp_path / "public", public=True)
    keep_few(folder)
    html = text_of(folder)
    assert "This is the public version" in html
    table = html[html.index("Patient and primary tumour") : html.index("</table>", html.index("Patient and primary"))]
    small = [int(count) for count in re.findall(r"<td>(\d+)(?: \(|</td>)", table)]
    assert small
    assert min(small) >= 5
    assert "&lt;5" in table
    assert 'id="fig1b_til_abim"' not in html
    assert 'id="fig1a_correlation"' not in html  # it draws a comparison whose groups the page hides
    assert 'id="figA_infiltration"' in html


def test_a_failing_write_leaves_the_old_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = write_report(folder).read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="No space left"):
        write_report(folder)
    assert (folder / "report.html").read_bytes() == old
    assert list(folder.glob(".*")) == []


@pytest.mark.parametrize(
    ("name", "caption"),
    [("pooled_odds_ratios", "Odds ratio of high"), ("pooled_correlations", "Spearman correlation of")],
)
def test_pooled_estimates_are_printed_with_their_heterogeneity(
    sample: Path, html: str, name: str, caption: str
) -> None:
    rows = pd.read_csv(sample / "tables" / f"{name}.csv")
    row = rows[rows["stratum"].eq("all") & rows["i2"].gt(0.01) & rows["term"].eq(EXPOSURE)].iloc[0]
    tables = [part[: part.index("</table>")] for part in html.split("<caption")[1:]]
    (table,) = [part for part in tables if caption in part[:400] and "pooled over cohorts" in part]
    assert f"{row['estimate']:.2f} (".replace("-", "−") in table
    assert f">{row['i2']:.0%}<" in table.replace(" ", "")
    assert "andom effects (REML), Hartung-Knapp, never narrower than Wald" in html


def test_clinical_tables_print_the_corrected_p(sample: Path, html: str) -> None:
    table = pd.read_csv(sample / "tables" / "clinical.csv")
    section = html[html.index('<section id="clinical"') :]
    section = section[: section.index("</section>")]
    printed = section.count("p\N{NO-BREAK SPACE}corr.")
    assert printed >= 3 * table.groupby(["cohort", "outcome"]).ngroups


def links_below(html: str, figure: str) -> str:
    part = html[html.index(f'<figure class="figure-part" id="{figure}"') :]
    return part[: part.index("</figure>")]


def test_the_comparison_with_r_comes_with_its_figure(sample: Path, html: str) -> None:
    assert 'href="crosscheck.csv" download="crosscheck.csv" data-csv="crosscheck"' in links_below(
        html, "figS4_agreement"
    )
    packed = re.search(r'data-name="crosscheck">([^<]+)<', html)
    assert packed is not None
    assert gzip.decompress(base64.b64decode(packed[1])) == (sample / "crosscheck.csv").read_bytes()


def test_values_of_single_tumours_are_named_but_not_in_the_page(html: str) -> None:
    links = links_below(html, "figS2_exposure_abim")
    assert 'href="tables/scores.csv"' in links
    assert "csv in the results folder" in links
    assert "data-csv" not in links


def test_the_comparison_with_r_is_not_in_a_public_page(tmp_path: Path) -> None:
    folder = write_sample_folder(tmp_path / "public", public=True)
    keep_few(folder)
    assert 'data-name="crosscheck"' not in text_of(folder)
