"""What a reader would see at once and a parser never: text that cannot be seen, empty places, things cut off."""

from __future__ import annotations

import numpy as np

from .browser import Browser

LONGEST_GAP = 150  # pixels of nothing but ground in the main column
FAINTEST = 40  # of 255: the least difference between a text and its ground
_BOXES = """(selector) => [...document.querySelectorAll(selector)].flatMap((node) => {
  const box = node.getBoundingClientRect();
  const seen = node.closest('.scroll')?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
  if (!node.checkVisibility({ contentVisibilityAuto: true }) || node.closest('.visually-hidden')) return [];
  if (box.width < 2 || box.height < 2 || box.left < seen.left - 1 || box.right > seen.right + 1) return [];
  return [[box.left, box.top + scrollY, box.right, box.bottom + scrollY, node.outerHTML.slice(0, 120)]];
})"""
PRINTED = "main :is(h2, h3, p, li, figcaption, summary, caption, td, th):not(:empty, :has(.visually-hidden:only-child))"


def outside_the_page(browser: Browser) -> list[str]:
    """Elements that reach beyond the window, outside boxes that scroll."""
    return browser.run(
        """[...document.querySelectorAll('main *')].filter((node) => !node.closest('.scroll, .visually-hidden')
             && node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 120))"""
    )


def faint_or_blank(browser: Browser, picture: np.ndarray, selector: str) -> list[str]:
    """Elements in view whose place in the picture has one colour only, or hardly two."""
    found = []
    for left, top, right, bottom, html in browser.run(f"({_BOXES})({selector!r})"):
        part = picture[round(top) : round(bottom), round(left) : round(right)].reshape(-1, 3).astype(int)
        if not len(part) or (part.max(axis=0) - part.min(axis=0)).max() < FAINTEST:
            found.append(html)
    return found


def longest_gap(browser: Browser, picture: np.ndarray) -> int:
    """Longest run of rows in the main column that are of one colour each and no part of a figure, in pixels."""
    (main,) = browser.run(f"({_BOXES})('main')")
    left, top, right, bottom = (round(edge) for edge in main[:4])
    column = picture[top:bottom, left:right]
    plain = (column.max(axis=1) - column.min(axis=1)).max(axis=1) < FAINTEST
    for box in browser.run(f"({_BOXES})('main img')"):
        plain[round(box[1]) - top : round(box[3]) - top] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], plain, [False]]).astype(int)))
    return int((edges[1::2] - edges[::2]).max(initial=0))
