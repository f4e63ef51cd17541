"""GCT 1.2 and 1.3, the Broad Institute's matrices (GSEA, GTEx, CMap).

Format: https://clue.io/connectopedia/gct_format.
"""

from __future__ import annotations

from her2stats.errors import FileError, Problem, TableError
from her2stats.files import Content
from her2stats.reading.formats.delimited import parse_matrix
from her2stats.reading.formats.matrix import MatrixOptions, RawMatrix
from her2stats.reading.formats.text import Text, as_text

DIGITS = 18  # of a count; no table has more rows
CUT_OFF = "the file is cut off or was edited; get it again"


def read_gct_matrix(content: Content, options: MatrixOptions) -> RawMatrix:
    """Read a GCT file; descriptions of genes (columns) and samples (rows above the values) are left out.

    Raises FileError when the first line is neither #1.2 nor #1.3, or the second does not count rows and columns. Raises
    TableError when the counts of the second line are not those of the table.
    """
    text = as_text(content)
    version, _, rest = text.data.partition(b"\n")
    sizes, _, body = rest.partition(b"\n")
    kind = version.strip().decode("ascii", errors="replace")
    if kind not in ("#1.2", "#1.3"):
        raise FileError(Problem(f"starts with {kind[:20]!r}, not with #1.2 or #1.3", content.name, "give a GCT file"))
    counts = _counts(sizes, 2 if kind == "#1.2" else 4, content.name)
    rows, columns, row_fields, sample_fields = (*counts, 1, 0)[:4]
    header_line, _, below = body.partition(b"\n")
    header = [word.strip().strip('"') for word in header_line.decode("utf-8").split("\t")]
    if sample_fields > below.count(b"\n"):
        what = f"the second line promises {sample_fields} descriptions of samples, the file ends before"
        raise TableError(Problem(what, content.name, CUT_OFF))
    below = below.split(b"\n", sample_fields)[-1]
    genes = options.gene_column or header[0]
    described = [name for name in header[: row_fields + 1] if name != genes]
    matrix = parse_matrix(
        Text(header_line + b"\n" + below, text.notes),
        content.name,
        "\t",
        MatrixOptions(genes, (*described, *options.ignore_columns)),
        lines_before=2 + sample_fields,
    )
    ignored = sum(name in header[row_fields + 1 :] for name in options.ignore_columns)
    if matrix.values.shape != (rows, columns - ignored):
        found, said = f"{len(matrix.rows)} x {len(matrix.columns)}", f"{rows} x {columns}"
        raise TableError(Problem(f"the second line promises {said} values, there are {found}", content.name, CUT_OFF))
    return matrix


def _counts(line: bytes, wanted: int, name: str) -> tuple[int, ...]:
    words = line.split()
    if len(words) < wanted or not all(word.isdigit() for word in words[:wanted]):
        remedy = "give a complete GCT file"
        raise FileError(Problem(f"its second line does not hold {wanted} counts", f"{name}, line 2", remedy))
    longest = max(map(len, words[:wanted]))
    if longest > DIGITS:
        what = f"its second line holds a count of {longest} digits"
        raise FileError(Problem(what, f"{name}, line 2", CUT_OFF))
    return tuple(int(word) for word in words[:wanted])
