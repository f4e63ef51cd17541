"""Columns that are no samples and rows that are no genes, whatever they are called; one profile on two scales."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from her2stats.cohort.genes.symbol_table import symbol_table
from her2stats.errors import InputError
from her2stats.reading import read_cohort, read_expression
from tests.cases.test_siblings import COUNTS, LOG, SAMPLES, tsv, write  # noqa: F401

RANDOM = np.random.default_rng(8)
PLACES = pd.Series(RANDOM.integers(1, 10**6, len(COUNTS)), index=COUNTS.index)
NAMED = COUNTS.set_axis(sorted(symbol_table().current)[: len(COUNTS)])


@pytest.mark.parametrize("name", ["Inicio", "Fin", "Anfang", "tax_id", "Percentile", "S.No", "exon_number"])
def test_a_column_in_which_genes_rank_otherwise_is_refused_by_name_and_the_remedy_works(write, name):  # noqa: F811
    path = write("x.tsv", tsv(COUNTS.assign(**{name: PLACES, "constant": 3})))
    with pytest.raises(InputError, match=rf'ignore_columns = \["{name}", "constant"\]'):
        read_expression(path, scale="counts")
    read = read_expression(path, scale="counts", ignore_columns=[name, "constant"])
    assert list(read.values) == SAMPLES


def test_other_faults_that_such_a_column_makes_are_not_told(write):  # noqa: F811
    path = write("x.tsv", tsv(COUNTS.assign(B=PLACES - 10**5)))
    with pytest.raises(InputError) as told:
        read_expression(path, scale="counts")
    assert len(told.value.problems) == 1
    assert "log2" not in str(told.value)


@pytest.mark.parametrize("made", [COUNTS.mean(axis=1).round(2), COUNTS.sum(axis=1)])
def test_the_mean_or_sum_of_the_others_is_no_sample(write, made):  # noqa: F811
    with pytest.raises(InputError, match="mean or the sum of the other columns"):
        read_expression(write("x.tsv", tsv(COUNTS.assign(Reference=made))), scale="counts")


def test_ratios_have_no_ranks_in_common_and_are_not_suspected():
    ratios = LOG.sub(LOG.mean(axis=1), axis=0)
    assert read_expression(ratios, scale="log2", allow_range=True).values.shape == LOG.shape


@pytest.mark.parametrize("name", ["AllGenes", "EveryRead", "ERCC_total"])
def test_a_row_of_no_gene_that_is_much_of_every_total_is_refused(name):
    with pytest.raises(InputError, match=rf"more than 10% of all counts.*'{name}'"):
        read_expression(pd.concat([NAMED, NAMED.sum().add(7).to_frame(name).T]), scale="counts")


def test_a_gene_may_be_much_of_every_total():
    table = NAMED.copy()
    table.iloc[5] = table.sum() * 2
    read = read_expression(table, scale="counts").values
    assert read.iloc[5].to_numpy() == pytest.approx((table.iloc[5] / table.sum() * 1e6).to_numpy())


@pytest.mark.parametrize("name", ["NoFeature", "MultiMapping", "LibrarySize", "n_targets", "Summe", "Durchschnitt"])
def test_rows_of_programs_in_other_spelling_are_in_no_total(name):
    table = pd.concat([NAMED, NAMED.sum().mul(3).to_frame(name).T])
    expected = NAMED / NAMED.sum() * 1e6
    pd.testing.assert_frame_equal(read_expression(table, scale="counts").values, expected, check_names=False)


def test_the_rule_for_rows_of_one_gene_sees_only_samples_with_clinical_data():
    weak, strong = COUNTS.iloc[[0]] // 2, COUNTS.iloc[[0]] + 1
    table = pd.concat([COUNTS.iloc[1:], weak.assign(control=10**9), strong.assign(control=1)]).fillna(5)
    clinical = pd.DataFrame({"sample": SAMPLES, "er": "positive", "her2_ihc": "1+"})
    read = read_cohort(table, clinical, name="c", scale="linear", duplicates="max-mean", on_mismatch="intersect")
    assert read.expression.loc[COUNTS.index[0], SAMPLES].tolist() == strong.iloc[0].tolist()


def test_one_profile_on_two_scales_is_one_tumour():
    table = LOG.assign(P77=np.log2(2 ** LOG["P3"] + 1).round(2))
    clinical = pd.DataFrame({"sample": [*SAMPLES, "P77"], "er": "positive", "her2_ihc": "1+"})
    with pytest.raises(InputError, match=r'P3 = P77.*exclude = ."P77".'):
        read_cohort(table, clinical, name="c", scale="log2")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{}", "{}_log2"),
        ("{}", "{}_norm"),
        ("{}_rpkm", "{}_rawcounts"),
        ("TPM: {}", "Counts: {}"),
        ("{}", "{}.conf_hi"),
    ],
)
def test_two_measures_of_the_same_samples_are_not_twice_as_many_samples(write, first, second):  # noqa: F811
    both = pd.concat([COUNTS.rename(columns=first.format), COUNTS.rename(columns=second.format)], axis=1)
    with pytest.raises(InputError, match="several measures of the same samples"):
        read_expression(write("x.tsv", tsv(both)), scale="linear")


@pytest.mark.parametrize("first", ["N_unmapped", "ERBB2", "ENSG00000141736.13"])
def test_a_file_without_a_line_of_names_is_not_read_one_gene_short(write, first):  # noqa: F811
    text = tsv(COUNTS.iloc[:, :3].rename(index={"ERBB2": first}), header=False)
    with pytest.raises(InputError, match="no line of names stands above it"):
        read_expression(write("x.tab", text), scale="counts")


def test_delimiters_at_the_end_of_every_line_and_blank_lines_above_are_nothing(write):  # noqa: F811
    lines = tsv(COUNTS, index_label="gene").splitlines()
    path = write("x.tsv", "\n\n" + "".join(f"{line}\t\n" for line in lines))
    assert list(read_expression(path, scale="counts").values) == SAMPLES


def test_a_title_above_the_names_is_the_only_thing_told(write):  # noqa: F811
    title = "Expression of the study" + ";" * len(SAMPLES)
    path = write("x.csv", title + "\n" + tsv(COUNTS, ";", index_label="gene"))
    with pytest.raises(InputError, match="header_row = 2") as told:
        read_expression(path, scale="counts")
    assert len(told.value.problems) == 1
    assert list(read_expression(path, scale="counts", header_row=2).values) == SAMPLES
