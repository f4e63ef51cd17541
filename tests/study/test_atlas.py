"""Many studies side by side: what is pooled with what, what is not, and what the page says."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import FileError, InputError, OutputError
from her2stats.figures.atlas import plot_atlas
from her2stats.report.atlas_page import VERDICTS, atlas_summary
from her2stats.results.csv_cells import write_csv
from her2stats.statistics import pool
from her2stats.study.atlas import FILES, QUESTION, _answers, build_atlas, write_atlas


@pytest.fixture(scope="module")
def folders(small_results, tmp_path_factory):
    """Four folders of one study, made independent: other names, other patients, other files, estimates moved apart."""
    root, made = tmp_path_factory.mktemp("atlas"), []
    for number in range(4):
        folder = shutil.copytree(small_results.folder, root / f"study{number}")
        content = json.loads((folder / "provenance.json").read_text())
        for entry in (*content["cohorts"], *content["inputs"]):
            key = "name" if "name" in entry else "cohort"
            entry[key] = entry[key] and f"{entry[key]}{number}"
            if "sha256" in entry:
                entry["sha256"] = f"{number}{entry['sha256'][1:]}"
        (folder / "provenance.json").write_text(json.dumps(content))
        for path in (folder / "tables").glob("*.csv"):
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            if "cohort" in table:
                table["cohort"] = table["cohort"].where(
                    table["cohort"].isin(["", "pooled"]), table["cohort"] + str(number)
                )
            if "sample" in table:
                table["sample"] += f"x{number}"
            if path.stem.startswith("correlation"):
                moved = np.tanh(np.arctanh(pd.to_numeric(table["estimate"]).clip(-0.99, 0.99)) + 0.05 * number)
                table["estimate"] = moved.map(repr).where(table["estimate"] != "", "").replace("nan", "")
            table.to_csv(path, index=False)
        made.append(folder)
    return made


@pytest.fixture(scope="module")
def atlas(folders):
    return build_atlas(folders)


def of(table, part, **question):
    rows = table[table["part"] == part]
    for name, value in ({"outcome": "Total TIL", "stratum": "all"} | question).items():
        rows = rows[rows[name] == value]
    return rows


def test_a_pooled_row_is_that_of_pool(atlas):
    rows = of(atlas.table, "study")
    assert len(rows) == 4
    expected = pool(rows.assign(cohort=rows["study"])).table.iloc[0]
    found = of(atlas.table, "pooled").iloc[0]
    for name in ("estimate", "conf_low", "conf_high", "i2", "tau2", "pi_low", "pi_high", "k", "n"):
        assert found[name] == pytest.approx(expected[name], rel=1e-12)
    assert found["k"] == 4
    assert found["pi_low"] < found["conf_low"]
    assert (found["same_sign"], found["of"]) == (4, 4)


def test_each_study_is_left_out_once(atlas):
    rows, without = of(atlas.table, "study"), of(atlas.table, "without")
    assert without["study"].tolist() == sorted(rows["study"])
    rest = rows[rows["study"] != "one0"]
    expected = pool(rest.assign(cohort=rest["study"])).table["estimate"].item()
    assert without.set_index("study").loc["one0", "estimate"] == pytest.approx(expected, rel=1e-12)
    summed = atlas_summary(atlas.table).set_index(list(QUESTION))
    row = summed.loc[("Total TIL", "", rows["term"].iloc[0], "", "all")]
    assert (row["without_low"], row["without_high"]) == (without["estimate"].min(), without["estimate"].max())


def test_the_order_of_the_folders_changes_no_digit(folders, atlas):
    again = build_atlas(folders[::-1])
    pd.testing.assert_frame_equal(again.table, atlas.table, check_exact=True)


def test_response_is_asked_crude_given_hr_and_within_it():
    row = {"outcome": "pcr", "measure": "odds_ratio", "role": "group", "comparison": "HER2-low", "estimate": 1.0}
    row["reference"] = "HER2-0"
    strata = pd.DataFrame([row | {"stratum": name} for name in ("all", "hr=negative", "hr=positive")])
    product = pd.DataFrame([row | {"stratum": "hr=negative", "role": "exposure", "comparison": ""}])
    own_groups = pd.DataFrame([row | {"stratum": "all", "reference": "null", "comparison": "ultralow"}])
    tables = {"response": strata.head(1), "response_by_hr": pd.concat([strata, product, own_groups])}
    asked = pd.concat(_answers(tables, "", "", []))
    assert asked[["stratum", "given"]].to_numpy().tolist() == [
        ["all", ""],
        ["all", "hr"],
        ["hr=negative", ""],
        ["hr=positive", ""],
    ]
    assert set(asked["term"]) == {"HER2-low"}


def test_studies_that_share_patients_are_not_pooled(folders, tmp_path):
    same = shutil.copytree(folders[0], tmp_path / "same")
    content = (same / "provenance.json").read_text()
    (same / "provenance.json").write_text(content.replace('"one0"', '"again"').replace('"answers0"', '"asked"'))
    for path in (same / "tables").glob("*.csv"):
        path.write_text(path.read_text().replace("one0,", "again,").replace("answers0,", "asked,"))
    found = build_atlas([*folders[:2], same]).table
    rows = of(found, "study").set_index("study")
    assert sorted(rows["note"] != "") == [False, False, True]
    assert "of its patients are in again" in rows.loc["one0", "note"]
    assert of(found, "pooled")["k"].item() == 2
    response = of(found, "study", outcome="pcr", given="").set_index("study")
    assert "it was read from a file that answers0 was read from" in response.loc["asked", "note"]


def test_shares_and_amounts_are_not_pooled(folders, tmp_path):
    shares = shutil.copytree(folders[1], tmp_path / "shares")
    types = pd.read_csv(shares / "tables" / "abundance.csv")["type"].tolist()
    fractions = pd.read_csv(shares / "tables" / "fractions.csv", dtype={"sample": str})
    fractions[types] = fractions[types].div(fractions[types].sum(axis=1), axis=0)
    write_csv(fractions, shares / "tables" / "fractions.csv", index=False)
    found = build_atlas([folders[0], shares], outcomes=["Total TIL", *types])
    kinds = {one.study: one.fractions for one in found.studies}
    assert (kinds["one0"], kinds["one1"]) == ("absolute", "relative")
    pooled = found.table[found.table["part"] == "pooled"]
    assert set(pooled["outcome"]) <= {"Total TIL", "pcr", "complete_response"}


def test_the_estimates_of_the_paper_stand_beside_and_are_never_pooled(atlas):
    paper = atlas.table[atlas.table["part"] == "paper"]
    til = paper[(paper["outcome"] == "Total TIL") & (paper["term"] == "HER2_20")]
    assert til["estimate"].item() == -0.44
    assert "another exposure" in til["note"].item()
    assert not of(atlas.table, "pooled")["study"].str.contains("paper").any()


def test_verdicts_say_sign_and_certainty():
    row = {"part": "study", "study": "a", "outcome": "Total TIL", "stratum": "all", "term": "ERBB2", "given": ""}
    row |= {"fractions": "", "measure": "rho", "n": 90}
    paper = row | {"part": "paper", "study": "paper, abim", "term": "HER2_20", "estimate": -0.44}
    cases = {"same": (-0.3, -0.5, -0.1), "same, unclear": (-0.1, -0.3, 0.1)}
    cases |= {"opposite": (0.3, 0.1, 0.5), "opposite, unclear": (0.1, -0.1, 0.3)}
    for verdict, numbers in cases.items():
        own = row | dict(zip(("estimate", "conf_low", "conf_high"), numbers, strict=True))
        assert atlas_summary(pd.DataFrame([own, paper]))["verdict"].item() == verdict
    alone = row | {"estimate": 0.1, "conf_low": -0.1, "conf_high": 0.3}
    assert atlas_summary(pd.DataFrame([alone]))["verdict"].item() == "none printed"
    # the paper adjusts nothing for the receptor: what is adjusted has nothing beside it
    given = alone | {"given": "hr"}
    assert atlas_summary(pd.DataFrame([given, paper]))["verdict"].item() == "none printed"
    # of a larger study without an estimate nothing is held against the paper
    silent = row | {"study": "b", "n": 200, "estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan}
    both = atlas_summary(pd.DataFrame([silent, alone, paper]))
    assert (both["n"].item(), both["studies"].item(), both["verdict"].item()) == (90, 1, "opposite, unclear")
    assert atlas_summary(pd.DataFrame([silent, paper]))["verdict"].item() == "no estimate"
    assert set(VERDICTS) == {*cases, "none printed", "no estimate"}


def test_page_tables_and_figures_are_written_and_not_replaced(atlas, tmp_path):
    write_atlas(atlas, tmp_path / "atlas")
    assert sorted(path.name for path in (tmp_path / "atlas").iterdir()) == sorted(FILES)
    page = (tmp_path / "atlas" / "atlas.html").read_text()
    words = (tmp_path / "atlas" / "atlas.md").read_text()
    for text in (page, words):
        assert "Why this cannot decide" in text
        assert "Simulated" in text
        assert "the paper has a score of 20 genes" in text
        assert str(tmp_path) not in text
    assert "http" not in page.replace("http-equiv", "")
    read = pd.read_csv(tmp_path / "atlas" / "atlas.csv", keep_default_na=False)
    assert len(read) == len(atlas.table)
    with pytest.raises(OutputError, match="exists already"):
        write_atlas(atlas, tmp_path / "atlas")
    before = {path.name: path.read_bytes() for path in (tmp_path / "atlas").iterdir()}
    write_atlas(atlas, tmp_path / "atlas", overwrite=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "atlas").iterdir()} == before


def test_a_lost_table_is_named_and_the_others_are_used(folders, tmp_path):
    damaged = shutil.copytree(folders[0], tmp_path / "damaged")
    (damaged / "tables" / "correlation.csv").unlink()
    found = build_atlas([damaged])
    assert any("correlation.csv is missing" in gap for gap in found.gaps)
    assert len(found.table.query("stratum == 'hr=positive' and part == 'study'"))


def test_what_cannot_be_used_is_refused_all_at_once(folders, tmp_path):
    with pytest.raises(FileError) as caught:
        build_atlas([tmp_path / "a", tmp_path / "b"])
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match=r"cohort one0 .* is given twice"):
        build_atlas([folders[0], folders[0]])
    empty = shutil.copytree(folders[0], tmp_path / "empty")
    for name in ("correlation", "correlation_by_hr", "response", "response_by_hr"):
        (empty / "tables" / f"{name}.csv").unlink()
    with pytest.raises(InputError, match="no answer"):
        build_atlas([empty])


def test_the_forest_has_a_panel_a_question_and_the_paper_in_its_own(atlas):
    for kind in ("rho", "odds_ratio"):
        drawn = plot_atlas(atlas.table, measure=kind).data
        asked = atlas.table.query("measure == @kind and part == 'study'")[list(QUESTION)].drop_duplicates()
        assert drawn["panel"].nunique() == len(asked)
        assert "without" not in set(drawn["part"])
    nothing = plot_atlas(atlas.table, measure="slope")
    assert nothing.data is None or "panel" not in nothing.data
