"""Texts are as wide as they are said to be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.figures.panel.measure import elided, fitting_size, text_width, widest, wrapped
from her2stats.figures.panel.row_figure import _flowed

WORDS = st.lists(st.text("abcdefgh0123", min_size=1, max_size=12), min_size=1, max_size=12)


@given(WORDS, st.floats(15, 80))
@settings(deadline=None, max_examples=40)
def test_wrapped_lines_fit_and_no_word_is_lost(words: list[str], width: float) -> None:
    text = " ".join(words)
    lines = wrapped(text, width, 6).split("\n")
    assert " ".join(lines) == text
    assert all(text_width(line, 6) <= width or " " not in line for line in lines)


def test_formulas_and_dollar_signs_are_measured_as_they_are_drawn() -> None:
    assert 0 < text_width(r"$\mathit{ERBB2}$", 6) < text_width(r"\$\$mathit ERBB2", 6)
    assert text_width("a\nlonger line", 6) == text_width("longer line", 6)


def test_a_title_shrinks_until_it_fits() -> None:
    titles = ["T cells CD4 memory activated"]
    size = fitting_size(titles, 30)
    assert size < 7
    assert widest(titles, size, "bold") <= 30
    assert fitting_size(["M0"], 30) == 7
    assert fitting_size([], 30) == 7


def test_a_long_name_is_shortened_but_keeps_its_ends() -> None:
    name = "CD4 positive alpha beta T cell of some very long atlas name (7)"
    short = elided(name, 40, 6)
    assert text_width(short, 6) <= 40
    assert short.startswith("CD4")
    assert short.endswith("me (7)")


@given(st.lists(st.sampled_from(["HR-positive n = 241", "n = 3", "HER2 IHC 1+ n = 60"]), max_size=6), st.floats(20, 90))
@settings(deadline=None, max_examples=30)
def test_counts_flow_without_touching(texts: list[str], room: float) -> None:
    spots = _flowed(texts, room)
    for (start, line), text, (after, next_line) in zip(spots, texts, spots[1:], strict=False):
        assert next_line > line or after > start + text_width(text, 5.5)
    assert all(
        start == 0 or start + text_width(text, 5.5) <= room for (start, _), text in zip(spots, texts, strict=True)
    )
