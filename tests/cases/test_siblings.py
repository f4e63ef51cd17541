"""Files a little other than those that people have shown: right, or refused with the remedy, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from her2stats.errors import InputError
from her2stats.reading import read_expression
from her2stats.reading.counts import read_gene_lengths
from her2stats.reading.formats.strangers import describes_genes

GENES = ["ERBB2", "ESR1", "PGR", "MKI67", *(f"GENE{place}" for place in range(296))]
SAMPLES = [f"P{place}" for place in range(12)]
_RANDOM = np.random.default_rng(14)
_MEANS = _RANDOM.normal(7, 3, (300, 1)).clip(0.5)
LOG = pd.DataFrame((_MEANS + _RANDOM.normal(0, 1, (300, 12))).clip(0.1, 17).round(3), index=GENES, columns=SAMPLES)
COUNTS = pd.DataFrame(_RANDOM.poisson(2**LOG), index=GENES, columns=SAMPLES)
CPM = COUNTS / COUNTS.sum() * 1e6


@pytest.fixture
def write(tmp_path):
    """Write a text file."""

    def written(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return written


def tsv(table: pd.DataFrame, mark: str = "\t", **options: object) -> str:
    buffer = io.StringIO()
    table.to_csv(buffer, sep=mark, **options)
    return buffer.getvalue()


def with_rows(table: pd.DataFrame, rows: dict[str, object]) -> pd.DataFrame:
    return pd.concat([pd.DataFrame({name: [value] * 12 for name, value in rows.items()}, index=SAMPLES).T, table])


@pytest.mark.parametrize(
    "names",
    [
        ["n_processed", "n_pseudoaligned", "n_unique"],  # kallisto
        ["*"],  # samtools idxstats
        ["Total reads", "Mapped reads", "Uniquely mapped"],
        ["n_unmapped", "n_multimapping", "n_nofeature", "n_ambiguous"],
        ["no_feature", "ambiguous", "too_low_aQual", "not_aligned", "alignment_not_unique"],
        ["lib.size", "norm.factors"],
        ["mapping_rate", "Library_size", "size_factors"],
        ["Totale letture"],
        ["TOTALE GENERALE"],
        ["ERCC-00002", "ERCC-00171"],
    ],
    ids=lambda names: names[0],
)
def test_rows_that_are_no_genes_are_in_no_total(write, names):
    table = with_rows(COUNTS, {name: 9_000_000 - place for place, name in enumerate(names)})
    read = read_expression(write("c.tsv", tsv(table)), scale="counts")
    assert np.allclose(read.values, CPM, rtol=1e-12)
    assert list(read.values.index) == GENES
    (note,) = [note for note in read.notes if "are no genes" in note.what]
    assert note.count == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "Lunghezza", "Media", "Mediana", "Mean_all", "Mean TPM", "row_mean", "Mittelwert", "moyenne", "Totale", "IQR",
        "MAD", "exon_count", "gene_version", "chromosome_name", "entrezgene_accession",
        "NCBI gene (formerly Entrezgene) ID",
        "Gene % GC content", "CDS Length", "Gene start (bp)", "external_gene_name", "cromosoma", "HGNC ID", "rowSums",
    ],
)  # fmt: skip
def test_columns_that_are_no_samples_are_left_out(write, name):
    table = LOG.copy()
    table.insert(0, name, 2.5)
    read = read_expression(write("x.tsv", tsv(table)), scale="log2")
    assert list(read.values.columns) == SAMPLES
    assert [note.detail for note in read.notes if "describe genes" in note.what] == [name]


@pytest.mark.parametrize("name", ["Media-3", "Mean-01", "TOT1", "SD-17", "Total12", "MADRID-4", "mean_P1", "P-Media"])
def test_ids_that_begin_alike_are_samples(name):
    assert not describes_genes(name)


def thousands(table: pd.DataFrame, mark: str) -> pd.DataFrame:
    return table.map(lambda count: f"{count:,}".replace(",", mark))


@pytest.mark.parametrize("scale", ["counts", "linear"])
@pytest.mark.parametrize(
    ("mark", "options", "told"),
    [
        (".", {}, "the mark is between thousands -> write numbers without it"),
        (",", {"decimal": ","}, "the mark is between thousands -> write numbers without it"),
        (",", {}, "write numbers without marks between thousands"),
        (" ", {}, "write numbers without marks between thousands"),
        ("'", {}, "write numbers without marks between thousands"),
        ("\u202f", {}, "write numbers without marks between thousands"),
    ],
)
def test_marks_between_thousands_are_told(write, scale, mark, options, told):
    small = COUNTS.clip(upper=400_000)
    with pytest.raises(InputError, match=told):
        read_expression(write("c.tsv", tsv(thousands(small, mark))), scale=scale, **options)


def test_amounts_with_three_decimals_are_amounts(write):
    rounded = CPM.round(3)
    assert np.allclose(read_expression(write("a.tsv", tsv(rounded)), scale="linear").values, rounded)
    few = (CPM / CPM.max().max() * 900).round(3)  # none of a thousand
    assert np.allclose(read_expression(write("b.tsv", tsv(few)), scale="linear").values, few)
    expected = (COUNTS.clip(upper=900) + 0.25).round(2)  # of RSEM
    assert len(read_expression(write("c.tsv", tsv(expected)), scale="counts").values) == 300


def test_decimal_commas_that_nobody_declared(write):
    path = write("x.csv", tsv(LOG, ";", decimal=","))
    with pytest.raises(InputError, match='say decimal = ","'):
        read_expression(path, scale="log2")
    assert np.allclose(read_expression(path, scale="log2", decimal=",").values, LOG)


@pytest.mark.parametrize("words", [["TPM"] * 12, ["A", "B"] * 6])
def test_a_row_of_units_or_groups_is_no_row_of_names(write, words):
    head, *rest = tsv(LOG).splitlines()
    path = write("x.tsv", "\n".join([head, "\t".join(["unit", *words]), *rest]) + "\n")
    with pytest.raises(InputError, match=f"row 2 holds words, not numbers: {words[0]}, ... -> take that row out"):
        read_expression(path, scale="log2")


def test_one_row_or_column_beyond_a_logarithm_is_named_and_nobody_is_to_declare_linear(write):
    with pytest.raises(InputError, match=r"all of those above 30 in row 2 \(gene 'Age'\) -> take that row out") as told:
        read_expression(write("x.tsv", tsv(with_rows(LOG, {"Age": 61}))), scale="log2")
    assert "linear" not in str(told.value)
    with pytest.raises(InputError, match=r"column 'internal number'.* ignore_columns = ..internal number..") as told:
        read_expression(write("y.tsv", tsv(LOG.assign(**{"internal number": range(1000, 1300)}))), scale="log2")
    assert "linear" not in str(told.value)


@pytest.mark.parametrize(
    "made",
    [
        lambda log: np.log2(log + 1),
        lambda log: log.rank(pct=True),
        lambda log: (log - log.mean()) / log.std(),
        lambda log: log * np.log10(2),
    ],
    ids=["logarithm twice", "ranks", "z-scores of samples", "log10"],
)
def test_what_is_no_log2_of_amounts_is_refused_or_taken_at_ones_word(write, made):
    path = write("x.tsv", tsv(made(LOG)))
    with pytest.raises(InputError, match="no gene has an amount above"):
        read_expression(path, scale="log2")
    assert len(read_expression(path, scale="log2", allow_range=True).values) == 300


WAYS = {
    "bars": lambda: tsv(LOG, "|").encode(),
    "blanks": lambda: tsv(LOG, " ").encode(),
    "bom, semicolons, quotes, CRLF": lambda: b"\xef\xbb\xbf" + tsv(LOG, ";", quoting=1, lineterminator="\r\n").encode(),
    "utf-16": lambda: tsv(LOG).encode("utf-16"),
    "CR alone": lambda: tsv(LOG).replace("\n", "\r").encode(),
    "R's header": lambda: tsv(LOG)[1:].encode(),
    "no-break spaces": lambda: tsv(LOG.map(lambda value: f"\u00a0{value}")).encode(),
    "remarks": lambda: b"# made by hand\n#and again\n" + tsv(LOG).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_one_matrix_written_in_many_ways(tmp_path, way):
    (tmp_path / "x.csv").write_bytes(WAYS[way]())
    assert np.allclose(read_expression(tmp_path / "x.csv", scale="log2").values, LOG)


@pytest.mark.parametrize(
    "text",
    [
        lambda: tsv(LOG) + "Source: our laboratory\n",
        lambda: LOG.to_string().replace("ESR1", "ESR1 a"),
        lambda: "% of matlab\n" + tsv(LOG),
        lambda: tsv(LOG).replace("ESR1", '"ESR1', 1),
        lambda: "\n".join([*tsv(LOG).splitlines()[:90], *tsv(LOG).splitlines()]),
        lambda: tsv(LOG.astype(object).replace(LOG.iloc[0, 0], "<0.1")),
        lambda: tsv(LOG.astype(object).replace(LOG.iloc[0, 0], "#DIV/0!")),
        lambda: tsv(LOG.astype(object).replace(LOG.iloc[0, 0], "\u22125")),
    ],
)
def test_what_is_not_read_is_refused_with_a_remedy(write, text):
    with pytest.raises(InputError, match=" -> "):
        read_expression(write("x.tsv", text()), scale="log2")


@pytest.mark.parametrize("order", [1, -1])
def test_a_probe_with_a_row_for_each_of_its_genes_measures_none_of_them(write, order):
    probes = LOG.set_axis([f"{place}_at" for place in range(300)])
    rows = [f"{place}_at,{gene}\n" for place, gene in enumerate(GENES)]
    rows += ["0_at,GRB7\n", "1_at,ESR1\n", "1_at,\n"]  # of two genes; of one, said twice
    annotation = write("a.csv", "Probe,Gene Symbol\n" + "".join(rows[::order]))
    read = read_expression(write("x.tsv", tsv(probes)), scale="log2", annotation=annotation).values
    assert {*read.index} == {*GENES[1:]}
    assert np.allclose(read.loc["ESR1"], LOG.loc["ESR1"])


@pytest.mark.parametrize("order", [1, -1])
def test_a_gene_of_several_lengths_is_told_and_one_that_is_repeated_is_not(write, order):
    rows = [f"{gene}\t{place + 100}\n" for place, gene in enumerate(GENES)]
    path = write("l.tsv", "gene\tlength\n" + "".join([*rows, rows[3], "GENE1\tNA\n"][::order]))
    assert read_gene_lengths(path)["MKI67"] == 103
    path = write("m.tsv", "transcript's gene\tlength\n" + "".join([*rows, "ERBB2\t4\n", "ESR1\t4\n"][::order]))
    with pytest.raises(InputError, match="genes have several lengths: ERBB2, ESR1 -> keep one row of each gene"):
        read_gene_lengths(path)
