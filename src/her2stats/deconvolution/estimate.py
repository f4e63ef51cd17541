"""Cell fractions of a cohort held in memory: the public verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from her2stats.cohort.genes import genes_by_samples
from her2stats.deconvolution import cibersort
from her2stats.deconvolution.batch_correction import correct_mixture
from her2stats.deconvolution.blocks import Counter, Workers, check_running, split
from her2stats.deconvolution.bootstrap import bootstrap_samples
from her2stats.deconvolution.cibersort import Fits, Mode, Solver
from her2stats.deconvolution.mixture import Mixture, align_mixture
from her2stats.deconvolution.one_block import Floats
from her2stats.deconvolution.permutations import draw_mixtures, pool_samples
from her2stats.deconvolution.result import Deconvolution, drawn_table, interval_table, quality_notes, quality_table
from her2stats.deconvolution.settings import BatchCorrection, Settings
from her2stats.deconvolution.signature_matrix import SignatureMatrix, check_signature_kind
from her2stats.errors import DataError, ProblemList
from her2stats.notes import Note
from her2stats.progress import Progress

T = TypeVar("T")

CHUNK = 64


def deconvolve(
    expression: pd.DataFrame,
    signature: SignatureMatrix | pd.DataFrame,
    *,
    mode: Mode = "absolute",
    solver: Solver = "exact",
    permutations: int = 0,
    bootstrap: int = 0,
    conf_level: float = 0.95,
    quantile_normalise: bool = False,
    batch_correction: BatchCorrection = "none",
    seed: int = 0,
    n_jobs: int = 1,
    client: Any = None,
    reference_median: float | None = None,
    min_overlap: float = 0.5,
    check_scale: bool = True,
    rename_genes: bool = True,
    libsvm_tolerance: float = cibersort.LIBSVM_TOLERANCE,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Deconvolution:
    """Estimate cell fractions of bulk samples by nu-support-vector regression on a signature matrix (CIBERSORT).

    Parameters
    ----------
    expression : DataFrame
        genes x samples, linear scale (not log), non-negative, without gaps.
    signature : SignatureMatrix or DataFrame
        genes x cell types, linear scale.
    mode : {"absolute", "relative", "no.sumto1"}
        "absolute" (CIBERSORT's sig.score) makes fractions comparable between samples; "relative" ones sum to 1 in each
        sample; "no.sumto1" are the positive weights, not normalised.
    solver : {"exact", "libsvm"}
        The exact optimum, or libsvm at `libsvm_tolerance` for comparison with CIBERSORT's own habits.
    permutations : int
        Random mixtures for the p-value; 0 for none.
    bootstrap : int
        Refits on resampled signature genes, for an interval of every fraction; 0 for none, some hundreds to be of use.
    conf_level : float
        Of these intervals.
    quantile_normalise : bool
        Give every sample the same distribution first (CIBERSORT's default for microarrays, not for RNA-seq).
    batch_correction : {"none", "b-mode", "b-mode-reference"}
        B-mode removes the technical difference between the samples and the signature's platform by ComBat, which looks
        at all samples at once: "b-mode" brings samples and rebuilt mixtures to their common mean, "b-mode-reference"
        the samples all the way to the rebuilt ones. Scores of absolute mode stay those of the mixture as given.
    seed : int
        Of the permutations and the bootstrap.
    n_jobs : int
        Worker processes, one BLAS thread each. The result is the same for any number.
    client : distributed.Client, optional
        Dask cluster that does the work instead; a worker that dies is made up for.
    reference_median : float, optional
        Median that absolute scores are relative to; that of the given mixture, at least 1, where not given.
    min_overlap : float
        Least share of the signature's genes that the mixture must have.
    check_scale : bool
        Refuse mixtures whose signature genes never exceed 50, which are logarithmic almost surely.
    rename_genes : bool
        Find genes of the signature under their earlier and later symbols too, with a note of each, as a run does; a
        gene that stands there under two names is refused. False looks symbols up literally.
    libsvm_tolerance : float
        Stopping tolerance of ``solver="libsvm"``.
    chunk : int
        Samples a worker takes at once.
    progress : callable, optional
        Called with the stage, the fits done (samples, permutations, bootstrap refits) and their total.

    Returns
    -------
    Deconvolution

    Raises
    ------
    TableError, GeneError, SampleError, ScaleError, CoverageError
        What is wrong with the tables: orientation, text, gaps, duplicates, negative or log-scale values, genes absent
        or under two names.
    DataError
        An argument that has no meaning.

    References
    ----------
    Newman et al. (2015), doi 10.1038/nmeth.3337.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> genes = [f"G{i:02}" for i in range(40)]
    >>> profiles = pd.DataFrame(rng.lognormal(5, 1, (40, 3)), index=genes, columns=["B", "NK", "T"])
    >>> tumour = pd.DataFrame({"T1": profiles @ [0.7, 0.0, 0.3]})
    >>> deconvolve(tumour, profiles, mode="relative").fractions.round(6).loc["T1"].to_dict()
    {'B': 0.7, 'NK': 0.0, 'T': 0.3}

    A tumour that arrives later gets the absolute score it would have had within the cohort:

    >>> cohort = pd.DataFrame({f"T{k}": profiles @ [k, 1, 4 - k] for k in range(1, 4)})
    >>> within = deconvolve(cohort, profiles)
    >>> alone = deconvolve(cohort[["T2"]], profiles, reference_median=within.reference_median)
    >>> bool(np.allclose(alone.fractions.loc["T2"], within.fractions.loc["T2"], rtol=0, atol=1e-12))
    True
    """
    settings = Settings(
        mode=mode,
        solver=solver,
        permutations=permutations,
        bootstrap=bootstrap,
        conf_level=conf_level,
        quantile_normalise=quantile_normalise,
        batch_correction=batch_correction,
        seed=seed,
        reference_median=reference_median,
        min_overlap=min_overlap,
        check_scale=check_scale,
        rename_genes=rename_genes,
        libsvm_tolerance=libsvm_tolerance,
    )
    check_running(n_jobs, client, chunk, progress)
    expression = genes_by_samples(expression)
    _check_kinds(expression, signature)
    if not isinstance(signature, SignatureMatrix):
        signature = SignatureMatrix.from_frame(signature)
    mixture = align_mixture(expression, signature, settings)
    workers = Workers(n_jobs, client)
    return deconvolve_mixture(mixture, signature, settings, workers=workers, chunk=chunk, progress=progress)


def deconvolve_mixture(
    mixture: Mixture,
    signature: SignatureMatrix,
    settings: Settings,
    *,
    workers: Workers,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Deconvolution:
    """Estimate cell fractions of a mixture that is aligned to the signature; as `deconvolve`."""
    passes = 1 if settings.batch_correction == "none" else 2
    total = len(mixture.samples) * (passes + settings.bootstrap) + settings.permutations
    return _estimate(mixture, signature, settings, _Runner(Counter(progress, total), chunk, workers))


def _check_kinds(expression: object, signature: object) -> None:
    """Say what is asked for before anything fails for want of it."""
    problems = ProblemList()
    if not isinstance(expression, pd.DataFrame):
        what, remedy = f"expression is a {type(expression).__name__}", "give a DataFrame of genes x samples"
        problems.add(DataError, what, where="deconvolve", remedy=f"{remedy}; read_expression reads a file")
    check_signature_kind(signature, problems)
    problems.raise_if_any()


class _Runner:
    """Runs a task over chunks of samples, and counts them."""

    def __init__(self, counter: Counter, chunk: int, workers: Workers) -> None:
        self._counter, self._chunk, self.workers = counter, chunk, workers

    def __call__(self, task: Callable[[Floats], T], values: Floats, weight: int = 1) -> list[T]:
        """Results of the task on each chunk of `values`; a row counts as `weight` fits."""
        results: list[T] = []
        blocks = list(split(values, self._chunk))
        for block, result in zip(blocks, self.workers.run(task, blocks), strict=True):
            results.append(result)
            self._counter.add(len(block) * weight)
        return results


def _estimate(mixture: Mixture, signature: SignatureMatrix, settings: Settings, run: _Runner) -> Deconvolution:
    median = mixture.median if settings.reference_median is None else float(settings.reference_median)
    fit = partial(
        cibersort.fit_samples,
        cibersort.standardise_profiles(mixture.profiles),
        solver=settings.solver,
        libsvm_tolerance=settings.libsvm_tolerance,
    )
    values, notes = mixture.values, list(mixture.notes)
    if settings.batch_correction != "none":
        values, note = _corrected(mixture, cibersort.join_fits(run(fit, values)), settings)
        notes.append(note)
    count = len(values)
    pool = values[pool_samples(mixture.samples, values.shape[1], settings.seed)]
    drawn = draw_mixtures(pool, settings.permutations, settings.seed)
    fits = cibersort.join_fits(run(fit, np.concatenate([values, drawn])))
    fits, null = fits.rows(slice(count)), fits.r[count:]
    fractions = pd.DataFrame(
        cibersort.fractions_of(fits.weights, mixture.values, settings.mode, median),
        index=pd.Index(mixture.samples, name="sample"),
        columns=list(signature.cell_types),
    )
    quality = quality_table(fits, null, fractions, mixture.coverage)
    intervals = redrawn = None
    if settings.bootstrap:
        again = partial(bootstrap_samples, profiles=mixture.profiles, median=median, settings=settings)
        limits = run(again, np.stack([values, mixture.values], axis=1), settings.bootstrap)
        intervals, redrawn = interval_table(fractions, limits), drawn_table(fractions, limits)
    return Deconvolution(
        fractions=fractions,
        quality=quality,
        settings=settings,
        signature=signature,
        genes=mixture.genes,
        reference_median=median,
        notes=(*notes, *run.workers.notes(), *quality_notes(quality["flag"], settings, mixture.median)),
        method=settings.method(signature.name, median),
        intervals=intervals,
        drawn=redrawn,
    )


def _corrected(mixture: Mixture, fits: Fits, settings: Settings) -> tuple[Floats, Note]:
    rebuilt = cibersort.fractions_of(fits.weights, mixture.values, "relative", 1.0) @ mixture.profiles.T
    what = "samples brought to the signature's platform by ComBat (B-mode) over the shared genes"
    all_the_way = settings.batch_correction == "b-mode-reference"
    values = correct_mixture(mixture.values, rebuilt, towards_signature=all_the_way)
    return values, Note("fractions", what, int(np.isfinite(fits.r).sum()))
