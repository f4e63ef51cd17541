"""What goes into the page beside its words: one image of each figure, and the data behind tables and figures."""

from __future__ import annotations

import base64
import gzip
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from her2stats.results.csv_cells import csv_text
from her2stats.results.folder import CROSSCHECKED, ResultsFolder
from her2stats.results.picture import Image, Picture
from her2stats.results.schema import PER_PATIENT_TABLES

_REDUNDANT = ("std_error", "statistic", "df", "p_value", "p_adjusted", "p_bh", "family", "n_events", "n_missing")
_DIGITS = 6
_COLOURS = 256


@dataclass(frozen=True)
class Embedded:
    """One csv file in the page, compressed: name, content as base64, and what was left out of it."""

    name: str
    content: str
    shortened: bool = False

    @property
    def file(self) -> str:
        """Name that the download gets."""
        return f"{self.name}.csv"


def embed_tables(results: ResultsFolder, names: Collection[str], *, budget: int) -> dict[str, Embedded]:
    """Compress the tables that the page refers to as its data into a budget of bytes for all of them.

    What does not fit is shortened, then left to the folder. Where the page is public, `results` is without its small
    counts. Tables of single patients never go in; the comparison with R goes in whole where there is room, and not into
    a public page: it repeats every count.
    """
    tables = results.tables
    wanted = [name for name in dict.fromkeys(names) if name in tables and name not in PER_PATIENT_TABLES]
    made = {name: Embedded(name, _packed(_content(results, name))) for name in wanted}
    by_size = sorted(made, key=lambda name: len(made[name].content), reverse=True)
    for name in by_size:
        if _total(made) > budget:
            made[name] = Embedded(name, _packed(_as_csv(_short(tables[name]))), shortened=True)
    for name in by_size:
        if _total(made) > budget:
            del made[name]
    if CROSSCHECKED in names and results.crosscheck is not None and not results.provenance.public:
        compared = Embedded(CROSSCHECKED, _packed(_content(results, CROSSCHECKED)))
        if _total(made) + len(compared.content) <= budget:
            made[CROSSCHECKED] = compared
    return made


def _total(made: Mapping[str, Embedded]) -> int:
    return sum(len(embedded.content) for embedded in made.values())


def _content(results: ResultsFolder, name: str) -> bytes:
    table = results.crosscheck if name == CROSSCHECKED else results.tables[name]
    assert table is not None
    return _as_csv(table)


def _as_csv(table: pd.DataFrame) -> bytes:
    return csv_text(table).encode()


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, compresslevel=9, mtime=0)).decode("ascii")


def _short(table: pd.DataFrame) -> pd.DataFrame:
    """Without empty and derivable columns, numbers to six significant digits."""
    kept = [name for name in table.columns if name not in _REDUNDANT and table[name].notna().any()]
    short = table[kept].copy()
    for name in short.columns[[pd.api.types.is_float_dtype(dtype) for dtype in short.dtypes]]:
        short[name] = [float(f"{value:.{_DIGITS}g}") for value in short[name]]
    return short


def choose_images(
    pictures: Sequence[Picture],
    *,
    budget: int,
    drop_vectors: frozenset[str] = frozenset(),
    further: frozenset[str] = frozenset(),
) -> dict[str, Image | None]:
    """Choose one image a figure: svg where it is there, with fewer bytes where the page would grow too large.

    The budget is in bytes for all. The largest are replaced first, by a png of 256 colours and 200 dots an inch; if
    that is not enough the largest are left out (None), those of `further` cohorts and in `drop_vectors` first. These
    show single patients: an svg would hold their coordinates as numbers, so png is taken.
    """
    options = {p.name: [i for i in p.images if i.kind == "png" or p.name not in drop_vectors] for p in pictures}
    chosen: dict[str, Image | None] = {name: images[0] if images else None for name, images in options.items()}

    def cost(name: str) -> int:
        image = chosen[name]
        return image.cost if image is not None else 0

    for name in sorted(chosen, key=cost, reverse=True):
        if sum(map(cost, chosen)) > budget:
            chosen[name] = min([*options[name], *_lighter(options[name])], key=lambda image: image.cost, default=None)
    for name in sorted(chosen, key=lambda name: (name in further, name in drop_vectors, cost(name)), reverse=True):
        if sum(map(cost, chosen)) > budget:
            chosen[name] = None
    return chosen


def _lighter(images: Sequence[Image]) -> list[Image]:
    """The png with two thirds of its width and a palette: sharp on a screen and on paper, a quarter of the bytes."""
    from PIL import Image as Pillow

    made = []
    for image in images:
        if image.kind == "png":
            try:
                picture = Pillow.open(io.BytesIO(image.content)).convert("RGB")
            except (OSError, ValueError, Pillow.DecompressionBombError):
                continue
            smaller = [max(1, side * 2 // 3) for side in picture.size]
            picture = picture.resize((smaller[0], smaller[1]), Pillow.Resampling.BOX)
            palette = picture.quantize(_COLOURS, method=Pillow.Quantize.MAXCOVERAGE, dither=Pillow.Dither.NONE)
            buffer = io.BytesIO()
            palette.save(buffer, "PNG", optimize=True)
            made.append(replace(image, content=buffer.getvalue()))
    return made
