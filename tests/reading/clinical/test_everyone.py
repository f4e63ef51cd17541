"""What was a condition of entry stands in no column: the study file says it of everyone."""

from __future__ import annotations

import pandas as pd
import pytest

from her2stats.errors import PopulationError, TableError, VocabularyError
from her2stats.reading import read_clinical

TABLE = pd.DataFrame({"sample": ["a", "b", "c"], "er": ["negative", "negative", "positive"]})


def test_it_is_read_as_a_column_would_be_and_told():
    read = read_clinical(TABLE, everyone={"her2_status": "negative", "pgr": "neg"})
    assert read.table["her2_status"].tolist() == ["negative"] * 3
    assert read.table["hr"].tolist() == ["negative", "negative", "positive"]
    said = {note.what: note.count for note in read.notes}
    assert said["her2_status is negative for everyone, as the study file says"] == 3


def test_it_does_not_overrule_a_column():
    for columns in ({"er": "er"}, {}):
        with pytest.raises(TableError, match="er is said of everyone and is a column, too"):
            read_clinical(TABLE, columns=columns, everyone={"er": "negative", "her2_status": "negative"})


def test_its_words_are_held_against_the_vocabulary():
    with pytest.raises(VocabularyError, match="'perhaps' is not understood for her2_status"):
        read_clinical(TABLE, everyone={"her2_status": "perhaps"})


def test_her2_positive_for_everyone_leaves_nobody():
    with pytest.raises(PopulationError):
        read_clinical(TABLE, everyone={"her2_status": "positive"})
