"""Which reader reads which file: by its ending, and by what it starts with where the ending says little."""

from __future__ import annotations

from her2stats.files import Content, refuse
from her2stats.reading.formats.columnar import read_parquet_matrix, read_parquet_table
from her2stats.reading.formats.delimited import read_delimited_matrix
from her2stats.reading.formats.gct import read_gct_matrix
from her2stats.reading.formats.geo import is_series_matrix, read_series_matrix, read_series_samples
from her2stats.reading.formats.hdf5 import read_h5ad_matrix, read_h5ad_samples
from her2stats.reading.formats.labelled import PROGRAMS, read_labelled_table
from her2stats.reading.formats.matrix import MatrixOptions, RawMatrix
from her2stats.reading.formats.rds import read_rds_matrix, read_rds_table
from her2stats.reading.formats.text import TextTable, read_text_table
from her2stats.reading.formats.workbook import read_workbook_matrix, read_workbook_table

WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet", ".pq")
TELLING = {b"PAR1": ".parquet", b"PK\x03\x04": ".xlsx", b"\x89HDF": ".h5ad", b"#1.2": ".gct", b"#1.3": ".gct"}
SAVE_AS = "save the table as csv, tsv, xlsx or parquet"
NOT_READ = {
    ".pkl": "a Python pickle, which is never opened",
    ".pickle": "a Python pickle, which is never opened",
    ".joblib": "a Python pickle, which is never opened",
    ".rda": "an RData workspace, which is never opened",
    ".rdata": "an RData workspace, which is never opened",
    ".sas7bcat": "a SAS catalog of labels, which is read with the table beside it",
    ".xls": "an old Excel file",
    ".ods": "an OpenDocument table",
    ".h5": "an HDF5 file of unknown layout",
    ".feather": "a Feather file",
}


def read_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read an expression matrix of any known format."""
    kind = _kind(content)
    if kind in WORKBOOKS:
        return read_workbook_matrix(content, options)
    if kind in PARQUET:
        return read_parquet_matrix(content, options)
    if kind == ".gct":
        return read_gct_matrix(content, options)
    if kind == ".h5ad":
        return read_h5ad_matrix(content, options)
    if kind == ".rds":
        return read_rds_matrix(content, options)
    if kind in PROGRAMS:
        refuse(content.path, f"is a file of {PROGRAMS[kind]}, read as a clinical table only", SAVE_AS)
    if is_series_matrix(content):
        return read_series_matrix(content)
    return read_delimited_matrix(content, options)


def read_words(
    content: Content, *, sheet: str | None = None, delimiter: str | None = None, header_row: int | None = None
) -> TextTable:
    """Read a clinical table of any known format as words."""
    kind = _kind(content)
    if kind in WORKBOOKS:
        return read_workbook_table(content, sheet=sheet, header_row=header_row)
    if kind in PARQUET:
        return read_parquet_table(content)
    if kind == ".h5ad":
        return read_h5ad_samples(content)
    if kind == ".rds":
        return read_rds_table(content)
    if kind in PROGRAMS:
        return read_labelled_table(content)
    if kind == ".gct":
        refuse(content.path, "is an expression matrix (GCT), not a clinical table", "give the clinical table")
    if is_series_matrix(content):
        return read_series_samples(content)
    return read_text_table(content, delimiter=delimiter, header_row=header_row)


def _kind(content: Content) -> str:
    """Ending of the format: what the first bytes say comes before what the name says."""
    if content.suffix in NOT_READ:
        refuse(content.path, f"is {NOT_READ[content.suffix]}", SAVE_AS)
    for magic, kind in TELLING.items():
        if content.beginning.startswith(magic):
            return (
                content.suffix if content.suffix in (*WORKBOOKS, *PARQUET) and kind in (".xlsx", ".parquet") else kind
            )
    return content.suffix
