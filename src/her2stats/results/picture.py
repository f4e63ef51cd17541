"""Figures of a results folder: whole files only, and which format goes into the page."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from her2stats.files import regular_bytes
from her2stats.results.strict_csv import DamagedFileError

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_SVG_OPEN = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
_VIEWBOX = re.compile(rb'viewBox\s*=\s*"\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)\s*"')
_CSS_PIXELS_PER_PNG_PIXEL = 96 / 300


@dataclass(frozen=True)
class Image:
    """One image file, ready for the page: content and size on screen in CSS pixels."""

    kind: str
    content: bytes
    width: int
    height: int

    @property
    def data_uri(self) -> str:
        """The whole image as a data URI; as an `<img>` it can run no script, not even a hostile svg."""
        mime = {"svg": "image/svg+xml", "png": "image/png"}[self.kind]
        return f"data:{mime};base64,{base64.b64encode(self.content).decode('ascii')}"

    @property
    def cost(self) -> int:
        """Bytes that the image takes in the page."""
        return 4 * ((len(self.content) + 2) // 3)


@dataclass(frozen=True)
class Picture:
    """One figure: its name and the images of it that are whole."""

    name: str  # file name without ending
    images: tuple[Image, ...]  # svg first, then png, as far as they are there
    files: tuple[str, ...]  # names of all files of the figure, pdf included


def read_picture(name: str, files: Sequence[Path]) -> tuple[Picture | None, list[tuple[str, str]]]:
    """Read the images of one figure: None where none can be shown, and the file names with what is wrong with them."""
    images, problems = [], []
    for kind in ("svg", "png"):
        for file in (file for file in files if file.suffix == f".{kind}"):
            try:
                images.append(_read_svg(file) if kind == "svg" else _read_png(file))
            except DamagedFileError as error:
                problems.append((file.name, str(error)))
    if not images:
        if not problems:
            problems.append((files[0].name, "is there as pdf only, which a page cannot show"))
        return None, problems
    return Picture(name, tuple(images), tuple(file.name for file in files)), problems


def _content(file: Path) -> bytes:
    try:
        return regular_bytes(file)
    except OSError as error:
        raise DamagedFileError(f"cannot be read: {error.strerror or error}") from error


def _read_svg(file: Path) -> Image:
    content = _content(file)
    opening = _SVG_OPEN.search(content)
    if opening is None or not content.rstrip().endswith(b"</svg>"):
        raise DamagedFileError("is no whole svg image")
    size = _VIEWBOX.search(opening[0])
    if size is None or not (float(size[1]) > 0 and float(size[2]) > 0):
        raise DamagedFileError("does not say its size")
    points_to_pixels = 96 / 72  # matplotlib writes the viewBox in points
    return Image("svg", content, round(float(size[1]) * points_to_pixels), round(float(size[2]) * points_to_pixels))


def _read_png(file: Path) -> Image:
    content = _content(file)
    if not content.startswith(_PNG_START) or not content.endswith(_PNG_END):
        raise DamagedFileError("is no whole png image")
    width, height = struct.unpack(">II", content[16:24])
    if not width or not height:
        raise DamagedFileError("is an empty image")
    return Image("png", content, round(width * _CSS_PIXELS_PER_PNG_PIXEL), round(height * _CSS_PIXELS_PER_PNG_PIXEL))
