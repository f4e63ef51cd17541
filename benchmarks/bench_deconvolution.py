"""Deconvolution against R's e1071, permutations, growth with the cohort, and blood with counted cells.

Every part writes what it measured to `build/benchmarks/`, and `report` puts the parts into a section of
`benchmarks/results.md`, and the table of measured truth into `docs/deconvolution.md`. Times are CPU seconds, which a
busy machine disturbs least; ratios come from one run.

    python -m benchmarks deconvolution speed permutations agreement scaling truth report
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("HER2STATS_SHARED", HERE.parent.parent / "shared")) / "data"
PARTS = HERE.parent / "build" / "benchmarks"
PAGE = HERE.parent / "docs" / "deconvolution.md"
SAMPLES, GENES, R_SAMPLES = 318, 529, 32

OURS = """
import sys, time
start = time.process_time()
import numpy as np, pandas as pd
from her2stats.deconvolution import deconvolve, read_signature_matrix
loaded = time.process_time()
expression = pd.read_parquet(sys.argv[1])
signature = read_signature_matrix(sys.argv[2])
ready = time.process_time()
deconvolve(expression, signature, permutations=int(sys.argv[3]))
print(loaded - start, time.process_time() - ready)
"""

THEIRS = """
library(e1071)
X <- as.matrix(read.table("X.tsv")); Y <- as.matrix(read.table("Y.tsv"))
tolerance <- as.numeric(commandArgs(TRUE)[1])
start <- proc.time()
raw <- list()
fractions <- t(sapply(seq_len(ncol(Y)), function(j) {
  fits <- lapply(c(.25, .5, .75), function(nu) {
    m <- svm(X, Y[, j], type = "nu-regression", kernel = "linear", nu = nu, scale = FALSE, tolerance = tolerance)
    w <- drop(t(m$coefs) %*% m$SV)
    raw[[length(raw) + 1]] <<- c(w, -m$rho)
    w[w < 0] <- 0
    w <- w / sum(w)
    list(w = w, rmse = sqrt(mean((X %*% w - Y[, j])^2)))
  })
  fits[[which.min(sapply(fits, `[[`, "rmse"))]]$w
}))
took <- proc.time() - start
cat(took[["user.self"]] + took[["sys.self"]], "\\n")
write.table(format(fractions, digits = 17), "out.tsv", quote = FALSE, row.names = FALSE, col.names = FALSE)
write.table(format(do.call(rbind, raw), digits = 17), "raw.tsv", quote = FALSE, row.names = FALSE, col.names = FALSE)
"""


def cohort(samples: int, seed: int = 1) -> tuple[pd.DataFrame, Any]:
    """Noisy mixtures of LM22 on 529 of its genes, with genes that no profile explains."""
    from her2stats.deconvolution import read_signature_matrix

    signature = read_signature_matrix(DATA / "signatures" / "LM22.txt")
    rng = np.random.default_rng(seed)
    genes = sorted(rng.choice(signature.genes, GENES, replace=False))
    mixed = signature.profiles.loc[genes].to_numpy() @ rng.dirichlet(np.full(22, 0.3), samples).T
    values = mixed * rng.lognormal(0, 0.5, mixed.shape) + rng.exponential(50, mixed.shape) * rng.lognormal(
        0, 1, mixed.shape
    )
    return pd.DataFrame(values, index=genes, columns=[f"S{i}" for i in range(samples)]), signature


def ours(file: Path, permutations: int = 0) -> tuple[float, float]:
    """CPU seconds of a fresh process: imports, and the first call of deconvolve."""
    command = [sys.executable, "-c", OURS, str(file), str(DATA / "signatures" / "LM22.txt"), str(permutations)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loading, fitting = map(float, done.stdout.split())
    return loading, fitting


def e1071(X: np.ndarray, Y: np.ndarray, tolerance: float) -> tuple[float, np.ndarray, np.ndarray]:
    """CPU seconds, fractions, and the raw weights and intercept of every fit (sample by sample, nu by nu) of e1071."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savetxt(folder / "X.tsv", X, fmt="%.17g")
        np.savetxt(folder / "Y.tsv", Y.T, fmt="%.17g")
        (folder / "fit.R").write_text(THEIRS)
        command = ["Rscript", "--vanilla", "fit.R", str(tolerance)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return float(done.stdout), np.loadtxt(folder / "out.tsv"), np.loadtxt(folder / "raw.tsv")


def objective(X: np.ndarray, y: np.ndarray, nu: float, weights: np.ndarray, intercept: float) -> float:
    """Value of nu-SVR's problem at C = 1, with the half-width of the tube that is best for these weights."""
    residual = np.sort(np.abs(y - X @ weights - intercept))
    eps = residual[min(max(int(np.ceil((1 - nu) * len(y))) - 1, 0), len(y) - 1)]
    return float(weights @ weights / 2 + nu * len(y) * eps + np.maximum(residual - eps, 0).sum())


def standard(expression: pd.DataFrame, signature: Any) -> tuple[np.ndarray, np.ndarray]:
    from her2stats.deconvolution import cibersort
    from her2stats.deconvolution.mixture import align_mixture
    from her2stats.deconvolution.settings import Settings

    mixture = align_mixture(expression, signature, Settings())
    return cibersort.standardise_profiles(mixture.profiles), cibersort.standardise_samples(mixture.values)


def speed() -> dict[str, Any]:
    """LM22, 529 genes, 318 samples, three nu, one core; R on every ninth sample of the same data."""
    expression, signature = cohort(SAMPLES)
    X, Y = standard(expression, signature)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohort.parquet"
        expression.to_parquet(file)
        loading, first = ours(file)
    theirs, *_ = e1071(X, Y[:: SAMPLES // R_SAMPLES], 1e-3)
    per_sample = theirs / len(Y[:: SAMPLES // R_SAMPLES]) * 1000
    mine = first / SAMPLES * 1000
    return {"e1071 ms": per_sample, "ours ms": mine, "ratio": per_sample / mine, "imports s": loading}


def permutations() -> dict[str, Any]:
    """1,000 permutations for 318 samples, against none."""
    expression, _ = cohort(SAMPLES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohort.parquet"
        expression.to_parquet(file)
        without, with_them = ours(file)[1], ours(file, 1000)[1]
    return {"without s": without, "with s": with_them, "ratio": with_them / without}


def agreement() -> dict[str, Any]:
    """60 tumours of two cohorts: live e1071 at tolerance 1e-5 against the exact optimum, in fractions and objective."""
    from her2stats.deconvolution import cibersort, read_signature_matrix
    from her2stats.deconvolution.solver import nu_svr

    signature = read_signature_matrix(DATA / "signatures" / "LM22.txt")
    logs = pd.read_csv(DATA / "scanb400" / "expr_log2fpkm.tsv.gz", sep="\t", index_col=0)
    counts = pd.read_csv(DATA / "tcga121" / "tcga121_rnaseq_raw_counts.tsv.gz", sep="\t", index_col=0)
    counts = counts.groupby(level=0).sum()
    cohorts = {"SCAN-B": (2**logs - 0.1).clip(lower=0), "TCGA-BRCA": counts / counts.sum() * 1e6}
    rows = []
    for cohort, linear in cohorts.items():
        X, Y = standard(linear.iloc[:, :60], signature)
        _, theirs, raw = e1071(X, Y, 1e-5)
        chosen = cibersort.fit_samples(X, Y)
        apart = np.abs(theirs - chosen.weights / chosen.weights.sum(axis=1, keepdims=True))
        gaps = []
        for place, nu in enumerate(cibersort.NU):
            fits = nu_svr.solve_nu_svr(X, Y, nu)
            for sample, y in enumerate(Y):
                other = raw[sample * len(cibersort.NU) + place]
                ours = objective(X, y, nu, fits.weights[sample], fits.intercept[sample])
                gaps.append(ours / objective(X, y, nu, other[:-1], other[-1]) - 1)
        rows.append(
            {
                "cohort": cohort,
                "max": float(apart.max()),
                "mean": float(apart.mean()),
                "above 5e-4": int((apart.max(axis=1) > 5e-4).sum()),
                "our objective less e1071's, at most": float(max(gaps)),
                "at least": float(min(gaps)),
                "our KKT": float(chosen.kkt.max()),
            }
        )
        print(rows[-1], flush=True)
    return {"rows": rows}


def scaling() -> dict[str, Any]:
    """10,000, 30,000 and 100,000 samples x 1,000 genes from HDF5, two worker processes: CPU seconds, peak memory."""
    rows = []
    for count in (10_000, 30_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cohort.h5ad"
            write_h5ad(file, count)
            rows.append({"samples": count, **watched(file, Path(folder) / "out.parquet")})
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    slope = np.polyfit(np.log(table["samples"]), np.log(table["cpu s"]), 1)[0]
    return {"rows": rows, "slope": float(slope)}


def write_h5ad(file: Path, count: int) -> None:
    import h5py

    from her2stats.deconvolution import read_signature_matrix

    signature = read_signature_matrix(DATA / "signatures" / "LM22.txt")
    shared = list(cohort(1)[0].index)  # those that R is timed on
    profiles = signature.profiles.loc[shared].to_numpy()
    genes = [*shared, *(f"OTHER{i}" for i in range(1000 - len(shared)))]
    with h5py.File(file, "w") as root:
        X = root.create_dataset("X", (count, 1000), dtype="f4", chunks=(256, 1000))
        for first in range(0, count, 1000):
            rng = np.random.default_rng([7, first])
            mixed = rng.dirichlet(np.full(22, 0.3), 1000) @ profiles.T
            noise = rng.lognormal(0, 0.5, mixed.shape)
            others = rng.lognormal(3, 1.5, (1000, 1000 - mixed.shape[1]))
            X[first : first + 1000] = np.hstack([mixed * noise + rng.exponential(50, mixed.shape), others])
        for name, names in (("obs", [f"S{i}" for i in range(count)]), ("var", genes)):
            group = root.create_group(name)
            group.attrs["_index"] = "_index"
            group.create_dataset("_index", data=np.array(names, dtype=object), dtype=h5py.string_dtype())


def watched(file: Path, output: Path) -> dict[str, float]:
    """CPU seconds and peak memory of a run and all of its worker processes."""
    import psutil

    code = (
        "import sys; from her2stats.deconvolution import deconvolve_file, read_signature_matrix as read;"
        "deconvolve_file(sys.argv[1], read(sys.argv[2]), sys.argv[3], n_jobs=2)"
    )
    started = time.time()
    command = [sys.executable, "-c", code, str(file), str(DATA / "signatures" / "LM22.txt"), str(output)]
    child = subprocess.Popen(command)
    peak, cpu = 0.0, {}

    def look() -> None:
        nonlocal peak
        while child.poll() is None:
            memory = 0
            try:
                for process in (psutil.Process(child.pid), *psutil.Process(child.pid).children(recursive=True)):
                    times = process.cpu_times()
                    cpu[process.pid] = times.user + times.system
                    memory += process.memory_info().rss
            except psutil.Error:
                continue
            peak = max(peak, memory / 2**20)
            time.sleep(0.2)

    watcher = threading.Thread(target=look)
    watcher.start()
    watcher.join()
    if child.returncode:
        raise SystemExit(child.returncode)
    return {"cpu s": sum(cpu.values()), "wall s": time.time() - started, "peak MiB": peak}


def truth() -> dict[str, Any]:
    """Blood with counted cells."""
    from deconvolution_truth import truth_table

    return {"rows": truth_table(DATA).to_dict("records")}


def report() -> None:
    """Put all measured parts into benchmarks/results.md, and the measured truth into the documentation."""
    from deconvolution_report import section, truth_section

    parts = {file.stem: json.loads(file.read_text()) for file in PARTS.glob("*.json")}
    put_between_marks(HERE / "results.md", "deconvolution", section(parts))
    if "truth" in parts:
        put_between_marks(PAGE, "truth", truth_section(parts["truth"]["rows"]))


def put_between_marks(file: Path, name: str, body: str) -> None:
    """Replace what stands between the marks of a section, or add them at the end."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = (file.read_text() if file.exists() else "# Benchmarks\n").partition(begin)
    after = rest.partition(end)[2].strip("\n")
    file.write_text(f"{before.rstrip()}\n\n{begin}\n{body}\n{end}\n" + (f"\n{after}\n" if after else ""))


def machine() -> str:
    described = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in described if "model name" in line]
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    PARTS.mkdir(parents=True, exist_ok=True)
    asked = sys.argv[1:] or ["speed", "permutations", "agreement", "scaling", "truth", "report"]
    for part in asked:
        if part == "report":
            report()
            continue
        measured = {"machine": machine(), "load": round(os.getloadavg()[1], 1), **globals()[part]()}
        (PARTS / f"{part}.json").write_text(json.dumps(measured, indent=1))
        print(part, json.dumps(measured)[:400], flush=True)
