"""A printed table as a great-tables object: for a notebook, or a page of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from her2stats.tables.printed import PrintedTable

if TYPE_CHECKING:
    from great_tables import GT


def to_great_table(table: PrintedTable, *, name: str = "table") -> GT:
    """Turn a printed table into a great-tables object, which a notebook shows and a user may go on styling.

    HTML in texts and headings stays text. The prefix of the ids, `name`, is never random, so that output is
    byte-stable.
    """
    from great_tables import GT, loc, style

    # unique ids, whatever the names
    plain = {column: f"c{number}" for number, column in enumerate(table.frame.columns)}
    frame = table.frame.rename(columns=plain)
    made = GT(frame, id=name, rowname_col=plain[table.stub], groupname_col=plain.get(table.groups))
    made = made.tab_header(_literal(table.caption)).tab_stubhead(_literal(table.heading(table.stub)))
    made = made.cols_label({plain[column]: _literal(table.heading(column)) for column in table.columns})
    words = [plain[column] for column in table.columns if column in table.words]
    made = made.cols_align("right", [plain[column] for column in table.columns if column not in table.words])
    made = made.cols_align("left", words) if words else made
    for number, (text, columns) in enumerate(table.spanners):
        made = made.tab_spanner(_literal(text), columns=[plain[column] for column in columns], id=f"s{number}")
    for row, column in table.strong:
        made = made.tab_style(style.text(weight="bold"), loc.body(columns=plain[column], rows=[row]))
    for note in table.notes:
        made = made.tab_source_note(_literal(note))
    return made


def _literal(text: str) -> str:
    """Keep double braces apart: great-tables reads them as its notation of units, and then escapes nothing."""
    return text.replace("{{", "{ {").replace("}}", "} }")
