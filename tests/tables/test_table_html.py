"""Printed tables as HTML and through great-tables: accessible, harmless, the same bytes each time."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.tables import PrintedTable, table_html, to_great_table

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} & \" '"


class Elements(HTMLParser):
    """Counts elements and keeps the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(html: str) -> Elements:
    found = Elements()
    found.feed("".join([html]))  # a plain str: what is sliced from Markup would escape itself again
    found.close()
    return found


def example(text: str = "CD8") -> PrintedTable:
    frame = pd.DataFrame(
        {
            "group": ["g1", "g1", "g2"],
            "name": [text, "b", "c"],
            "x": ["1", "2", text],
            "y": ["3", "4", "5"],
            "w": "words",
        }
    )
    return PrintedTable(
        frame,
        caption=f"Caption {text}",
        labels={"name": "Cell type", "x": f"X {text}"},
        spanners=[("Both", ["x", "y"])],
        groups="group",
        words=["w"],
        strong=[(1, "x")],
        notes=["A note."],
    )


def test_headings_say_what_they_head() -> None:
    found = parse(table_html(example(), name="t1"))
    scopes = [attributes["scope"] for tag, attributes in zip(found.tags, found.attributes, strict=True) if tag == "th"]
    assert scopes.count("row") == 3
    assert scopes.count("rowgroup") == 2
    assert scopes.count("colgroup") == 1
    assert scopes.count("col") == 4
    assert found.tags[:2] == ["table", "caption"]


def test_every_row_fills_the_width_of_the_table() -> None:
    html = table_html(example(), name="t1")
    body = html.split("<tbody>")[1]
    widths = [row.count("<td") + row.count('scope="row"') for row in body.split("<tr>")[1:] if "rowgroup" not in row]
    assert widths == [4, 4, 4]
    assert 'colspan="4" class="group"' in body


def test_the_significant_cell_is_marked_and_no_other() -> None:
    html = table_html(example(), name="t1")
    assert html.count('class="strong"') == 1
    assert '<td class="strong">2</td>' in html


def test_hostile_text_comes_out_as_text() -> None:
    found = parse(table_html(example(HOSTILE), name="t1"))
    assert {"script", "img"}.isdisjoint(found.tags)
    assert HOSTILE in found.text
    assert {"script", "img"}.isdisjoint(parse(to_great_table(example(HOSTILE)).as_raw_html()).tags)


@given(st.text(max_size=40))
@settings(deadline=None, max_examples=60)
def test_no_text_adds_an_element(text: str) -> None:
    assert parse(table_html(example(text), name="t")).tags == parse(table_html(example(), name="t")).tags


def test_great_tables_gives_the_same_bytes_each_time() -> None:
    assert to_great_table(example()).as_raw_html() == to_great_table(example()).as_raw_html()


def test_headings_never_span_columns_that_stand_apart() -> None:
    frame = pd.DataFrame({"name": ["a"], "x": ["1"], "y": ["2"], "z": ["3"]})
    with pytest.raises(AssertionError, match="'Both' stand apart"):
        PrintedTable(frame, "", spanners=[("Both", ["x", "z"])])
