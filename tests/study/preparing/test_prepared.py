"""What a run reads it reads once, and the plan and the check read the same."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import StudyFileError
from her2stats.study import read_study
from her2stats.study.preparing import prepare
from her2stats.study.provenance import provenance
from her2stats.study.run import analyse_study
from her2stats.study.study_figures import _Offer
from tests.study.conftest import write_small_study

COUNTED = """
import collections, os, sys
folder, opened = os.path.realpath(sys.argv[1]), collections.Counter()

def see(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if os.path.dirname(path) == folder and not os.path.basename(path).startswith("."):  # the lock is no input
            opened[os.path.basename(path)] += 1

from her2stats.study import read_study, run, run_study
from her2stats.study.check import check_study
from her2stats.study.plan import plan_study
run.draw_once = lambda drawings, folder, **how: folder.mkdir()  # figures are drawn from what was read
sys.addaudithook(see)
{"run": run_study, "check": check_study, "plan": plan_study}[sys.argv[2]](read_study(folder + "/study.toml"))
print(sorted(opened.items()))
"""


@pytest.mark.parametrize("step", ["run", "check", "plan"])
def test_every_input_is_opened_once(tmp_path, step):
    study = write_small_study(tmp_path, n=30)
    samples = [line.split(",")[0] for line in (tmp_path / "answers.csv").read_text().splitlines()[1:]]
    rows = [f"{sample},0.25,0.75,0.01,0.9,0.8" for sample in samples]
    (tmp_path / "given.csv").write_text("\n".join(["Mixture,B cells,T cells,P-value,Correlation,RMSE", *rows]) + "\n")
    study.write_text(
        study.read_text().replace('clinical = "answers.csv"', 'clinical = "answers.csv"\nfractions = "given.csv"')
    )
    command = [sys.executable, "-c", COUNTED, str(tmp_path), step]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = ["answers.csv", "given.csv", "her2.tsv", "matrix.tsv", "one.csv", "one.tsv", "study.toml"]
    assert told.strip() == str([(name, 1) for name in names])


def test_a_setting_of_the_deconvolution_reaches_the_run_and_its_words(tmp_path):
    study = write_small_study(tmp_path, n=30)
    before = analyse_study(prepare(read_study(study)))[0]
    study.write_text(study.read_text().replace("[deconvolution]", '[deconvolution]\nbatch_correction = "b-mode"'))
    prepared = prepare(read_study(study))
    now = analyse_study(prepared)
    assert not now[0].deconvolution.fractions.equals(before.deconvolution.fractions)
    assert "B-mode batch correction" in provenance(prepared, now).conventions["cell fractions"]
    assert "B-mode" not in before.deconvolution.method


def _with_scores(folder, *, estimated: bool):
    """The small study with scores of MCP-counter for its second cohort, or for its first, in place of an estimate."""
    study = write_small_study(folder, n=30)
    of = "answers" if estimated else "one"
    samples = [line.split(",")[0] for line in (folder / f"{of}.csv").read_text().splitlines()[1:]]
    values = np.random.default_rng(0).normal(2, 2, (3, len(samples)))
    types = ["T cells", "CD8 T cells", "B lineage", "NK cells", "Neutrophils"]
    table = pd.DataFrame(np.vstack([values, values[:2] + 1]), index=types, columns=samples)
    table.to_csv(folder / "mcp.csv")
    text = study.read_text().replace(f'clinical = "{of}.csv"', f'clinical = "{of}.csv"\nfractions = "mcp.csv"')
    study.write_text(text if estimated else text.partition("[deconvolution]")[0])
    return read_study(study)


def test_amounts_of_two_programs_are_not_put_into_one_study(tmp_path):
    with pytest.raises(StudyFileError) as caught:
        prepare(_with_scores(tmp_path, estimated=True))
    (problem,) = caught.value.problems
    assert problem.where == "[[cohorts]] fractions"
    assert problem.what == (
        "cell amounts of different programs mean something else each and are not pooled: CIBERSORT (one), "
        "MCP-counter (answers)"
    )
    assert problem.remedy == "give each a study of its own; her2stats atlas puts their results side by side"


def test_scores_of_a_program_are_analysed_and_not_added_up(tmp_path):
    prepared = prepare(_with_scores(tmp_path, estimated=False))
    analyses = analyse_study(prepared)
    abundance = analyses[0].material.abundance
    assert (abundance.kinds["kind"] == "continuous").all()
    assert (analyses[0].material.fractions < 0).any(axis=None)
    assert provenance(prepared, analyses).cohorts[0].amounts_by == "MCP-counter"
    with pytest.raises(Exception, match="scores of different cell types are of different units"):
        _Offer(analyses[:1], prepared.study).take("all_fractions")
