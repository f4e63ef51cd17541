"""A signature of HER2 groups derived from a cohort of a study, with what it takes to judge and apply it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from her2stats.errors import DataError, Problem, near
from her2stats.figures import plot_exposure, save_figure
from her2stats.results.catalogue import FORMATS
from her2stats.results.csv_cells import write_csv
from her2stats.signatures import DerivedSignature, derive_signature
from her2stats.study.preparing.prepared import read_study_cohort
from her2stats.study.study_file import Study
from her2stats.writing import refuse_to_replace, write_whole

TABLES = ("genes.csv", "validation.csv", "scores.csv", "shape.csv")
FILES = ("signature.tsv", *TABLES, *(f"shape.{ending}" for ending in FORMATS))


def derive_from_study(
    study: Study, name: str | None, output: Path, *, n_genes: int, permutations: int, overwrite: bool
) -> DerivedSignature:
    """Derive a signature that tells the last HER2 group of a study from its first, and write `FILES` into a folder.

    Genes are chosen by HER2 IHC levels where the cohort has them, else by the two groups; the study's seed draws the
    folds. Raises InputError where the study has no such cohort, or the cohort no expression or HER2 groups.
    """
    refuse_to_replace(*(output / file for file in FILES), overwrite=overwrite)
    names = [section.name for section in study.cohorts]
    if name not in (None, *names) or (name is None and len(names) > 1):
        what = f"there is no cohort {name!r}" if name else "the study has several cohorts"
        raise DataError(Problem(what, str(study.path), near(name or "", names) or f"name one of {', '.join(names)}"))
    cohort = read_study_cohort(study, study.section(name or names[0]))
    if cohort.expression is None or "her2_group" not in cohort.clinical:
        raise DataError(Problem("has no expression, or no HER2 groups", f"cohort {cohort.name!r}", "map them"))
    negative, *_, positive = study.analysis.grouping
    clinical, seed = cohort.clinical, study.study.seed
    levels = clinical["her2_ihc"].astype(object) if "her2_ihc" in clinical else None
    derived = derive_signature(
        cohort.log2(),
        clinical["her2_group"].astype(object),
        levels=levels if levels is not None and levels.notna().any() else None,
        positive=positive,
        negative=negative,
        n_genes=n_genes,
        permutations=permutations,
        seed=seed,
        name="derived",
    )
    held_out = clinical.join(derived.scores, how="inner")
    shown = [factor for factor in ("her2_ihc", "her2_group", "hr") if factor in held_out]
    by = held_out[[*shown, "derived"]].melt("derived", var_name="by", value_name="level").dropna()
    quartiles = by.groupby(["by", "level"], observed=True)["derived"].describe()[["count", "25%", "50%", "75%"]]
    tables = (derived.table, derived.validation, held_out[["derived", *shown]].sort_index(), quartiles)
    for file, table in zip(TABLES, tables, strict=True):
        write_csv(table.rename_axis("sample") if file == "scores.csv" else table, output / file)
    frozen = derived.table[["weight", "mean", "sd"]]
    write_whole(output / "signature.tsv", frozen.to_csv(sep="\t", lineterminator="\n"))
    save_figure(plot_exposure(held_out, "derived", by=shown), output / "shape")
    return derived


def told(derived: DerivedSignature) -> list[str]:
    """Lines for a terminal: each area with its interval, and what no interval can be had of."""
    return [
        f"{of}: {row.auc:.3f}" + (f" ({row.low:.3f} to {row.high:.3f}), p {row.p_value:.2g}" * pd.notna(row.low))
        for of, row in derived.validation.iterrows()
    ] + [f"in the tumours that chose the genes: {derived.apparent_auc:.3f}, too good by design"]
