"""The commands: exit status, messages for people, no traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.cli import _quiet_tracker
from her2stats.cli.options import DECONVOLVING
from her2stats.cli.printed_numbers import KINDS
from her2stats.deconvolution.settings import Settings
from her2stats.results.catalogue import CELL_FIGURES
from tests.study.conftest import write_small_study

CACHE = tempfile.TemporaryDirectory()
COMMANDS = (
    "demo",
    "run",
    "check",
    "init",
    "compare",
    "score",
    "deconvolve",
    "fetch",
    "crosscheck",
    "witness",
    "audit",
    "atlas",
    "compare-published",
    "power",
    "robustness",
    "doctor",
)


def her2stats(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "her2stats.cli", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "HER2STATS_CACHE": CACHE.name},
        check=False,
    )


def test_help_names_every_command():
    told = her2stats("--help")
    assert told.returncode == 0
    for command in COMMANDS:
        assert command in told.stdout


def test_help_does_not_wait_for_the_heavy_libraries():
    code = "import sys, her2stats.cli; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "pandas", "scipy", "plotnine", "rpy2"} & set(told.stdout.split())


def test_wrong_usage_is_status_2():
    assert her2stats("run").returncode == 2
    assert her2stats("dance").returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ("run", "absent.toml"),
        ("check", "absent.toml"),
        ("crosscheck", "absent"),
        ("witness", "absent"),
        ("init", "absent.csv"),
        ("compare", "absent", "absent2"),
        ("run", "absent.toml", "--dry-run"),
        ("score", "absent.tsv", "--scale", "log2", "--signature", "ERBB2"),
        ("deconvolve", "absent.tsv", "--scale", "linear", "--signature", "absent.txt"),
    ],
)
def test_wrong_input_is_status_1_with_a_message_and_no_traceback(tmp_path, words):
    told = her2stats(*words, folder=tmp_path)
    assert told.returncode == 1
    assert "absent" in told.stderr + told.stdout
    assert "Traceback" not in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_is_not_given_control_codes_from_the_data(tmp_path):
    study = write_small_study(tmp_path, n=20)
    table = (tmp_path / "one.csv").read_text()
    (tmp_path / "one.csv").write_text(table.replace("positive", "\x1b[31mred"))
    told = her2stats("check", study)
    assert told.returncode == 1
    assert "\x1b" not in told.stderr


def test_check_reads_everything_and_says_what_is_there(tmp_path):
    told = her2stats("check", write_small_study(tmp_path, n=20))
    assert told.returncode == 0, told.stderr
    assert "one: 20 HER2-negative tumours" in told.stdout
    assert not (tmp_path / "results").exists()


def test_single_steps_write_tables(tmp_path):
    write_small_study(tmp_path, n=20)
    options = ("--scale", "log2", "--offset", "1")
    told = her2stats("score", tmp_path / "one.tsv", *options, "--signature", "danaher", "--output", tmp_path / "s.csv")
    assert told.returncode == 0, told.stderr
    assert "Total TIL" in pd.read_csv(tmp_path / "s.csv").columns
    told = her2stats(
        "deconvolve", tmp_path / "one.tsv", *options, "--signature", tmp_path / "matrix.tsv", "--mode", "relative"
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("sample,B cells naive")


def test_deconvolve_scores_a_later_tumour_on_an_earlier_scale_with_intervals(tmp_path):
    write_small_study(tmp_path, n=20)
    options = ("--scale", "log2", "--offset", "1", "--signature", tmp_path / "matrix.tsv")
    told = her2stats("deconvolve", tmp_path / "one.tsv", *options, "--output", tmp_path / "all.csv")
    assert told.returncode == 0, told.stderr
    median = re.search(r"median of this mixture, ([\d.]+)", told.stderr).group(1)
    whole = pd.read_csv(tmp_path / "all.csv", index_col="sample")
    expression = pd.read_csv(tmp_path / "one.tsv", sep="\t", index_col=0)
    later = expression.columns[3]
    expression[[later]].to_csv(tmp_path / "later.tsv", sep="\t")
    given = ("--reference-median", median, "--bootstrap", "20", "--output", tmp_path / "later.csv")
    told = her2stats("deconvolve", tmp_path / "later.tsv", *options, *given)
    assert told.returncode == 0, told.stderr
    alone = pd.read_csv(tmp_path / "later.csv", index_col="sample").loc[later]
    np.testing.assert_allclose(alone["score"], whole.loc[later, "score"], rtol=1e-5)  # six digits of the median
    assert alone["B cells naive conf_low"] <= alone["B cells naive conf_high"]


def test_deconvolve_takes_every_setting_but_the_names_of_genes_which_it_repairs_itself():
    assert {*DECONVOLVING} == {field.name for field in fields(Settings)} - {"rename_genes"}


def test_a_setting_of_the_deconvolution_reaches_the_command(tmp_path):
    write_small_study(tmp_path, n=20)
    given = (
        "deconvolve",
        tmp_path / "one.tsv",
        "--scale",
        "log2",
        "--offset",
        "1",
        "--signature",
        tmp_path / "matrix.tsv",
    )
    plain, corrected = her2stats(*given), her2stats(*given, "--batch-correction", "b-mode", "--no-check-scale")
    assert (plain.returncode, corrected.returncode) == (0, 0)
    assert plain.stdout != corrected.stdout
    told = her2stats(*given, "--mode", "neither", "--permutations", "-1")
    assert told.returncode == 1
    assert "mode 'neither' has no meaning -> give absolute or relative or no.sumto1" in told.stderr
    assert "permutations -1 has no meaning -> give a whole number, 0 or more" in told.stderr


def test_the_audit_prints_the_contradictions_of_the_paper():
    told = her2stats("audit")
    assert told.returncode == 0, told.stderr
    assert "inconsistent" in told.stdout


def test_the_help_of_the_audit_names_every_column_of_every_kind_of_table():
    told = " ".join(her2stats("audit", "--help").stdout.split())
    for kind, columns in KINDS.items():
        said = told[told.index(f"{kind}: ") :].split(". ")[0]
        for name in (column for group in columns for column in group):
            assert re.search(rf"\b{name}\b", said), (kind, name)


def test_the_doctor_says_what_works():
    told = her2stats("doctor")
    assert told.returncode == 0, told.stderr
    assert "Self-test passed" in told.stdout
    for part in ("deconvolution", "logistic regression", "figure"):
        assert f"works: {part}" in told.stdout


def test_the_doctor_speaks_json():
    told = json.loads(her2stats("doctor", "--json").stdout)
    assert told["healthy"] is True
    assert told["versions"]["her2stats"]
    assert {"usable", "r_version", "packages", "engine"} <= set(told["r"])
    assert len(told["tests"]) == 3


def test_a_dry_run_says_what_would_be_done_and_does_nothing(tmp_path):
    study = write_small_study(tmp_path, n=20)
    before = sorted(tmp_path.iterdir())
    told = her2stats("run", study, "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "Cell fractions\tone\tto be estimated" in told.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_a_dry_run_names_the_figures_that_a_clinical_table_cannot_give(tmp_path):
    write_small_study(tmp_path, n=20)
    study = tmp_path / "clinical.toml"
    study.write_text('[study]\ntitle = "t"\n[[cohorts]]\nname = "answers"\nclinical = "answers.csv"\n')
    told = her2stats("run", study, "--dry-run")
    assert told.returncode == 0, told.stderr
    states = {what: state for _, what, state in (line.split("\t") for line in told.stdout.splitlines()[:-1])}
    why = "left out: no cohort of this study has cell fractions"
    assert {name for name, state in states.items() if state == why} == {figure.name for figure in CELL_FIGURES}
    assert states["fig4_response"] == "to be drawn"


def test_a_part_that_cannot_be_run_alone_is_told(tmp_path):
    told = her2stats("run", write_small_study(tmp_path, n=20), "--only", "colours")
    assert told.returncode == 1
    assert "'colours' cannot be run alone" in told.stderr


@pytest.mark.slow
def test_what_the_tracker_of_workers_clears_away_is_no_news(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    _quiet_tracker()
    for words, silent in (("resource_tracker: There appear to be 1 leaked semlock objects", True), ("other", False)):
        code = f"import warnings; warnings.warn({words!r})"
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
        assert (told == "") == silent


def test_a_run_ends_with_what_it_found_and_compares_equal_to_itself(tmp_path):
    study = write_small_study(tmp_path, n=40)
    told = her2stats("run", study)
    assert told.returncode == 0, told.stderr
    assert told.stderr == "", "quiet in a pipe"
    assert len(told.stdout.splitlines()) <= 24
    assert "Report: " in told.stdout
    (tmp_path / "results").rename(tmp_path / "first")
    (tmp_path / "cache").mkdir()
    assert her2stats("run", study, "--no-cache").returncode == 0
    same = her2stats("compare", tmp_path / "first", tmp_path / "results")
    assert (same.returncode, same.stdout) == (0, "Nothing changed: same settings, same inputs, same numbers.\n")
    assert json.loads(her2stats("compare", tmp_path / "first", tmp_path / "results", "--json").stdout)["same"] is True
    study.write_text(study.read_text().replace("seed = 3", "seed = 4"))
    assert her2stats("run", study).returncode == 0
    told = her2stats("compare", tmp_path / "first", tmp_path / "results", "--output", tmp_path / "changes.csv")
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "changes.csv").exists()
    (tmp_path / "results" / "tables" / "scores.csv").unlink()
    damaged = her2stats("compare", tmp_path / "first", tmp_path / "results")
    assert damaged.returncode == 0
    assert damaged.stderr.startswith(f"Warning: {tmp_path / 'results' / 'tables' / 'scores.csv'} is missing")
    again = her2stats("run", study, "--only", "report")
    assert again.returncode == 0
    assert f"Warning: {tmp_path / 'results' / 'tables' / 'scores.csv'} is missing" in again.stderr
    refused = her2stats("compare", tmp_path / "first", tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")


def test_a_reader_who_has_seen_enough_is_no_error():
    audit = subprocess.Popen(
        [sys.executable, "-m", "her2stats.cli", "audit"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert audit.stdout is not None
    audit.stdout.close()
    assert audit.stderr is not None
    told = audit.stderr.read()
    audit.stderr.close()
    audit.wait()
    assert "Traceback" not in told


def test_check_tells_every_problem_of_every_file_in_one_table(tmp_path):
    study = write_small_study(tmp_path, n=20)
    clinical = (tmp_path / "one.csv").read_text().splitlines()
    header = clinical[0].split(",")
    cells = clinical[2].split(",")
    cells[header.index("age")] = "430"
    (tmp_path / "one.csv").write_text("\n".join([clinical[0], clinical[1], ",".join(cells), *clinical[3:]]))
    lines = (tmp_path / "one.tsv").read_text().splitlines()
    gene, _, *rest = lines[5].split("\t")
    lines[5] = "\t".join([gene, "text", *rest])
    lines[0] = lines[0].replace("one-0003", "one.0003")
    (tmp_path / "one.tsv").write_text("\n".join(lines) + "\n")
    (tmp_path / "her2.tsv").write_text("gene\tweight\nERBB2\theavy\n")
    told = her2stats("check", study)
    assert told.returncode == 1
    rows = [line.split("\t") for line in told.stdout.splitlines()]
    assert rows[0] == ["where", "row", "column", "value", "problem", "remedy"]
    values = {row[3] for row in rows[1:]}
    assert {"430", "text"} <= values
    said = told.stdout
    assert "one-0003" in said
    assert "one.0003" in said
    assert "heavy" in said
    assert f"row 6 (gene '{gene}')" in said
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "results").exists()


def test_a_table_of_ones_own_is_audited(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("variable,level,count,n\ngrade,II,68 (65.4%),104\ngrade,III,36 (36.4%),104\n")
    told = her2stats("audit", table, "--output", tmp_path / "audit.csv")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[-1] == "3 checks: 2 consistent, 1 inconsistent, 0 not determinable"
    assert "36 of 104 = 34.615 %" in her2stats("audit", table).stdout
    written = pd.read_csv(tmp_path / "audit.csv")
    assert written.columns[0] == "item"
    assert (written["verdict"] == "inconsistent").sum() == 1
    wrong = her2stats("audit", table, "--as", "correlation")
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines() == [
        "her2stats: mine.csv: its columns are those of another kind than correlation -> say --as counts"
    ]
