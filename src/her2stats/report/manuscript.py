"""What a manuscript takes from a study: methods, tables, legends and references, made of the parts of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jinja2 import Environment

from her2stats.packaged import templates
from her2stats.report.methods import Methods
from her2stats.report.page_model import FigurePart, MethodsPart, Section, TablePart
from her2stats.report.parts import all_parts
from her2stats.tables import PrintedTable, Words, table_latex, word_document
from her2stats.tables.latex import PACKAGES, tex

# Section and data of the tables that belong into the text, in their order; of the scores beside the exposure none does.
_MAIN = (
    *(("population", "table_one"), ("response", "response"), ("infiltration", "correlation")),
    *(("correlation", "correlation"), ("odds", "odds_ratios")),
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~^$])")


def manuscript_files(sections: Sequence[Section], *, simulated: bool) -> dict[str, bytes]:
    """Files of the folder manuscript/ by their names, from the sections of a page: nothing else is in them."""
    parts = [(section.name, part) for section in sections for part in all_parts(section.parts)]
    tables = [(place, part) for place, part in parts if isinstance(part, TablePart) and part.data]
    figures = [part for _, part in parts if isinstance(part, FigurePart)]
    figures.sort(key=lambda figure: (figure.name.startswith("figS"), figure.name))
    methods = next((part.methods for _, part in parts if isinstance(part, MethodsPart)), Methods((), ()))
    main, further = _chosen(tables)
    environment = _environment()
    written = {
        "methods.md": environment.get_template("methods.md.j2").render(methods=methods, simulated=simulated),
        "legends.md": environment.get_template("legends.md.j2").render(figures=figures),
        "references.bib": environment.get_template("references.bib.j2").render(references=methods.references),
    }
    files = {"methods.docx": word_document(list(_methods(methods, simulated=simulated)))}
    for name, letter, chosen in (("tables", "", main), ("supplementary_tables", "S", further)):
        if chosen:
            captions = [f"Table {letter}{number}. {table.caption}" for number, table in enumerate(chosen, start=1)]
            blocks = [replace(table, caption=caption) for table, caption in zip(chosen, captions, strict=True)]
            files[f"{name}.docx"] = word_document(blocks)
            written[f"{name}.tex"] = _latex(chosen, letter)
    return files | {name: text.encode() for name, text in written.items()}


def _chosen(tables: Sequence[tuple[str, TablePart]]) -> tuple[list[PrintedTable], list[PrintedTable]]:
    """Tables of the text, and the others."""
    main = [[part for place, part in tables if (place, part.data) == wanted] for wanted in _MAIN]
    main[3:4] = [found[:1] for found in main[3:4]]  # the exposure's table comes first
    shown = [part for found in main for part in found]
    return [part.table for part in shown], [part.table for _, part in tables if part not in shown]


def _latex(tables: Sequence[PrintedTable], letter: str) -> str:
    """All tables one after another, for a manuscript to take in."""
    head = f"% {PACKAGES}\n" + (f"\\renewcommand{{\\thetable}}{{{letter}\\arabic{{table}}}}\n" if letter else "")
    return head + "\n".join(table_latex(one, name=f"{letter}{number}") for number, one in enumerate(tables, start=1))


def _methods(methods: Methods, *, simulated: bool) -> Iterator[Words]:
    yield Words("Methods", "Title")
    if simulated:
        yield Words("All data of this study are simulated.")
    for paragraph in methods.paragraphs:
        yield Words(paragraph.text, lead=paragraph.heading, raised=",".join(map(str, paragraph.citations)))
    if methods.references:
        yield Words("References", "Heading1")
    for number, reference in enumerate(methods.references, start=1):
        doi = f" https://doi.org/{reference.doi}" if reference.doi else ""
        yield Words(f"{number}. {reference.text}{doi}")


def _environment() -> Environment:
    """Templates of plain text: the filters `md` and `tex` escape."""
    made = templates("her2stats.report")
    made.filters |= {"tex": tex, "md": lambda text: _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))}
    made.filters["bibname"] = _bibname
    return made


def _bibname(author: str) -> str:
    """A person by name and initials; "et al" for all others; what has no initials is a body."""
    person = re.fullmatch(r"(.+) ([A-Z]{1,3})", author)
    return f"{person[1]}, {person[2]}" if person else "others" if author == "et al" else f"{{{author}}}"
