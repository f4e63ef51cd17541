"""GEO series matrices as people met them: broken lines, keys in two spellings, two channels."""

from __future__ import annotations

import pytest

from her2stats.errors import FileError
from her2stats.reading import read_clinical, read_expression

HEAD = """\
!Series_title\t"Breast tumours"
!Series_summary\t"First line
!Sample_note inside the summary"

!Sample_title\t"t1"\t"t2"\t"t3"
!Sample_geo_accession\t"GSM1"\t"GSM2"\t"GSM3"
!Sample_characteristics_ch1\t"er status: pos"\t"er status: neg"\t"er status: pos"
!Sample_characteristics_ch1\t"her2 ihc: 0"\t"her2 ihc: 1+"\t"her2 ihc: 0"
"""
TABLE = """\
!series_matrix_table_begin
"ID_REF"\t"GSM1"\t"GSM2"\t"GSM3"
"ERBB2"\t8.5\t7.25\t6
"ESR1"\t8\t7\t6
!series_matrix_table_end
"""
ER = '"er status: pos"\t"er status: neg"\t"er status: pos"'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("er status: neg", "ER status: neg"),
        ("er status: neg", "Er  Status:neg"),
        (ER, ER.replace("pos", "NA").replace("neg", "NA") + f"\n!Sample_characteristics_ch2\t{ER}"),
        (ER, ER + '\n!Sample_characteristics_ch2\t"er status: NA"\t"er status: n/a"\t"er status: "'),
        ("!Sample_char", '!Sample_data_processing\t"RMA\nnormalised"\t"RMA\n!Sample_x"\t"RMA"\n!Sample_char'),
        ("!Sample_char", '!Sample_data_processing\t"long text, broken"\n!Sample_data_processing\t"b"\n!Sample_char'),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_receptors_are_right(tmp_path, old, new, ends):
    path = tmp_path / "GSE0_series_matrix.txt"
    path.write_bytes((HEAD.replace(old, new, 1) + TABLE).replace("\n", ends).encode())
    table = read_clinical(path, columns={"er": "er status", "her2_ihc": "her2 ihc"}).table
    assert table["er"].tolist() == ["positive", "negative", "positive"]
    assert table["her2_ihc"].tolist() == ["0", "1+", "0"]
    assert list(table.index) == ["GSM1", "GSM2", "GSM3"]


@pytest.mark.parametrize(("third", "several"), [("GPL96", True), ("gpl570", False), ("", False), ("NA", False)])
def test_samples_of_two_platforms(tmp_path, third, several):
    path, lines = tmp_path / "GSE0_series_matrix.txt", f'!Sample_platform_id\t"GPL570"\t"GPL570"\t"{third}"\n'
    path.write_text(HEAD + lines + TABLE)
    columns = {"er": "er status", "her2_ihc": "her2 ihc"}
    told = [note.detail for note in read_clinical(path, columns=columns).notes if "platforms" in note.what]
    assert told == (["GPL570 2, GPL96 1"] if several else [])
    if several:
        with pytest.raises(FileError, match="samples are of several platforms: GPL570 2, GPL96 1 -> give the series"):
            read_expression(path, scale="log2")
        one = read_clinical(path, columns=columns, where={"platform_id": "GPL570"})
        assert list(one.table.index) == ["GSM1", "GSM2"]
    else:
        assert read_expression(path, scale="log2").values.shape == (2, 3)


def test_two_series_matrices_in_one_file(tmp_path):
    path = tmp_path / "GSE0_series_matrix.txt"
    path.write_text(HEAD + TABLE + HEAD + TABLE.replace("GSM", "GSM1"))
    with pytest.raises(FileError, match="holds more than one expression table -> give one file of each"):
        read_expression(path, scale="log2")
