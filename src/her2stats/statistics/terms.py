"""A term of a model: as people read it, "her2:hr[positive]", and taken apart, so that no code has to read it."""

from __future__ import annotations

from her2stats.statistics.flags import Row

PARTS = ("variable", "level", "variable_2", "level_2")


def term_columns(*parts: tuple[str, str]) -> Row:
    """Columns of a row about a variable, one of its levels, or a product of these.

    Each part is a variable and its level, which is empty for a number or for a factor as a whole. What comes third and
    later in a product stands with the second.
    """
    (variable, level), *others = parts
    return {
        "term": ":".join(f"{name}[{of}]" if of else name for name, of in parts),
        "variable": variable,
        "level": level,
        "variable_2": ":".join(name for name, _ in others),
        "level_2": ":".join(of for _, of in others if of),
    }
