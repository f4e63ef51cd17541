"""Which image of each figure goes into the page, so that all of them fit."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

from her2stats.results.picture import Image, Picture

_COLOURS = 256


def choose_images(
    pictures: Sequence[Picture], *, budget: int, drop_vectors: frozenset[str] = frozenset()
) -> dict[str, Image | None]:
    """Choose one image a figure: svg where it is there, with fewer bytes where the page would grow too large.

    Parameters
    ----------
    pictures : sequence of Picture
        In the order of the page.
    budget : int
        Bytes for all of them.
    drop_vectors : frozenset of str
        Figures that show single patients: an svg would hold their coordinates as numbers, so png is taken.

    Returns
    -------
    dict
        Name -> image. The largest ones are replaced first, by a png of 256 colours and full resolution; if that is
        not enough the largest are left out (None).
    """
    options = {p.name: [i for i in p.images if i.kind == "png" or p.name not in drop_vectors] for p in pictures}
    chosen: dict[str, Image | None] = {name: images[0] if images else None for name, images in options.items()}

    def cost(name: str) -> int:
        image = chosen[name]
        return image.cost if image is not None else 0

    for name in sorted(chosen, key=cost, reverse=True):
        if sum(map(cost, chosen)) > budget:
            chosen[name] = min([*options[name], *_lighter(options[name])], key=lambda image: image.cost, default=None)
    for name in sorted(chosen, key=cost, reverse=True):
        if sum(map(cost, chosen)) > budget:
            chosen[name] = None
    return chosen


def _lighter(images: Sequence[Image]) -> list[Image]:
    """The png with a palette: no colour of a plot moves by more than 8 of 255, and it takes a third of the bytes."""
    from PIL import Image as Pillow

    made = []
    for image in images:
        if image.kind == "png":
            try:
                picture = Pillow.open(io.BytesIO(image.content)).convert("RGB")
            except (OSError, ValueError, Pillow.DecompressionBombError):
                continue
            palette = picture.quantize(_COLOURS, method=Pillow.Quantize.MAXCOVERAGE, dither=Pillow.Dither.NONE)
            buffer = io.BytesIO()
            palette.save(buffer, "PNG", compress_level=6)
            made.append(replace(image, content=buffer.getvalue()))
    return made
