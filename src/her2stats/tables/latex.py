"""A printed table as LaTeX: rules above, below the headings and at the end, as gtsummary sets its tables."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from her2stats.tables.printed import PrintedTable

WIDE = 7  # columns from which a table stands on a page of its own, turned
PACKAGES = r"\usepackage{booktabs,longtable,pdflscape}"
_SIGNS = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{sign: f"${sign}$" for sign in "<>|"},
    **{sign: f"{{{sign}}}" for sign in "[]*`"},  # a line that begins with one would take it for an argument
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"\N{NO-BREAK SPACE}": "~", "\N{WORD JOINER}": "{}"},
    **{"−": "$-$", "–": "--", "—": "---", "≤": r"$\leq$", "≥": r"$\geq$", "×": r"$\times$", "²": "$^2$"},
    **{"†": r"\dag{}", "∞": r"$\infty$", "…": r"\dots{}", "µ": r"$\mu$", "±": r"$\pm$", "→": r"$\rightarrow$"},
}
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))  # LaTeX has none of its own for these
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
    if sign in _SIGNS:
        return _SIGNS[sign]
    if greek and sign not in "οΟ" and sign not in _LATIN_CAPITALS:
        name = greek[2].replace("LAMDA", "LAMBDA")
        return f"$\\{name.lower() if greek[1] == 'SMALL' else name.capitalize()}$"
    if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp"):
        return " "  # a line end would end the row's paragraph
    return _LATIN_CAPITALS.get(sign, "o" if sign == "ο" else sign)


@cache
def _template() -> Template:
    marks = ("<%", "%>", "<<", ">>", "<#", "#>")  # LaTeX is full of braces
    made = Environment(  # noqa: S701 - no markup: the filter `tex` escapes
        *marks,
        loader=PackageLoader("her2stats.tables", "data"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tex"] = tex
    return made.get_template("table.tex.j2")


def table_latex(table: PrintedTable, *, name: str = "table") -> str:
    """Write a printed table as LaTeX, for a manuscript that loads `PACKAGES`; its label is tab:<name>."""
    headed, begin, rules = [table.stub, *table.columns], 1, ""
    for text, width in table.spans:
        rules += f"\\cmidrule(lr){{{begin}-{begin + width - 1}}}" if text else ""
        begin += width
    longest = {column: max(map(len, table.frame[column].astype("str")), default=0) for column in headed}
    kinds = {column: "l" if column in (table.stub, *table.words) else "r" for column in headed}
    broken = f"p{{{0.9 / len(headed) + 0.1:.2f}\\linewidth}}"  # running text
    columns = "".join(broken if kinds[column] == "l" and longest[column] > 40 else kinds[column] for column in headed)
    return _template().render(
        table=table, name=name, headed=headed, columns=columns, rules=rules, wide=len(headed) >= WIDE
    )
