"""Tables that follow from the models and from other tables: do they say what these give once more?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from her2stats.errors import FileError, ProblemList
from her2stats.results.consistency import REMEDY, ROUNDING, unlike
from her2stats.results.folder import file_of_table
from her2stats.results.schema import RESULT_TABLES, SCHEMAS
from her2stats.results.study_results import StudyResults
from her2stats.signatures import signature
from her2stats.signatures.til import CD4, CD8, T_CELLS, TOTAL
from her2stats.study.analysis.sensitivity import what_follows
from her2stats.study.preparing.scores import DANAHER
from her2stats.tables import table_one
from her2stats.tables.patients import MISSING_LEVEL
from her2stats.vocabulary.variables import BY_NAME

Rows = Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]  # table, rows of it, what these should hold
WITHOUT_RARE_LEVELS = ("ancova", "study_wide")  # of HER2 IHC: in the frames of these models


def check_what_follows(results: StudyResults) -> None:
    """Make tables once more from what they follow from, and raise FileError with the places that differ."""
    problems, cohorts = ProblemList(), results.provenance["cohorts"]
    made = [rows for one in cohorts for part in (_of_answers, _of_scores, _of_patients) for rows in part(results, one)]
    for name, own, expected in made:
        place, columns = str(results.folder / file_of_table(name)), own.columns.intersection(expected.columns)
        for what, where in unlike(own[columns], expected, ROUNDING):
            problems.add(FileError, what, where=f"{place}{where}", remedy=REMEDY)
    problems.raise_if_any()


def _of_answers(results: StudyResults, entry: Mapping[str, Any]) -> Rows:
    """What the answers of a cohort lead to; total TIL by HER2 group is not among them."""
    told, names = results.provenance, {key: key.split(".") for key in results.models}
    answers = {
        table: [model for key, model in results.models.items() if names[key][:2] == [entry["name"], table]]
        for table in RESULT_TABLES
    }
    misread = results.tables["misread_ihc"].query(
        "assumed == 'given'"
    )  # the draws are of priors that are not told here
    reading = {name: tuple(dict.fromkeys(misread[name])) for name in ("sensitivity", "specificity") if len(misread)}
    for name, expected in what_follows(answers, told["exposure"], TOTAL, told["alpha"], reading).items():
        own = results.tables[name]
        own = own[(own["cohort"] == entry["name"]) & (own["measure"] != "shift")]
        if name == "misread_ihc" and len(expected):
            own, expected = (one[one["assumed"].isin(("as read", "given"))] for one in (own, expected))
        yield name, own, SCHEMAS[name].typed(expected.assign(cohort=entry["name"])) if len(expected) else expected


def _of_scores(results: StudyResults, entry: Mapping[str, Any]) -> Rows:
    """Coverage from the lists of genes, CD4 T cells and the total from Danaher's types."""
    genes = {f"{DANAHER}{one.name}": len(one.genes) for one in signature("danaher")}
    scores, coverage = (
        one[one["cohort"] == entry["name"]] for one in (results.tables["scores"], results.tables["coverage"])
    )
    own = coverage[coverage["score"].isin(genes)]
    total = own["score"].map(genes).astype("float64")
    found = total - own["missing"].str.count("[^, ]+")
    yield "coverage", own, pd.DataFrame({"genes_total": total, "genes_found": found, "coverage": found / total})
    if len(used := own.loc[own["used_in_total"].astype(bool), "score"]):
        cd4 = scores[f"{DANAHER}{T_CELLS}"] - scores[f"{DANAHER}{CD8}"]
        yield "scores", scores, pd.DataFrame({TOTAL: scores[[*used]].mean(axis=1), f"{DANAHER}{CD4}": cd4})


def _of_patients(results: StudyResults, entry: Mapping[str, Any]) -> Rows:
    """Table 1 of what models were given, and a flow of tumours that adds up and is that of the notes."""
    cohort, own, frames = entry["name"], results.tables["table_one"], {}
    for key, model in results.models.items():
        if key.startswith(f"{cohort}.") and not key.split(".")[1].startswith(WITHOUT_RARE_LEVELS):
            clinical = model.data.loc[:, model.data.columns.isin(BY_NAME)]
            frames[tuple(clinical)] = clinical
    for clinical in frames.values():
        made = table_one({cohort: clinical})
        made = made[made["variable"].isin(own["variable"])]  # with IHC its groups have no rows
        # another cohort may have missing values where this one has none
        none = own["level"].eq(MISSING_LEVEL) & own[f"{cohort} n"].eq(0)
        yield "table_one", own[own["variable"].isin(made["variable"]) & ~none], made
    flow, notes = (one[one["cohort"] == cohort] for one in (results.tables["flow"], results.tables["notes"]))
    out = flow[flow["step"] == "left out"].sort_values("what")
    ends = {"start": entry["n"] + out["n"].sum(), "analysed": entry["n"]}
    yield "flow", flow[flow["step"].isin(ends)], pd.DataFrame({"n": ends.values()})
    yield "notes", notes[notes["what"].isin(out["what"])].sort_values("what"), pd.DataFrame({"count": out["n"]})
