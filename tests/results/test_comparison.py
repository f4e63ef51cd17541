"""What changed between two results folders, gravest first; nothing where nothing changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import DataError, FileError
from her2stats.results import compare_results
from her2stats.results.comparison import MAIN
from her2stats.results.schema import RESULT_TABLES


@pytest.fixture
def other(small_results, tmp_path):
    """A copy of the small study's results, to be changed."""
    shutil.copytree(small_results.folder, tmp_path / "other")
    return tmp_path / "other"


def edit(folder, table, change):
    """Change a table of a folder."""
    path = folder / "tables" / f"{table}.csv"
    frame = pd.read_csv(path, keep_default_na=False)
    change(frame).to_csv(path, index=False)


def assign(column, row, value):
    """A change of one cell."""

    def change(frame):
        frame[column] = frame[column].astype("object")
        frame.loc[row, column] = value
        return frame

    return change


def test_a_copy_is_the_same(small_results, other):
    found = compare_results(small_results.folder, other)
    assert found.same
    assert found.words() == ["Nothing changed: same settings, same inputs, same numbers."]


@pytest.mark.parametrize(
    ("column", "value", "change"),
    [
        ("estimate", lambda old: 1 / float(old), "sign changed"),
        ("p_adjusted", lambda old: 0.9 if float(old) < 0.05 else 0.001, "significan"),
        ("estimate", lambda old: "", "not estimable now"),
        ("conf_low", lambda old: float(old) * 1.001, "numbers changed"),
        ("flag", lambda old: "not converged: by hand", "words changed"),
    ],
)
def test_a_changed_row_is_named_by_its_gravest_change(small_results, other, column, value, change):
    row = 4
    before = small_results.tables["odds_ratios"].loc[row]
    edit(other, "odds_ratios", assign(column, row, value(before[column])))
    (found,) = compare_results(small_results.folder, other).rows.to_dict("records")
    assert change in found["change"]
    assert found["columns"] == column
    assert (found["table"], found["stratum"], found["outcome"]) == ("odds_ratios", before["stratum"], before["outcome"])


def test_the_size_of_a_change_of_an_odds_ratio_is_in_standard_errors(small_results, other):
    before = small_results.tables["odds_ratios"].loc[2]
    moved = float(np.exp(np.log(before["estimate"]) + np.sign(np.log(before["estimate"])) * before["std_error"]))
    edit(other, "odds_ratios", assign("estimate", 2, moved))
    assert compare_results(small_results.folder, other).rows["size"].tolist() == [pytest.approx(1.0)]


def test_rows_that_come_and_go_and_a_change_of_order(small_results, other):
    edit(other, "correlation", lambda frame: frame.drop(index=3).iloc[::-1])
    forth, back = compare_results(small_results.folder, other), compare_results(other, small_results.folder)
    assert forth.rows["change"].tolist() == ["vanished"]
    assert back.rows["change"].tolist() == ["appeared"]
    assert forth.settings.empty
    assert forth.tables.empty


def test_another_threshold_changes_what_is_significant(small_results, other):
    origin = json.loads((other / "provenance.json").read_text())
    origin["alpha"] = 1e-6
    (other / "provenance.json").write_text(json.dumps(origin))
    found = compare_results(small_results.folder, other)
    assert found.settings["setting"].tolist() == ["alpha"]
    assert set(found.rows["change"]) == {"not significant now"}


def test_inputs_are_compared_by_their_content(small_results, other):
    origin = json.loads((other / "provenance.json").read_text())
    origin["inputs"][0]["sha256"] = "0" * 64
    origin["inputs"][1]["file"] = "renamed.csv"
    (other / "provenance.json").write_text(json.dumps(origin))
    found = compare_results(small_results.folder, other)
    assert found.inputs["change"].tolist() == ["content changed"]
    assert found.inputs["role"].tolist() == [origin["inputs"][0]["role"]]


def test_other_tables_are_counted_and_rounding_is_no_change(small_results, other):
    scores = small_results.tables["scores"]
    column = scores.columns[-1]
    edit(other, "scores", assign(column, 0, scores.loc[0, column] * (1 + 1e-12)))
    assert compare_results(small_results.folder, other).same
    assert not compare_results(small_results.folder, other, tolerance=0).same
    edit(other, "scores", assign(column, 1, 99.0))
    (found,) = compare_results(small_results.folder, other).tables.to_dict("records")
    assert (found["table"], found["changed"], found["columns"]) == ("scores", 1, column)


def test_everything_can_be_written_as_json(small_results, other):
    edit(other, "correlation", assign("estimate", 0, ""))
    text = json.dumps(compare_results(small_results.folder, other).as_dict(), allow_nan=False)
    assert json.loads(text)["rows"][0]["change"] == "not estimable now"


def test_what_is_no_results_folder_is_told_for_both(tmp_path):
    with pytest.raises(FileError) as told:
        compare_results(tmp_path / "a", tmp_path / "b")
    assert len(told.value.problems) == 2
    with pytest.raises(DataError):
        compare_results(tmp_path / "a", tmp_path / "b", tolerance=-1)


def test_damaged_and_missing_tables_are_named_and_the_others_compared(small_results, other):
    (other / "tables" / "scores.csv").write_bytes(b"\xff\xfe\x00")
    (other / "tables" / "odds_ratios.csv").unlink()
    cut = other / "tables" / "interaction.csv"
    cut.write_bytes(cut.read_bytes()[:-9])
    unchanged = compare_results(small_results.folder, other)
    assert [Path(gap.partition(" ")[0]).name for gap in unchanged.gaps] == [
        *("scores.csv", "odds_ratios.csv", "interaction.csv")
    ]
    assert all(str(other) in gap and "not compared" in gap for gap in unchanged.gaps)
    assert unchanged.rows.empty, "rows that cannot be read have not vanished"
    assert not unchanged.same, "what was not compared may have changed"
    assert unchanged.words() == ["No result row changed in the tables that could be compared."]
    edit(other, "correlation", assign("estimate", 0, ""))
    back = compare_results(other, small_results.folder)
    assert back.rows["change"].tolist() == ["estimable now"]
    assert len(back.gaps) == 3
    assert json.loads(json.dumps(back.as_dict(), allow_nan=False))["gaps"] == list(back.gaps)


def test_places_on_a_curve_are_compared_by_where_they_are(small_results, other):
    curves = small_results.tables["ancova_curves"]
    assert len(curves), "the small study has curves"
    edit(other, "ancova_curves", lambda frame: frame.drop(index=0))
    (lost,) = compare_results(small_results.folder, other).rows.to_dict("records")
    assert (lost["change"], lost["outcome"]) == ("vanished", curves.loc[0, "outcome"])
    assert float(lost["at"]) == curves.loc[0, "at"]
    edit(other, "ancova_curves", lambda frame: curves.assign(at=curves["at"] * (1 + 1e-13)))
    assert compare_results(small_results.folder, other).same
    edit(other, "ancova_curves", lambda frame: curves.assign(estimate=curves["estimate"].mask(curves.index == 7, 9.5)))
    words = compare_results(small_results.folder, other).words()
    assert f" at {curves.loc[7, 'at']:.4g}: " in words[-1]


def test_a_cohort_that_came_or_went_is_said_in_words(small_results, other):
    origin = json.loads((other / "provenance.json").read_text())
    origin["cohorts"] = [cohort for cohort in origin["cohorts"] if cohort["name"] != "answers"]
    origin["cohorts"][0]["n"] = 3
    (other / "provenance.json").write_text(json.dumps(origin))
    found = compare_results(small_results.folder, other)
    n = len(small_results.tables["scores"])
    assert f"  cohorts.one.n: {n} -> 3" in found.words()
    (gone,) = [line for line in found.words() if "cohorts.answers" in line]
    assert gone.endswith("-> absent")
    assert "kind clinical only" in gone
    assert not set("{}'[]") & set(gone)


def test_what_matters_stands_first(small_results, other):
    def moved(frame, row, errors):
        size = errors * float(frame.loc[row, "std_error"])
        before = float(frame.loc[row, "estimate"])
        further = before * np.exp(np.copysign(size, np.log(before)))
        return frame.assign(estimate=frame["estimate"].mask(frame.index == row, further))

    edit(other, "odds_ratios", lambda frame: moved(moved(moved(frame, 2, 0.001), 3, 0.5), 4, 2.0).drop(index=5))
    found = compare_results(small_results.folder, other).rows
    assert found["change"].tolist() == ["numbers changed", "numbers changed", "vanished", "numbers changed"]
    assert found["size"].round(3).tolist()[:2] == [2.0, 0.5]
    assert found["size"].iloc[-1] == pytest.approx(0.001)


def test_main_tables_stand_before_the_rest(small_results, other):
    assert set(MAIN) <= set(RESULT_TABLES)
    name = next(one for one in RESULT_TABLES if one not in MAIN and len(small_results.tables.get(one, [])))
    for table in (name, "odds_ratios"):
        edit(other, table, lambda frame: frame.assign(flag=frame["flag"].mask(frame.index == 2, "by hand")))
    assert compare_results(small_results.folder, other).rows["table"].tolist() == ["odds_ratios", name]
