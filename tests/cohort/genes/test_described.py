"""Matrices that come from memory: an AnnData as frames are, and columns that are no samples."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from her2stats import deconvolve, score_signature
from her2stats.errors import TableError

GENES = [f"G{place}" for place in range(20)]
_RANDOM = np.random.default_rng(3)
PROFILES = pd.DataFrame(_RANDOM.lognormal(5, 1, (20, 2)), index=GENES, columns=["B", "T"])
FRAME = pd.DataFrame(PROFILES.to_numpy() @ _RANDOM.uniform(1, 4, (2, 3)), index=GENES, columns=["a", "b", "c"])
ROWS = FRAME.to_numpy().T


@pytest.mark.parametrize("matrix", [ROWS, sparse.csr_matrix(ROWS)], ids=["dense", "sparse"])
def test_an_anndata_is_scored_and_deconvolved_as_its_frame(matrix):
    held = SimpleNamespace(X=matrix, var_names=GENES, obs_names=[*FRAME], write_h5ad=None)
    assert score_signature(held, "G1").table.equals(score_signature(FRAME, "G1").table)
    assert deconvolve(held, PROFILES).fractions.equals(deconvolve(FRAME, PROFILES).fractions)


@pytest.mark.parametrize("name", ["Entrez_Gene_Id", "Length", "Mean", "Chr"])
def test_columns_that_describe_genes_are_no_tumours(name):
    told = f"expression: 1 columns describe genes and are no samples: {name} -> "
    told += f"leave them out: expression.drop(columns=['{name}'])"
    for verb, second in ((score_signature, "G1"), (deconvolve, PROFILES)):
        with pytest.raises(TableError) as error:
            verb(FRAME.assign(**{name: 7.0}), second)
        assert str(error.value) == told
