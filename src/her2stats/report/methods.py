"""A methods section ready to paste: every convention in use, with its references."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from her2stats.report.agreement import Agreement
from her2stats.report.statements import name_list
from her2stats.results.folder import ResultsFolder
from her2stats.vocabulary.names import sentence_case


@dataclass(frozen=True)
class Paragraph:
    """A run-in heading, a text, and the numbers of the references it cites."""

    heading: str
    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reference:
    """One entry of the reference list."""

    text: str
    doi: str


@dataclass(frozen=True)
class Methods:
    """Paragraphs and the references that they cite, numbered in the order of citation."""

    paragraphs: tuple[Paragraph, ...]
    references: tuple[Reference, ...]


# Topic of the provenance -> heading, sentence around its text, and the table without which it was not in use.
_STATED = {
    "cell fractions": ("Cell fractions", "Cell fractions were estimated by {}", "abundance"),
    "zero rule": ("Zero rule", "Cell types were handled by their share of zeros: {}", "abundance"),
    "high abundance": ("High abundance", "High abundance was defined as {}", "odds_ratios"),
}
# Heading, sentence around the methods that stand in the rows, and the tables whose rows are meant.
_COMPUTED = {
    "correlation": (
        "Association",
        "The association of the scores with continuous cell types was estimated by rank correlation, and scores were "
        "compared between absence and presence of dichotomised types ({})",
        ("correlation", "correlation_by_hr"),
    ),
    "groups": ("Groups", "Cell types were compared between hormone-receptor groups ({})", ("group_comparison",)),
    "odds ratios": ("Odds ratios", "The odds of high abundance were modelled on the exposure ({})", ("odds_ratios",)),
    "interaction": (
        "Interaction",
        "Whether odds ratios differ between hormone-receptor groups was tested by the product of exposure and "
        "hormone-receptor status ({})",
        ("interaction",),
    ),
    "given HR": (
        "Association given hormone receptor",
        "The exposure and each cell type were also correlated by their ranks within the hormone-receptor groups, in "
        "one answer over both ({})",
        ("correlation_given_hr",),
    ),
    "pooling": (
        "Pooling",
        "Odds ratios and their interactions were pooled over the cohorts that cut a cell type in the same way, and "
        "correlations over those that have them ({})",
        ("pooled_odds_ratios", "pooled_correlations"),
    ),
    "clinical": (
        "Clinical variables",
        "Dichotomised age, grade and size were each modelled on abundance, hormone-receptor status and their "
        "product ({})",
        ("clinical",),
    ),
    "ANCOVA": (
        "Analysis of covariance",
        "Continuous cell types were modelled on hormone-receptor status, HER2 IHC category, the exposure and their "
        "pairwise products ({})",
        ("ancova_tests", "ancova_slopes", "ancova_curves"),
    ),
    "ANCOVA, HC2": (
        "Unequal variance",
        "The marginal slopes were given a second time with errors that assume no equal variance ({})",
        ("ancova_slopes_hc2",),
    ),
    "whole study": (
        "Whole study",
        "All tests of the exposure were judged together, over permutations of it within the hormone-receptor groups: "
        "cell types that hold in the primary question let their other tests count, which share one maximum ({})",
        ("study_wide",),
    ),
    "response": ("Response", "The odds of response were compared between HER2 groups ({})", ("response",)),
    "response by HR": (
        "Response given hormone receptor",
        "As hormone-receptor status may differ between these groups, the odds were compared adjusted for it and within "
        "its groups, whose difference was tested by the product ({})",
        ("response_by_hr",),
    ),
    "sensitivity": (
        "Power and sensitivity",
        "What a study of this size finds with a power of 80%, how strong an unmeasured variable had to be to explain "
        "an estimate away, and what misreading of HER2 IHC would change was computed ({})",
        ("detectable", "e_values", "misread_ihc"),
    ),
}

_SIGNATURE = re.compile(r"\bsignature ([^,;]+)")  # named after its file, "signature signature_matrix"


def write_methods(folder: ResultsFolder, agreement: Agreement) -> Methods:
    """Write the methods of this study from its provenance and the method column of its tables."""
    conventions = folder.provenance.conventions
    paragraphs = [_population(folder), _exposure(folder)]
    for topic, (heading, sentence, table) in _STATED.items():
        if topic in conventions and len(folder.table(table)):
            stated = _SIGNATURE.sub(r'signature matrix "\1"', conventions[topic])
            paragraphs.append((heading, _sentence(sentence.format(stated))))
    for heading, sentence, tables in _COMPUTED.values():
        computed = _methods_of(folder, tables)
        if computed:
            paragraphs.append((heading, _sentence(sentence.format(computed))))
    if "multiplicity" in conventions:
        paragraphs.append(("Multiple testing", _sentence(f"p-values were corrected: {conventions['multiplicity']}")))
    known = {"population", "exposure", "multiplicity", *_STATED, *_COMPUTED}
    paragraphs += [(sentence_case(t), _sentence(text)) for t, text in conventions.items() if t not in known]
    paragraphs += [("Not estimable", _NOT_ESTIMABLE), ("Software", _software_sentence(folder, agreement))]
    return _cited([paragraph for paragraph in paragraphs if paragraph[1]])


_NOT_ESTIMABLE = (
    "Quantities that the data cannot estimate (separation, constant outcome, empty combinations of factor levels, "
    "too few observations) are reported as such, with the reason, and not as numbers."
)


def _sentence(text: str) -> str:
    text = sentence_case(text.strip())
    return text if text.endswith((".", "!", "?")) or not text else f"{text}."


def _population(folder: ResultsFolder) -> tuple[str, str]:
    cohorts = [f"{c.name} (n = {c.n})" if c.n is not None else c.name for c in folder.provenance.cohorts]
    said = []
    if cohorts:
        said.append(f"The study comprises {name_list(cohorts, most=99)}.")
    if "population" in folder.provenance.conventions:
        said.append(_sentence(f"The population was {folder.provenance.conventions['population']}"))
    definitions = sorted({c.hr_definition for c in folder.provenance.cohorts if c.hr_definition})
    if definitions:
        known = [
            "taken as given" if definition == "given" else f"defined by {definition}" for definition in definitions
        ]
        said.append(f"Hormone-receptor status was {name_list(known)}.")
    return "Study population", " ".join(said)


def _exposure(folder: ResultsFolder) -> tuple[str, str]:
    name, text = folder.provenance.exposure, folder.provenance.conventions.get("exposure", "")
    if not name:
        return "Exposure", ""
    how = text.removeprefix(f"{name}: ")  # the scoring names its score first
    return "Exposure", f"The exposure was {name}{f' ({how})' if how and how != name else ''}."


def _methods_of(folder: ResultsFolder, names: Iterable[str]) -> str:
    """Methods of tables as they stand in their rows, each once."""
    methods = [str(method) for name in names for method in folder.table(name)["method"]]
    return "; ".join(dict.fromkeys(method.rstrip(".") for method in methods if method))


def _software_sentence(folder: ResultsFolder, agreement: Agreement) -> str:
    shown = {"numpy": "NumPy", "scipy": "SciPy"}
    versions = folder.provenance.versions
    others = [f"{shown.get(name, name)} {version}" for name, version in versions.items() if name != "her2stats"]
    own = folder.provenance.her2stats or versions.get("her2stats", "")
    seed = f" Seed {folder.provenance.seed}." if folder.provenance.seed is not None else ""
    listed = f" with {name_list(others, most=99)}" if others else ""
    return f"her2stats {own}{listed}.{seed} {agreement.sentence}".replace("  ", " ")


def _references() -> list[tuple[re.Pattern[str], Reference]]:
    text = resources.files("her2stats.report").joinpath("data/references.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["reference"]
    return [(re.compile(e["pattern"], re.IGNORECASE), Reference(e["text"], e["doi"])) for e in entries]


def _cited(paragraphs: list[tuple[str, str]]) -> Methods:
    """Number the references in the order in which the paragraphs call for them."""
    numbers: dict[Reference, int] = {}
    made = []
    for heading, text in paragraphs:
        called = [reference for pattern, reference in _references() if pattern.search(text)]
        for reference in called:
            numbers.setdefault(reference, len(numbers) + 1)
        made.append(Paragraph(heading, text, tuple(sorted(numbers[reference] for reference in called))))
    return Methods(tuple(made), tuple(numbers))
