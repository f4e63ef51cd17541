"""A printed table as HTML and LaTeX, through great-tables."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from her2stats.tables.printed import PrintedTable

if TYPE_CHECKING:
    from great_tables import GT

_LATEX_SIGNS = {"−": "$-$", "–": "--", "—": "---", "≤": r"$\leq$", "≥": r"$\geq$", "×": r"$\times$", "†": r"\dag{}"}
_LATEX_SIGNS |= {"ρ": r"$\rho$", "∞": r"$\infty$"}


def to_great_table(table: PrintedTable, *, name: str = "table", styled: bool = True) -> GT:
    """Turn a printed table into a great-tables object, which a notebook shows and a user may go on styling.

    Parameters
    ----------
    table : PrintedTable
        Texts and headings; HTML in them stays text.
    name : str
        Prefix of the ids in the HTML; has to be unique within a page. Never random, so that pages are byte-stable.
    styled : bool
        Put the significant cells in bold. LaTeX output knows no styles.

    Returns
    -------
    great_tables.GT
    """
    from great_tables import GT, loc, style

    plain = {
        column: f"c{number}" for number, column in enumerate(table.frame.columns)
    }  # unique ids, whatever the names
    frame = table.frame.rename(columns=plain)
    made = GT(frame, id=name, rowname_col=plain[table.stub], groupname_col=plain.get(table.groups))
    made = made.tab_stubhead(table.heading(table.stub))
    made = made.cols_label({plain[column]: table.heading(column) for column in table.columns})
    words = [plain[column] for column in table.columns if column in table.words]
    made = made.cols_align("right", [plain[c] for c in table.columns if c not in table.words])
    made = made.cols_align("left", words) if words else made
    for number, (text, columns) in enumerate(table.spanners):
        made = made.tab_spanner(text, columns=[plain[column] for column in columns], id=f"s{number}")
    for row, column in table.strong if styled else ():
        made = made.tab_style(style.text(weight="bold"), loc.body(columns=plain[column], rows=[row]))
    return made


def table_html(table: PrintedTable, *, name: str) -> str:
    """Write a printed table as an HTML `<table>` with caption and header scopes, without a style sheet of its own.

    Parameters
    ----------
    table : PrintedTable
        Texts and headings; HTML in them comes out as text.
    name : str
        Unique name within the page; prefix of all ids.

    Returns
    -------
    str
        Notes are not part of it: a page puts them below the box that the table scrolls in.

    Examples
    --------
    >>> import pandas as pd
    >>> page = table_html(PrintedTable(pd.DataFrame({"type": ["<b>"], "rho": ["−0.31"]}), "Caption"), name="t")
    >>> "<span>Caption</span></caption>" in page, "<b>" in page, 'scope="row"' in page
    (True, False, True)
    """
    page = to_great_table(table, name=name).as_raw_html()
    start, end = page.index("<table"), page.rindex("</table>") + len("</table>")
    body = page[start:end]
    opening = re.match(r"<table[^>]*>", body)
    assert opening is not None
    caption = f'<caption id="{html.escape(name)}-caption"><span>{html.escape(table.caption)}</span></caption>'
    return f'<table id="{html.escape(name)}-table" class="printed">{caption}{body[opening.end() :]}'


def table_latex(table: PrintedTable) -> str:
    """Write a printed table as LaTeX (needs booktabs), for a manuscript.

    Examples
    --------
    >>> import pandas as pd
    >>> text = table_latex(PrintedTable(pd.DataFrame({"type": ["CD8"], "rho": ["−0.31"]}), "Caption"))
    >>> "$-$0.31" in text
    True
    """
    body = to_great_table(table, styled=False).tab_header(table.caption).as_latex()
    replace: Callable[[re.Match[str]], str] = lambda sign: _LATEX_SIGNS[sign[0]]  # noqa: E731
    return re.sub("|".join(_LATEX_SIGNS), replace, body)
