# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A hundred thousand tumours
#
# Deconvolution streams: a file larger than memory is read in blocks, worker processes or a Dask cluster solve them, and
# what is done is kept, so that a run that was stopped goes on. This walkthrough uses a small file; set
# `HER2STATS_TUMOURS=100000` for the size of its title.

# %%
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import her2stats as h2

tumours = int(os.environ.get("HER2STATS_TUMOURS", "400"))
folder = Path(tempfile.mkdtemp())
matrix = h2.simulate_signature_matrix()

# %% [markdown]
# ## A file
#
# Samples in rows, genes in columns, written block by block: at no time is all of it in memory.

# %%
genes = list(matrix.genes)
profiles = matrix.profiles.to_numpy()
file = folder / "cohort.parquet"
writer = None
for first in range(0, tumours, 200):
    rng = np.random.default_rng([8, first])
    size = min(200, tumours - first)
    mixed = rng.dirichlet(np.full(profiles.shape[1], 0.3), size) @ profiles.T
    block = pd.DataFrame(mixed * rng.lognormal(0, 0.3, mixed.shape), columns=genes)
    block.insert(0, "sample", [f"T{first + row:06d}" for row in range(size)])
    table = pa.Table.from_pandas(block, preserve_index=False)
    writer = writer or pq.ParquetWriter(file, table.schema)
    writer.write_table(table)
writer.close()
f"{tumours} tumours x {len(genes)} genes, {file.stat().st_size / 2**20:.1f} MiB"

# %% [markdown]
# ## On this machine

# %%
begun = time.perf_counter()
here = h2.deconvolve_file(file, matrix, folder / "here.parquet", mode="relative")
seconds = time.perf_counter() - begun
f"{tumours / seconds:.0f} tumours a second in one process, reading and writing included"

# %% [markdown]
# ## On a cluster
#
# Any `distributed.Client` will do; here a cluster of two workers within this process. A worker that dies takes nothing
# with it, and the numbers are the same to the last bit.

# %%
from dask.distributed import Client, LocalCluster

with (
    LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
    Client(cluster) as client,
):
    there = h2.deconvolve_file(file, matrix, folder / "there.parquet", mode="relative", client=client)

one, two = (pd.read_parquet(folder / f"{name}.parquet") for name in ("here", "there"))
bool(one.equals(two))

# %% [markdown]
# ## How it grows
#
# Time grows with the number of tumours, memory does not. What was measured for 10,000 to 100,000 tumours is on the
# validation page, with the machine named.
