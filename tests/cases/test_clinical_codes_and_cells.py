"""Clinical tables as people have them: codes that may mean two things, and cells that say several."""

from __future__ import annotations

import numpy as np
import pytest

from her2stats.errors import InputError, TableError, VocabularyError
from her2stats.reading import read_clinical


def table(**columns: str) -> str:
    """A clinical file from words separated by commas, a sample a word."""
    cells = {name: words.split(",") for name, words in columns.items()}
    count = len(next(iter(cells.values())))
    rows = [[f"s{row}", *(words[row] for words in cells.values())] for row in range(count)]
    return "\n".join("\t".join(row) for row in [["sample", *cells], *rows]) + "\n"


def read(text: str, **options):
    import io

    import pandas as pd

    frame = pd.read_csv(io.StringIO(text), sep="\t", dtype=str, keep_default_na=False)
    return read_clinical(frame, **options)


class TestCodes:
    def test_one_and_two_are_asked_all_at_once(self):
        with pytest.raises(VocabularyError) as caught:
            read(table(er="1,2,2", pgr="1,1,2", her2_ihc="1,2,3"))
        told = str(caught.value)
        for wanted in (
            "'1' means more than one thing for er in a column of this name that holds 1, 2",
            "'2' is not understood for er",
            "2 words of er are open: '2' 2, '1' 1 -> say for each one of 'positive', 'negative', or '' for missing:\n"
            '[cohorts.values.er]\n"2" = "..."\n"1" = "..."',
            '[cohorts.values.pgr]\n"1" = "..."\n"2" = "..."',
            '[cohorts.values.her2_ihc]\n"1" = "..."\n"2" = "..."\n"3" = "..."',
        ):
            assert wanted in told

    def test_a_code_that_is_said_does_not_give_the_other_its_built_in_meaning(self):
        with pytest.raises(VocabularyError, match="'1' means more than one thing for er"):
            read(table(er="1,2", her2_ihc="0,0"), values={"er": {"2": "positive"}})
        said = read(table(er="1,2", her2_ihc="0,0"), values={"er": {"2": "positive", "1": "negative"}})
        assert said.table["er"].tolist() == ["negative", "positive"]

    def test_a_code_for_missing_leaves_the_others_as_they_are(self):
        said = read(table(er="1,0,9", her2_ihc="0,0,0"), values={"er": {"9": ""}})
        assert said.table["er"].tolist()[:2] == ["positive", "negative"]

    def test_the_codes_of_rows_that_are_left_out_tell_how_the_column_is_coded(self):
        text = table(er="1,2", her2_ihc="0,0", arm="A,B")
        with pytest.raises(VocabularyError, match="holds 1, 2"):
            read(text, where={"arm": "A"})
        levels = read(table(er="0,1", her2_ihc="0,2", arm="A,B"), where={"arm": "B"}).table
        assert levels["her2_ihc"].tolist() == ["2+"]

    @pytest.mark.parametrize("levels", ["0,1,2,3", "0,1,2", "0,2", "0,1+,2+", "0,1,2+", "0,0,0"])
    def test_levels_of_ihc_with_a_zero_are_read(self, levels):
        er = ",".join("0" for _ in levels.split(","))
        wanted = [word if word in "0" or word.endswith("+") else f"{word}+" for word in levels.split(",")]
        assert read(table(er=er, her2_ihc=levels), population="all").table["her2_ihc"].tolist() == wanted

    @pytest.mark.parametrize("levels", ["1,2,3", "1,2", "0,1", "0,1,2,3,4", "1", "0,+", "-1,0,1"])
    def test_levels_of_ihc_that_may_be_others_are_asked(self, levels):
        er = ",".join("0" for _ in levels.split(","))
        with pytest.raises(VocabularyError, match="her2_ihc"):
            read(table(er=er, her2_ihc=levels))

    def test_minus_one_and_one(self):
        with pytest.raises(VocabularyError, match="holds -1, 1"):
            read(table(er="1,-1", her2_ihc="0,0"))

    @pytest.mark.parametrize("variable", ["er", "pgr", "hr", "her2_status", "her2_fish", "pcr"])
    def test_a_lone_one_may_be_of_either_coding_and_is_asked(self, variable):
        columns = {"er": "pos,neg", "her2_ihc": "0,0", variable: "1,1.0"}
        with pytest.raises(VocabularyError, match=f"'1' means more than one thing for {variable}"):
            read(table(**columns))
        said = read(table(**columns), values={variable: {"1": "no" if variable == "pcr" else "negative"}})
        assert set(said.table[variable]) in ({"negative"}, {0})

    def test_a_one_beside_words_is_read(self):
        assert read(table(er="1,neg", her2_ihc="0,0")).table["er"].tolist() == ["positive", "negative"]

    def test_a_lone_zero_is_no(self):
        assert set(read(table(er="0,0", her2_ihc="0,0")).table["er"]) == {"negative"}

    @pytest.mark.parametrize("column", ["pCR.RD", "non-pCR", "pCR_vs_RD"])
    def test_a_heading_that_names_the_other_side_makes_codes_ambiguous(self, column):
        text = table(er="1,0", her2_ihc="0,0", **{column: "1,0"})
        with pytest.raises(VocabularyError, match="'0' means more than one thing for pcr"):
            read(text, columns={"pcr": column})

    def test_yes_to_fish_may_say_that_it_was_done(self):
        with pytest.raises(VocabularyError, match="'yes' is not understood for her2_fish"):
            read(table(er="1,0", her2_ihc="2+,0", her2_fish="yes,no"))


class TestCells:
    def test_ihc_with_fish_in_the_cell(self):
        said = read(table(er="1,0,1,0,1", her2_ihc="0,2+ (FISH neg),2+ (FISH pos),2+/ISH-,3+"))
        assert said.table["her2_ihc"].tolist() == ["0", "2+", "2+"]
        assert said.table["her2_fish"].astype(object).fillna("").tolist() == ["", "negative", "negative"]
        counted = {note.what: note.count for note in said.notes}
        assert counted["her2_fish taken from the cells of her2_ihc"] == 3
        assert counted["excluded: ERBB2 amplified"] == 1

    def test_the_fish_of_a_cell_is_kept_where_the_user_maps_the_cell_to_its_level(self):
        mapped = {"her2_ihc": {"2+ (FISH pos)": "2+", "2+ (FISH neg)": "2+"}}
        said = read(table(er="1,0,1", her2_ihc="0,2+ (FISH neg),2+ (FISH pos)"), values=mapped)
        assert said.table.index.tolist() == ["s0", "s1"]

    def test_a_cell_and_a_column_that_disagree_are_refused(self):
        text = table(er="1,0", her2_ihc="0,2+ (FISH neg)", her2_fish=",positive")
        with pytest.raises(VocabularyError, match="says that her2_fish is 'negative', its own column 'positive'"):
            read(text)

    @pytest.mark.parametrize(
        ("variable", "words", "wanted"),
        [
            ("er", "1 - positivo,0 - negativo", ["positive", "negative"]),
            ("er", "2 = positive,1 = negative", ["positive", "negative"]),
            ("er", "positivo (>=1%),negativo (<1%)", ["positive", "negative"]),
            ("er", "90% positive,neg (0%)", ["positive", "negative"]),
            ("grade", "G2,3 - poorly differentiated", ["II", "III"]),
            ("pcr", "1 - yes,0 - no", [1, 0]),
            ("her2_group", "HER2-low (1+),HER2-0", ["HER2-low", "HER2-0"]),
        ],
    )
    def test_words_with_codes_and_percentages(self, variable, words, wanted):
        columns = {"her2_ihc": "1+,0", variable: words}
        assert read(table(**columns)).table[variable].tolist() == wanted

    @pytest.mark.parametrize(
        "cell",
        [
            "1+/2+",
            "0 - 1+",
            "2 - 1+",
            "2+ (ratio 1.2)",
            "2 (FISH neg)",
            "1+ (2+)",
            "ultralow 1+",
            "1+ (ultralow)",
            "1+ (5%)",
            "0 (30%)",
            "ultralow (40 %)",
            "null (2%)",
            "2+ (0%)",
        ],
    )
    def test_cells_that_leave_doubt_are_asked(self, cell):
        with pytest.raises(VocabularyError, match="is not understood for her2_ihc"):
            read(table(er="1,0", her2_ihc=f"0,{cell}"))

    @pytest.mark.parametrize(
        ("cells", "levels"),
        [
            ("null,ultralow", ["null", "ultralow"]),
            ("0 (null),0 (ultralow)", ["null", "ultralow"]),
            ("null,0 (ultralow)", ["null", "ultralow"]),
            ("No staining,0+", ["null", "ultralow"]),
            ("0,>0 <1+", [np.nan, "ultralow"]),
            ("0 (0%),0 (5 %)", ["null", "ultralow"]),
            ("IHC 0,ultralow (10%)", [np.nan, "ultralow"]),
        ],
    )
    def test_a_zero_that_is_divided_stays_zero_and_keeps_its_part(self, cells, levels):
        said = read(table(er="1,0,1,0", her2_ihc=f"{cells},1+,2+"))
        assert said.table["her2_ihc"].tolist() == ["0", "0", "1+", "2+"]
        assert said.table["her2_group"].tolist() == ["HER2-0", "HER2-0", "HER2-low", "HER2-low"]
        assert said.table["her2_zero"].astype(object).tolist()[:2] == levels
        assert said.table["her2_zero"].isna().tolist()[2:] == [True, True]
        counts = f"null {levels.count('null')}, ultralow {levels.count('ultralow')}"
        (note,) = [note for note in said.notes if note.what.startswith("HER2 IHC 0 read as")]
        assert note.what == f"HER2 IHC 0 read as {counts}; all of them are HER2-0"

    def test_null_alone_is_asked_as_it_may_be_a_word_for_missing(self):
        text = table(er="1,0,1", her2_ihc="0,NULL,1+")
        with pytest.raises(VocabularyError, match="'NULL' means more than one thing for her2_ihc"):
            read(text)
        missing = read(text, values={"her2_ihc": {"NULL": ""}}).table
        assert missing.index.tolist() == ["s0", "s2"]
        unstained = read(text, values={"her2_ihc": {"NULL": "no staining"}}).table
        assert unstained["her2_zero"].astype(object).tolist()[1] == "null"
        assert unstained["her2_ihc"].tolist() == ["0", "0", "1+"]

    def test_low_is_a_group_whose_level_is_unknown_and_a_percentage_goes_with_one_plus(self):
        said = read(table(er="1,0,1,1,0", her2_ihc="0+,low,1+ (10 %),1+ (low),2+"))
        assert said.table["her2_ihc"].astype(object).fillna("?").tolist() == ["0", "?", "1+", "1+", "2+"]
        assert said.table["her2_group"].tolist() == ["HER2-0", *["HER2-low"] * 4]

    @pytest.mark.parametrize("words", ["null,ultralow,low", "HER2-null,her2 ultralow,HER2-low", "0 (null),0+,low (2+)"])
    def test_groups_may_divide_zero_too(self, words):
        said = read(table(er="1,0,1", her2_group=words)).table
        assert said["her2_group"].tolist() == ["HER2-0", "HER2-0", "HER2-low"]
        assert said["her2_zero"].astype(object).tolist()[:2] == ["null", "ultralow"]

    def test_null_is_no_missing_group_without_a_word(self):
        with pytest.raises(VocabularyError, match="'null' means more than one thing for her2_group"):
            read(table(er="1,0", her2_group="null,low"))

    def test_a_zero_that_is_called_low_is_refused(self):
        with pytest.raises(TableError, match="her2_ihc and her2_group differ in 1 samples: s1"):
            read(table(er="1,0", her2_ihc="0,0 (low)"))

    @pytest.mark.parametrize("levels", [{"her2_ihc": "0,1+"}, {"her2_group": "HER2-0,HER2-low"}])
    def test_a_column_of_zeros_that_speaks_of_another_level_is_refused(self, levels):
        with pytest.raises(TableError, match=f"{next(iter(levels))} and her2_zero differ in 1 samples: s1"):
            read(table(er="1,0", her2_zero="null,ultralow", **levels))

    def test_a_part_of_zero_beside_another_level_is_refused(self):
        text = table(er="1,0", her2_ihc="0 (null),1+", her2_zero="ultralow,low")
        with pytest.raises(VocabularyError, match="says that her2_zero is 'null', its own column 'ultralow'"):
            read(text)

    @pytest.mark.parametrize(
        "cell", ["2+/FISH-", "2+ (FISH: negative)", "2+; ISH not amplified", "IHC 2+ FISH neg", "2 + [cish negativa]"]
    )
    def test_ways_to_write_two_plus_and_not_amplified(self, cell):
        said = read(table(er="1,0", her2_ihc=f"0,{cell}")).table
        assert said.loc["s1", ["her2_ihc", "her2_fish"]].tolist() == ["2+", "negative"]

    @pytest.mark.parametrize("cell", ["positive (0%)", "negative (5%)", "negative (<10%)", "positive (8)"])
    def test_a_word_and_a_percentage_that_disagree_are_asked(self, cell):
        with pytest.raises(VocabularyError, match="is not understood for er"):
            read(table(er=f"positive,{cell}", her2_ihc="0,0"))

    def test_every_unknown_word_of_every_column_is_told(self):
        unknown = ",".join(f"word {n}" for n in range(20))
        with pytest.raises(InputError) as caught:
            read(table(er=unknown, grade=unknown, her2_ihc=unknown, age=",".join(["x"] * 20)))
        told = str(caught.value)
        for variable in ("er", "grade", "her2_ihc"):
            pasted = told.partition(f"[cohorts.values.{variable}]")[2]
            assert all(f'"word {n}" = "..."' in pasted for n in range(20))
        assert "'x' is not a number" in told


def test_days_of_another_unit_stay_an_error():
    with pytest.raises(TableError, match="outside 15 to 110 years"):
        read(table(er="1,0", her2_ihc="0,0", age="200,54"))


@pytest.mark.parametrize("column", ["age", "age_days"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("180,180", "the median age is 180: these are months -> write years, months divided by 12"),
        ("1320,1320", "the median age is 1320: these are months -> write years, months divided by 12"),
        ("1850,2100", "the median age is 1975: these are years of birth -> write the age at diagnosis, in years"),
    ],
)
def test_ages_in_months_and_years_of_birth_are_called_so(column, words, told):
    with pytest.raises(TableError, match=told):
        read(table(er="1,0", her2_ihc="0,0", x=words), columns={column: "x"})


def test_a_purity_in_percent_is_told_once():
    with pytest.raises(TableError) as caught:
        read(table(er="1,0", her2_ihc="0,0", purity="40,71"))
    (problem,) = caught.value.problems
    assert problem.what == "the median is 55.5: these are percentages, not shares of one"
    assert problem.remedy == "write 0 to 1, percent divided by 100"


@pytest.mark.parametrize("days", ["-19810,-13970", "19810,13970"])
def test_ages_in_days_forwards_and_backwards(days):
    text = table(er="1,0", her2_ihc="0,0", days=days)
    with pytest.raises(TableError, match="these are days, not years -> map the column as age_days"):
        read(text, columns={"age": "days"})
    ages = read(text, columns={"age_days": "days"}).table["age"].tolist()
    assert ages == pytest.approx([19810 / 365.25, 13970 / 365.25])
