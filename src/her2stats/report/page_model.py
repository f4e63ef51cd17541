"""What a page consists of: sections with parts. The template knows how each part looks, nothing here does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from her2stats.report.first_answer import Claim
from her2stats.report.methods import Methods
from her2stats.report.statements import Answer
from her2stats.report.trust import TrustItem
from her2stats.results.catalogue import Caption
from her2stats.results.picture import Image
from her2stats.tables import PrintedTable


@dataclass(frozen=True)
class TextPart:
    """A paragraph; `tone` "gap" marks what is missing, "aside" what is said beside the results."""

    kind: ClassVar[str] = "text"
    text: str
    tone: str = ""


@dataclass(frozen=True, eq=False)
class TablePart:
    """A printed table; `data` names the csv that it was made from."""

    kind: ClassVar[str] = "table"
    table: PrintedTable
    data: str = ""
    sortable: bool = True


@dataclass(frozen=True)
class FigurePart:
    """A figure with its caption; no image where it did not fit into the page."""

    kind: ClassVar[str] = "figure"
    name: str
    caption: Caption
    image: Image | None
    files: tuple[str, ...]
    why_absent: str = ""


@dataclass(frozen=True)
class AnswersPart:
    """The plain-language summary."""

    kind: ClassVar[str] = "answers"
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class FirstAnswerPart:
    """The question of the study, answered in sentences."""

    kind: ClassVar[str] = "first-answer"
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class TrustPart:
    """How far the answer can be trusted, an item a row."""

    kind: ClassVar[str] = "trust"
    items: tuple[TrustItem, ...]


@dataclass(frozen=True)
class MethodsPart:
    """The methods text."""

    kind: ClassVar[str] = "methods"
    methods: Methods


@dataclass(frozen=True)
class ListPart:
    """Short sentences, one a line."""

    kind: ClassVar[str] = "list"
    items: tuple[str, ...]


@dataclass(frozen=True)
class MorePart:
    """Parts behind a heading that a reader opens when wanted."""

    kind: ClassVar[str] = "more"
    title: str
    parts: Sequence[Part]


Part = TextPart | TablePart | FigurePart | FirstAnswerPart | TrustPart | AnswersPart | MethodsPart | ListPart | MorePart


@dataclass(frozen=True)
class Section:
    """One section of the page; empty ones are left out."""

    name: str
    title: str
    parts: Sequence[Part] = field(default_factory=tuple)
    lead: str = ""
