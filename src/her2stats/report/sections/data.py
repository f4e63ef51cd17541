"""Who was studied, what was scored, which cells were estimated."""

from __future__ import annotations

import pandas as pd

from her2stats.report.page_model import MorePart, Part, Section, TablePart, TextPart
from her2stats.report.parts import Figures, absent, by_cohort, section, shortened
from her2stats.report.trust import among_random_lists, matrix_genes
from her2stats.results.folder import ResultsFolder
from her2stats.statistics.rows import records
from her2stats.tables import PrintedTable
from her2stats.tables.layouts import significant_digits
from her2stats.tables.patients import PATIENTS, print_table_one
from her2stats.vocabulary.numbers import format_count, format_number, is_missing

_MANY_ROWS = 12
_MOST_WITH_RANGE = 2
_ZERO_RULE = (
    "A cell type with zeros in more than 75% of the tumours is excluded; with 25% to 75% it is analysed as absent or "
    "present."
)


def population_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Cohorts and Table 1."""
    parts: list[Part] = [*absent(folder, "table_one"), *figures.get("population", ())]
    table = folder.table("table_one")
    named = {str(name).removesuffix(" n") for name in table.columns if str(name).endswith(" n")}
    cohorts = {column: _size(table, column) for column in map(str, table.columns) if column in named}
    if len(table) and cohorts:
        printed = print_table_one(table, cohorts, caption="Patient and primary tumour characteristics")
        parts.append(TablePart(printed, "table_one", sortable=False))
    if folder.provenance.cohorts:
        parts.append(TablePart(_cohorts(folder), sortable=False))
    return section("population", "Study population", parts)


def _size(table: pd.DataFrame, cohort: str) -> str:
    found = table.loc[table["variable"] == PATIENTS, cohort]
    return str(found.iloc[0]) if len(found) else "?"


def _cohorts(folder: ResultsFolder) -> PrintedTable:
    rows = [
        {
            "name": cohort.name,
            "n": format_count(cohort.n),
            "kind": cohort.kind,
            "scale": cohort.scale,
            "hr": cohort.hr_definition,
        }
        for cohort in folder.provenance.cohorts
    ]
    labels = {"name": "Cohort", "n": "Patients", "kind": "Data", "scale": "Scale of expression", "hr": "HR status from"}
    frame = pd.DataFrame(rows)
    filled = [name for name in frame.columns if name in ("name", "n") or frame[name].ne("").any()]
    return PrintedTable(frame[filled], "Cohorts of the study", labels, words=("kind", "scale", "hr"))


def scores_section(folder: ResultsFolder, figures: Figures) -> Section:
    """Gene coverage and distribution of the scores."""
    parts: list[Part] = [*absent(folder, "scores", "coverage"), *figures.get("scores", ())]
    parts += [TextPart(f"{words}.") for words in among_random_lists(folder)]
    scores = folder.table("scores")
    named = [str(name) for name in scores.columns[2:]]
    main = [name for name in named if name in _correlated(folder)] or named
    for names, behind in (
        (main, ""),
        ([name for name in named if name not in main], "Scores of single cell-type sets"),
    ):
        if names and len(scores):
            table = TablePart(_distributions(scores, names, public=folder.provenance.public))
            parts.append(MorePart(behind, [table]) if behind else table)
    coverage = folder.table("coverage")
    if len(coverage):
        table = TablePart(_coverage(coverage, folder.file_of("coverage")), "coverage")
        many = len(coverage) > _MANY_ROWS
        parts.append(MorePart("Genes found, score by score", [table]) if many else table)
    return section("scores", "Expression scores", parts)


def _correlated(folder: ResultsFolder) -> set[str]:
    """Scores that the analysis looks at: the exposure, those beside it, and total infiltration."""
    table = folder.table("correlation")
    return {folder.provenance.exposure, *table["term"], *table["outcome"]}


def _distributions(scores: pd.DataFrame, names: list[str], *, public: bool) -> PrintedTable:
    """Median, quartiles and range of scores by cohort: the only thing a page says about single tumours."""
    frame, labels, spanners = {"score": names}, {"score": "Score"}, []
    cohorts = by_cohort(scores)
    kinds = ("median", "range") if len(cohorts) <= _MOST_WITH_RANGE and not public else ("median",)
    for number, (cohort, part) in enumerate(cohorts):
        spreads = [_spread(part[name].dropna().sort_values(), public=public) for name in names]
        columns = [f"{kind}{number}" for kind in kinds]
        for column in columns:
            frame[column] = [spread.get(column.rstrip("0123456789"), "") for spread in spreads]
        labels |= dict(zip(columns, ("Median (IQR)", "Range"), strict=False))
        spanners.append((f"{cohort}, n = {len(part)}", columns))
    return PrintedTable(pd.DataFrame(frame), "Distribution of the scores", labels, spanners)


def _spread(values: pd.Series, *, public: bool) -> dict[str, str]:
    if not len(values):
        return {}
    low, middle, high = (significant_digits(float(q)) for q in values.quantile([0.25, 0.5, 0.75]))
    spread = {"median": f"{middle} ({low} to {high})"}
    if public:
        return spread
    ends = (significant_digits(float(end)) for end in (values.min(), values.max()))
    return {**spread, "range": " to ".join(ends)}


def _coverage(coverage: pd.DataFrame, file: str) -> PrintedTable:
    frame = pd.DataFrame(
        {
            "score": coverage["score"],
            "cohort": coverage["cohort"],
            "found": [
                f"{format_count(row['genes_found'])} of {format_count(row['genes_total'])}" for row in records(coverage)
            ],
            "coverage": [_percent(share) for share in coverage["coverage"]],
            **{
                name: [shortened(text, file) for text in coverage[name].fillna("")] if name in coverage else ""
                for name in ("missing", "flag")
            },
        }
    )
    frame = frame[[c for c in frame.columns if c not in ("missing", "flag") or frame[c].ne("").any()]]
    labels = {"score": "Score", "cohort": "Cohort", "found": "Genes found", "coverage": "Coverage"}
    labels |= {"missing": "Missing genes", "flag": "Remark"}
    return PrintedTable(frame, "Genes of each score that the cohorts have", labels, words=("cohort", "missing", "flag"))


def _percent(share: float) -> str:
    return "" if is_missing(share) else f"{format_number(100 * share, 0)}%"


def fractions_section(folder: ResultsFolder, figures: Figures) -> Section:
    """What the zero rule made of each cell type, and how well the deconvolution fits."""
    parts: list[Part] = [*absent(folder, "fractions", "abundance"), *figures.get("fractions", ())]
    if len(folder.table("abundance")):
        parts.append(TablePart(_abundance(folder.table("abundance")), "abundance"))
    quality = _quality(folder)
    if len(quality.frame):
        parts.append(TablePart(quality))
    return section("fractions", "Cell fractions", parts, _ZERO_RULE if len(folder.table("abundance")) else "")


def _abundance(abundance: pd.DataFrame) -> PrintedTable:
    """Kind, share of zeros and median of each type, cohorts side by side."""
    types = list(dict.fromkeys(map(str, abundance["type"])))
    frame, labels, spanners = {"type": types}, {"type": "Cell type"}, []
    for number, (cohort, part) in enumerate(by_cohort(abundance)):
        rows = {str(row["type"]): row for row in records(part)}
        names = [f"kind{number}", f"zeros{number}", f"median{number}"]
        frame[names[0]] = [_kind(rows[name]) if name in rows else "" for name in types]
        frame[names[1]] = [_percent(rows[name]["share_zero"]) if name in rows else "" for name in types]
        frame[names[2]] = [
            significant_digits(rows[name].get("median", float("nan"))) if name in rows else "" for name in types
        ]
        labels |= dict(zip(names, ("Analysed as", "Zeros", "Median"), strict=True))
        spanners.append((f"{cohort} (n = {format_count(part['n'].max())})", names))
    words = [name for name in frame if name.startswith("kind")]
    borderline = any(text.endswith("*") for name in words for text in frame[name])
    notes = ["* Share of zeros within 0.02 of a cut of the zero rule."] if borderline else []
    caption = "Cell types after the zero rule"
    return PrintedTable(pd.DataFrame(frame), caption, labels, spanners, words=words, notes=notes)


def _kind(row: dict[str, object]) -> str:
    return f"{row['kind']}{'*' if str(row.get('borderline')) == 'True' else ''}"


_QUALITY = {"r": "Correlation r", "rmse": "RMSE", "coverage": "Signature genes", "p_value": "Permutation p"}


def _quality(folder: ResultsFolder) -> PrintedTable:
    """Median and quartiles of the fit of each tumour, by cohort; the quality columns follow the cell types."""
    fractions = folder.table("fractions")
    types = set(folder.table("abundance")["type"])
    columns = [name for name in _QUALITY if name in fractions and name not in types]
    rows = [
        {"cohort": cohort}
        | {name: _spread(part[name].dropna(), public=True)["median"] for name in columns if name != "coverage"}
        | ({"coverage": matrix_genes(folder, cohort, part["coverage"].median())} if "coverage" in columns else {})
        for cohort, part in by_cohort(fractions)
        if all(part[name].notna().any() for name in columns)
    ]
    frame = pd.DataFrame(rows, columns=["cohort", *columns]) if columns else pd.DataFrame()
    return PrintedTable(frame, "Fit of the deconvolution, median (IQR) over tumours", {"cohort": "Cohort", **_QUALITY})
