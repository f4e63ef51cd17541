"""A public page as somebody reads it who wants to know more: its text, its figures' text, the tables packed into it."""

from __future__ import annotations

import base64
import gzip
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pandas as pd

SPOKEN = ("alt", "title", "aria-label", "content")
ENDS = ("td", "th", "tr", "p", "li", "h1", "h2", "h3", "h4", "div", "figcaption", "section", "dt", "dd")
# "n = 12", "n = 8-40", "12 tumours", "5 of 17 (29%) in HER2-low", "5/17"
COUNTS = (
    re.compile(r"\bn = (\d+)(?:–(\d+))?"),
    re.compile(r"\b(\d+) (?:tumours?|samples?|patients?|events?|cases)\b"),
    re.compile(r"\b(\d+) of (\d+) \(\d+%\)"),
    re.compile(r"(?<![\d./-])(\d+)/(\d+)(?![\d./-])"),
)


def plain(text: str) -> str:
    """A text with plain spaces: those that do not break stand between n and its number in figures."""
    return re.sub(r"[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]", " ", text)


@dataclass
class Page(HTMLParser):
    """Text of a page and of its vector figures, and tables by name."""

    html: str
    text: str = ""
    figures: list[str] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._csv: str | None = None
        self._silent = False
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._silent = tag in ("script", "style")
        self._csv = told.get("data-name") if tag == "script" else None
        self.text += "".join(f" {told[name]} " for name in SPOKEN if name in told)
        for value in told.values():
            if value.startswith("data:image/svg+xml;base64,"):  # letters are outlines, with the words in comments
                drawn = base64.b64decode(value.partition(",")[2]).decode()
                self.figures.append("\n".join("".join(both) for both in re.findall(r"<!--(.*?)-->|>([^<>]+)<", drawn)))

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag in ENDS:
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        if self._csv is not None:
            table = pd.read_csv(io.BytesIO(gzip.decompress(base64.b64decode(data))))
            words = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
            self.tables[self._csv] = table.fillna(dict.fromkeys(words, ""))
            self._csv = None
        elif not self._silent:
            self.text += data

    def small_counts(self) -> list[str]:
        """Phrases of the text and the figures that count one to four tumours, or leave as many."""
        found = []
        for text in (self.text, *self.figures):
            for pattern in COUNTS:
                for match in pattern.finditer(plain(text)):
                    part, whole = int(match[1]), int(match[2]) if pattern.groups > 1 and match[2] else None
                    parts = {part, whole - part if whole is not None and "=" not in match[0] else part}
                    if any(0 < number < 5 for number in parts):
                        found.append(match[0])
        return found
