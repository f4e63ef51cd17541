"""The same question over many studies: their rows side by side, pooled, each left out in turn, the paper beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from her2stats.deconvolution import Deconvolution
from her2stats.errors import InputError, Problem, ProblemList
from her2stats.figures import save_figure
from her2stats.figures.atlas import QUESTION, plot_atlas
from her2stats.published import published_estimates
from her2stats.reading.clinical.ids import key, patient_of
from her2stats.report.atlas_page import atlas_summary, render_atlas
from her2stats.results.catalogue import FORMATS
from her2stats.results.consistency import are_scores
from her2stats.results.csv_cells import write_csv
from her2stats.results.folder import read_tables
from her2stats.results.place import lock
from her2stats.results.provenance import read_results_provenance, understood
from her2stats.signatures.til import TOTAL
from her2stats.statistics import pool
from her2stats.vocabulary.measures import measure
from her2stats.vocabulary.variables import HER2_GROUPS, with_role
from her2stats.writing import refuse_to_replace, write_whole

OUTCOMES = (TOTAL, "T cells CD8", "Macrophages M1", "Plasma cells")
CORRELATIONS, RESPONSES = ("correlation", "correlation_by_hr"), ("response", "response_by_hr")
ABOUT_SAMPLES = ("scores", "fractions", "abundance", "coverage")
NUMBERS = ("estimate", "conf_low", "conf_high", "std_error", "p_value", "n", "k", "i2", "tau2", "pi_low", "pi_high")
COLUMNS = ("part", "study", *QUESTION, "measure", *NUMBERS, "same_sign", "of", "note")
NO_ROWS = pd.DataFrame(columns=[*COLUMNS, "flag"])
PAPERS_OWN = "HER2_20"  # the exposure of the paper, whose genes and weights it does not give
FEWEST = 2  # studies that are pooled
ROUNDED = 2e-3  # fractions of a relative deconvolution add up to one, but for their digits
MEASURES, PAGES = ("rho", "odds_ratio"), ("atlas.html", "atlas.md")
FILES = (
    *("atlas.csv", "summary.csv", "studies.csv", *PAGES),
    *(f"atlas_{kind}.{ending}" for kind in MEASURES for ending in FORMATS),
)
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class AtlasStudy:
    """One cohort of one results folder."""

    study: str  # name of the cohort, with that of its folder where two have one name
    folder: str
    n: int
    exposure: str
    genes: int  # of the exposure; 0 without one
    fractions: str  # "absolute" amounts, "relative" shares, "scores"; with the program where it is another; or empty
    simulated: bool
    patients: frozenset[str]  # where a table names them
    files: frozenset[str]  # checksums of what it was read from
    rows: pd.DataFrame  # its answers


@dataclass(frozen=True, eq=False)
class Atlas:
    """Many studies and their answers."""

    studies: tuple[AtlasStudy, ...]
    table: pd.DataFrame  # a row a study, pooled estimate, estimate without one study, or printed estimate
    gaps: tuple[str, ...]  # what could not be read


def build_atlas(folders: Sequence[str | Path], *, outcomes: Sequence[str] = OUTCOMES) -> Atlas:
    """Put the answers of several results folders to the same questions side by side, in whatever order they are given.

    ``part`` of a row is "study", "pooled", "without" (pooled without ``study``) or "paper". Rows are pooled where
    outcome, stratum, exposure (``term``), covariate (``given``) and kind of fractions are the same, by `pool`; of
    studies that share patients the largest is, and ``note`` says so. In rows of "pooled", ``same_sign`` of ``of``
    studies have its sign. What the paper prints for the same outcome and stratum is never pooled.
    """
    found: list[AtlasStudy] = []
    gaps: list[str] = []
    problems = ProblemList()
    for folder in map(Path, folders):
        with problems.collect():
            found += _studies_of(folder, outcomes, gaps)
    problems.raise_if_any()
    studies = {one.study: one for one in _named_apart(found)}
    rows = pd.concat([one.rows.assign(part="study", study=name) for name, one in studies.items()])
    if not len(rows):
        remedy = f"an answer is a correlation of the exposure with {', '.join(outcomes)}, or the response by HER2-low"
        raise InputError(Problem("the folders hold no answer that could be put side by side", remedy=remedy))
    rows["outcome"] = pd.Categorical(rows["outcome"], [*outcomes, *with_role("response")])
    parts = [_with_pooled(part, studies) for _, part in rows.groupby(list(QUESTION), sort=True, observed=True)]
    table = pd.concat([*parts, _printed(rows)], ignore_index=True).reindex(columns=list(COLUMNS))
    words = {name: table[name].fillna("").astype(str) for name in ("part", "study", *QUESTION, "measure", "note")}
    numbers = {name: table[name].astype("float64") for name in (*NUMBERS, "same_sign", "of")}
    return Atlas(tuple(studies.values()), table.assign(**words, **numbers), tuple(sorted(gaps)))


def _studies_of(folder: Path, outcomes: Sequence[str], gaps: list[str]) -> Iterator[AtlasStudy]:
    provenance, _ = understood(read_results_provenance(folder))
    tables, lost = read_tables(folder, (*CORRELATIONS, *RESPONSES, *ABOUT_SAMPLES))
    gaps += [gap.not_compared(folder) for gap in lost]
    for cohort in provenance.cohorts:
        own = {name: table[table["cohort"] == cohort.name] for name, table in tables.items()}
        kind = _kind_of(own)
        if kind and cohort.amounts_by not in ("", Deconvolution.program):
            kind += f", {cohort.amounts_by}"
        ids = {str(one) for name in ("scores", "fractions") if name in own for one in own[name]["sample"]}
        coverage = own.get("coverage", pd.DataFrame({"score": [], "genes_total": []}))
        genes = int(coverage.loc[coverage["score"] == provenance.exposure, "genes_total"].sum())
        yield AtlasStudy(
            study=cohort.name,
            folder=folder.name,
            n=cohort.n or 0,
            exposure=provenance.exposure if genes else "",
            genes=genes,
            fractions=kind,
            simulated=bool(provenance.simulated),
            patients=frozenset(patient_of(one) or key(one, "letters") for one in ids),
            files=frozenset(one.sha256 for one in provenance.inputs if one.cohort == cohort.name),
            rows=pd.concat([NO_ROWS, *_answers(own, provenance.exposure, kind, outcomes)]),
        )


def _kind_of(tables: Tables) -> str:
    """Shares of the immune cells add up to one in every tumour; amounts do not, and scores have no sum."""
    if not {"fractions", "abundance"} <= set(tables) or not len(tables["abundance"]):
        return ""
    if are_scores(tables["fractions"]):
        return "scores"
    totals = tables["fractions"][list(tables["abundance"]["type"])].astype(float).sum(axis=1)
    return "relative" if ((totals - 1).abs() < ROUNDED).all() else "absolute"


def _answers(tables: Tables, exposure: str, kind: str, outcomes: Sequence[str]) -> Iterator[pd.DataFrame]:
    for name in (name for name in CORRELATIONS if len(tables.get(name, ()))):
        rows = tables[name].query("measure == 'rho' and term == @exposure and outcome in @outcomes")
        yield rows.assign(given="", fractions=np.where(rows["outcome"] == TOTAL, "", kind))
    for name in (name for name in RESPONSES if len(tables.get(name, ()))):
        rows = tables[name][tables[name]["role"].eq("group") & tables[name]["reference"].eq(HER2_GROUPS[0])]
        adjusted = (name == "response_by_hr") & (rows["stratum"] == "all")  # its strata are crude within HR
        yield rows.assign(term=rows["comparison"], given=np.where(adjusted, "hr", ""), fractions="")


def _named_apart(studies: Sequence[AtlasStudy]) -> list[AtlasStudy]:
    """Give every study a name of its own, and an order that does not depend on that of the folders."""
    names = [one.study for one in studies]
    apart = [
        one if names.count(one.study) == 1 else replace(one, study=f"{one.study} ({one.folder})") for one in studies
    ]
    names = [one.study for one in apart]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        remedy = "give every results folder once, and folders of one name under different ones"
        raise InputError(*(Problem(f"cohort {name} is given twice", remedy=remedy) for name in twice))
    return sorted(apart, key=lambda one: one.study)


def _share_patients(one: AtlasStudy, other: AtlasStudy) -> str:
    """Say why two studies are not independent; empty where nothing speaks against it."""
    if one.patients and other.patients:
        shared = len(one.patients & other.patients)
        return f"{shared} of its patients are in {other.study}" if shared else ""
    return f"it was read from a file that {other.study} was read from" if one.files & other.files else ""


def _with_pooled(rows: pd.DataFrame, studies: Mapping[str, AtlasStudy]) -> pd.DataFrame:
    """One question: its studies, what they come to together, and without each of them."""
    usable = rows[rows["estimate"].notna() & (rows["std_error"] > 0)]
    kept: list[str] = []
    notes = {}
    for name in usable.sort_values(["n", "study"], ascending=[False, True])["study"]:
        why = [said for other in kept if (said := _share_patients(studies[name], studies[other]))]
        if why:
            notes[name] = f"not pooled: {'; '.join(why)}"
        else:
            kept.append(name)
    rows = rows.assign(note=[notes.get(*said) for said in zip(rows["study"], rows["flag"], strict=True)])
    pooled = [_pooled(rows, kept, "pooled", "")] if len(kept) >= FEWEST else []
    if len(kept) > FEWEST:
        pooled += [_pooled(rows, [other for other in kept if other != name], "without", name) for name in sorted(kept)]
    return pd.concat([rows, *pooled])


def _pooled(rows: pd.DataFrame, kept: Sequence[str], part: str, study: str) -> pd.DataFrame:
    used = rows[rows["study"].isin(kept)].astype({"outcome": str})
    together = pool(used.assign(cohort=used["study"])).table
    null = measure(str(used["measure"].iloc[0])).null or 0.0
    same = np.sign(used["estimate"].astype(float) - null) == np.sign(float(together["estimate"].iloc[0]) - null)
    about = {name: used[name].iloc[0] for name in QUESTION} | {"part": part, "study": study}
    return together.assign(**about, same_sign=int(same.sum()), of=len(used), note=together["flag"])


def _printed(rows: pd.DataFrame) -> pd.DataFrame:
    """What the paper prints about the same outcomes in the same strata, by its own exposure or one of the studies'."""
    paper = published_estimates().rename(columns={"exposure": "term"})
    known = {str(name).casefold(): str(name) for name in rows["outcome"]}
    paper["outcome"] = [known.get(str(name).casefold(), "") for name in paper["outcome"]]
    asked = set(zip(rows["outcome"], rows["stratum"], strict=True))
    here = np.array([pair in asked for pair in zip(paper["outcome"], paper["stratum"], strict=True)])
    answers = paper["estimate"].notna() & paper["question"].isin(("correlate", "response_odds"))
    paper = paper[here & answers & paper["term"].isin({*rows["term"], PAPERS_OWN})]
    drugs = paper["outcome"].isin(with_role("response"))
    note = np.where(paper["term"] == PAPERS_OWN, "another exposure: a score of 20 genes", "the cohort of the paper")
    return paper.assign(
        measure=paper["measure"].str.replace(" ", "_"),
        part="paper",
        study="paper, " + paper["cohort"],
        note=np.where(drugs, "other drugs, other patients", note),
    )


def write_atlas(atlas: Atlas, output: Path, *, overwrite: bool = False) -> None:
    """Write tables (atlas.csv, summary.csv, studies.csv), figures and the page (atlas.html, atlas.md) into a folder."""
    refuse_to_replace(*(output / name for name in FILES), overwrite=overwrite)
    told = ("study", "folder", "n", "exposure", "genes", "fractions", "simulated")
    studies = pd.DataFrame([{name: getattr(one, name) for name in told} for one in atlas.studies])
    with lock(output.resolve()):
        for name, table in (("atlas", atlas.table), ("summary", atlas_summary(atlas.table)), ("studies", studies)):
            write_csv(table, output / f"{name}.csv", index=False)
        pictures = {}
        for kind in (kind for kind in MEASURES if (atlas.table["measure"] == kind).any()):
            save_figure(plot_atlas(atlas.table, measure=kind), output / f"atlas_{kind}")
            pictures[f"atlas_{kind}"] = (output / f"atlas_{kind}.png").read_bytes()
        for page in PAGES:
            write_whole(output / page, render_atlas(atlas.table, studies, pictures, template=f"{page}.j2"))
