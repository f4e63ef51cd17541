"""Clinical files into the population, in the controlled vocabulary."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import InputError, PopulationError, SampleError, TableError, VocabularyError
from her2stats.notes import Note
from her2stats.reading import read_clinical

CSV = "sample,er,pgr,her2_ihc,age\n007,pos,neg,0,51\n008,neg,neg,1+,62\n009,neg,+,2+,40\n"


def test_sample_ids_stay_text_with_their_zeros(write):
    assert list(read_clinical(write("c.csv", CSV)).table.index) == ["007", "008", "009"]


def test_variables_have_the_types_and_levels_of_the_vocabulary(write):
    table = read_clinical(write("c.csv", CSV)).table
    assert list(table.columns) == ["hr", "er", "pgr", "her2_ihc", "her2_group", "age"]
    assert list(table["hr"].cat.categories) == ["negative", "positive"]
    assert list(table["her2_ihc"].cat.categories) == ["0", "1+", "2+"]
    assert list(table["her2_group"]) == ["HER2-0", "HER2-low", "HER2-low"]
    assert table["age"].dtype == "float64"


@pytest.mark.parametrize(("name", "mark"), [("c.tsv", "\t"), ("c.csv", ";"), ("c.txt", "\t")])
def test_delimiters(write, name, mark):
    assert read_clinical(write(name, CSV.replace(",", mark))).table["age"].tolist() == [51, 62, 40]


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_other_formats(tmp_path, kind):
    frame = pd.DataFrame({"sample": ["007", "008"], "er": [1, 0], "her2_ihc": ["0", "1+"], "age": [51.0, None]})
    path = tmp_path / f"c.{kind}"
    frame.to_excel(path, index=False) if kind == "xlsx" else frame.to_parquet(path)
    table = read_clinical(path).table
    assert list(table.index) == ["007", "008"]
    assert list(table["hr"]) == ["positive", "negative"]
    assert table["age"].isna().tolist() == [False, True]


def test_a_frame_with_its_index_as_sample_ids():
    frame = pd.DataFrame({"er": [1.0, 0.0], "her2_ihc": pd.Categorical(["0", "1+"])}, index=["a", "b"])
    assert list(read_clinical(frame).table["hr"]) == ["positive", "negative"]


def test_columns_values_and_variables_of_ones_own(write):
    text = "id\tER-Status\tHER2\tward\tscore\na\thigh\tlo\tB\t1.5\nb\tlow\tnull\tA\tNA\n"
    read = read_clinical(
        write("c.tsv", text),
        columns={"sample": "id", "er": "ER-Status", "her2_group": "HER2", "ward": "ward", "ki67": "score"},
        values={"er": {"high": "positive", "LOW": "negative"}, "her2_group": {"lo": "HER2-low", "null": "HER2-0"}},
    )
    assert list(read.table["er"]) == ["positive", "negative"]
    assert list(read.table["her2_group"]) == ["HER2-low", "HER2-0"]
    assert list(read.table["ward"].cat.categories) == ["A", "B"]
    assert read.table["ki67"].tolist()[0] == 1.5


@pytest.mark.parametrize("word", ["2+", "weak"])
def test_a_word_that_is_mapped_to_low_keeps_its_group(write, word):
    text = CSV.replace("2+", word)
    read = read_clinical(write("c.csv", text), values={"her2_ihc": {word: "low"}})
    assert read.table["her2_group"].tolist() == ["HER2-0", "HER2-low", "HER2-low"]
    assert read.table["her2_ihc"].isna().tolist() == [False, False, True]


def test_an_unnamed_first_column_holds_the_sample_ids(write):
    assert list(read_clinical(write("c.csv", CSV.replace("sample", "", 1))).table.index) == ["007", "008", "009"]


def test_a_variable_mapped_to_false_is_not_read(write):
    assert "age" not in read_clinical(write("c.csv", CSV), columns={"age": False}).table


def test_columns_taken_by_their_own_name_are_noted(write):
    assert read_clinical(write("c.csv", CSV)).notes[0].detail == "er, pgr, her2_ihc, age"


def test_where_filters_rows_with_a_count(write):
    read = read_clinical(write("c.csv", CSV), where={"age": ["51", "62"]})
    assert list(read.table.index) == ["007", "008"]
    assert read.notes[0].what == "rows left out: age is not 51, 62"
    assert read.notes[0].count == 1


def test_where_without_a_match_shows_what_the_column_holds(write):
    with pytest.raises(PopulationError, match=r"no row has 'x'.*the column holds '0' \(1\), '1\+' \(1\)"):
        read_clinical(write("c.csv", CSV), where={"her2_ihc": "x"})


def test_unknown_words_of_rows_left_out_do_no_harm(write):
    text = CSV + "010,perhaps,neg,0,55\n"
    assert len(read_clinical(write("c.csv", text), where={"age": ["51", "62", "40"]}).table) == 3


def test_what_is_said_of_a_clean_table_is_said_whole_and_nothing_more(write):
    text = "sample,hr,er,pgr,her2_ihc,age\na,pos,pos,neg,0,51\nb,neg,neg,neg,1+,62\n"
    assert read_clinical(write("c.csv", text)).notes == (
        Note("reading", "columns taken by their own name", 5, "hr, er, pgr, her2_ihc, age"),
        Note("population", "HER2-negative tumours", 2),
    )


def test_every_repair_and_gap_is_said_whole(write):
    text = "sample,er,her2_ihc,mm,pam,age\na,NA,0,15,LumA,51\nb,neg,,20,odd,\nc,pos,1+,,odd,n/a\n"
    columns = {"size_mm": "mm", "pam50": "pam", "er": "er", "her2_ihc": "her2_ihc", "age": "age"}
    assert read_clinical(write("c.csv", text), columns=columns, population="all").notes == (
        Note("reading", "size_mm is missing", 1, "c.csv, column 'mm': '' 1"),
        Note("reading", "tumour sizes turned from mm into cm", 2),
        Note("reading", "pam50: words kept as they are", 1, "'odd'"),
        Note("reading", "er is missing", 1, "c.csv, column 'er': 'NA' 1"),
        Note("reading", "her2_ihc is missing", 1, "c.csv, column 'her2_ihc': '' 1"),
        Note("reading", "age is missing", 2, "c.csv, column 'age': '' 1, 'n/a' 1"),
        Note("population", "all tumours of the file kept, whatever their HER2 status", 3),
        Note("population", "HER2 IHC level unknown", 1, "they stay in"),
        Note("population", "HR status is ER status: the other receptor was not given"),
        Note("population", "HR status unknown", 1, "they stay in"),
    )


def test_one_word_in_two_normal_forms_is_one_level(write):
    composed, taken_apart = "bras \u00e9", "bras e\u0301"
    read = read_clinical(write("c.csv", f"sample,her2_ihc,arm\na,0,{composed}\nb,0,{taken_apart}\nc,0,B\n"))
    assert read.table["arm"].tolist() == [composed, composed, "B"]
    assert Note("reading", "arm: words kept as they are", 2, f"'B', {composed!r}") in read.notes


class TestProblems:
    def test_missing_columns_are_told_all_at_once_with_a_suggestion(self, write):
        with pytest.raises(TableError) as caught:
            read_clinical(write("c.csv", CSV), columns={"sample": "ID", "er": "ER", "grade": "nhg"})
        told = [str(problem) for problem in caught.value.problems]
        assert len(told) == 3
        assert "there is no column 'ER' (wanted for er)" in told[1]
        assert "did you mean 'er'?" in told[1]

    def test_nothing_says_which_column_is_the_sample(self, write):
        with pytest.raises(TableError, match=r"map it as columns\.sample; the columns are 'patient'"):
            read_clinical(write("c.csv", CSV.replace("sample", "patient")))

    def test_duplicated_and_empty_ids(self, write):
        with pytest.raises(SampleError) as caught:
            read_clinical(write("c.csv", CSV + "007,pos,neg,0,33\n,pos,neg,0,33\n"))
        assert "c.csv, lines 6: 1 rows have no sample id" in str(caught.value)
        assert "lines 2, 5: sample '007' stands there more than once" in str(caught.value)

    def test_a_column_that_stands_there_twice(self, write):
        with pytest.raises(TableError, match="there are 2 columns 'er'"):
            read_clinical(write("c.csv", "sample,er,er,her2_ihc\na,1,0,0\n"))

    def test_unknown_words_are_listed_with_counts_column_and_remedy(self, write):
        text = "sample,er,her2_ihc\na,maybe,0\nb,maybe,1+/2+\nc,pos,9\n"
        with pytest.raises(VocabularyError) as caught:
            read_clinical(write("c.csv", text))
        told = str(caught.value)
        assert "column 'er': 'maybe' is not understood for er (2 rows, this is the first)" in told
        assert "line 3, sample 'b', column 'her2_ihc': '1+/2+' is not understood for her2_ihc ->" in told
        assert "map it under values.er to one of 'positive', 'negative', or to '' for missing" in told

    @pytest.mark.parametrize("age", ["0", "430", "-3"])
    def test_implausible_ages(self, write, age):
        with pytest.raises(
            TableError, match=rf"line 2, sample '007', column 'age': '{age}' is outside 15 to 110 years"
        ):
            read_clinical(write("c.csv", CSV.replace(",51", f",{age}")))

    def test_ages_with_a_unit(self, write):
        with pytest.raises(TableError, match="'49 y' is not a number"):
            read_clinical(write("c.csv", CSV.replace(",51", ",49 y")))

    def test_an_age_may_be_mapped_to_missing(self, write):
        table = read_clinical(write("c.csv", CSV.replace(",51", ",999")), values={"age": {"999": ""}}).table
        assert table["age"].isna().tolist() == [True, False, False]

    def test_values_of_a_variable_that_is_not_mapped(self, write):
        with pytest.raises(VocabularyError, match="'garde', which is mapped to no column"):
            read_clinical(write("c.csv", CSV), values={"garde": {"a": "b"}})

    def test_rows_of_unequal_length(self, write):
        with pytest.raises(TableError, match=r"1 rows do not have the 5 columns of the header .line 5 has 3"):
            read_clinical(write("c.csv", CSV + "010,pos,neg\n"))

    def test_nothing_says_who_is_her2_negative(self, write):
        with pytest.raises(TableError, match='population = "all"'):
            read_clinical(write("c.csv", "sample,er\na,pos\n"))
        assert len(read_clinical(write("c.csv", "sample,er\na,pos\n"), population="all").table) == 1

    def test_an_empty_population_counts_the_reasons(self, write):
        with pytest.raises(PopulationError, match=r"no tumour is left to analyse \(excluded: HER2 IHC 3\+ 2;"):
            read_clinical(write("c.csv", "sample,er,her2_ihc\na,pos,3+\nb,pos,3+\n"))

    def test_a_header_without_rows(self, write):
        with pytest.raises(InputError):
            read_clinical(write("c.csv", "sample,er,her2_ihc\n"))


class TestSizes:
    def table(self, write, text, **columns):
        return read_clinical(write("c.csv", "sample,er,her2_ihc,size\n" + text), columns=columns).table

    def test_millimetres_become_centimetres(self, write):
        assert self.table(write, "a,pos,0,15\nb,pos,0,32\n", size_mm="size")["size_cm"].tolist() == [1.5, 3.2]

    def test_millimetres_mapped_as_centimetres(self, write):
        with pytest.raises(TableError, match=r"the median size is 23.5: these are millimetres"):
            self.table(write, "a,pos,0,15\nb,pos,0,32\n", size_cm="size")

    def test_centimetres_mapped_as_millimetres(self, write):
        with pytest.raises(TableError, match=r"the median size is 2.35 mm: these are centimetres"):
            self.table(write, "a,pos,0,1.5\nb,pos,0,3.2\n", size_mm="size")

    def test_one_size_in_millimetres_among_centimetres(self, write):
        with pytest.raises(TableError, match="sample 'b', column 'size': '32' is outside 0 to 25 cm"):
            self.table(write, "a,pos,0,1.5\nb,pos,0,32\nc,pos,0,2\n", size_cm="size")

    def test_a_tumour_stage_is_no_size(self, write):
        with pytest.raises(TableError, match="'T2' is not a number"):
            self.table(write, "a,pos,0,T2\n", size_cm="size")


class TestRealData:
    def test_scanb_population(self, shared):
        columns = {"sample": "title", "er": "er_status", "age": "age_at_diagnosis", "grade": "nhg"}
        read = read_clinical(shared / "scanb400/clinical.tsv", columns=columns)
        assert read.table["hr"].value_counts().to_dict() == {"positive": 279, "negative": 64}
        assert read.hr_definition == "ER only"
        counts = {note.what: note.count for note in read.notes if note.stage == "population"}
        assert counts["excluded: HER2 positive"] == 42
        assert counts["excluded: HER2 unknown"] == 15

    def test_tcga_population(self, shared):
        columns = {
            "sample": "",
            "er": "er_status_by_ihc",
            "pgr": "pr_status_by_ihc",
            "her2_ihc": "her2_ihc_score",
            "her2_status": "her2_status_by_ihc",
            "her2_fish": "her2_fish_status",
        }
        read = read_clinical(shared / "tcga121/tcga121_clinical.tsv", columns=columns)
        assert read.table["her2_ihc"].value_counts().to_dict() == {"1+": 32, "0": 11, "2+": 1}
        assert read.table["her2_ihc"].isna().sum() == 39
        assert read.hr_definition == "ER or PgR"

    def test_ispy2_pembrolizumab_arm(self, shared):
        columns = {
            "sample": "patient",
            "hr": "HR",
            "her2_group": "HER2.3.state..3.",
            "her2_status": "HER2",
            "pcr": "pCR",
        }
        read = read_clinical(shared / "ispy2/ICB_Wolf_CLIN.csv", columns=columns, where={"Arm..short.name.": "Pembro"})
        assert len(read.table) == 69
        responses = read.table.groupby("her2_group", observed=True)["pcr"].agg(["sum", "count"])
        assert responses.to_numpy().tolist() == [[8, 19], [15, 34]]
