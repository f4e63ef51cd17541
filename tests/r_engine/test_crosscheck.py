"""The crosscheck as its user sees it, where no R is needed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from her2stats.errors import DataError
from her2stats.r_engine import crosscheck_r
from her2stats.r_engine.crosscheck import STARTS, Crosscheck
from her2stats.r_engine.engines import Versions
from her2stats.r_engine.families import Correction
from her2stats.r_engine.process import Gone, Late
from her2stats.r_engine.two_answers import AGREE, DISAGREE, NOT_CHECKED
from her2stats.statistics import Result, fit_ancova
from her2stats.statistics.multiplicity import benjamini_hochberg, bonferroni

from .results import STRANGE, all_results, study_frame

RESULTS = all_results()
COLUMNS = [
    *("model", "verb", "cohort", "stratum", "outcome", "term", "quantity", "python", "r", "abs_diff", "rel_diff"),
    *("tolerance", "verdict", "reason", "note", "engine", "r_version", "emmeans_version"),
]


def corrected(question: Correction) -> pd.DataFrame:
    """What R's p.adjust gives."""
    families = question.data.groupby("family", observed=True)["p_value"]
    return pd.DataFrame(
        {
            "p_adjusted": families.transform(lambda p: bonferroni(p.to_numpy())),
            "p_bh": families.transform(lambda p: benjamini_hochberg(p.to_numpy())),
        }
    )


class Parrot:
    """An engine that gives Python's own numbers, and dies of one question."""

    name = "rpy2"
    software, silence = "R", ""
    versions = Versions("4.2.2", "1.8.4", ())
    started = 0
    deadly = ""

    def __init__(self, functions: Path | None = None, *, start: float = 60.0) -> None:
        type(self).started += 1
        self.alive = True

    def ask(self, question: Result | Correction, timeout: float) -> pd.DataFrame | str:
        if question.spec.verb == self.deadly:
            self.alive = False
            return "R crashed (SIGSEGV)"
        return corrected(question) if isinstance(question, Correction) else question.table

    def close(self) -> None:
        self.alive = False


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> type[Parrot]:
    class Fresh(Parrot):
        pass

    monkeypatch.setitem(STARTS, "rpy2", Fresh)
    return Fresh


def test_the_table_has_the_promised_columns(parrot: type[Parrot]) -> None:
    checked = crosscheck_r(RESULTS)
    assert list(checked.table.columns) == COLUMNS
    assert set(checked.table["r_version"]) == {"4.2.2"}
    assert checked.agrees
    assert checked.engine == "rpy2"


def test_one_r_answers_many_questions(parrot: type[Parrot]) -> None:
    crosscheck_r(RESULTS)
    assert parrot.started == 1


def test_a_question_that_kills_r_costs_only_itself(parrot: type[Parrot]) -> None:
    parrot.deadly = "fit_interaction"
    checked = crosscheck_r(RESULTS)
    verdicts = checked.table.groupby("verb")["verdict"].agg(set)
    assert verdicts["fit_interaction"] == {NOT_CHECKED}
    assert verdicts.drop("fit_interaction").map(lambda found: found == {AGREE}).all()
    assert parrot.started == 2
    assert checked.agrees


def test_the_summary_names_the_largest_difference_of_each_model(
    parrot: type[Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slightly_off(self: Parrot, question: Result | Correction, timeout: float) -> pd.DataFrame:
        if isinstance(question, Correction):
            return corrected(question)
        return question.table.assign(statistic=question.table["statistic"] * (1 + 1e-11))

    monkeypatch.setattr(parrot, "ask", slightly_off)
    summary = crosscheck_r(RESULTS).summary.set_index("model")
    assert list(summary.index) == list(RESULTS)
    assert summary.loc["toy.odds_ratios", "quantity"] == "statistic"
    assert summary.loc["toy.odds_ratios", "largest_rel_diff"] == pytest.approx(1e-11, rel=0.1)
    assert summary[DISAGREE].sum() == 0


def test_a_disagreement_is_never_agreement(parrot: type[Parrot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parrot, "ask", lambda self, result, timeout: result.table.assign(n=7))
    checked = crosscheck_r(RESULTS["toy.response"])
    assert not checked.agrees
    assert set(checked.disagreements["quantity"]) == {"n"}


def test_an_engine_that_does_not_start_gives_way_to_the_other(
    parrot: type[Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(functions: Path | None, *, start: float) -> Parrot:
        raise Gone("libR.so cannot be loaded")

    monkeypatch.setitem(STARTS, "rscript", parrot)
    monkeypatch.setitem(STARTS, "rpy2", fails)
    assert crosscheck_r(RESULTS).agrees
    alone = crosscheck_r(RESULTS, engine="rpy2")
    assert set(alone.table["verdict"]) == {NOT_CHECKED}
    assert "libR.so cannot be loaded" in alone.table["reason"].iloc[0]


@pytest.mark.parametrize(("timeout", "patience"), [(5.0, 15.0), (20.0, 20.0), (120.0, 60.0)])
def test_an_engine_that_is_late_is_started_once_and_as_long_as_a_question_may_take(
    monkeypatch: pytest.MonkeyPatch, timeout: float, patience: float
) -> None:
    asked: list[tuple[str, float]] = []

    def late(name: str) -> object:
        def start(functions: Path | None, *, start: float) -> Parrot:
            asked.append((name, start))
            raise Late(f"R gave no answer within {start:g} s")

        return start

    for name in ("rpy2", "rscript"):
        monkeypatch.setitem(STARTS, name, late(name))  # type: ignore[arg-type]
    checked = crosscheck_r(RESULTS, timeout=timeout)
    assert asked == [("rpy2", patience), ("rscript", patience)]
    assert f"rpy2: R gave no answer within {patience:g} s; rscript: R gave" in checked.table["reason"].iloc[0]


def test_a_wrong_correction_is_found_and_named(parrot: type[Parrot]) -> None:
    right = RESULTS["toy.adjusted"]
    for column in ("p_adjusted", "p_bh"):
        wrong = right.with_table(right.table.assign(**{column: right.table[column] * 0.99}))
        checked = crosscheck_r({"toy.adjusted": wrong})
        assert set(checked.disagreements["quantity"]) == {column}
        assert set(checked.disagreements["model"]) == {"toy.adjusted"}


def test_a_row_that_is_gone_is_a_disagreement_where_the_results_are_whole(
    parrot: type[Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R gives the row, and counts one test more than the family holds."""
    right = RESULTS["toy.adjusted"]
    fewer = right.with_table(right.table.drop(index=1).reset_index(drop=True))

    def all_rows(self: Parrot, question: Result | Correction, timeout: float) -> pd.DataFrame:
        return corrected(question) if isinstance(question, Correction) else right.table

    monkeypatch.setattr(parrot, "ask", all_rows)
    assert crosscheck_r({"m": fewer}).agrees
    whole = crosscheck_r({"m": fewer}, whole=True)
    reasons = " ".join(whole.disagreements["reason"])
    assert "the result has no such row" in reasons
    assert "tests are there of the family 'Bonferroni over 2 tests" in reasons


def test_the_summary_says_why_where_nothing_could_be_measured(
    parrot: type[Parrot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that lost all its rows has no largest difference, but a reason."""
    whole = RESULTS["toy.response"]
    monkeypatch.setattr(parrot, "ask", lambda self, question, timeout: whole.table)
    summary = crosscheck_r({"m": whole.with_table(whole.table.iloc[:0])}, whole=True).summary
    assert summary[[AGREE, DISAGREE]].iloc[0].tolist() == [0, len(whole.table)]
    assert summary["reason"].iloc[0] == "the result has no such row"


@pytest.mark.parametrize("missing", [("emmeans",), ("emmeans", "MASS")])
def test_an_r_without_its_packages_checks_nothing(missing: tuple[str, ...], parrot: type[Parrot]) -> None:
    parrot.versions = Versions("4.2.2", "", missing)
    checked = crosscheck_r(RESULTS)
    assert set(checked.table["verdict"]) == {NOT_CHECKED}
    assert parrot.started == 1


def test_results_may_come_in_any_shape(parrot: type[Parrot]) -> None:
    ancova = fit_ancova(study_frame(), STRANGE, "ERBB2", points=2)
    one = RESULTS["toy.response"]
    assert set(crosscheck_r(ancova).table["model"]) == {"ancova_tests", "ancova_slopes", "ancova_curve"}
    assert set(crosscheck_r(one).table["model"]) == {"response_odds"}
    assert set(crosscheck_r([one, ancova]).table["model"]) == {
        *("1.response_odds", "2.ancova_tests", "2.ancova_slopes", "2.ancova_curve")
    }


def test_nothing_to_check_is_no_agreement() -> None:
    checked = crosscheck_r({})
    assert list(checked.table.columns) == COLUMNS
    assert not checked.agrees
    assert isinstance(checked, Crosscheck)
    assert checked.summary.empty


@pytest.mark.parametrize(
    ("arguments", "words"), [({"engine": "julia"}, "is not a choice"), ({"timeout": 0}, "not positive")]
)
def test_wrong_arguments_are_told(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        crosscheck_r(RESULTS, **arguments)  # type: ignore[arg-type]
