"""All that a public page, its figures and its manuscript count, as one integer system: no cell of 1 to 4 follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from her2stats.figures import plot_correlation, plot_forest, save_figure
from her2stats.report.manuscript import manuscript_files
from her2stats.report.nested import any_follows, follows
from her2stats.report.write import _shown, render_report
from her2stats.results.catalogue import FIGURES
from her2stats.results.folder import ResultsFolder
from her2stats.results.picture import Picture, read_picture
from her2stats.results.provenance import CohortEntry, Provenance
from her2stats.statistics import (
    Result,
    combine,
    compare_groups,
    correlate,
    fit_interaction,
    fit_logistic,
    response_odds,
)
from her2stats.study.study_figures import _Offer
from her2stats.tables import table_one
from tests.tables.documents import Document

from .page_reader import COUNTS, Page, plain

KNOWN = {"hr": ("negative", "positive"), "arm": ("A", "B"), "pcr": ("1", "0"), "age": ("yes",), "T": ("1", "0")}
UNKNOWN = "?"


@pytest.mark.parametrize(
    ("stratum", "n", "known", "told"),
    [
        ("all", 60, {}, False),
        ("all", 56, {"all": {60}}, True),
        ("all", 55, {"all": {60}}, False),
        ("all", 60, {"all": {60}}, False),
        ("hr=negative", 20, {"all": {60}, "hr=positive": {36}}, True),
        ("hr=negative", 20, {"all": {60}, "hr=positive": {40}}, False),
        ("hr=negative", 20, {"all": {60}, "hr=positive": {35}}, False),
        ("hr=negative", 20, {"all": {60}, "arm=A": {37}}, False),
        ("hr=negative", 57, {"all": {60}}, True),
        ("arm=A", 10, {"all": {60}, "arm=B": {48, 20}}, True),
        ("all", 58, {"all": {111}, "hr=negative": {51}, "hr=positive": {60}}, False),
        ("all", 58, {"hr=negative": {20}, "hr=positive": {40, 30}}, True),
    ],
)
def test_what_follows_from_one_more_count(stratum: str, n: int, known: dict[str, set[int]], told: bool) -> None:
    assert follows(stratum, n, known) is told


@pytest.mark.parametrize(("n", "told"), [(53, True), (52, True), (51, False), (50, True), (45, False)])
def test_all_but_few_of_those_that_are_missing(n: int, told: bool) -> None:
    """Two of seven without a response are not among the five whose hormone receptor is unknown."""
    assert follows("all", n, {"all": {58}}, missing=[7, 12]) is told


def test_so_many_strata_that_nobody_can_look_through_their_sums_tell_something() -> None:
    assert follows("all", 10_000, {f"site={place}": {place * 100 + 100, 99} for place in range(20)})


def test_counts_that_are_not_known_tell_nothing() -> None:
    assert not any_follows([("all", float("nan")), ("all", 30.0), ("hr=negative", 12.0), ("hr=negative", float("nan"))])
    assert any_follows([("all", 30.0), ("hr=negative", 12.0), ("hr=positive", 15.0)])


def test_a_figure_says_of_which_tables_it_draws_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: set[str] = set()

    def table(_: object, name: str) -> pd.DataFrame:
        taken.add(name)
        return pd.DataFrame(columns=["outcome", "stratum", "given", "k", "role", "model", "p_value"])

    monkeypatch.setattr(_Offer, "table", table)
    monkeypatch.setattr(_Offer, "til", "Total TIL")
    offer, of_patients = _Offer([], None), 0  # type: ignore[arg-type]
    for figure in (one for one in FIGURES if one.made != "crosscheck"):
        taken.clear()
        if figure.patients:
            of_patients += 1
            continue
        for name in figure.of:
            offer.take(name)
        assert taken <= {figure.data, *figure.beside}, figure.name
        assert {*figure.beside} <= taken, figure.name
    assert of_patients


def people(seed: int, n: int) -> pd.DataFrame:
    """A cohort at random, with small groups and values that are not known."""
    rng = np.random.default_rng(seed)

    def drawn(levels: list[str], unknown: int) -> np.ndarray:
        few = rng.integers(0, n // 3)
        column = np.array([levels[0]] * few + [levels[1]] * (n - few), dtype=object)
        rng.shuffle(column)
        column[rng.choice(n, unknown, replace=False)] = None
        return column

    frame = pd.DataFrame({name: drawn([*KNOWN[name]], int(rng.choice([0, 0, 3, 7]))) for name in ("hr", "arm", "pcr")})
    frame["pcr"] = pd.to_numeric(frame["pcr"])
    frame["T"] = (rng.random(n) < 0.5) * 1.0
    frame["age"] = np.where(rng.permutation(n) < int(rng.choice([0, 2, 6])), np.nan, rng.integers(30, 80, n))
    return frame.assign(her2=rng.normal(size=n), til=rng.normal(size=n))


def tables_of(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What a study asks of such a cohort, by the package's own verbs."""
    own = {"cohort": "c"}
    both = {name: frame[name].nunique() == 2 for name in ("hr", "arm", "pcr", "T")}
    made = {
        "correlation": [correlate(frame, "her2", "til", **own)],
        "correlation_by_hr": [correlate(frame, "her2", "til", by="hr", **own)],
        "odds_ratios": [fit_logistic(frame, "T", "her2", by=by, **own) for by in (None, "hr") if both["T"]],
        "interaction": [fit_interaction(frame, "T", "her2", "hr", **own)] if both["T"] and both["hr"] else [],
        "group_comparison": [compare_groups(frame, "til", group="hr", **own)] if both["hr"] else [],
    }
    if both["pcr"] and both["hr"] and both["arm"]:
        asked = {"reference": "negative", **own}
        made["response_by_hr"] = [response_odds(frame, "pcr", "hr", **asked)]
    tables = {name: combine(results) for name, results in made.items() if results}
    given = {"hr": correlate(frame, "her2", "til", within="hr", **own)}
    given["hr, age"] = correlate(frame, "her2", "til", within="hr", covariates="age", **own)
    tables["correlation_given_hr"] = _with_given(given)
    if "response_by_hr" in tables:
        given = {"": response_odds(frame, "pcr", "hr", by="arm", **asked)}
        given["hr"] = response_odds(frame, "pcr", "arm", reference="A", covariates="hr", **own)
        tables["response_further"] = _with_given(given)
    return {**tables, "table_one": table_one({"c": frame[["hr", "arm", "pcr", "age"]]})}


def _with_given(results: dict[str, Result]) -> pd.DataFrame:
    return pd.concat([one.table.assign(given=given) for given, one in results.items()], ignore_index=True)


def pictures_of(tables: dict[str, pd.DataFrame], folder: Path) -> dict[str, Picture]:
    """Figures of these tables whose words say how many tumours there are."""
    plots = {"fig1a_correlation": plot_correlation(tables["correlation"], exposure="her2")}
    if "odds_ratios" in tables and "interaction" in tables:
        plots["fig2b_forest"] = plot_forest(tables["odds_ratios"], tables["interaction"], exposure="her2")
    for name, plot in plots.items():
        save_figure(plot, folder / name, formats=("svg",))
    read = {name: read_picture(name, [folder / f"{name}.svg"])[0] for name in plots}
    return {name: picture for name, picture in read.items() if picture is not None}


def texts_of(folder: ResultsFolder) -> Iterator[str]:
    """The words of the page, of its figures, and of the manuscript's files."""
    page = Page(render_report(folder))
    yield from (page.text, *page.figures)
    shown, _, sections = _shown(folder)
    for name, content in manuscript_files(sections, simulated=bool(shown.provenance.simulated)).items():
        if not name.endswith(".docx"):
            yield content.decode()
            continue
        document = Document(content)
        yield "\n".join([*document.paragraphs, *(cell for table in document.tables for row in table for cell in row)])


def counted(text: str) -> set[int]:
    return {
        int(one) for pattern in COUNTS for found in pattern.findall(plain(text)) for one in np.atleast_1d(found) if one
    }


class Published:
    """What a reader of the page knows: how many tumours sets of cells hold, at least and at most."""

    def __init__(self, frame: pd.DataFrame) -> None:
        levels = [(*KNOWN[name], UNKNOWN) if name != "T" else KNOWN[name] for name in KNOWN]
        self.cells = pd.DataFrame(list(product(*levels)), columns=list(KNOWN))
        words = (
            frame[["hr", "arm"]]
            .fillna(UNKNOWN)
            .assign(
                pcr=frame["pcr"].map({1.0: "1", 0.0: "0"}).fillna(UNKNOWN),
                age=frame["age"].notna().map({True: "yes", False: UNKNOWN}),
                T=frame["T"].map({1.0: "1", 0.0: "0"}),
            )
        )
        counts = words[list(KNOWN)].value_counts().rename("n").reset_index()
        self.true = self.cells.merge(counts, how="left").fillna({"n": 0})["n"].to_numpy(dtype=int)
        self.n = len(frame)
        self.known = [(np.ones(len(self.cells), dtype=bool), self.n, self.n)]

    def add(self, which: pd.Series, count: object) -> None:
        if pd.notna(count):
            assert self.true[which].sum() == round(float(count)), "what is published is true"
            self.known.append((which.to_numpy(), round(float(count)), round(float(count))))

    def read_results(self, name: str, table: pd.DataFrame) -> None:
        cells, everybody = self.cells, pd.Series(True, self.cells.index)
        for row in table.to_dict("records"):
            variables = {str(row.get(part) or "") for part in ("outcome", "group", "variable", "variable_2")}
            variables |= {*str(row.get("given") or "").split(", ")} | ({"hr"} if name == "interaction" else set())
            by, _, level = row["stratum"].partition("=")
            complete = cells[sorted({*variables, by} & {*cells})].ne(UNKNOWN).all(axis=1)
            own = cells[by].eq(level) & complete if level else complete
            own = complete if level and row["n"] > self.true[own].sum() else own  # of one model
            self.add(own, row["n"])
            events = cells[row["outcome"]].eq("1") if row["outcome"] in cells else ~everybody
            self.add(own & events, row["n_events"] if events.any() else None)
            for side in ("reference", "comparison") if row.get("group") else ():
                of_side = own & cells[row["group"]].eq(row[side])
                self.add(of_side, row[f"n_{side}"])
                self.add(of_side & events, row.get(f"n_events_{side}") if events.any() else None)

    def read_table_one(self, table: pd.DataFrame) -> None:
        labels = {"Hormone receptor": "hr", "Arm": "arm", "Pathological complete response": "pcr"}
        for row in table[table["variable"].isin(labels)].to_dict("records"):
            level = {"yes": "1", "no": "0", "missing": UNKNOWN}.get(row["level"], row["level"])
            which = self.cells[labels[row["variable"]]].eq(level)
            self.add(which, row["c n"])
            if pd.isna(row["c n"]) and row["c"] in ("<5", "5 or more"):
                self.known.append((which.to_numpy(), *((0, 4) if row["c"] == "<5" else (5, self.n))))

    def determined(self) -> list[str]:
        """Groups of one to four tumours, by one or two variables, of which no other number is left open."""
        unique = {(which.tobytes(), least, most): which for which, least, most in self.known}
        least, most = ([key[place] for key in unique] for place in (1, 2))
        limits = LinearConstraint(np.array([*unique.values()], dtype=float), least, most)
        found = []
        for names in (*combinations(self.cells, 1), *combinations(self.cells, 2)):
            for levels, part in self.cells.groupby(list(names)):
                wanted = self.cells.index.isin(part.index)
                if 0 < self.true[wanted].sum() < 5:
                    ends = [
                        milp(sign * wanted, constraints=limits, integrality=1, bounds=Bounds(0, self.n))
                        for sign in (1, -1)
                    ]
                    assert all(one.success for one in ends)
                    found += [f"{names} {levels}"] * (round(ends[0].fun) == round(-ends[1].fun))
        return found


def folder_of(frame: pd.DataFrame, tables: dict[str, pd.DataFrame], pictures: dict[str, Picture]) -> ResultsFolder:
    entry = CohortEntry("c", len(frame), "log2", "given", "expression")
    return ResultsFolder(Path("results"), Provenance(cohorts=(entry,), public=True), tables, pictures, None, ())


def read_page(page: Page, frame: pd.DataFrame) -> Published:
    published = Published(frame)
    for name, table in page.tables.items():
        if name == "table_one":
            published.read_table_one(table)
        elif {"stratum", "n", "n_missing"} <= set(table):
            published.read_results(name, table)
    return published


@settings(deadline=None, max_examples=1)
@given(st.integers(0, 2**32 - 1), st.integers(30, 70))
@example(seed=14, n=44)
@example(seed=19, n=49)
def test_nothing_that_is_published_determines_a_small_group(seed: int, n: int) -> None:
    frame = people(seed, n)
    page = Page(render_report(folder_of(frame, tables_of(frame), {})))
    assert not read_page(page, frame).determined()


@pytest.mark.parametrize(("seed", "figures"), [(9, 2), (0, 1)])
def test_figures_and_manuscript_count_nothing_that_stands_in_no_table(tmp_path: Path, seed: int, figures: int) -> None:
    frame = people(seed, 60)
    tables = tables_of(frame)
    folder = folder_of(frame, tables, pictures_of(tables, tmp_path))
    assert len(folder.pictures) == 2
    page = Page(render_report(folder))
    assert len(page.figures) == figures
    told = {least for _, least, most in read_page(page, frame).known if least == most}
    for text in texts_of(folder):
        assert counted(text) <= told | {len(frame) - one for one in told}
    assert all(counted(words) for words in page.figures), "their counts are seen"
