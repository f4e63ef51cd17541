"""Tables and genes of mice are no cohort of patients."""

import pandas as pd
import pytest

from her2stats.cohort.genes import symbol_table
from her2stats.errors import GeneError, SampleError
from her2stats.reading import read_clinical, read_expression

TABLE = pd.DataFrame({"sample": [f"P{place}" for place in range(6)], "er": "+", "her2_ihc": "1+"})
HUMAN = sorted(symbol for symbol in symbol_table().current if symbol.isalpha() and symbol.isupper())[:100]


def matrix(names):
    return pd.DataFrame({f"P{n}": [place + n + 1.5 for place in range(len(names))] for n in range(3)}, index=names)


@pytest.mark.parametrize("column", ["species", "Organism", "organism_ch1", "Specie", "Espèce", "Spezies", "Organismus"])
@pytest.mark.parametrize("word", ["mouse", "Mus musculus", "Maus", "souris", "topo", "Rattus norvegicus"])
def test_a_column_of_species(column, word):
    told = f"column '{column}': holds more than primary tumours of humans: '{word}' {{}} -> "
    with pytest.raises(SampleError) as error:
        read_clinical(TABLE.assign(**{column: word}))
    assert told.format(6) in str(error.value)
    mixed = TABLE.assign(**{column: [word] * 2 + ["Homo sapiens", "human", "9606", ""]})
    with pytest.raises(SampleError) as error:
        read_clinical(mixed)
    assert told.format(2) + f'say where = {{ "{column}" = ["9606", "Homo sapiens", "human"] }}' in str(error.value)
    kept = read_clinical(mixed, where={column: ["9606", "Homo sapiens", "human"]})
    assert list(kept.table.index) == ["P2", "P3", "P4"]


@pytest.mark.parametrize("word", ["Homo sapiens", "human", "H. sapiens", "Umano", "humain", "Mensch", "9606", "umana"])
def test_humans_stay(word):
    assert len(read_clinical(TABLE.assign(species=word, organism_part="breast")).table) == 6


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ([name.capitalize() for name in HUMAN], 100),
        ([name.lower() for name in HUMAN], 100),
        ([*HUMAN[:80], *(name.capitalize() for name in HUMAN[80:])], 20),
        ([f"ENSMUSG{place:011d}" for place in range(1, 101)], 100),
        ([*(f"GRCh38_{name}" for name in HUMAN[:50]), *(f"mm10_{name}" for name in HUMAN[50:])], 50),
    ],
)
def test_genes_of_mice(names, count):
    told = f"{count} of 100 names are genes of another animal, or written as such .*capitals"
    with pytest.raises(GeneError, match=told):
        read_expression(matrix(names), scale="linear", allow_range=True)


def test_a_few_small_letters_are_no_mouse():
    names = [*HUMAN[:90], *(name.capitalize() for name in HUMAN[90:])]
    assert len(read_expression(matrix(names), scale="linear", allow_range=True).values) == 100
