"""Paragraphs and printed tables as a Word document: gtsummary's look, the same bytes for the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from jinja2 import Template

from her2stats.packaged import facts, templates
from her2stats.tables.printed import PrintedTable
from her2stats.tables.zipped import zipped

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no signs of XML


@dataclass(frozen=True)
class Words:
    """A paragraph of a document: a run-in heading, text, and raised numbers of what it cites."""

    text: str
    style: Literal["Normal", "Title", "Heading1"] = "Normal"
    lead: str = ""
    raised: str = ""


def word_document(blocks: Sequence[Words | PrintedTable]) -> bytes:
    """Write a docx of paragraphs and tables, each table on a page of its own, wide ones turned."""
    text = _template().render(blocks=blocks)
    others = facts("her2stats.tables", "data/docx/parts.toml")
    return zipped({name: part.encode() for name, part in {**others, "word/document.xml": text}.items()})


@cache
def _template() -> Template:
    made = templates("her2stats.tables", autoescape=True, finalize=_fit)
    return made.get_template("docx/document.xml.j2")


def _fit(value: Any) -> Any:
    """Text without the signs that no XML can hold; what is markup already stays so."""
    return _UNFIT.sub("\ufffd", value) if type(value) is str else value
