"""Clinical tables as people have them: rows that are no tumours of the study, and repeats."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import PopulationError, SampleError, TableError
from her2stats.notes import Note
from her2stats.reading import read_clinical, read_cohort

PATIENTS = "TCGA-AR-A0TY TCGA-AO-A124 TCGA-A2-A0D3"


def clinical(samples: str, **columns: str) -> pd.DataFrame:
    """HER2-negative tumours, every other one ER-positive, with further columns."""
    ids = samples.split()
    given = {name: words.split() for name, words in columns.items()}
    er = ["pos" if place % 2 else "neg" for place in range(len(ids))]
    return pd.DataFrame({"sample": ids, "er": er, "her2_ihc": ["0"] * len(ids), **given})


def expression(samples: str, genes: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = [f"G{gene}" for gene in range(genes)]
    return pd.DataFrame({one: rng.lognormal(3, 2, genes) for one in samples.split()}, index=rows)


def cohort(table: pd.DataFrame, samples: str, **options):
    return read_cohort(expression(samples), table, name="x", scale="linear", **options)


def counted(read) -> dict[str, int | None]:
    return {note.what: note.count for note in read.notes}


class TestWhere:
    def test_events_of_one_patient(self):
        table = clinical("a a b b", event="base surgery base surgery")
        with pytest.raises(SampleError, match=r"the rows differ in 'event', say where = \{ \"event\" = \"base\" \}"):
            cohort(table, "a b")
        assert cohort(table, "a b", where={"event": "base"}).samples == ["a", "b"]

    def test_an_arm_of_which_alone_there_is_expression(self):
        table = clinical("a b c", arm="A A B")
        with pytest.raises(SampleError, match=r"1 samples have no expression \(c\)"):
            cohort(table, "a b")
        assert cohort(table, "a b", where={"arm": "A"}).samples == ["a", "b"]

    def test_an_arm_beside_the_expression_of_all(self):
        assert cohort(clinical("a b c", arm="A A B"), "a b c", where={"arm": "A"}).samples == ["a", "b"]

    def test_empty_ids_of_rows_left_out(self):
        table = clinical("a b c", arm="A A B")
        table.loc[2, "sample"] = ""
        assert list(read_clinical(table, where={"arm": "A"}).table.index) == ["a", "b"]

    def test_an_arm_whose_ids_the_expression_writes_in_full(self):
        table = clinical(PATIENTS, arm="A A B")
        full = " ".join(f"{one}-01A-11R-A144-07" for one in PATIENTS.split())
        read = cohort(table, full, where={"arm": "A"}, sample_id="tcga-patient")
        assert read.samples == PATIENTS.split()[:2]


class TestExclude:
    def test_ids_are_left_out_before_they_are_judged(self):
        read = cohort(clinical("a b c d"), "a b e", exclude=["c", "d", "e"])
        assert read.samples == ["a", "b"]
        assert Note("population", "samples left out by name (exclude)", 2, left=2) in read.notes

    def test_ids_that_are_nowhere(self):
        with pytest.raises(SampleError, match=r"1 ids of exclude are not there: z"):
            cohort(clinical("a b"), "a b", exclude=["z"])
        with pytest.raises(SampleError, match=r"1 ids of exclude are not there: z"):
            read_clinical(clinical("a b"), exclude=["z"])


class TestRestrict:
    def test_to_a_value_of_a_variable_of_ours(self):
        read = read_clinical(clinical("a b c"), restrict={"hr": "neg"})
        assert list(read.table.index) == ["a", "c"]
        assert counted(read)["left out: hr is not neg"] == 1

    def test_to_several_values_of_ones_own_variable(self):
        read = read_clinical(clinical("a b c", site="x y z"), columns={"site": "site"}, restrict={"site": ["x", "z"]})
        assert list(read.table.index) == ["a", "c"]

    def test_what_cannot_be_restricted_is_told_at_once(self):
        wrong = {"nodes": "0", "er": "high", "age": "50"}
        with pytest.raises(TableError) as caught:
            read_clinical(clinical("a b", age="50 60"), restrict=wrong)
        told = [str(problem) for problem in caught.value.problems]
        assert len(told) == 3
        assert "there is no variable 'nodes' -> name one of er, her2_ihc, age, her2_group, hr" in told[0]
        assert "'high': there is no such value -> its values are 'negative', 'positive'" in told[1]
        assert "is measured and has no levels" in told[2]

    def test_nobody_left(self):
        with pytest.raises(PopulationError, match="left out: hr is not positive 1"):
            read_clinical(clinical("a"), restrict={"hr": "positive"})


def test_another_column_that_holds_the_ids_is_named_not_their_intersection():
    table = clinical("p1 p2 p3", gsm="a b c")
    with pytest.raises(SampleError, match=r"-> say columns.sample = 'gsm': 3 of its ids are in the expression$"):
        cohort(table, "a b c")


class TestTissue:
    def test_normals_and_metastases_by_their_barcodes(self):
        first, second, third = PATIENTS.split()
        ids = f"{first}-01A {first}-11A {second}-01A {third}-06A {third}-01A"
        read = cohort(clinical(ids), ids)
        assert read.samples == [f"{first}-01A", f"{second}-01A", f"{third}-01A"]
        assert counted(read)["samples left out: normal tissue (TCGA sample type 11)"] == 1
        assert counted(read)["columns of the expression left out: metastases (TCGA sample type 06)"] == 1

    def test_normals_of_the_expression_alone(self):
        first = PATIENTS.split()[0]
        read = cohort(clinical(PATIENTS), f"{PATIENTS.replace(' ', '-01A ')}-01A {first}-11A", sample_id="tcga-patient")
        assert read.samples == PATIENTS.split()

    def test_a_column_of_tissues_has_to_be_judged(self):
        table = clinical("a b c", sample_type="Primary Normal Metastatic")
        with pytest.raises(SampleError, match="holds more than primary tumours: 'Metastatic' 1, 'Normal' 1"):
            read_clinical(table)
        assert list(read_clinical(table, where={"sample_type": ["Primary", "Metastatic"]}).table.index) == ["a", "c"]


class TestRepeats:
    TWO = "TCGA-AR-A0TY-01B TCGA-AR-A0TY-01A TCGA-AO-A124-01A"

    def test_two_samples_of_a_patient_are_refused_with_counts(self):
        with pytest.raises(SampleError, match="1 patients have more than one sample, 1 too many"):
            cohort(clinical(self.TWO), self.TWO)

    def test_the_first_id_stays_whatever_the_order(self):
        ids = self.TWO.split()
        for order in (ids, ids[::-1]):
            read = cohort(clinical(" ".join(order)), self.TWO, repeats="first")
            assert sorted(read.samples) == ["TCGA-AO-A124-01A", "TCGA-AR-A0TY-01A"]
        assert counted(read)["further samples of one patient left out: the first id stays"] == 1

    def test_a_sample_with_expression_comes_before_one_without(self):
        read = cohort(clinical(self.TWO), "TCGA-AR-A0TY-01B TCGA-AO-A124-01A", repeats="first")
        assert sorted(read.samples) == ["TCGA-AO-A124-01A", "TCGA-AR-A0TY-01B"]

    def test_they_may_be_kept(self):
        assert len(cohort(clinical(self.TWO), self.TWO, repeats="keep").samples) == 3

    def test_by_a_column_of_patients(self):
        table = clinical("a1 a2 b", patient_id="a a b")
        with pytest.raises(SampleError, match="1 patients have more than one sample"):
            read_clinical(table)
        assert list(read_clinical(table, repeats="first").table.index) == ["a1", "b"]

    def test_two_columns_of_the_expression_are_one_patient(self):
        table, two = clinical("TCGA-AR-A0TY TCGA-AO-A124"), self.TWO
        with pytest.raises(SampleError, match="1 patients have more than one sample"):
            cohort(table, two, sample_id="tcga-patient")
        read = cohort(table, two, sample_id="tcga-patient", repeats="first")
        assert read.expression["TCGA-AR-A0TY"].tolist() == expression(two)["TCGA-AR-A0TY-01A"].tolist()

    def test_one_profile_under_two_ids(self):
        values = expression("a b c")
        values["c"] = values["a"]
        with pytest.raises(SampleError, match="1 profiles stand there under more than one id: a = c"):
            read_cohort(values, clinical("a b c"), name="x", scale="linear")
        assert read_cohort(values, clinical("a b c"), name="x", scale="linear", exclude=["c"]).samples == ["a", "b"]


class TestPatients:
    SAMPLES = pd.DataFrame({"PATIENT_ID": ["a", "b"], "SAMPLE_ID": ["a-1", "b-1"], "er": ["pos", "neg"]})
    PATIENTS = pd.DataFrame({"PATIENT_ID": ["b", "a", "c"], "age": ["60", "50", "70"], "her2_ihc": ["0", "1+", "0"]})

    def test_a_second_file_is_joined_by_the_column_of_patients(self):
        read = read_clinical(self.SAMPLES, columns={"sample": "SAMPLE_ID"}, patients=self.PATIENTS)
        assert read.table["age"].tolist() == [50, 60]
        assert read.table["her2_ihc"].tolist() == ["1+", "0"]
        assert counted(read)["columns of clinical frame joined by PATIENT_ID"] == 2

    def test_nothing_joins_them(self):
        other = self.PATIENTS.assign(PATIENT_ID=["x", "y", "z"])
        with pytest.raises(TableError, match="no column joins it: in both files are 'PATIENT_ID'"):
            read_clinical(self.SAMPLES, columns={"sample": "SAMPLE_ID"}, patients=other)
        ages = self.PATIENTS[["age", "her2_ihc"]]
        with pytest.raises(TableError, match="no column joins it: in both files are none"):
            read_clinical(self.SAMPLES.assign(age=["60", "50"]), columns={"sample": "SAMPLE_ID"}, patients=ages)

    def test_a_sample_without_a_patient_is_counted(self):
        read = read_clinical(
            self.SAMPLES, columns={"sample": "SAMPLE_ID"}, patients=self.PATIENTS[1:], population="all"
        )
        assert counted(read)["samples without a row in clinical frame"] == 1


@pytest.mark.parametrize(
    "word", ["Healthy", "non-tumoral", "Non tumor", "N", "11", "Lymph node", "gesund", "adjacent normal"]
)
@pytest.mark.parametrize("column", ["sample_type_id", "Tissue", "N/T", "source_name_ch1", "sample-type"])
def test_tissue_that_is_no_primary_tumour_is_told_whatever_it_is_called(tmp_path, word, column):
    rows = [f"s{n}\tpositive\t0\t{word if n > 5 else 'T'}" for n in range(8)]
    (tmp_path / "c.tsv").write_text("\n".join([f"sample\ter\ther2_ihc\t{column}", *rows]) + "\n")
    with pytest.raises(SampleError, match="holds more than primary tumours"):
        read_clinical(tmp_path / "c.tsv")


@pytest.mark.parametrize("column", ["MRN", "individual", "Patienten-ID", "patient-id", "Individuo", "Patient_No"])
def test_samples_of_one_patient_are_told_by_any_of_its_names(tmp_path, column):
    rows = [f"s{n}\tpositive\t0\tp{n // 2}" for n in range(8)]
    (tmp_path / "c.tsv").write_text("\n".join([f"sample\ter\ther2_ihc\t{column}", *rows]) + "\n")
    with pytest.raises(SampleError, match=r"samples of one patient|more than one sample|of the same patient"):
        read_clinical(tmp_path / "c.tsv")


def test_signs_that_nobody_sees_part_no_heading_from_its_name(tmp_path):
    text = "sample\t\u200ber\ther2_ihc\u2060\tage\ufeff\ns1\tpositive\t0\t51\ns2\tnegative\t1+\t60\n"
    (tmp_path / "c.tsv").write_text(text, encoding="utf-8")
    read = read_clinical(tmp_path / "c.tsv")
    assert read.table["age"].tolist() == [51.0, 60.0]
    assert read.table["er"].tolist() == ["positive", "negative"]


VISITS = [
    ("{}_V1", "{}_V2"), ("{}-pre", "{}-post"), ("baseline.{}", "on-treatment.{}"), ("{}", "{}_T1"), ("{}V1", "{}V2"),
    ("{}_C1D1_ffpe", "{}_C1D15_ffpe"), ("{}_Baseline", "{}_D1C2"), ("{}_rep1", "{}_rep2"), ("{} (V1)", "{} (V2)"),
]  # fmt: skip


@pytest.mark.parametrize("visits", VISITS)
def test_a_patient_at_two_visits_is_told_by_the_ids(visits):
    ids = [form.format(f"P{place:03d}") for place in range(6) for form in visits]
    table = pd.DataFrame({"sample": ids, "er": "+", "her2_ihc": ["0", "1+"] * 6})
    with pytest.raises(SampleError, match="6 patients have more than one sample, 6 too many"):
        read_clinical(table)
    assert len(read_clinical(table, repeats="first").table) == 6
    assert len(read_clinical(table, repeats="keep").table) == 12
    with pytest.raises(SampleError, match="1 patients have more than one sample, 1 too many"):
        read_clinical(table.drop(index=[1, 3, 5, 7, 9]))


@pytest.mark.parametrize("form", ["V{}", "T_{}", "GSM{}", "D{}", "site_T{}", "sample.D{}", "C{}_1", "week{}", "S{}A"])
def test_ids_that_only_look_like_visits_are_patients(form):
    table = pd.DataFrame({"sample": [form.format(place) for place in range(12)], "er": "+", "her2_ihc": "0"})
    assert len(read_clinical(table).table) == 12


@pytest.mark.parametrize("column", ["visit", "Timepoint", "redcap_event_name"])
def test_visits_of_nobody_knows_whom_are_told(column):
    table = pd.DataFrame({"sample": list("abcdef"), "er": "+", "her2_ihc": "0", column: ["1", "2"] * 3})
    told = {note.detail: note.count for note in read_clinical(table).notes if "several visits" in note.what}
    assert told == {f"{column}: 1 3, 2 3": 6}
    for known in (read_clinical(table, where={column: "1"}), read_clinical(table.assign(patient_id=list("uvwxyz")))):
        assert not [note for note in known.notes if "several visits" in note.what]


TWO_FORMS = ["\u00e91", "e\u03011"]  # one letter, or a letter and its accent


def test_ids_of_one_look_are_one_patient():
    table = pd.DataFrame({"sample": [*TWO_FORMS, "b", "c"], "er": "+", "her2_ihc": "0"})
    with pytest.raises(SampleError, match="1 patients have more than one sample, 1 too many"):
        read_clinical(table)
    with pytest.raises(SampleError, match="1 patients have more than one sample, 1 too many"):
        read_clinical(table.assign(sample=list("abcd"), patient=[*TWO_FORMS, "b", "c"]))
    with pytest.raises(SampleError, match=r"1 ids of exclude are not there: .* looks the same: it has"):
        read_clinical(table[1:], exclude=TWO_FORMS[:1])


def test_an_intersection_leaves_out_no_tumour_that_is_written_otherwise_only():
    expression = pd.DataFrame({TWO_FORMS[0]: [3.0, 7.0], "b": [1.0, 5.0], "x": [2.0, 4.0]}, index=["ERBB2", "ESR1"])
    table = pd.DataFrame({"sample": [TWO_FORMS[1], "b", "y"], "er": "+", "her2_ihc": "0"})
    with pytest.raises(SampleError, match=r"write 1 ids alike: .* looks the same: it has"):
        read_cohort(expression, table, name="a", scale="log2", on_mismatch="intersect")


@pytest.mark.parametrize("column", ["USUBJID", "Pat.Nr", "Patients", "patient", "SUBJ_ID", "id_pat"])
def test_a_patient_column_with_gaps_still_tells_repeats(column):
    table = pd.DataFrame(
        {"sample": list("abcdef"), "er": "+", "her2_ihc": "0", column: ["1", "1", "", "2", "NA", "NA"]}
    )
    with pytest.raises(SampleError, match=r"1 patients have more than one sample, 1 too many \(a, b\)"):
        read_clinical(table)
    assert len(read_clinical(table[1:]).table) == 5, "who is not known is nobody's second sample"
