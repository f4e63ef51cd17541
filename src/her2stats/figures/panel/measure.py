"""How wide a text will be on paper, so that columns and labels get the room they need before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import nullcontext
from functools import lru_cache

from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from her2stats.figures.style.theme import BASE_SIZE, FONT_SETTINGS, SMALLEST_SIZE, know_font

MM_PER_POINT = 25.4 / 72


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width in millimetres of the longest line of a text, which may have several, and mathtext; `size` is in points."""
    know_font()
    family, widths = FONT_SETTINGS["font.family"], []
    font = FontProperties(family=family, size=size, weight=weight, math_fontfamily="custom")
    for line in text.split("\n"):
        formula = line.replace(r"\$", "").count("$") >= 2
        shown = line if formula else line.replace(r"\$", "$")
        with rc_context(FONT_SETTINGS) if formula else nullcontext():
            widths.append(text_to_path.get_text_width_height_descent(shown, font, ismath=formula)[0])
    return max(widths) * MM_PER_POINT


def widest(texts: Iterable[str], size: float, weight: str = "normal") -> float:
    """Width of the widest of several texts in millimetres; 0 for none."""
    return max((text_width(text, size, weight) for text in texts), default=0.0)


def fitting_size(texts: Iterable[str], width_mm: float, largest: float = BASE_SIZE) -> float:
    """Return the largest size in points, in steps of a half, at which every bold text is at most `width_mm` wide."""
    width = widest(texts, largest, "bold")
    if width <= width_mm:
        return largest
    return max(SMALLEST_SIZE, math.floor(2 * largest * width_mm / width) / 2)


def elided(text: str, width_mm: float, size: float) -> str:
    """Shorten a text that is wider than `width_mm` by an ellipsis before its last six characters."""
    if text_width(text, size) <= width_mm or len(text) < 12 or "$" in text:
        return text
    head = text[:-6]
    while len(head) > 4 and text_width(f"{head}\N{HORIZONTAL ELLIPSIS}{text[-6:]}", size) > width_mm:
        head = head[:-1]
    return f"{head}\N{HORIZONTAL ELLIPSIS}{text[-6:]}"


def wrapped(text: str, width_mm: float, size: float) -> str:
    """Break a text at its spaces into lines of at most `width_mm`."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > width_mm:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return "\n".join(lines)
