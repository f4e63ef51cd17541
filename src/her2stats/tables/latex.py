"""A printed table as LaTeX: rules above, below the headings and at the end, as gtsummary sets its tables."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from jinja2 import Template

from her2stats.packaged import facts, templates
from her2stats.tables.printed import PrintedTable

PACKAGES = r"\usepackage{booktabs,longtable,pdflscape}"
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")


def tex(text: object) -> str:
    r"""Escape a text, so that LaTeX sets it as it stands.

    >>> print(tex("CD8 & 50% of T_reg, ρ < 0.3"))
    CD8 \& 50\% of T\_reg, $\rho$ $<$ 0.3
    """
    apart = re.sub(r"([-'])(?=\1)", "\\1\N{WORD JOINER}", str(text))  # two of them would be a dash, or a quotation mark
    return "".join(_sign(sign) for sign in apart)


@cache
def _sign(sign: str) -> str:
    greek = _GREEK.fullmatch(unicodedata.name(sign, ""))
    if known := facts("her2stats.tables", "data/latex_signs.toml").get(sign):
        return str(known)
    if greek:
        name = greek[2].replace("LAMDA", "LAMBDA")
        return f"$\\{name.lower() if greek[1] == 'SMALL' else name.capitalize()}$"
    return " " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign  # a line end would end the row


@cache
def _template() -> Template:
    marks = {"block": ("<%", "%>"), "variable": ("<<", ">>"), "comment": ("<#", "#>")}  # LaTeX is full of braces
    how = {
        f"{kind}_{end}_string": mark
        for kind, both in marks.items()
        for end, mark in zip(("start", "end"), both, strict=True)
    }
    made = templates("her2stats.tables", **how)
    made.filters["tex"] = tex  # escapes
    return made.get_template("table.tex.j2")


def table_latex(table: PrintedTable, *, name: str = "table") -> str:
    """Write a printed table as LaTeX, for a manuscript that loads `PACKAGES`; its label is tab:<name>."""
    headed, begin, rules = [table.stub, *table.columns], 1, ""
    for text, width in table.spans:
        rules += f"\\cmidrule(lr){{{begin}-{begin + width - 1}}}" if text else ""
        begin += width
    kinds = {column: "l" if column in (table.stub, *table.words) else "r" for column in headed}
    share = {
        column: f"p{{{0.8 * letters / sum(table.letters.values()):.2f}\\linewidth}}"
        for column, letters in table.letters.items()
    }
    columns = "".join(share[name] if kind == "l" and table.letters[name] > 40 else kind for name, kind in kinds.items())
    return _template().render(table=table, name=name, headed=headed, columns=columns, rules=rules)
