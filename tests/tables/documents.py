"""Reads a docx without a library: what its paragraphs and tables say."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NEEDED = {"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"}


class Document:
    """The body of a docx; every part of it has to be whole XML."""

    def __init__(self, content: bytes | Path) -> None:
        packed = content.read_bytes() if isinstance(content, Path) else content
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert archive.testzip() is None
            assert set(archive.namelist()) == NEEDED
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            trees = {name: ET.fromstring(archive.read(name)) for name in NEEDED}
        body = trees["word/document.xml"].find(f"{W}body")
        assert body is not None
        self.body = body
        self.styles = {style.get(f"{W}styleId") for style in trees["word/styles.xml"].iter(f"{W}style")}
        used = {style.get(f"{W}val") for style in body.iter(f"{W}pStyle")}
        assert used <= self.styles, "a paragraph has a style that there is not"

    @property
    def paragraphs(self) -> list[str]:
        return [said(paragraph) for paragraph in self.body.findall(f"{W}p")]

    @property
    def tables(self) -> list[list[list[str]]]:
        """Texts by table and row; a cell that spans columns is followed by empty ones."""
        return [[self._row(row) for row in table.iter(f"{W}tr")] for table in self.body.iter(f"{W}tbl")]

    @staticmethod
    def _row(row: ET.Element) -> list[str]:
        texts: list[str] = []
        for cell in row.findall(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            texts += [said(cell), *[""] * (int(span.get(f"{W}val") or 1) - 1 if span is not None else 0)]
        return texts


def said(element: ET.Element) -> str:
    """All text below an element."""
    return "".join(text.text or "" for text in element.iter(f"{W}t"))
