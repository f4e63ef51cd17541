"""A small study of two cohorts in which every rule of the methods decides something: what the witness is tried on.

Of "ours" the fractions are given, so that shares of zeros can be set; those of "theirs" are estimated.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from her2stats.signatures import signature

EARLIER = {"FAM30A": "KIAA0125", "ADGRE1": "EMR1"}  # in the file of ours some genes have the symbols of an earlier year
STUDY = """
[study]
title = "the witness"
[[cohorts]]
name = "ours"
clinical = "ours.csv"
expression = "ours.tsv.gz"
scale = "linear"
offset = 0.5
fractions = "cibersortx.csv"
[cohorts.columns]
sample = "id"
her2_fish = "fish"
[cohorts.values.er]
"p" = "positive"
[[cohorts]]
name = "theirs"
clinical = "theirs.csv"
expression = "theirs.tsv.gz"
scale = "log2"
offset = 1
[cohorts.columns]
sample = "id"
[cohorts.values.er]
"p" = "positive"
[scores]
also = ["ESR1", "ADGRE1"]
[deconvolution]
signature = "signature.tsv"
[analysis]
crosscheck = false
points = 5
permutations = 2000
robustness = 500
"""


def write_witness_study(folder: Path) -> Path:
    """Write raw files and the study file; 45 tumours a cohort, of which four are HER2-positive."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(8)
    profiles = pd.DataFrame(
        rng.lognormal(5, 1.5, (40, 6)), [f"SIG{k}" for k in range(40)], [f"type {k}" for k in "ABCDEF"]
    )
    profiles.round(3).rename_axis("gene").to_csv(folder / "signature.tsv", sep="\t")
    for name in ("ours", "theirs"):
        ids = [f"{name}-{k:02}" for k in range(45)]
        clinical = _clinical(rng, ids)
        (clinical if name == "ours" else clinical.drop(columns=["pgr", "fish"])).to_csv(
            folder / f"{name}.csv", index=False
        )
        mixture = profiles.to_numpy() @ rng.dirichlet(np.full(6, 0.4), 45).T
        genes = [*signature("danaher").genes, "ERBB2", "ESR1", "ADGRE1", *(f"OTHER{k}" for k in range(60))]
        others = rng.lognormal(4, 1, (len(genes), 45))
        values = pd.DataFrame(np.vstack([mixture, others]), [*profiles.index, *genes], ids)
        values = np.log2(values + 1) if name == "theirs" else values.rename(index=EARLIER)
        values.round(4).rename_axis("gene").to_csv(
            folder / f"{name}.tsv.gz", sep="\t", compression={"method": "gzip", "mtime": 0}
        )
    _fractions(rng, pd.read_csv(folder / "ours.csv")).to_csv(folder / "cibersortx.csv", index=False)
    (folder / "study.toml").write_text(STUDY)
    return folder / "study.toml"


def _clinical(rng: np.random.Generator, ids: list[str]) -> pd.DataFrame:
    """Clinical words; one tumour in seven is ER-negative and PgR-positive, and four are HER2-positive."""
    place = np.arange(len(ids))
    frame = pd.DataFrame({"id": ids, "er": np.where(place % 7 < 4, "p", "neg")})
    frame["pgr"] = np.where(place % 7 < 5, "pos", "neg")
    frame["her2_ihc"] = np.where(place % 11 == 10, "3+", np.array(["0", "1+", "2+"])[place % 3])
    frame["fish"] = np.where(frame["her2_ihc"] == "2+", "not amplified", "")
    frame["age"] = rng.integers(30, 80, len(ids))
    frame["size_cm"] = rng.uniform(0.5, 5, len(ids)).round(1)
    frame["grade"] = rng.choice(["1", "2", "G3"], len(ids))
    frame["pcr"] = rng.choice(["yes", "no", "NA"], len(ids))
    frame.loc[3, "pgr"] = frame.loc[4, "age"] = None
    return frame


def _fractions(rng: np.random.Generator, clinical: pd.DataFrame) -> pd.DataFrame:
    """Fractions of which two are dichotomised, one near the upper cut, and one is excluded."""
    kept = clinical["her2_ihc"] != "3+"
    positive = (clinical["er"] == "p") | (clinical["pgr"] == "pos")
    found = pd.DataFrame({"Mixture": clinical["id"]})
    for name in ("steady", "skewed", "third"):
        found[name] = rng.lognormal(-2, 1, len(clinical)).round(6)
    found["half absent"] = found["steady"] * (np.arange(len(clinical)) % 2)
    seldom = np.flatnonzero(kept & positive)[: round(0.28 * kept.sum())]  # and never where receptors are negative
    found["seldom"] = np.where(np.isin(np.arange(len(clinical)), seldom), 0.1, 0.0)
    found["hardly"] = np.where(np.arange(len(clinical)) < 5, 0.1, 0.0)
    quality = {"P-value": 0.01, "Correlation": 0.9, "RMSE": 0.5}
    return found.assign(**quality, **{"Absolute score (sig.score)": found.iloc[:, 1:].sum(axis=1)})
