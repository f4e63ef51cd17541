"""What a user waits for and what a run takes, as ratios with their goals: one row each, measured today.

    python -m benchmarks goals                      every row, the long ones too (an hour)
    python -m benchmarks goals kernel memory        some of them; the others keep what was measured last

What was measured lies in `build/benchmarks/goals/`, with the machine's load at that moment; all rows are printed and
written to benchmarks/goals.md. Times are CPU seconds. e1071 is timed on ten samples in the same run as what it is the
measure of. HER2STATS_BENCH_SAMPLES takes fewer than 100,000 samples where a machine is busy, and the row says so.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from bench_deconvolution import DATA, HERE, PARTS, cohort, e1071, machine, ours, standard, watched, write_h5ad
from bench_study import measured as run_of_a_study
from bench_study import studies

PLACE = PARTS / "goals"
SIGNATURE = DATA / "signatures" / "LM22.txt"
MANY = (20, 60)  # cohorts

PEAK = """
import sys
from pathlib import Path
from her2stats.cli.one_file import fractions_of_file

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024

small, large, signature = map(Path, sys.argv[1:])
fractions_of_file(small, signature, {"scale": "linear"})
begun = peak()
fractions_of_file(large, signature, {"scale": "linear"})
print(begun, peak())
"""

DRAWS = """
import sys, time
import pandas as pd
from her2stats.deconvolution import deconvolve, read_signature_matrix
expression, signature = pd.read_parquet(sys.argv[1]).iloc[:, :1], read_signature_matrix(sys.argv[2])
deconvolve(expression, signature)
begun = time.process_time()
deconvolve(expression, signature)
between = time.process_time()
deconvolve(expression, signature, bootstrap=200, seed=1)
print(time.process_time() - between - (between - begun))
"""


def engine() -> str:
    from her2stats.deconvolution.solver.compiled import kernel

    return kernel().words.split(":")[0]


def cpu_of(*words: object) -> float:
    """CPU seconds of a command and all it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *map(str, words)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def e1071_seconds() -> float:
    """CPU seconds of e1071 for one sample, of ten."""
    expression, signature = cohort(10)
    X, Y = standard(expression, signature)
    return e1071(X, Y, 1e-3)[0] / len(Y)


def study() -> str:
    """SCAN-B, without a cache, CPU of all processes against that of e1071 for its 400 tumours."""
    with tempfile.TemporaryDirectory() as folder:
        run = run_of_a_study(studies(Path(folder))["SCAN-B"], "")
    theirs = 400 * e1071_seconds()
    return f"{run['cpu'] / theirs:.2f} ({run['cpu']:.0f} against {theirs:.0f} s)"


def check() -> str:
    """CPU of `her2stats check` against that of `import pandas`."""
    with tempfile.TemporaryDirectory() as folder:
        file = studies(Path(folder))["SCAN-B"]
        times = [(cpu_of("-m", "her2stats.cli", "check", file), cpu_of("-c", "import pandas")) for _ in range(3)]
    ours_, theirs = (min(one) for one in zip(*times, strict=True))
    return f"{ours_ / theirs:.1f} ({ours_:.2f} against {theirs:.2f} s)"


def memory() -> str:
    """Peak of `deconvolve` beyond start-up against the matrix in memory."""
    genes, samples = 20_000, 5_000
    with tempfile.TemporaryDirectory() as name:
        folder, small, large = Path(name), Path(name) / "small.tsv.gz", Path(name) / "large.tsv.gz"
        write_text_matrix(small, genes, 20)
        write_text_matrix(large, genes, samples)
        words = [sys.executable, "-c", PEAK, str(small), str(large), str(SIGNATURE)]
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=folder)
    begun, peak = map(int, done.stdout.split())
    return f"{(peak - begun) / (8 * genes * samples):.2f} (peak {peak / 2**30:.2f} GiB)"


def write_text_matrix(path: Path, genes: int, samples: int) -> None:
    """Genes of LM22 as mixtures of its profiles, and others, in any order, packed."""
    from her2stats.deconvolution import read_signature_matrix

    profiles = read_signature_matrix(SIGNATURE).profiles
    rng = np.random.default_rng(3)
    mixed = rng.dirichlet(np.full(profiles.shape[1], 0.3), samples).T
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.write("\t".join(["gene", *(f"S{i}" for i in range(samples))]) + "\n")
        for place in rng.permutation(genes):
            known = place < len(profiles)
            values = rng.lognormal(3, 1.5, samples)
            if known:
                values = profiles.to_numpy()[place] @ mixed * rng.lognormal(0, 0.5, samples) + values
            name = profiles.index[place] if known else f"OTHER{place}"
            file.write("\t".join([name, *np.char.mod("%.3f", values).tolist()]) + "\n")


def kernel() -> str:
    """318 samples on LM22, one core, the first call included, against e1071."""
    expression, _ = cohort(318)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohort.parquet"
        expression.to_parquet(file)
        mine = ours(file)[1] / 318
    theirs = e1071_seconds()
    return f"{theirs / mine:.0f} times ({theirs * 1e3:.0f} against {mine * 1e3:.2f} ms a sample; {engine()})"


def hdf5() -> str:
    """100,000 samples from HDF5, two processes, reading and writing included, against e1071."""
    count = int(os.environ.get("HER2STATS_BENCH_SAMPLES", "100000"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohort.h5ad"
        write_h5ad(file, count)
        found = watched(file, Path(folder) / "out.parquet")
    mine, theirs = found["cpu s"] / count, e1071_seconds()
    words = f"{theirs * 1e3:.0f} against {mine * 1e3:.2f} ms a sample; {count} samples, {found['peak MiB']:.0f} MiB"
    return f"{theirs / mine:.0f} times ({words}; {engine()})"


@contextmanager
def written(samples: int) -> Iterator[Path]:
    """A file of so many simulated tumours."""
    expression, _ = cohort(samples)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cohort.parquet"
        expression.to_parquet(file)
        yield file


def bootstrap() -> str:
    """200 bootstrap draws of one tumour against one sample of e1071."""
    with written(10) as file:
        words = [sys.executable, "-c", DRAWS, str(file), str(SIGNATURE)]
        mine = float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    theirs = e1071_seconds()
    return f"{mine / theirs:.2f} ({mine * 1e3:.0f} against {theirs * 1e3:.0f} ms; {engine()})"


def permutations() -> str:
    """1,000 permutations for 318 samples against none."""
    with written(318) as file:
        without, with_them = ours(file)[1], ours(file, 1000)[1]
    return f"{with_them / without:.1f} ({with_them:.1f} against {without:.1f} s)"


def demo() -> str:
    """The demo's report."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "her2stats.cli", "demo", "--output", folder], check=True)
        size = next(Path(folder).rglob("report.html")).stat().st_size
    return f"{size / 1e6:.1f} MB"


SETS = """
import sys, time
import numpy as np
import pandas as pd

genes, samples, count = 5_000, int(sys.argv[1]), 50
rng = np.random.default_rng(7)
names = [f"G{k}" for k in range(genes)]
frame = pd.DataFrame(rng.normal(6, 2, (genes, samples)), names, [f"s{k}" for k in range(samples)])
sets = {f"set{k}": list(rng.choice(names, 40, replace=False)) for k in range(count)}
if sys.argv[2] == "gseapy":
    import gseapy
    begun = time.process_time()
    gseapy.ssgsea(frame, sets, sample_norm_method="rank", no_plot=True, outdir=None, min_size=5, threads=1)
else:
    from her2stats.signatures import GeneSignature, SignatureSet, score_signature
    members = SignatureSet("sets", tuple(GeneSignature(name, tuple(own)) for name, own in sets.items()))
    begun = time.process_time()
    score_signature(frame, members, method="ssgsea")
print(time.process_time() - begun)
"""


def scores() -> str:
    """ssGSEA of 10,000 tumours by 50 sets against gseapy, which HER2STATS_GSEAPY (a Python that has it) runs."""
    samples = int(os.environ.get("HER2STATS_BENCH_TUMOURS", "10000"))
    theirs = os.environ.get("HER2STATS_GSEAPY", sys.executable)
    if subprocess.run([theirs, "-c", "import gseapy"], capture_output=True, check=False).returncode:
        return "gseapy is not installed (pip install gseapy, or HER2STATS_GSEAPY=/venv/bin/python)"
    words = {"her2stats": sys.executable, "gseapy": theirs}
    took = {
        name: float(
            subprocess.run(
                [python, "-c", SETS, str(samples), name], capture_output=True, text=True, check=True
            ).stdout.split()[-1]
        )
        for name, python in words.items()
    }
    ratio = took["her2stats"] / took["gseapy"]
    return f"{ratio:.3f} ({took['her2stats']:.0f} against {took['gseapy']:.0f} s; {samples:,} tumours, 5,000 genes)"


def cohorts() -> str:
    """Time and report of many simulated cohorts of 60 tumours."""
    from her2stats.results.csv_cells import write_csv
    from her2stats.simulate import simulate_cohort, simulate_signature_matrix

    told, each = [], []
    for count in MANY:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            lines = ['[study]\ntitle = "Many"\nseed = 3\nsimulated = true']
            for number in range(count):
                made = simulate_cohort(f"c{number:03}", 60, seed=100 + number)
                write_csv(made.expression, folder / f"{number}.tsv")
                write_csv(made.clinical, folder / f"{number}.csv")
                lines += [
                    f'[[cohorts]]\nname = "c{number:03}"\nexpression = "{number}.tsv"\nscale = "log2"\noffset = 1'
                ]
                lines += [f'clinical = "{number}.csv"']
            write_csv(simulate_signature_matrix().profiles, folder / "matrix.tsv")
            lines += ['[scores]\nexposure = "ERBB2"\n[deconvolution]\nsignature = "matrix.tsv"']
            lines += ["[analysis]\ncrosscheck = false"]
            (folder / "study.toml").write_text("\n".join(lines) + "\n")
            run = run_of_a_study(folder / "study.toml", "")
            size = (folder / "results" / "report.html").stat().st_size
        each.append(run["cpu"] / count)
        told.append(f"{count}: {run['cpu']:.0f} s, {size / 1e6:.1f} MB")
    return f"{each[-1] / each[0]:.2f} ({'; '.join(told)})"


ROWS: dict[str, tuple[str, str, Callable[[], str]]] = {
    "study": ("SCAN-B study, no cache, against e1071's deconvolution alone", "0.45", study),
    "check": ("`her2stats check`, CPU against `import pandas`", "3.5", check),
    "memory": (
        "`deconvolve` of 20,000 x 5,000 tsv.gz: peak beyond start-up against the matrix",
        "2.0; 1.5 GiB",
        memory,
    ),
    "kernel": ("318 samples on LM22, one core, first call included, against e1071", "130; 220 with the kernel", kernel),
    "hdf5": ("100,000 samples from HDF5 against e1071", "200 with the kernel", hdf5),
    "bootstrap": ("200 bootstrap draws of one tumour against one e1071 sample", "0.5", bootstrap),
    "permutations": ("1,000 permutations against none, 318 samples", "at most 5", permutations),
    "scores": ("ssGSEA of 10,000 tumours by 50 sets against gseapy, CPU of one process each", "1", scores),
    "demo": ("Report of the demo", "3 MB", demo),
    "cohorts": ("CPU a cohort, 60 cohorts against 20; report", "1.1; 5 MB", cohorts),
}


def main() -> None:
    """Measure what is asked for, and print and write every row."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or ROWS:
        load = os.getloadavg()[0]
        found = {"measured": ROWS[name][2](), "load": round(load, 1), "on": time.strftime("%Y-%m-%d")}
        (PLACE / f"{name}.json").write_text(json.dumps(found))
        print(name, found["measured"], flush=True)
    lines = ["# Goals", "", f"Machine: {machine()}. CPU time. `make bench` measures every row anew.", ""]
    lines += ["| What | Goal | Measured | Load before | On |", "|---|---|---|---:|---|"]
    for name, (what, goal, _) in ROWS.items():
        place = PLACE / f"{name}.json"
        found = json.loads(place.read_text()) if place.exists() else {"measured": "not yet", "load": "", "on": ""}
        lines.append(f"| {what} | {goal} | {found['measured']} | {found['load']} | {found['on']} |")
    text = "\n".join(lines) + "\n"
    print(text)
    (HERE / "goals.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
