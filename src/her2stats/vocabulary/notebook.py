"""How results show themselves in a notebook: small, escaped HTML that inherits the notebook's own look."""

from __future__ import annotations

import html
from collections.abc import Iterable
from numbers import Integral, Real

import pandas as pd

MOST_ROWS = 20


def panel_html(title: str, facts: Iterable[str] = (), *tables: pd.DataFrame) -> str:
    """A title, facts in a list, and tables below it, without their index, long ones to their first rows."""
    items = "".join(f"<li>{html.escape(fact.strip())}</li>" for fact in facts)
    listed = f"<ul>{items}</ul>" if items else ""
    return f"<div><strong>{html.escape(title)}</strong>{listed}{''.join(map(frame_html, tables))}</div>"


def frame_html(frame: pd.DataFrame, *, most: int = MOST_ROWS) -> str:
    """A frame as a plain table: numbers to four digits, the first rows of a long one, and how many there are."""
    head = "".join(f"<th>{html.escape(str(column))}</th>" for column in frame.columns)
    rows = zip(*(frame[column].head(most) for column in frame.columns), strict=True)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    rest = f"<p>{len(frame) - most} more rows</p>" if len(frame) > most else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _cell(value: object) -> str:
    if isinstance(value, Integral):
        return f'<td style="text-align: right">{value}</td>'
    if isinstance(value, Real):
        return f'<td style="text-align: right">{"" if value != value else format(float(value), ".4g")}</td>'
    return f'<td style="text-align: left">{"" if value is None or value is pd.NA else html.escape(str(value))}</td>'
