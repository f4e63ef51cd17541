"""Clinical tables as spreadsheets hold them: merged cells, remarks and sums below, on their side, odd delimiters."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from her2stats.errors import InputError, TableError
from her2stats.reading import read_clinical, read_cohort, read_expression

IDS = [f"P{place}" for place in range(8)]
TABLE = pd.DataFrame(
    {
        "id": IDS,
        "er": ["positive", "negative"] * 4,
        "her2_ihc": ["0", "0", "0", "1+", "1+", "1+", "2+", "2+"],
        "age": [41, 52, 63, 44, 55, 66, 47, 58],
        "grade": ["I", "I", "II", "II", "II", "III", "III", "III"],
    }
)
COLUMNS = {"sample": "id"}


@pytest.fixture
def write(tmp_path):
    """Write a text file."""

    def written(text: str, name: str = "table.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return written


def workbook(path, rows, *merged):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(path)
    return path


def assert_whole(read):
    """All eight tumours with every value."""
    assert list(read.table.index) == IDS
    for column in ("er", "her2_ihc", "age", "grade"):
        assert read.table[column].astype(object).tolist() == TABLE[column].astype(object).tolist(), column


ROWS = (list(TABLE.columns), *TABLE.itertuples(index=False))


class TestMergedCells:
    def test_downwards_they_stand_in_every_row(self, tmp_path):
        read = read_clinical(workbook(tmp_path / "a.xlsx", ROWS, "E2:E3", "E4:E6", "E7:E9", "C2:C4"), columns=COLUMNS)
        assert_whole(read)
        (note,) = [note for note in read.notes if "merged" in note.what]
        assert note.count == 7

    def test_over_columns_they_are_refused_with_their_place(self, tmp_path):
        with pytest.raises(InputError, match="row 3: cells B3:C3 are one, over several columns -> unmerge them"):
            read_clinical(workbook(tmp_path / "a.xlsx", ROWS, "B3:C3"), columns=COLUMNS)

    def test_names_that_are_merged_are_refused(self, tmp_path):
        with pytest.raises(InputError, match="row 1: cells B1:C1 are one"):
            read_clinical(workbook(tmp_path / "a.xlsx", ROWS, "B1:C1"), columns=COLUMNS)

    def test_a_title_and_a_legend_over_all_columns_are_neither(self, tmp_path):
        rows = [["Table S1"], *ROWS, ["Legend: ER = estrogen receptor"]]
        read = read_clinical(workbook(tmp_path / "a.xlsx", rows, "A1:E1", "A11:E11"), columns=COLUMNS, header_row=2)
        assert_whole(read)

    def test_names_over_two_rows(self, tmp_path):
        first = ["id", "Receptors", None, "age", "grade"]
        rows = [first, [None, "er", "her2_ihc", None, None], *TABLE.itertuples(index=False)]
        path = workbook(tmp_path / "a.xlsx", rows, "B1:C1", "A1:A2", "D1:D2", "E1:E2")
        assert_whole(read_clinical(path, columns=COLUMNS, header_row=2))
        with pytest.raises(InputError, match="cells B1:C1 are one"):
            read_clinical(path, columns=COLUMNS)

    def test_of_a_matrix_too(self, tmp_path):
        rows = [["gene", "a", "b"], ["ERBB2", 5.0, 7.0], ["ESR1", None, 8.0], ["PGR", 2.0, 9.0]]
        read = read_expression(workbook(tmp_path / "a.xlsx", rows, "B2:B3"), scale="log2", allow_range=True)
        assert read.values["a"].tolist() == [5.0, 5.0, 2.0]


class TestRowsBelow:
    @pytest.mark.parametrize(
        "below",
        [
            "Mean,,,53.2,\n",
            "Total,4,,,\n",
            "Totale (n),4,8,8,8\n",
            "Median,positive,1+,53,II\n",  # otherwise a tumour
            "n (%),4 (50%),,,\n",
            "Mean,,,53,\nSD,,,9,\nn,8,8,8,8\nrange,,,41-66,\n",
            "Legend: 0 = no staining,,,,\n",
            '"Abbreviations: ER, estrogen receptor",,,,\n',
            "* at diagnosis,,,,\n",
            "ER was read by two pathologists each,,,,\n",
            "Media,,,53,\n,,,,\nNota,,,,\nFonte: archivio,,,,\n",
        ],
    )
    @pytest.mark.parametrize("population", ["her2-negative", "all"])
    def test_sums_and_remarks_are_no_tumours(self, write, below, population):
        read = read_clinical(write(TABLE.to_csv(index=False) + below), columns=COLUMNS, population=population)
        assert_whole(read)
        (note,) = [note for note in read.notes if "below the table" in note.what]
        assert note.count == len([line for line in below.splitlines() if line.strip(",")])
        assert note.detail.startswith(below.replace('"', "").partition(",")[0])

    def test_of_a_frame_too(self):
        below = pd.DataFrame({"id": ["Mean", "Note: in years"], "age": [53, None]})
        read = read_clinical(pd.concat([TABLE, below], ignore_index=True), columns=COLUMNS, population="all")
        assert_whole(read)

    @pytest.mark.parametrize("name", ["N", "SD", "SE", "Max", "Patient 9"])
    def test_initials_are_tumours(self, write, name):
        table = TABLE.replace({"id": {"P7": name}})
        read = read_clinical(write(table.to_csv(index=False)), columns=COLUMNS)
        assert list(read.table.index) == [*IDS[:7], name]

    def test_in_the_middle_nothing_is_left_out(self, write):
        table = TABLE.replace({"id": {"P3": "Total"}})
        assert "Total" in read_clinical(write(table.to_csv(index=False)), columns=COLUMNS).table.index

    def test_units_excluded_by_their_empty_id_say_nothing_of_codes(self, write):
        header, rest = TABLE.to_csv(index=False).split("\n", 1)
        path = write(f"{header}\n,,9,years,\n{rest}")
        with pytest.raises(InputError, match=r'say exclude = \[""\]'):
            read_clinical(path, columns=COLUMNS)
        assert_whole(read_clinical(path, columns=COLUMNS, exclude=[""]))


class TestOnItsSide:
    SIDE = TABLE.set_index("id").T

    @pytest.mark.parametrize("columns", [COLUMNS, {}, {"sample": "id", "er": "er", "her2_ihc": "her2_ihc"}])
    def test_it_is_told_with_the_remedy(self, write, columns):
        path = write(self.SIDE.to_csv(index_label="id"))
        with pytest.raises(TableError, match=r"the table lies on its side.*er, her2_ihc, age, grade\) -> turn it"):
            read_clinical(path, columns=columns)
        assert_whole(read_clinical(pd.read_csv(path, index_col=0, dtype=str).T, columns={}))

    def test_names_of_the_users_own(self, write):
        path = write(self.SIDE.rename({"er": "ER status", "her2_ihc": "HER2"}).to_csv(index_label="id"))
        with pytest.raises(TableError, match="lies on its side"):
            read_clinical(path, columns={"sample": "id", "er": "ER status", "her2_ihc": "HER2"})


class TestDelimiters:
    LOG = pd.DataFrame({f"P{n}": [5.5 + n, 7.25, 3.125] for n in range(3)}, index=["ERBB2", "ESR1", "PGR"])

    @pytest.mark.parametrize("mark", [" ", "|", "\t", ";"])
    @pytest.mark.parametrize("told", [True, False])
    def test_a_table_and_a_matrix(self, write, mark, told):
        given = {"delimiter": mark} if told else {}
        assert_whole(read_clinical(write(TABLE.to_csv(index=False, sep=mark), "a.txt"), columns=COLUMNS, **given))
        path = write(self.LOG.to_csv(sep=mark, index_label="gene"), "b.txt")
        assert read_expression(path, scale="log2", allow_range=True, **given).values.equals(self.LOG)

    def test_as_write_table_of_r_does(self, write):
        lines = [" ".join(f'"{name}"' for name in self.LOG)]
        lines += [
            f'"{gene}" ' + " ".join(map(str, row)) for gene, row in zip(self.LOG.index, self.LOG.values, strict=True)
        ]
        assert read_expression(write("\n".join(lines), "a.txt"), scale="log2", allow_range=True).values.equals(self.LOG)

    def test_blanks_in_cells_part_nothing_beside_another_mark(self, write):
        table = TABLE.assign(id=[f"P {place} x" for place in range(8)])
        for mark in ("|", ","):
            read = read_clinical(write(table.to_csv(index=False, sep=mark), "a.txt"), columns=COLUMNS)
            assert read.table.index[0] == "P 0 x"

    def test_aligned_by_blanks(self, write):
        read = read_expression(write(self.LOG.to_string(), "a.txt"), scale="log2")
        pd.testing.assert_frame_equal(read.values, self.LOG, check_names=False)

    def test_aligned_by_blanks_and_blanks_within_words_is_refused(self, write):
        text = self.LOG.rename({"ESR1": "ESR1 a"}).to_string()
        with pytest.raises(InputError, match="check the delimiter"):
            read_expression(write(text, "a.txt"), scale="log2")

    def test_the_mark_that_excel_names_above(self, write):
        text = io.StringIO()
        TABLE.to_csv(text, sep=";", index=False)
        path = write("sep=;\n" + text.getvalue())
        with pytest.raises(TableError, match="say header_row = 2"):
            read_clinical(path, columns=COLUMNS)
        assert_whole(read_clinical(path, columns=COLUMNS, header_row=2))


DECORATIONS = [
    "{}_counts", "{}_RSEM", "{}.CEL", "{}.CEL.gz", "{}.cel", "GSM100{}_{}", "GSM100{}_{}.CEL.gz", "{}.bam", "/x/{}.bam",
    "/x/{}.sorted.bam", "star/{}Aligned.sortedByCoord.out.bam", "C:\\data\\{}.bam", "{}_FPKM", "TPM_{}",
    "{}.genes.results", "{}.htseq.counts", "{}/quant.sf", "{}.AVG_Signal", "log2_{}", "{}ReadsPerGene.out.tab",
    "{}_norm_counts", "{}_expected_count", "{}_S7_L001_R1_001.fastq.gz", "{}_R2.fq.gz", "{}_mRNA", "{}.RNA-seq",
    "{}_raw", "{}_S12", "{}_Grn.idat",
]  # fmt: skip


class TestNamesOfSamples:
    GENES = pd.DataFrame({one: [n + 1.5, 2.5 * n, 9.0] for n, one in enumerate(IDS)}, index=["ERBB2", "ESR1", "PGR"])

    @pytest.mark.parametrize("form", DECORATIONS)
    def test_what_programs_put_around_them(self, form):
        written = self.GENES.rename(columns=lambda one: form.format(*[one[1:], one][-form.count("{}") :]))
        how = {"name": "x", "scale": "linear", "columns": COLUMNS, "allow_range": True}
        with pytest.raises(InputError, match='say sample_id = "letters": 8 ids differ in writing only'):
            read_cohort(written, TABLE, **how)
        assert read_cohort(written, TABLE, sample_id="letters", **how).expression.equals(self.GENES)

    def test_two_measures_of_one_sample_are_repeats(self):
        written = self.GENES.add_suffix("_tpm").assign(P0_counts=1.0)
        with pytest.raises(InputError):
            read_cohort(
                written, TABLE, sample_id="letters", name="x", scale="linear", columns=COLUMNS, allow_range=True
            )

    def test_tumour_and_normal_of_one_patient_stay_apart(self):
        written = self.GENES.add_suffix("_T").assign(P0_N=1.0)
        with pytest.raises(InputError, match="0 have both"):
            read_cohort(written, TABLE, sample_id="letters", name="x", scale="linear", columns=COLUMNS)
