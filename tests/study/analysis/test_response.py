"""Response by HER2 group in a study: as the paper asks it, and among tumours of the same receptor."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.study import run_study
from her2stats.study.study_file import Study

CELLS = {  # HR, HER2 IHC -> responders, others
    ("negative", "0"): (46, 83),
    ("negative", "1+"): (63, 94),
    ("positive", "0"): (11, 77),
    ("positive", "2+"): (35, 176),
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory):
    """A study of a clinical table with the counts of I-SPY2; give rows to leave out."""

    def made(table: pd.DataFrame) -> Study:
        folder = tmp_path_factory.mktemp("study")
        table.to_csv(folder / "clinical.csv", index=False)
        path = folder / "study.toml"
        cohort = '[[cohorts]]\nname = "trial"\nclinical = "clinical.csv"\n'
        path.write_text(f'[study]\ntitle = "t"\n[analysis]\ncrosscheck = false\n{cohort}')
        return run_study(path)

    return made


def patients() -> pd.DataFrame:
    rows = [
        {"hr": hr, "her2_ihc": ihc, "pcr": event}
        for (hr, ihc), (yes, no) in CELLS.items()
        for event, count in ((1, yes), (0, no))
        for _ in range(count)
    ]
    return pd.DataFrame(rows).assign(sample=[f"p{number}" for number in range(len(rows))])


def test_response_is_asked_among_tumours_of_the_same_receptor(study) -> None:
    rows = study(patients()).tables["response_by_hr"]
    groups = rows[rows["role"] == "group"].set_index("stratum")
    assert groups["estimate"].round(3).to_dict() == {"all": 1.263, "hr=negative": 1.209, "hr=positive": 1.392}
    assert groups["n"].to_dict() == {"all": 585, "hr=negative": 286, "hr=positive": 299}
    product = rows[(rows["role"] == "interaction") & (rows["measure"] == "odds_ratio")].iloc[0]
    by_hand = groups.loc["hr=positive", "estimate"] / groups.loc["hr=negative", "estimate"]
    assert product["estimate"] == pytest.approx(by_hand, rel=1e-9)
    assert product["term"] == "HER2-low:hr[positive]"


def test_without_the_receptor_the_reason_is_said(study) -> None:
    found = study(patients().drop(columns="hr"))
    assert not len(found.tables["response_by_hr"])
    omitted = found.tables["omitted"].set_index("part")["reason"]
    assert omitted["response_by_hr"] == "hormone-receptor status is unknown or the same in every tumour"


def test_a_patient_of_unknown_receptor_is_in_the_crude_odds_ratio_only(study) -> None:
    table = patients()
    table.loc[:9, "hr"] = np.nan
    tables = study(table).tables
    assert tables["response"]["n"].tolist() == [585]
    groups = tables["response_by_hr"].query("role == 'group'").set_index("stratum")
    assert groups["n"].to_dict() == {"all": 575, "hr=negative": 276, "hr=positive": 299}
    assert groups["n_missing"].to_dict() == {"all": 10, "hr=negative": 10, "hr=positive": 10}


def test_the_page_prints_them_side_by_side(study) -> None:
    page = (study(patients()).folder / "report.html").read_text(encoding="utf-8")
    for words in ("57% of HER2-low and 41% of HER2-0 tumours", "1.26 (0.85–1.88)", "1.39 (0.67–2.88)", "Newcombe"):
        assert words in page
