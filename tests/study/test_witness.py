"""The witness makes a study again from its raw files: it agrees where all is right, and turns red where it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.cohort import cohort as cohort_module
from her2stats.cohort.genes import matching
from her2stats.r_engine.process import find_rscript
from her2stats.reading.clinical import population, table
from her2stats.statistics import abundance, interaction, logistic, multiplicity
from her2stats.study import run, run_study
from tests.study.witness_study import write_witness_study

Mutation = Callable[[pytest.MonkeyPatch], None]


def witness(results: Path, *arguments: str, **how) -> subprocess.CompletedProcess[str]:
    """Run the witness of a results folder."""
    command = [find_rscript(), "--vanilla", str(results / "r" / "witness.R"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **how)


def run_without_figures(folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "all_drawings", lambda *_: [])
        return run_study(folder / "study.toml").folder


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    return run_without_figures(write_witness_study(tmp_path_factory.mktemp("witness")).parent)


@pytest.fixture
def copy(results, tmp_path) -> Path:
    """Results that a test may spoil, in a copy of their study."""
    shutil.copytree(results.parent, tmp_path / "study")
    return tmp_path / "study" / results.name


def test_the_settings_hold_no_result(results):
    settings = pd.read_csv(results / "r" / "witness.tsv", sep="\t", keep_default_na=False)
    assert list(settings) == ["cohort", "setting", "name", "value"]
    assert ("KIAA0125", "FAM30A") in set(zip(settings["value"], settings["name"], strict=True))
    assert not set(settings["value"]) & set(pd.read_csv(results / "tables" / "scores.csv", dtype=str)["ERBB2"])


def test_the_same_study_gives_the_same_bytes(results, tmp_path):
    again = run_without_figures(write_witness_study(tmp_path).parent)
    for name in sorted(path.name for path in (results / "r").glob("witness*")):
        assert (again / "r" / name).read_bytes() == (results / "r" / name).read_bytes()


@pytest.mark.r
class TestAgreement:
    def test_it_agrees_and_says_what_it_did_not_see(self, results):
        done = witness(results, "--fractions=0")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "The witness agrees" in done.stdout
        assert "were not seen" in done.stdout
        assert "Note: no number was followed of: detectable, notes, robustness\n" in done.stdout
        assert "Note: some numbers were not followed of: " in done.stdout
        assert "theirs: cell fractions are taken as given" in done.stdout

    def test_amounts_of_another_program_are_followed_on_their_side_and_by_other_names(self, tmp_path):
        study = write_witness_study(tmp_path)
        given = pd.read_csv(tmp_path / "cibersortx.csv", index_col=0)
        types = ["Bcells", "CAFs", "CD4_Tcells", "CD8_Tcells", "Endothelial", "Macrophages"]
        shares = given.iloc[:, :6].set_axis(types, axis=1)
        shares = (shares / (shares.sum(axis=1).max() * 1.1)).round(6)
        shares.add_suffix("_EPIC").T.rename_axis("cell_type").to_csv(tmp_path / "epic.tsv", sep="\t")
        text = study.read_text().replace('"cibersortx.csv"', '"epic.tsv"\ncell_types = { CD8_Tcells = "T cells CD8" }')
        study.write_text(text.replace('signature = "signature.tsv"\n', "").replace("[deconvolution]\n", ""))
        results = run_without_figures(tmp_path)
        done = witness(results, "--fractions=0", f"--write={tmp_path / 'told.csv'}")
        assert done.returncode == 0, done.stdout + done.stderr
        told = pd.read_csv(tmp_path / "told.csv").query("table == 'fractions'").sum(numeric_only=True)
        assert told["agreed"] >= 6 * 41
        assert told["disagreed"] == 0

    def test_every_number_of_the_models_is_seen(self, results, tmp_path):
        witness(results, "--fractions=0", f"--write={tmp_path / 'told.csv'}")
        told = pd.read_csv(tmp_path / "told.csv").set_index("table")
        assert (told["disagreed"] == 0).all()
        assert set(told.index[told["not_seen"] > 0]) == {
            *("detectable", "misread_ihc", "notes", "fractions", "robustness"),
            *(
                "clinical",
                "interaction",
                "odds_ratios",
                "response_by_hr",
                "response_further",
            ),  # Firth's numbers beside theirs
        }
        for name in ("clinical", "interaction", "odds_ratios", "response_by_hr", "response_further"):
            table = pd.read_csv(results / "tables" / f"{name}.csv")
            beside = table.filter(regex="^(firth_|fewest)").notna().to_numpy().sum()
            assert told.loc[name, "not_seen"] == beside
        assert told.loc["misread_ihc", "agreed"] > 50  # the grid, and what draws give is not seen
        assert told.loc["flow", "agreed"] == told.loc["flow", "numbers"]

    def test_without_e1071_the_fractions_are_taken_as_given(self, results, tmp_path):
        nowhere = {**os.environ, "R_LIBS_SITE": str(tmp_path), "R_LIBS_USER": str(tmp_path), "R_LIBS": ""}
        done = witness(results, env=nowhere)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "the R package e1071 is not installed" in done.stdout

    def test_a_study_that_moved_is_told_where_it_is(self, copy):
        moved = copy.parent.parent / "elsewhere"
        shutil.move(copy, moved)
        lost = witness(moved, "--fractions=0")
        assert lost.returncode == 4
        assert "is not there" in lost.stdout
        assert "STUDY_DIR" in lost.stdout
        assert witness(moved, str(copy.parent), "--fractions=0").returncode == 0

    def test_a_raw_file_that_changed_is_named_by_its_hash(self, copy):
        with (copy.parent / "ours.csv").open("a") as file:
            file.write("\n")
        done = witness(copy, "--fractions=0")
        assert done.returncode == 4
        assert "ours.csv has changed since the run (SHA-256 was " in done.stdout

    @pytest.mark.parametrize("name", ["results/r/witness.tsv", "results/tables/odds_ratios.csv", "ours.csv"])
    def test_a_pipe_in_the_place_of_a_file_is_told_and_nobody_waits_for_it(self, copy, name):
        place = copy.parent / name.replace("results", copy.name, 1)
        place.unlink()
        os.mkfifo(place)
        done = witness(copy, "--fractions=0", timeout=120)
        assert done.returncode == 4
        assert done.stdout.startswith("Could not check: ")
        assert place.name in done.stdout

    def test_a_cohort_that_cannot_be_followed_is_no_agreement(self, copy):
        settings = copy / "r" / "witness.tsv"
        settings.write_text(settings.read_text().replace("theirs\tsample\tsample\tid", "theirs\tsample\tsample\tod"))
        done = witness(copy, "--fractions=0")
        assert done.returncode == 4, done.stdout
        assert "Could not follow theirs" in done.stdout


def mean_for_median(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(abundance, "_reached", lambda values, _: values >= np.nanmean(values))


def above_for_at_least(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(abundance, "_reached", lambda values, median: values > median)


def n_for_n_less_one(patch: pytest.MonkeyPatch) -> None:
    for module in (logistic, interaction):
        patch.setattr(
            module, "standard_deviation", lambda frame, name, within: np.nanstd(frame.values[name][within.rows])
        )


def zero_rule_at_seventy(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(abundance.classify_abundance.__kwdefaults__, "exclude_above", 0.7)


def receptor_from_er_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(population, "_either_positive", lambda er, pgr: er)


def alias_dropped(patch: pytest.MonkeyPatch) -> None:
    whole = matching.match_symbols

    def own_names_only(wanted, available):
        found = whole(wanted, available)
        rows = {gene: row for gene, row in found.rows.items() if gene == row}
        return replace(found, rows=rows, renamed={})

    patch.setattr(matching, "match_symbols", own_names_only)


def offset_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        cohort_module, "to_log2", lambda values, scale, offset: np.log2(values + 1) if scale == "linear" else values
    )


def family_of_the_fitted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(multiplicity, "bonferroni", lambda p_values, size: np.minimum(1.0, p_values * len(p_values)))


def nobody_excluded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(table, "select_population", lambda frame, file: (frame.replace("3+", "2+"), []))


MUTATIONS: dict[Mutation, str] = {
    mean_for_median: "odds_ratios",
    above_for_at_least: "odds_ratios",
    n_for_n_less_one: "odds_ratios",
    zero_rule_at_seventy: "abundance",
    receptor_from_er_alone: "table_one",
    alias_dropped: "coverage",
    offset_forgotten: "scores",
    family_of_the_fitted: "p_adjusted",
    nobody_excluded: "table_one",
}


@pytest.mark.r
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_fault_planted_in_python_turns_it_red(mutation, tmp_path, monkeypatch):
    mutation(monkeypatch)
    results = run_without_figures(write_witness_study(tmp_path).parent)
    monkeypatch.undo()
    done = witness(results, "--fractions=0")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Could not follow" not in done.stdout
    assert any(MUTATIONS[mutation] in line for line in done.stdout.splitlines() if line.startswith("Disagrees: "))


def spoil(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)


@pytest.mark.r
@pytest.mark.parametrize("name", ["scores", "abundance", "odds_ratios", "e_values", "misread_ihc", "flow"])
def test_a_forged_table_turns_it_red(name, copy):
    column = {
        "scores": "ESR1",
        "abundance": "median",
        "odds_ratios": "conf_low",
        "e_values": "e_value_limit",
        "misread_ihc": "estimate",
        "flow": "n",
    }[name]
    spoil(
        copy / "tables" / f"{name}.csv",
        lambda frame: frame.assign(**{column: frame[column].mask(frame.index == 1, "7.25")}),
    )
    done = witness(copy, "--fractions=0")
    assert done.returncode == 3, done.stdout
    assert f"{column}: 7.25 in the table" in done.stdout


@pytest.mark.r
def test_a_deleted_row_turns_it_red(copy):
    spoil(copy / "tables" / "correlation.csv", lambda frame: frame.drop(index=2))
    done = witness(copy, "--fractions=0")
    assert done.returncode == 3
    assert "asked here, not in the table" in done.stdout


@pytest.mark.r
def test_what_base_r_cannot_read_is_given_to_it_and_that_is_said(tmp_path):
    study = write_witness_study(tmp_path)
    clinical = pd.read_csv(tmp_path / "theirs.csv", dtype=str, keep_default_na=False)
    clinical.to_excel(tmp_path / "theirs.xlsx", index=False)
    pd.read_csv(tmp_path / "theirs.tsv.gz", sep="\t").to_parquet(tmp_path / "theirs.parquet")
    study.write_text(study.read_text().replace("theirs.csv", "theirs.xlsx").replace("theirs.tsv.gz", "theirs.parquet"))
    done = witness(run_without_figures(tmp_path), "--fractions=0")
    assert done.returncode == 0, done.stdout + done.stderr
    for what in ("population and variables are", "expression is"):
        assert f"theirs: {what} taken as given, for base R does not read such a file" in done.stdout


@pytest.mark.r
def test_other_conventions_are_followed_or_said_not_to_be(tmp_path):
    study = write_witness_study(tmp_path)
    conventions = 'correction = "holm"\ncorrelation_ci = "sas"\nodds_ratio_ci = "profile"\nweights = "cells"\n'
    conventions += 'sd = "stratum"\nconf_level = 0.9\nmodel_covariates = ["age"]\n'
    study.write_text(study.read_text() + conventions)
    done = witness(run_without_figures(tmp_path), "--fractions=0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "odds ratios and clinical models are not followed (age)" in done.stdout


@pytest.mark.r
@pytest.mark.slow
@pytest.mark.parametrize(("name", "seen"), [("scanb", 0.5), ("tcga121", 0.88), ("ispy2", 0.2)])
def test_it_agrees_on_real_cohorts(name, seen, shared, tmp_path):
    source = Path(__file__).parent.parent / "studies" / f"{name}.toml"
    (tmp_path / "study.toml").write_text(source.read_text().replace("../../../shared/data", str(shared)))
    results = run_without_figures(tmp_path)
    done = witness(results, "--fractions=6", f"--write={tmp_path / 'told.csv'}")
    assert done.returncode == 0, done.stdout + done.stderr
    told = pd.read_csv(tmp_path / "told.csv").query("table != 'robustness'")  # specification curves are not followed
    assert told["agreed"].sum() > seen * told["numbers"].sum()
