"""A printed table as the HTML of a page: caption, scopes and classes, no style of its own.

A page has dozens of tables. great-tables sets every cell of a frame by itself and takes a tenth of a second a table,
a whole study's page several seconds; it stays the way to a table of its own (`to_great_table`).
"""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from her2stats.tables.printed import PrintedTable


def table_html(table: PrintedTable, *, name: str) -> Markup:
    """Write a printed table as an HTML `<table>` with caption and header scopes; HTML in its texts comes out as text.

    `name`, unique within the page, is the prefix of the ids. Notes are not part of it: a page puts them below the box
    that the table scrolls in. Classes: ``stub`` for the names of the rows, ``words`` for running text, ``strong``,
    ``spanner``, ``group``; ``prose`` for a table of several columns that ends in running text, whose cells name their
    column (``data-label``), so that a narrow page can set them below one another.
    """
    caption = Markup('<caption id="{}-caption"><span>{}</span></caption>').format(name, table.caption)
    head = Markup("\n").join(_head(table))
    body = Markup("\n").join(_body(table))
    kinds = f"{' grouped' if table.groups else ''}{' prose' if _is_prose(table) else ''}"
    table_tag = Markup('<table id="{}-table" class="printed{}">').format(name, kinds)
    return Markup("{}\n{}\n<thead>\n{}\n</thead>\n<tbody>\n{}\n</tbody>\n</table>").format(
        table_tag, caption, head, body
    )


def _is_prose(table: PrintedTable) -> bool:
    return len(table.columns) > 1 and table.columns[-1] in table.words and not table.spanners


def _head(table: PrintedTable) -> Iterator[Markup]:
    """One row of headings, or two where headings span columns."""
    depth = 2 if table.spanners else 1
    spanned = {column: (text, len(columns)) for text, columns in table.spanners for column in columns[:1]}
    below = [column for _, columns in table.spanners for column in columns]
    first = [_heading(table, table.stub, depth)]
    for column in table.columns:
        if column in spanned:
            text, width = spanned[column]
            scope = "colgroup" if width > 1 else "col"
            opening = Markup('<th scope="{}" colspan="{}" class="spanner">').format(scope, width)
            first.append(opening + Markup("<span>{}</span></th>").format(_unbroken(text)))
        elif column not in below:
            first.append(_heading(table, column, depth))
    yield _row(first)
    if table.spanners:
        yield _row([_heading(table, column, 1) for column in table.columns if column in below])


def _heading(table: PrintedTable, column: str, depth: int) -> Markup:
    kind = "stub" if column == table.stub else "words" if column in table.words else "number"
    span = Markup(' rowspan="2"') if depth > 1 else ""
    return Markup('<th scope="col"{} class="{}">{}</th>').format(span, kind, _unbroken(table.heading(column)))


def _body(table: PrintedTable) -> Iterator[Markup]:
    strong = set(table.strong)
    texts = {column: [str(text) for text in table.frame[column]] for column in table.frame.columns}
    group = None
    for place in range(len(table.frame)):
        if table.groups and texts[table.groups][place] != group:
            group = texts[table.groups][place]
            width = len(table.columns) + 1
            yield _row([Markup('<th scope="rowgroup" colspan="{}" class="group">{}</th>').format(width, group)])
        cells = [Markup('<th scope="row" class="stub">{}</th>').format(texts[table.stub][place])]
        for column in table.columns:
            is_kind = {"words": column in table.words, "strong": (place, column) in strong}
            kinds = [kind for kind, is_it in is_kind.items() if is_it]
            opening = Markup('<td class="{}"').format(" ".join(kinds)) if kinds else Markup("<td")
            opening += Markup(' data-label="{}">').format(table.heading(column)) if _is_prose(table) else Markup(">")
            text = texts[column][place]
            cells.append(opening + escape(text if "words" in kinds else _unbroken(text)) + Markup("</td>"))
        yield _row(cells)


def _unbroken(text: str) -> str:
    """Keep the limits of an interval and "n = 104" on one line, where a narrow column breaks its texts."""
    for word in ("to", "="):
        text = text.replace(f" {word} ", f"\N{NO-BREAK SPACE}{word}\N{NO-BREAK SPACE}")
    return text


def _row(cells: list[Markup]) -> Markup:
    return Markup("<tr>") + Markup("").join(cells) + Markup("</tr>")
