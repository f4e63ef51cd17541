"""A printed table as the HTML of a page: caption, scopes and classes, no style of its own.

A page has dozens of tables. great-tables sets every cell of a frame by itself and takes a tenth of a second a table,
a whole study's page several seconds; it stays the way to a table of its own (`to_great_table`).
"""

from __future__ import annotations

from functools import cache

from jinja2 import Template
from markupsafe import Markup

from her2stats.packaged import templates
from her2stats.tables.printed import PrintedTable


def table_html(table: PrintedTable, *, name: str) -> Markup:
    """Write a printed table as an HTML `<table>` with caption and header scopes; HTML in its texts comes out as text.

    `name`, unique within the page, is the prefix of the ids. Notes are not part of it: a page puts them below the box
    that the table scrolls in. Classes: ``stub`` for the names of the rows, ``words`` for running text, ``strong``,
    ``spanner``, ``group``; ``prose`` for a table of several columns that ends in running text, whose cells name their
    column (``data-label``), so that a narrow page can set them below one another.
    """
    return Markup(_template().render(table=table, name=name))  # noqa: S704 - the template escapes


@cache
def _template() -> Template:
    made = templates("her2stats.tables", autoescape=True)
    made.filters["unbroken"] = _unbroken
    return made.get_template("table.html.j2")


def _unbroken(text: str) -> str:
    """Keep the limits of an interval and "n = 104" on one line, where a narrow column breaks its texts."""
    for word in ("to", "="):
        text = text.replace(f" {word} ", f"\N{NO-BREAK SPACE}{word}\N{NO-BREAK SPACE}")
    return text
