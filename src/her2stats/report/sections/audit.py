"""How it was done and what to check: methods, agreement with R, notes, provenance."""

from __future__ import annotations

import pandas as pd

from her2stats.report.agreement import Agreement
from her2stats.report.methods import write_methods
from her2stats.report.page_model import ListPart, MethodsPart, MorePart, Part, Section, TablePart, TextPart
from her2stats.report.parts import Figures, gathered, section, shortened
from her2stats.results.folder import ResultsFolder, engine_of
from her2stats.tables import PrintedTable
from her2stats.vocabulary.numbers import format_count


def methods_section(folder: ResultsFolder, agreement: Agreement) -> Section:
    """The methods, ready to paste."""
    return section("methods", "Methods, ready to paste", [MethodsPart(write_methods(folder, agreement))])


def agreement_section(folder: ResultsFolder, agreement: Agreement, figures: Figures) -> Section:
    """What R, or its stand-in, says to the same models."""
    gap = next((gap for gap in folder.gaps if gap.file == "crosscheck.csv"), None)
    parts: list[Part] = [TextPart(f"{gap}. The comparison with R is not on this page.", "gap")] if gap else []
    parts += [TextPart(agreement.sentence), *figures.get("agreement", ())]
    if agreement.disagreements is not None:
        parts.append(TablePart(agreement.disagreements))
    if agreement.by_model is not None:
        parts.append(TablePart(agreement.by_model))
    if agreement.reasons:
        parts.append(ListPart(tuple(f"Not checked - {reason}" for reason in agreement.reasons)))
    return section("agreement", f"Agreement with {agreement.who}", parts)


def witness_section(folder: ResultsFolder) -> Section:
    """Which numbers were seen by whom: Python, R from the model frames, base R from the raw files."""
    seen, checked = folder.witness, folder.crosscheck
    if seen is None:
        return section("witness", "The witness", [])
    models = pd.Series(dtype=int) if checked is None else _agreed_by_table(checked)
    total = {name: format_count(seen[name].sum()) for name in ("numbers", "agreed", "disagreed", "not_seen")}
    says = (
        f"Base R made the study again from its raw files: {total['agreed']} of {total['numbers']} numbers agree, "
        f"{total['disagreed']} disagree, {total['not_seen']} were not seen."
    )
    frame = pd.DataFrame(
        {
            "table": seen["table"],
            "numbers": seen["numbers"].map(format_count),
            "frames": [format_count(models.get(name, 0)) for name in seen["table"]],
            **{name: seen[name].map(format_count) for name in ("agreed", "disagreed", "not_seen")},
            "largest": [f"{value:.1e}" for value in seen["largest_difference"]],
        }
    )
    labels = {
        "table": "Table",
        "numbers": "Numbers by Python",
        "frames": f"Agreed by {engine_of(checked)}, from model frames",
    }
    labels |= {"agreed": "Agreed by R, from raw files", "disagreed": "Disagreed", "not_seen": "Not seen from raw files"}
    labels |= {"largest": "Largest relative difference"}
    told = PrintedTable(frame.reset_index(drop=True), "Who has seen which numbers", labels)
    tone = "gap" if seen["disagreed"].sum() else ""
    return section("witness", "The witness", [TextPart(says, tone), TablePart(told)])


def _agreed_by_table(checked: pd.DataFrame) -> pd.Series:
    """Numbers on which R agrees, by table; a model is called <cohort>.<table>.<number>."""
    agreed = checked.loc[checked["verdict"].eq("agree"), "model"]
    return agreed.str.split(".").str[1].value_counts()


def notes_section(folder: ResultsFolder) -> Section:
    """What was repaired, dropped or assumed, and what is absent."""
    parts: list[Part] = []
    if folder.gaps:
        parts.append(TextPart("Files of this results folder that are missing or damaged:", "gap"))
        parts.append(ListPart(tuple(map(str, folder.gaps))))
    notes = folder.table("notes")
    if len(notes):
        parts.append(TablePart(_notes(notes, folder.file_of("notes"))))
    omitted = folder.table("omitted")
    if len(omitted):
        frame = gathered(gathered(omitted[["part", "cohort", "reason"]], "cohort"), "part")
        labels = {"part": "Part", "cohort": "Cohort", "reason": "Reason"}
        parts.append(TablePart(PrintedTable(frame, "Parts left out", labels, words=("cohort", "reason"))))
    return section("notes", "Notes", parts)


def _notes(notes: pd.DataFrame, file: str) -> PrintedTable:
    frame = pd.DataFrame(
        {
            "what": notes["what"],
            "cohort": notes["cohort"],
            "stage": notes["stage"],
            "count": notes["count"].map(format_count) if "count" in notes else "",
            "detail": [shortened(text, file) for text in notes["detail"].fillna("")] if "detail" in notes else "",
        }
    )
    frame = gathered(frame, "cohort")
    labels = {"what": "What", "cohort": "Cohort", "stage": "Stage", "count": "Count", "detail": "Detail"}
    caption = "What was repaired, dropped, excluded or assumed"
    return PrintedTable(frame, caption, labels, words=("cohort", "stage", "detail"))


def provenance_section(folder: ResultsFolder) -> Section:
    """Inputs with checksums, versions, conventions, seed."""
    provenance = folder.provenance
    settings = [("Significance level", f"{provenance.alpha:g}")]
    if provenance.exposure:
        settings.insert(0, ("Exposure", provenance.exposure))
    if provenance.seed is not None:
        settings.append(("Seed", str(provenance.seed)))
    # The methods say the same in sentences.
    conventions = _pairs("Conventions in use", "Topic", "Convention", provenance.conventions.items())
    parts: list[Part] = []
    if provenance.inputs:
        frame = pd.DataFrame([(i.file, i.cohort, i.role, i.sha256) for i in provenance.inputs])
        frame.columns = pd.Index(["file", "cohort", "role", "sha256"])
        labels = {"file": "File", "cohort": "Cohort", "role": "Read as", "sha256": "SHA-256"}
        printed = PrintedTable(frame, "Input files", labels, words=("cohort", "role", "sha256"))
        parts.append(TablePart(printed))
    software = _pairs("Software", "Package", "Version", provenance.versions.items())
    tables = [conventions, software, _pairs("Settings", "Setting", "Value", settings)]
    parts.append(MorePart("Conventions, software and settings", [part for part in tables if len(part.table.frame)]))
    return section("provenance", "Provenance", parts)


def _pairs(caption: str, first: str, second: str, rows: object) -> TablePart:
    frame = pd.DataFrame(list(rows), columns=["name", "text"])  # type: ignore[call-overload]
    labels = {"name": first, "text": second}
    return TablePart(PrintedTable(frame, caption, labels, words=("text",)), sortable=False)
