"""A methods section ready to paste: every convention in use, with its references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from jinja2 import Environment

from her2stats.packaged import facts
from her2stats.report.agreement import Agreement
from her2stats.report.statements import name_list
from her2stats.report.trust import count_tests
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import records
from her2stats.vocabulary.names import sentence_case
from her2stats.vocabulary.numbers import format_count


@dataclass(frozen=True)
class Paragraph:
    """A run-in heading, a text, and the numbers of the references it cites."""

    heading: str
    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reference:
    """One entry of the reference list; "et al" among the authors stands for further ones."""

    authors: tuple[str, ...]
    title: str
    journal: str = ""
    volume: str = ""
    pages: str = ""
    year: int = 0
    doi: str = ""

    @property
    def text(self) -> str:
        """The entry as a list prints it."""
        place = ", ".join(filter(None, (" ".join(filter(None, (self.journal, self.volume))), self.pages)))
        printed = f"{place} ({self.year})" if self.year else place
        return ". ".join(filter(None, (", ".join(self.authors), self.title, printed))) + "."

    @property
    def key(self) -> str:
        """Name of the entry in a bibliography."""
        return re.sub(r"\W", "", self.authors[0].rsplit(" ", 1)[0].lower()) + (str(self.year) if self.year else "")


@dataclass(frozen=True)
class Methods:
    """Paragraphs and the references that they cite, numbered in the order of citation."""

    paragraphs: tuple[Paragraph, ...]
    references: tuple[Reference, ...]


_SIGNATURE = re.compile(r"\bsignature ([^,;]+)")  # named after its file, "signature signature_matrix"


def write_methods(folder: ResultsFolder, agreement: Agreement) -> Methods:
    """Write the methods of this study from its provenance, its counts and the method column of its tables."""
    data, said = facts("her2stats.report", "data/methods.toml"), _facts(folder, agreement)
    environment = Environment()  # noqa: S701 - words, no markup
    environment.filters |= {"listed": _listed, "count": format_count, "sentence": _sentence}
    paragraphs = []
    for entry in data["paragraph"]:
        own = environment.from_string(entry.get("text", "")).render(said)
        paragraphs.append((entry["heading"], " ".join(own.split()) or _filled(folder, **entry)))
    known = {*data["told"], *(entry.get("topic") for entry in data["paragraph"])}
    others = [(topic, text) for topic, text in folder.provenance.conventions.items() if topic not in known]
    paragraphs[-2:-2] = [(sentence_case(topic), _sentence(text)) for topic, text in others]
    return _cited([paragraph for paragraph in paragraphs if paragraph[1]])


def _facts(folder: ResultsFolder, agreement: Agreement) -> dict[str, Any]:
    """What the templates of methods.toml are given; of a public page the flow only as far as it may be told."""
    provenance, flow = folder.provenance, folder.table("flow")
    by_cohort = flow.groupby("cohort", sort=False)
    definitions = sorted({c.hr_definition for c in provenance.cohorts if c.hr_definition})
    shown = {"numpy": "NumPy", "scipy": "SciPy"}
    return {
        "provenance": provenance,
        "conventions": provenance.conventions,
        "agreement": agreement,
        "cohorts": [f"{c.name} (n = {c.n})" if c.n is not None else c.name for c in provenance.cohorts],
        "hr": ["taken as given" if one == "given" else f"defined by {one}" for one in definitions],
        "flow": [(cohort, dict(zip(one["step"], one["n"], strict=True)), records(one)) for cohort, one in by_cohort],
        "tests": count_tests(folder),
        "versions": [f"{shown.get(name, name)} {v}" for name, v in provenance.versions.items() if name != "her2stats"],
    }


def _filled(folder: ResultsFolder, sentence: str = "", tables: Sequence[str] = (), topic: str = "", **_: str) -> str:
    """Fill a sentence of methods.toml with what was done; empty where its tables have no row."""
    rows = [folder.table(name) for name in tables if len(folder.table(name))]
    stated = folder.provenance.conventions.get(topic, "") if topic else _methods_of(rows)
    if not rows or not stated:
        return ""
    outcomes = dict.fromkeys(str(outcome) for table in rows if "outcome" in table for outcome in table["outcome"])
    stated = _SIGNATURE.sub(r'signature matrix "\1"', stated) if topic == "cell fractions" else stated
    return _sentence(sentence.format(stated, outcomes=_listed(list(outcomes))))


def _listed(names: list[str]) -> str:
    return name_list(names, most=99)


def _sentence(text: str) -> str:
    text = sentence_case(text.strip())
    return text if text.endswith((".", "!", "?")) or not text else f"{text}."


def _methods_of(tables: Sequence[pd.DataFrame]) -> str:
    """Methods of tables as they stand in their rows, each once."""
    methods = [str(method) for table in tables if "method" in table for method in table["method"]]
    return "; ".join(dict.fromkeys(method.rstrip(".") for method in methods if method))


def _references() -> list[tuple[re.Pattern[str], Reference]]:
    found = []
    for entry in facts("her2stats.report", "data/references.toml")["reference"]:
        about = {name: value for name, value in entry.items() if name != "pattern"}
        reference = Reference(**(about | {"authors": tuple(entry["authors"])}))
        found.append((re.compile(entry["pattern"], re.IGNORECASE), reference))
    return found


def _cited(paragraphs: list[tuple[str, str]]) -> Methods:
    """Number the references in the order in which the paragraphs call for them."""
    numbers: dict[Reference, int] = {}
    made, known = [], _references()
    for heading, text in paragraphs:
        called = [reference for pattern, reference in known if pattern.search(text)]
        for reference in called:
            numbers.setdefault(reference, len(numbers) + 1)
        made.append(Paragraph(heading, text, tuple(sorted(numbers[reference] for reference in called))))
    return Methods(tuple(made), tuple(numbers))
