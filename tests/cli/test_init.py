"""A study file from the user's files: what is recognised, what is asked, what stays open."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from her2stats.cli.interview import interview
from her2stats.study.proposing.expression_look import look_at_expression
from her2stats.study.proposing.proposal import Proposal, left_to_do, look_at_files
from her2stats.study.proposing.recognition import recognise
from her2stats.study.proposing.study_text import study_text, write_proposal
from tests.cli.test_commands import her2stats
from tests.study.conftest import write_small_study

CLINICAL = """id,title,ER,PR_status,HER2 IHC,Et\u00e0,arm,comment
1,one-0001,pos,neg,0,51,A,x
2,one-0002,pos,pos,1+,62,A,y
3,one-0003,neg,neg,due,47,B,z
4,one-0004,neg,NA,2+,39,B,w
5,one-0005,pos,pos,1+,70,A,v
"""


@pytest.fixture
def files(tmp_path):
    """A small clinical table, and an expression matrix of the same tumours."""
    (tmp_path / "clinical.csv").write_text(CLINICAL, encoding="utf-8")
    values = np.log2(np.random.default_rng(1).poisson(3, (300, 5)) * 50.0 + 0.1).round(2)
    table = pd.DataFrame(values, columns=[f"one-000{place}" for place in range(1, 6)])
    table.insert(0, "gene", ["ERBB2", "ESR1", *(f"GENE{place}" for place in range(298))])
    table.to_csv(tmp_path / "expression.tsv", sep="\t", index=False)
    return tmp_path / "clinical.csv", tmp_path / "expression.tsv"


def test_columns_words_and_ids_are_recognised(files):
    proposal = look_at_files(*files, name="mine")
    assert {item.variable: item.column for item in proposal.found} == {
        "er": "ER",
        "pgr": "PR_status",
        "her2_ihc": "HER2 IHC",
        "age": "Et\u00e0",
    }
    assert (proposal.sample, proposal.shared) == ("title", 5)
    assert {item.variable: dict(item.unknown) for item in proposal.found if item.unknown} == {"her2_ihc": {"due": 1}}


def test_the_scale_is_proposed_with_its_evidence_and_not_declared(files, tmp_path):
    proposal = look_at_files(*files)
    assert proposal.expression is not None
    assert (proposal.expression.scale, proposal.expression.offset) == ("log2", 0.1)
    assert "log2(x + 0.1)" in proposal.expression.evidence
    write_proposal(proposal, tmp_path / "study.toml")
    document = tomllib.loads((tmp_path / "study.toml").read_text())
    assert "scale" not in document["cohorts"][0]
    (left,) = left_to_do(tmp_path / "study.toml")
    assert "scale is missing" in left


def answering(**answers):
    """Answer the questions that contain a key (underscores are spaces), and keep the default of the others."""
    return lambda question, default: next(
        (answer for key, answer in answers.items() if key.replace("_", " ") in question), default
    )


def test_what_is_asked_and_answered_stands_in_a_study_file_that_can_run(files, tmp_path):
    asked = answering(what_is="2+", scale="log2", offset="0.1")
    proposal = interview(look_at_files(*files, name="mine"), asked)
    write_proposal(proposal, tmp_path / "study.toml")
    cohort = tomllib.loads((tmp_path / "study.toml").read_text())["cohorts"][0]
    assert (cohort["scale"], cohort["offset"]) == ("log2", 0.1)
    assert cohort["values"] == {"her2_ihc": {"due": "2+"}}
    assert left_to_do(tmp_path / "study.toml") == []


def test_haste_declares_no_scale(files):
    proposal = interview(look_at_files(*files), lambda question, default: default)
    assert not proposal.scale_confirmed


def test_a_wrong_answer_is_asked_again(files, capsys):
    said = {"which column": iter(["nonsense", "title"]), "what is": iter(["five", "1+"]), "scale": iter(["lb", "-"])}

    def ask(question, default):
        return next((next(answers, default) for key, answers in said.items() if key in question), default)

    proposal = interview(look_at_files(*files), ask)
    assert proposal.sample == "title"
    told = capsys.readouterr().out
    for wrong in ("'nonsense' is no column", "'five' is none of", "'lb' is none of"):
        assert wrong in told


@pytest.mark.parametrize(
    ("values", "scale", "normalise", "offset"),
    [
        (lambda rng: rng.poisson(200, (50, 8)).astype(float), "linear", "cpm", 0.0),
        (lambda rng: rng.lognormal(3, 2, (50, 8)), "linear", None, 0.0),
        (lambda rng: np.log2(rng.poisson(1, (50, 8)) * 9.0 + 1), "log2", None, 1.0),
        (lambda rng: rng.normal(7, 2, (50, 8)), "log2", None, 0.0),
    ],
)
def test_what_numbers_look_like(tmp_path, values, scale, normalise, offset):
    table = pd.DataFrame(values(np.random.default_rng(2)), index=[f"G{place}" for place in range(50)])
    table.columns = [f"s{place}" for place in range(8)]
    with gzip.open(tmp_path / "x.tsv.gz", "wt") as file:
        table.to_csv(file, sep="\t", index_label="gene")
    look = look_at_expression(tmp_path / "x.tsv.gz")
    assert (look.scale, look.normalise, look.offset) == (scale, normalise, offset)
    assert look.evidence
    assert len(look.samples) == 8


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=12), st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1
    )
)
def test_whatever_the_table_holds_the_study_file_is_valid_toml(tmp_path_factory, columns):
    folder = tmp_path_factory.getbasetemp()
    clinical = folder / "clinical.csv"
    found = tuple(recognise(columns))
    proposal = Proposal("mine", clinical, columns, next(iter(columns)), 0, found)
    document = tomllib.loads(study_text(proposal, folder / "study.toml"))
    assert document["cohorts"][0]["columns"]["sample"] == next(iter(columns))


def test_in_a_pipe_nothing_is_asked_and_what_is_open_is_told(tmp_path):
    write_small_study(tmp_path, n=20)
    (tmp_path / "study.toml").unlink()
    words = ("init", tmp_path / "one.csv", "--expression", tmp_path / "one.tsv", "--output", tmp_path / "study.toml")
    told = her2stats(*words)
    assert told.returncode == 0, told.stderr
    assert "left to do" in told.stdout
    text = (tmp_path / "study.toml").read_text()
    (tmp_path / "study.toml").write_text(text.replace("# scale", "scale").replace("# offset", "offset"))
    checked = her2stats("check", tmp_path / "study.toml")
    assert checked.returncode == 0, checked.stderr
    assert her2stats(*words).returncode == 1, "an existing study file is not replaced"
    assert (tmp_path / "study.toml").read_text() != text


def test_a_scale_that_is_declared_leaves_nothing_to_edit(files, tmp_path):
    table, matrix = files
    table.write_text(CLINICAL.replace("due", "2+") + "6,one-0006,pos,neg,0,61,A,u\n", encoding="utf-8")
    study = tmp_path / "study.toml"
    words = ("init", table, "--expression", matrix, "--output", study)
    for wrong in (("--scale", "lb"), ("--offset", "0.1")):
        told = her2stats(*words, *wrong)
        assert (told.returncode, study.exists()) == (1, False), told.stderr
    told = her2stats(*words, "--scale", "log2", "--offset", "0.1")
    assert told.returncode == 0, told.stderr
    assert "not used: column 'comment'" in told.stdout
    text = study.read_text()
    assert '# on_mismatch = "intersect"        # 1 samples are in one file only' in text
    assert "one-0006" in told.stdout, "the user decides about a sample without expression"
    study.write_text(text.replace("# on_mismatch", "on_mismatch"))
    assert her2stats("check", study).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "clinical", "expression", "scale"),
    [
        ("scanb400", "clinical.tsv", "expr_log2fpkm.tsv.gz", ("log2", 0.1)),
        ("tcga121", "tcga121_clinical.tsv", "tcga121_rnaseq_raw_counts.tsv.gz", ("counts",)),
    ],
)
def test_real_cohorts_need_no_editing(shared, tmp_path, folder, clinical, expression, scale):
    proposal = look_at_files(shared / folder / clinical, shared / folder / expression).declared(*scale)
    write_proposal(proposal, tmp_path / "study.toml")
    assert left_to_do(tmp_path / "study.toml") == []


@pytest.mark.parametrize("name", ["scanb400", "tcga121", "tcga769", "ispy2"])
def test_real_cohorts_are_recognised(shared, tmp_path, name):
    clinical = {
        "scanb400": "clinical.tsv",
        "tcga121": "tcga121_clinical.tsv",
        "tcga769": "tcga769_clinical.tsv",
        "ispy2": "ICB_Wolf_CLIN.csv",
    }[name]
    expected = {
        "scanb400": {"er", "pgr", "her2_status", "age", "grade", "pam50"},
        "tcga121": {"er", "pgr", "her2_ihc", "her2_status", "her2_fish", "age"},
        "tcga769": {"er", "pgr", "her2_ihc", "her2_status", "her2_fish", "age"},
        "ispy2": {"hr", "her2_status", "her2_group", "pcr", "pam50"},
    }[name]
    proposal = look_at_files(shared / name / clinical, None, name=name)
    assert {item.variable for item in proposal.found} == expected
    write_proposal(proposal, tmp_path / "study.toml")
    assert left_to_do(tmp_path / "study.toml") == []
    text = (tmp_path / "study.toml").read_text()
    assert ("[cohorts.where]" in text) == (name == "ispy2")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_of_40_columns_it_asks_and_breaks_lines_between_words(files, tmp_path):
    code = (
        "import pty, sys; sys.exit(pty.spawn([sys.executable, '-m', 'her2stats.cli', 'init', "
        f"{str(files[0])!r}, '--output', {str(tmp_path / 'study.toml')!r}]) >> 8)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        input="\n" * 20,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", "COLUMNS": "40", "NO_COLOR": "1", "TERM": "xterm", "LC_ALL": "C.UTF-8"},
        timeout=120,
    )
    assert "which column?" in told.stdout
    assert (tmp_path / "study.toml").exists()
    assert "\x1b[3" not in told.stdout, "NO_COLOR"
    said = [line for line in told.stdout.splitlines() if " is " in line and "?" not in line and "/" not in line]
    assert said
    assert max(map(len, said)) <= 40


def test_a_receptor_that_is_not_read_is_said_and_the_study_is_not_called_ready(tmp_path):
    rows = ["id,ER Allred,PR_status,HER2 IHC", "1,8,pos,0", "2,2,neg,1+", "3,0,neg,2+"]
    (tmp_path / "c.csv").write_text("\n".join(rows) + "\n")
    told = her2stats("init", tmp_path / "c.csv", "--output", tmp_path / "study.toml").stdout
    assert "left to do: column 'ER Allred' of er is not read; map it under columns, or go without" in told
    assert f"Then: her2stats check {tmp_path / 'study.toml'}" in told


def test_a_receptor_whose_codes_are_open_stays_in_the_study_file(tmp_path):
    (tmp_path / "c.csv").write_text("id,ER,PR_status,HER2 IHC\na,1,pos,0\nb,2,neg,1+\nc,2,neg,2+\n")
    proposal = look_at_files(tmp_path / "c.csv", None)
    write_proposal(proposal, tmp_path / "study.toml")
    assert "[cohorts.values.er]" in (tmp_path / "study.toml").read_text()
    told = " ".join(left_to_do(tmp_path / "study.toml"))
    assert "nothing is said yet of '1'" in told
    text = (tmp_path / "study.toml").read_text().replace('"1" = "..."', '"1" = "negative"')
    (tmp_path / "study.toml").write_text(text.replace('"2" = "..."', '"2" = "positive"'))
    assert left_to_do(tmp_path / "study.toml") == []
