"""The results folder into one HTML file."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from her2stats.packaged import templates
from her2stats.report.agreement import Agreement, read_agreement
from her2stats.report.disclosure import PUBLIC_NOTE, for_public_page
from her2stats.report.embedded import choose_images, embed_tables
from her2stats.report.first_answer import first_answer
from her2stats.report.manuscript import manuscript_files
from her2stats.report.page_model import (
    AnswersPart,
    FigurePart,
    FirstAnswerPart,
    MorePart,
    Part,
    Section,
    TablePart,
    TextPart,
    TrustPart,
)
from her2stats.report.parts import Figures, all_parts, section
from her2stats.report.sections.association import (
    by_hr_section,
    correlation_section,
    groups_section,
    infiltration_section,
)
from her2stats.report.sections.audit import (
    agreement_section,
    methods_section,
    notes_section,
    provenance_section,
    witness_section,
)
from her2stats.report.sections.data import fractions_section, population_section, scores_section
from her2stats.report.sections.models import ancova_section, clinical_section, odds_section
from her2stats.report.sections.pathologist import pathologist_section
from her2stats.report.sections.response import response_section
from her2stats.report.sections.robustness import robustness_section
from her2stats.report.statements import name_list
from her2stats.report.summary import plain_summary
from her2stats.report.trust import trust_items
from her2stats.results.catalogue import FURTHER, MANUSCRIPT, caption_of, cohorts_of_plain_figures
from her2stats.results.folder import ResultsFolder, read_folder
from her2stats.results.manifest import put
from her2stats.tables import table_html

REPORT = "report.html"
LARGEST = 3_000_000
_FIGURE_BUDGET = 1_850_000
_DATA_BUDGET = 550_000


def write_report(folder: str | Path | ResultsFolder) -> Path:
    """Write the report of a results folder, one HTML file that needs no other, and what a manuscript takes from it.

    Parameters
    ----------
    folder : str, Path or ResultsFolder
        A results folder, or what was read from one. Files that are missing or damaged become named gaps in the page.

    Returns
    -------
    Path
        ``report.html`` in that folder, with ``manuscript/`` beside it; a file that was edited is kept as
        ``NAME.edited``. The same folder gives the same bytes. They hold aggregates only; where the
        provenance says ``"public": true``, counts below five are suppressed and figures that show single patients
        left out.

    Raises
    ------
    FileError
        There is no such folder, or nothing in it is a result.
    OutputError
        The page cannot be written.

    Examples
    --------
    >>> write_report("results")  # doctest: +SKIP
    PosixPath('results/report.html')
    """
    results = folder if isinstance(folder, ResultsFolder) else read_folder(Path(folder))
    shown, agreement, sections = _shown(results)
    put(results.path, REPORT, _page(shown, agreement, sections).encode(), what="the report ")
    for name, content in manuscript_files(sections, simulated=bool(shown.provenance.simulated)).items():
        put(results.path, f"{MANUSCRIPT}/{name}", content, what="the manuscript's part ")
    return results.path / REPORT


def render_report(results: ResultsFolder) -> str:
    """Render what was read from a results folder as one HTML page."""
    return _page(*_shown(results))


def _shown(results: ResultsFolder) -> tuple[ResultsFolder, Agreement, list[Section]]:
    """The folder as the page and the manuscript may show it, and their sections."""
    shown = for_public_page(results) if results.provenance.public else results
    agreement = read_agreement(shown.crosscheck, shown.witness)
    return shown, agreement, [made for made in _sections(shown, agreement, _figures(shown)) if made.parts]


def _page(shown: ResultsFolder, agreement: Agreement, sections: Sequence[Section]) -> str:
    """One HTML page of sections."""
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            provenance=shown.provenance,
            gaps=shown.gaps,
            agreement=agreement,
            sections=sections,
            embedded=embed_tables(shown, _data_names(sections), budget=_DATA_BUDGET),
            write_table=_TableWriter(),
            public_note=PUBLIC_NOTE,
            file_of=shown.file_of,
            **assets(),
        )
    )


def _sections(results: ResultsFolder, agreement: Agreement, figures: Figures) -> Iterator[Section]:
    yield section("answer", "The answer", _answer(results, agreement, figures))
    yield section("summary", "In plain words", _summary(results))
    yield population_section(results, figures)
    yield scores_section(results, figures)
    yield fractions_section(results, figures)
    yield correlation_section(results, figures)
    yield infiltration_section(results, figures)
    yield by_hr_section(results, figures)
    yield pathologist_section(results, figures)
    yield robustness_section(results, figures)
    yield groups_section(results, figures)
    yield odds_section(results, figures)
    yield clinical_section(results, figures)
    yield ancova_section(results, figures)
    yield response_section(results, figures)
    yield section("further", "Further figures", figures.get(FURTHER, ()))
    yield methods_section(results, agreement)
    yield agreement_section(results, agreement, figures)
    yield witness_section(results)
    yield notes_section(results)
    yield provenance_section(results)


def _answer(results: ResultsFolder, agreement: Agreement, figures: Figures) -> list[Part]:
    """The first screen: the question answered, and beside it how far that can be trusted."""
    claims = first_answer(results)
    answered: list[Part] = [FirstAnswerPart(claims), *figures.get("answer", ())] if claims else []
    return [*answered, TrustPart(trust_items(results, agreement))]


def _summary(results: ResultsFolder) -> list[Part]:
    answers = plain_summary(results)
    if not answers:
        return [TextPart("No result table could be read, so there is nothing to sum up.", "gap")]
    return [AnswersPart(tuple(answers))]


def _figures(results: ResultsFolder) -> Figures:
    """Figures by section, each as the image that fits: none of single patients in a public page."""
    cohorts = [cohort.name for cohort in results.provenance.cohorts if cohort.has_expression]
    plain = cohorts_of_plain_figures(results.pictures, cohorts)
    exposure = results.provenance.exposure_name
    captions = {n: caption_of(n, exposure=exposure, cohort=plain.get(n, "")) for n in results.pictures}
    showing = frozenset(name for name, caption in captions.items() if caption.patients)
    allowed = [p for p in results.pictures.values() if not (results.provenance.public and p.name in showing)]
    further = frozenset(name for name, caption in captions.items() if caption.cohort and name not in plain)
    images = choose_images(allowed, budget=_FIGURE_BUDGET, drop_vectors=showing, further=further)
    by_section: dict[str, dict[str, list[FigurePart]]] = defaultdict(lambda: defaultdict(list))
    for picture in allowed:
        caption, image = captions[picture.name], images[picture.name]
        why = "" if image is not None else "It would make this page too large."
        by_section[caption.section][caption.label].append(FigurePart(picture.name, caption, image, picture.files, why))
    return {
        name: [part for label, alike in kinds.items() for part in _one_shown(label, alike)]
        for name, kinds in by_section.items()
    }


def _one_shown(label: str, alike: Sequence[FigurePart]) -> list[Part]:
    """The first of the figures that differ by their cohort alone; the others behind a heading."""
    shown, *others = alike
    cohorts = [figure.caption.cohort for figure in others]
    if not all([shown.caption.cohort, *cohorts]) or not others:
        return list(alike)
    return [shown, MorePart(f"{label} of {name_list(cohorts, most=99)}", others)]


def _data_names(sections: Sequence[Section]) -> list[str]:
    """Tables that some part of the page names as its data."""
    found = []
    for part in (part for made in sections for part in all_parts(made.parts)):
        if isinstance(part, TablePart) and part.data:
            found.append(part.data)
        elif isinstance(part, FigurePart) and part.caption.data:
            found.append(part.caption.data)
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _WrittenTable:
    number: int
    html: Markup


class _TableWriter:
    """Writes tables for the template and numbers them in the order of the page."""

    def __init__(self) -> None:
        self._written = 0

    def __call__(self, part: TablePart) -> _WrittenTable:
        self._written += 1
        numbered = replace(part.table, caption=f"Table {self._written}. {part.table.caption}")
        return _WrittenTable(self._written, table_html(numbered, name=f"t{self._written}"))


def environment() -> Environment:
    """Templates of the package; whatever is filled in is escaped."""
    return templates("her2stats.report", autoescape=True)


def assets() -> dict[str, Any]:
    """Style and script of the page, and the hash by which the page allows this script and no other."""
    data = resources.files("her2stats.report").joinpath("data")
    style, script = (data.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return {"style": Markup(style), "script": Markup(script), "script_hash": digest}  # noqa: S704 - our own files
