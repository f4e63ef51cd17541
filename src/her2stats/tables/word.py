"""Paragraphs and printed tables as a Word document: gtsummary's look, the same bytes for the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from her2stats.tables.latex import WIDE
from her2stats.tables.printed import PrintedTable
from her2stats.tables.zipped import zipped

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no signs of XML
_LONGEST = 60  # letters of a cell that still widen its column
_PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package.rels",
    "word/_rels/document.xml.rels": "document.rels",
    "word/styles.xml": "styles.xml",
}


@dataclass(frozen=True)
class Words:
    """A paragraph of a document: a run-in heading, text, and raised numbers of what it cites."""

    text: str
    style: Literal["Normal", "Title", "Heading1"] = "Normal"
    lead: str = ""
    raised: str = ""


def word_document(blocks: Sequence[Words | PrintedTable]) -> bytes:
    """Write a docx of paragraphs and tables, each table on a page of its own, wide ones turned."""
    text = _template().render(blocks=blocks, widths=_widths, turned=_is_turned)
    data = resources.files("her2stats.tables").joinpath("data/docx")
    parts = {name: data.joinpath(file).read_bytes() for name, file in _PARTS.items()}
    return zipped({**parts, "word/document.xml": text.encode()})


def _is_turned(block: Words | PrintedTable) -> bool:
    return isinstance(block, PrintedTable) and len(block.columns) + 1 >= WIDE


def _widths(table: PrintedTable) -> list[int]:
    """Widths of the columns, in twentieths of a point, by their longest texts."""
    texts = {column: [*table.frame[column].astype("str"), table.heading(column)] for column in table.frame.columns}
    letters = [min(max(map(len, texts[column])), _LONGEST) + 2 for column in (table.stub, *table.columns)]
    room = 14570 if _is_turned(table) else 9638
    return [room * count // sum(letters) for count in letters]


@cache
def _template() -> Template:
    loader = PackageLoader("her2stats.tables", "data/docx")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_fit
    )
    return made.get_template("document.xml.j2")


def _fit(value: Any) -> Any:
    """Text without the signs that no XML can hold; what is markup already stays so."""
    return _UNFIT.sub("\ufffd", value) if type(value) is str else value
