"""What a results folder holds, from ``catalogue.toml``: every table and figure, and what stands around a figure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from her2stats.packaged import facts
from her2stats.vocabulary.names import sentence_case

FURTHER = "further"
FORMATS: tuple[Literal["pdf", "svg", "png"], ...] = ("pdf", "svg", "png")
# The folder of what a manuscript takes from a study, and what is in it; tables only where there are some.
MANUSCRIPT = "manuscript"
MANUSCRIPT_FILES = (
    *(f"{MANUSCRIPT}/{name}" for name in ("methods.docx", "methods.md", "references.bib", "legends.md")),
    *(f"{MANUSCRIPT}/{name}.{kind}" for name in ("tables", "supplementary_tables") for kind in ("docx", "tex")),
)


@dataclass(frozen=True)
class Table:
    """A csv file of the folder; ``catalogue.toml`` says what the fields are."""

    name: str
    row: str
    columns: tuple[str, ...] = ()
    result: bool = False
    verbs: tuple[str, ...] = ()
    asked_of: str = ""
    patients: bool = False
    rest: Literal["text", "number"] = "text"


@dataclass(frozen=True)
class Figure:
    """A figure of the folder; ``catalogue.toml`` says what the fields are."""

    name: str
    what: str
    plot: str
    of: tuple[str, ...]
    made: Literal["study", "cohort", "crosscheck"]
    data: str
    section: str
    patients: bool
    title: str
    caption: str
    alt: str
    letter: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    also: str = ""
    beside: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """File names of the figure, with the cohort that follows."""
        return re.compile(f"(?:{self.also or self.name})(?:_(?P<cohort>.+))?")


@dataclass(frozen=True)
class Caption:
    """What stands around a figure."""

    section: str  # section of the report that the figure belongs to; `FURTHER` for one that is not known
    # "Fig. 1a", what it shows in a few words, in sentences, and for somebody who cannot see it.
    label: str
    title: str
    caption: str
    alt: str
    data: str = ""  # table behind the figure; empty for none
    patients: bool = True  # whether single tumours can be seen in it
    cohort: str = ""  # the one that it shows, of several
    beside: tuple[str, ...] = ()  # further tables that it draws rows of
    totals: bool = False  # of these only those of total infiltration


def caption_of(name: str, *, exposure: str, cohort: str = "") -> Caption:
    """Find the caption of a figure, named by its file without ending; one of an unknown kind gets a plain one.

    What follows the known part of a name is a cohort ("fig1b_til_abim"); `cohort` is that of a figure whose name has
    none.
    """
    for figure in FIGURES:
        found = figure.pattern.fullmatch(name)
        if found:
            own = found["cohort"] or cohort
            title, caption, alt = (
                words.format(exposure=exposure, cohort=f", {own}" if own else "")
                for words in (figure.title, figure.caption, figure.alt)
            )
            words_of = (figure.section, _label(name), title, caption, alt)
            return Caption(
                *words_of,
                figure.data,
                figure.patients,
                own,
                figure.beside,
                bool({"totals", "til"} & {*figure.options.values()}),
            )
    words = sentence_case(re.sub(r"^fig[A-Za-z0-9]*?_", "", name).replace("_", " ").strip()) or name
    return Caption(FURTHER, _label(name), words, "", f"Figure: {words}.")


def missing_figures(names: Iterable[str], filled: Collection[str], cohorts: Sequence[str]) -> list[str]:
    """Say which figures a run would have written beside those that are there (`names`, without ending).

    A figure is drawn where the table behind it has rows (`filled`). The figures of one of the cohorts, which are those
    with expression data, carry no cohort in their name.

    >>> missing_figures(["fig2b_forest", "fig2b_forest_milan"], ["odds_ratios", "response"], ["abim", "milan"])
    ['fig4_response']
    """
    names = set(names)
    drawn = [figure for figure in FIGURES if figure.made != "crosscheck" and figure.data in filled]
    suffixes = {""} | {f"_{cohort}" for cohort in cohorts if any(name.endswith(f"_{cohort}") for name in names)}
    expected = [f"{figure.name}{end}" for figure in drawn for end in (suffixes if figure.made == "cohort" else ("",))]
    return sorted(set(expected) - names)


def cohorts_of_plain_figures(names: Iterable[str], cohorts: Sequence[str]) -> dict[str, str]:
    """Say which cohort a figure without a cohort in its name shows: the one that the others of its kind leave over."""
    names = set(names)
    left = {
        name: [cohort for cohort in cohorts if f"{name}_{cohort}" not in names]
        for name in sorted(names)
        if any(f"{name}_{cohort}" in names for cohort in cohorts)
    }
    return {name: found[0] for name, found in left.items() if len(found) == 1}


def _label(name: str) -> str:
    """Number of a figure: "Fig. S1" of figS1_distribution."""
    found = re.match(r"fig([A-Za-z0-9]+)_", name)
    return f"Fig. {found[1]}" if found else "Figure"


def _read(kind: type[Any], entries: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    def plain(value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    return tuple(kind(**{key: plain(value) for key, value in entry.items()}) for entry in entries)


CATALOGUE = facts("her2stats.results", "catalogue.toml")
TABLES: tuple[Table, ...] = _read(Table, CATALOGUE["table"])
FIGURES: tuple[Figure, ...] = _read(Figure, CATALOGUE["figure"])
# What needs cell types, and cannot be where no cohort has them.
CELL_TABLES = tuple(table.name for table in TABLES if table.asked_of == "cell types")
CELL_FIGURES = tuple(figure for figure in FIGURES if figure.made == "cohort" or figure.data in CELL_TABLES)
