"""The flow of tumours adds up, whatever leaves tumours out and in which order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from her2stats.reading import read_cohort
from her2stats.study.analysis.flow import flow


def steps_of(cohort, fractions: pd.DataFrame | None = None) -> pd.DataFrame:
    material = SimpleNamespace(fractions=pd.DataFrame() if fractions is None else fractions)
    return flow([SimpleNamespace(cohort=cohort, material=material, notes=cohort.notes)])


def counted(flow: pd.DataFrame, step: str) -> dict[str, int]:
    return dict(flow.loc[flow["step"] == step, ["what", "n"]].to_numpy().tolist())


@pytest.mark.parametrize("seed", range(12))
def test_every_sample_is_left_out_once_or_analysed(seed: int) -> None:
    rng, n = np.random.default_rng(seed), 120
    ids = [f"TCGA-AA-{place:04d}-{rng.choice(['01', '01', '01', '06', '11'])}A" for place in range(n)]
    table = pd.DataFrame({"sample": ids})
    table["her2_ihc"] = rng.choice(["0", "1+", "2+", "3+", "NA"], n)
    table["her2_fish"] = rng.choice(["negative", "positive", "NA"], n)
    table["er"] = rng.choice(["positive", "negative", "NA"], n)
    table["pgr"] = rng.choice(["positive", "negative"], n)
    table["pcr"] = rng.choice(["1", "0", "NA"], n)
    table["arm"] = rng.choice(["A", "B", "C"], n)
    table["grade"] = rng.choice(["I", "II", "III"], n)
    patient = [one[:12] for one in ids]
    table["patient"] = [patient[place - place % 9 % 2] for place in range(n)]  # some have two samples
    kept = [one for one in ids if one[13:15] == "01" and rng.random() > 0.2]
    matrix = pd.DataFrame(rng.lognormal(3, 1, (3, len(kept))), ["ERBB2", "ESR1", "PGR"], kept)
    table = table.sample(frac=1, random_state=seed)
    cohort = read_cohort(
        matrix,
        table,
        name="one",
        scale="linear",
        where={"arm": ["A", "B"]},
        exclude=[ids[3], ids[50]],
        restrict={"grade": ["II", "III"]},
        repeats="first",
        on_mismatch="intersect",
    )
    flow = steps_of(cohort)
    assert counted(flow, "start") == {"samples in the clinical table": n}
    out = counted(flow, "left out")
    assert len(out) >= 6, "most kinds of exclusion occur"
    assert n - sum(out.values()) == len(cohort.clinical)
    assert counted(flow, "analysed") == {"tumours analysed": len(cohort.clinical)}
    assert sum(counted(flow, "group").values()) == len(cohort.clinical)
    assert counted(flow, "known")["HER2 IHC known"] == cohort.clinical["her2_ihc"].notna().sum()
    assert next(iter(out)).startswith("rows left out: arm"), "in the order in which they were left out"
    assert list(out)[-1].startswith("left out: grade")


def test_where_nothing_is_left_out_all_are_analysed() -> None:
    clinical = pd.DataFrame({"sample": ["a", "b"], "her2_ihc": ["0", "1+"], "pcr": ["yes", "NA"]})
    cohort = read_cohort(None, clinical, name="two")
    flow = steps_of(cohort, pd.DataFrame({"B": [0.1, np.nan]}, index=["a", "b"]))
    assert flow[["step", "n"]].to_numpy().tolist() == [
        *(["start", 2], ["analysed", 2]),
        *(["known", 2], ["known", 1], ["known", 1]),
    ]
