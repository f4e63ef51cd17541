"""The solver: the exact optimum, proved per fit, the same for any order, batch and array library."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from her2stats.deconvolution import cibersort
from her2stats.deconvolution.solver import active_set, compiled, interior_point, nu_svr, svr_problem
from her2stats.deconvolution.solver.nu_svr import EXACT, NuSvrFits, solve_nu_svr
from tests.deconvolution.conftest import plant

Floats = npt.NDArray[np.float64]


def standard(profiles: Floats, values: Floats) -> tuple[Floats, Floats]:
    return cibersort.standardise_profiles(profiles), cibersort.standardise_samples(values)


def planted(seed: int, **shape: int | float) -> tuple[Floats, Floats]:
    made = plant(seed, **shape)  # type: ignore[arg-type]
    return standard(made.signature.profiles.to_numpy(), made.expression.loc[list(made.signature.genes)].to_numpy().T)


def by_clarabel(X: Floats, y: Floats, nu: float, cost: Floats | None = None) -> tuple[Floats, float]:
    """Weights and objective of the primal problem by a general conic solver.

    Unknowns (w, b, eps, excess of both sides): minimise 1/2 |w|^2 + nu sum(C) eps + C . excess.
    """
    import clarabel
    from scipy import sparse

    n, p = X.shape
    cost = np.ones(n) if cost is None else cost
    one, eye = np.ones((n, 1)), sparse.identity(n)
    zero = sparse.csc_matrix((n, n))
    rows = sparse.vstack(
        [
            sparse.hstack([sparse.csc_matrix(np.hstack([-X, -one, -one])), -eye, zero]),
            sparse.hstack([sparse.csc_matrix(np.hstack([X, one, -one])), zero, -eye]),
            sparse.hstack([sparse.csc_matrix((2 * n, p + 2)), -sparse.identity(2 * n)]),
        ]
    ).tocsc()
    quadratic = sparse.diags(np.r_[np.ones(p), np.zeros(2 + 2 * n)]).tocsc()
    linear = np.r_[np.zeros(p + 1), nu * cost.sum(), cost, cost]
    options = clarabel.DefaultSettings()
    options.verbose = False
    options.tol_gap_abs = options.tol_gap_rel = options.tol_feas = 1e-12
    bounds = np.r_[-y, y, np.zeros(2 * n)]
    solver = clarabel.DefaultSolver(quadratic, linear, rows, bounds, [clarabel.NonnegativeConeT(4 * n)], options)
    solution = solver.solve()
    return np.asarray(solution.x)[:p], float(solution.obj_val)


def objective(fits: NuSvrFits, X: Floats, y: Floats, nu: float, row: int = 0) -> float:
    residual = np.abs(y - X @ fits.weights[row] - fits.intercept[row])
    excess = np.maximum(residual - fits.eps[row], 0).sum()
    return float(0.5 * fits.weights[row] @ fits.weights[row] + nu * len(y) * fits.eps[row] + excess)


@pytest.fixture
def numpy_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the inside of the NumPy form leave the kernel out."""
    monkeypatch.setattr(compiled, "solve", lambda *_: None)


class TestExact:
    def test_300_random_fits_agree_with_a_general_convex_solver(self) -> None:
        pytest.importorskip("clarabel")
        worst = 0.0
        for seed in range(20):
            X, Y = planted(seed, genes=40 + 3 * seed, types=2 + seed % 7, samples=5, noise=0.1 * (seed % 5))
            for nu in cibersort.NU:
                fits = solve_nu_svr(X, Y, nu)
                assert fits.kkt.max() <= EXACT
                for row, y in enumerate(Y):
                    weights, value = by_clarabel(X, y, nu)
                    assert objective(fits, X, y, nu, row) <= value + 1e-7
                    worst = max(worst, float(np.abs(weights - fits.weights[row]).max()))
        assert worst < 1e-7

    @pytest.mark.parametrize("nu", [0.01, 0.1, 0.9, 0.99])
    def test_extreme_nu(self, nu: float) -> None:
        X, Y = planted(3)
        assert solve_nu_svr(X, Y, nu).kkt.max() <= EXACT

    def test_an_exact_mixture_has_a_tube_without_width(self) -> None:
        X, _ = planted(1, genes=60, types=4)
        truth = np.array([[0.5, 0.0, 0.2, 0.1], [0.1, 0.2, 0.3, 0.0]])
        fits = solve_nu_svr(X, truth @ X.T, 0.5)
        assert fits.kkt.max() <= EXACT
        assert np.abs(fits.weights - truth).max() < 1e-10
        assert np.abs(fits.eps).max() < 1e-10

    def test_intercept_and_eps_without_a_gene_on_the_edge(self) -> None:
        """nu times the genes is whole: all multipliers can sit at their bounds, and the tube has room to move."""
        X, Y = planted(0)
        fits = solve_nu_svr(X, Y, 0.5)
        assert X.shape[0] * 0.5 == 60
        assert fits.kkt.max() <= EXACT

    def test_coinciding_genes(self) -> None:
        X, Y = planted(2, genes=50)
        assert solve_nu_svr(np.vstack([X, X]), np.hstack([Y, Y]), 0.5).kkt.max() <= EXACT

    def test_more_types_than_genes(self) -> None:
        rng = np.random.default_rng(0)
        X, Y = standard(rng.lognormal(2, 1, (12, 20)), rng.lognormal(2, 1, (6, 12)))
        assert solve_nu_svr(X, Y, 0.5).kkt.max() <= EXACT

    def test_counts_with_many_zeros_and_ties(self) -> None:
        rng = np.random.default_rng(4)
        X, Y = standard(rng.poisson(1.0, (150, 5)).astype(float), rng.poisson(0.7, (40, 150)).astype(float))
        for nu in cibersort.NU:
            assert solve_nu_svr(X, Y, nu).kkt.max() <= EXACT

    def test_a_gene_of_double_cost_is_a_gene_twice(self) -> None:
        X, Y = planted(5, genes=50)
        times = np.random.default_rng(0).integers(1, 4, 50)
        weighted = solve_nu_svr(X, Y, 0.5, cost=times)
        repeated = solve_nu_svr(np.repeat(X, times, axis=0), np.repeat(Y, times, axis=1), 0.5)
        assert np.abs(weighted.weights - repeated.weights).max() < 1e-9


class TestTheSameHoweverAsked:
    def test_order_of_genes(self) -> None:
        X, Y = planted(6)
        order = np.random.default_rng(0).permutation(len(X))
        one, other = solve_nu_svr(X, Y, 0.5), solve_nu_svr(X[order], Y[:, order], 0.5)
        assert np.abs(one.weights - other.weights).max() < 1e-11

    @pytest.mark.parametrize("batch", [1, 5, 200])
    def test_batch(self, batch: int) -> None:
        X, Y = planted(7)
        one, other = solve_nu_svr(X, Y, 0.25), solve_nu_svr(X, Y, 0.25, batch=batch)
        assert np.abs(one.weights - other.weights).max() < 1e-12

    def test_all_nu_in_one_batch(self) -> None:
        X, Y = planted(8)
        together = solve_nu_svr(X, np.tile(Y, (3, 1)), np.repeat(cibersort.NU, len(Y))).weights
        apart = np.concatenate([solve_nu_svr(X, Y, nu).weights for nu in cibersort.NU])
        assert np.abs(together - apart).max() < 1e-12

    def test_any_library_of_the_array_api_standard(self) -> None:
        strict = pytest.importorskip("array_api_strict")
        X, Y = planted(9)
        expected = solve_nu_svr(X, Y, 0.75)
        fits = solve_nu_svr(strict.asarray(X), strict.asarray(Y), 0.75)
        assert type(fits.weights) is type(strict.asarray(X))
        assert np.abs(np.asarray(fits.weights) - expected.weights).max() < 1e-12

    @settings(deadline=None, max_examples=40)
    @given(seed=st.integers(0, 10_000), genes=st.integers(12, 60), types=st.integers(2, 8), nu=st.floats(0.05, 0.95))
    def test_every_fit_is_proved(self, seed: int, genes: int, types: int, nu: float) -> None:
        rng = np.random.default_rng(seed)
        X, Y = standard(rng.lognormal(3, 1.5, (genes, types)), rng.lognormal(3, 1.5, (4, genes)))
        assert solve_nu_svr(X, Y, nu).kkt.max() <= EXACT


class TestNearlyDegenerate:
    def test_no_fit_of_many_is_left_to_libsvm(self) -> None:
        """Among hundreds of fits some have a gene a millionth from the edge, which no comparison of sizes places."""
        for seed in (0, 1):
            X, Y = planted(100 + seed, genes=300, types=15, samples=120, noise=0.5)
            for nu in cibersort.NU:
                assert solve_nu_svr(X, Y, nu, fallback=False).kkt.max() <= EXACT

    def test_a_wrong_first_guess_is_put_right(self) -> None:
        """Stop early, where some sides are still misplaced: changing the doubtful ones finds more of the vertices."""
        X, Y = planted(14, genes=80, types=4, samples=40)
        nu = np.full(len(Y), 0.5)
        problem = svr_problem.pose(np, X, Y, nu, np.ones(len(X)))
        iterate = interior_point.advance(problem, svr_problem.start(problem), 1e-4, 40)
        first = active_set.solve_edge(problem, *active_set.guess_edge(problem, iterate), iterate.z)
        best = before = active_set.violation(problem, *first)
        for edge, outside in active_set.other_guesses(problem, iterate):
            other = active_set.violation(problem, *active_set.solve_edge(problem, edge, outside, iterate.z))
            best = np.minimum(best, other)
        assert (before > EXACT).any()
        assert (best <= EXACT).sum() > (before <= EXACT).sum()


@pytest.mark.usefixtures("numpy_form")
class TestSinglePrecision:
    def test_rows_that_run_out_of_digits_start_anew(self, monkeypatch: pytest.MonkeyPatch) -> None:
        X, Y = planted(13, genes=200, types=8, samples=30)
        expected = solve_nu_svr(X, Y, 0.5)
        monkeypatch.setattr(nu_svr, "ROUGH_MU", 1e-12)  # far beyond single precision
        monkeypatch.setattr(nu_svr, "MOST_ITERATIONS", 80)
        fits = solve_nu_svr(X, Y, 0.5)
        assert fits.kkt.max() <= EXACT
        assert np.abs(fits.weights - expected.weights).max() < 1e-11

    def test_one_singular_matrix_costs_the_others_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        X, Y = planted(13, genes=60, types=4, samples=5)
        expected = solve_nu_svr(X, Y, 0.5)
        step = interior_point.advance

        def fail_once(problem: svr_problem.Problem, *rest: object) -> svr_problem.Iterate:
            if problem.design.dtype == np.float32:
                raise np.linalg.LinAlgError
            return step(problem, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(interior_point, "advance", fail_once)
        assert np.abs(solve_nu_svr(X, Y, 0.5).weights - expected.weights).max() < 1e-11


@pytest.mark.usefixtures("numpy_form")
class TestFallback:
    def test_a_fit_that_the_interior_point_leaves_open_goes_to_libsvm(self, monkeypatch: pytest.MonkeyPatch) -> None:
        X, Y = planted(10, genes=40, types=3, samples=3)
        expected = solve_nu_svr(X, Y, 0.5)
        monkeypatch.setattr(nu_svr, "MU_GOALS", (1e-1,))
        monkeypatch.setattr(nu_svr, "ROUGH_MU", 1.0)
        by_libsvm = nu_svr._libsvm_multipliers
        given: list[int] = []

        def watch(problem: svr_problem.Problem, wanted: npt.NDArray[np.bool_]) -> Floats:
            given.append(int(wanted.sum()))
            return by_libsvm(problem, wanted)

        monkeypatch.setattr(nu_svr, "_libsvm_multipliers", watch)
        fits = solve_nu_svr(X, Y, 0.5)
        assert sum(given) > 0
        assert fits.kkt.max() <= EXACT
        assert np.abs(fits.weights - expected.weights).max() < 1e-9

    def test_what_stays_inexact_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        X, Y = planted(10, genes=40, types=3, samples=3)
        monkeypatch.setattr(nu_svr, "MU_GOALS", (1e-1,))
        monkeypatch.setattr(nu_svr, "ROUGH_MU", 1.0)
        assert solve_nu_svr(X, Y, 0.5, fallback=False).kkt.max() > EXACT


@pytest.fixture(scope="module")
def tumours(shared: Path) -> tuple[Floats, Floats]:
    import pandas as pd

    from her2stats.deconvolution import read_signature_matrix
    from her2stats.deconvolution.mixture import align_mixture
    from her2stats.deconvolution.settings import Settings

    counts = pd.read_csv(shared / "tcga121" / "tcga121_rnaseq_raw_counts.tsv.gz", sep="\t", index_col=0)
    cpm = counts / counts.sum() * 1e6
    mixture = align_mixture(cpm.iloc[:, :60], read_signature_matrix(shared / "signatures" / "LM22.txt"), Settings())
    return standard(mixture.profiles, mixture.values)


class TestRealSignature:
    """LM22 over real tumours, where the data are at hand."""

    @pytest.mark.parametrize(
        ("tumour", "least", "most"), [(50, 0, 0.2), (0, 0, 0.2), (22, 0, 0.2), (53, 0.2, 1), (9, 0.2, 1)]
    )
    def test_where_e1071_is_farthest_off_a_general_solver_comes_to_ours(
        self, tumours: tuple[Floats, Floats], tumour: int, least: float, most: float
    ) -> None:
        """At tolerance 1e-5 fractions by e1071 are 5e-4 to 3.3e-3 off in these.

        A tighter tolerance helps in the last two only. The positive weights of the first three sum to little, so that
        making them sum to 1 magnifies what libsvm leaves open.
        """
        pytest.importorskip("clarabel")
        X, Y = tumours
        exact = cibersort.fit_samples(X, Y[tumour : tumour + 1])
        assert least < exact.weights.sum() < most
        weights, _ = by_clarabel(X, Y[tumour], float(exact.nu[0]))
        positive = np.maximum(weights, 0)
        apart = positive / positive.sum() - exact.weights[0] / exact.weights.sum()
        assert np.abs(apart).max() < 1e-6

    def test_60_real_fits_agree_with_a_general_convex_solver(self, tumours: tuple[Floats, Floats]) -> None:
        pytest.importorskip("clarabel")
        X, Y = tumours
        worst = 0.0
        for k, nu in enumerate(cibersort.NU):
            fits = solve_nu_svr(X, Y, nu)
            assert fits.kkt.max() <= EXACT
            for row in range(20 * k, 20 * k + 20):
                weights, _ = by_clarabel(X, Y[row], nu)
                worst = max(worst, float(np.abs(weights - fits.weights[row]).max()))
        assert worst < 1e-7


@pytest.mark.r
def test_60_samples_agree_with_live_e1071_at_a_tight_tolerance(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    X, Y = planted(12, genes=200, types=8, samples=60, noise=0.5)
    np.savetxt(tmp_path / "X.tsv", X, fmt="%.17g")
    np.savetxt(tmp_path / "Y.tsv", Y.T, fmt="%.17g")
    (tmp_path / "fit.R").write_text(E1071)
    done = subprocess.run(
        ["Rscript", "--vanilla", "fit.R"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
    )
    if "no package called" in done.stderr:
        pytest.skip("e1071 is not installed")
    assert done.returncode == 0, done.stderr
    ours = cibersort.fit_samples(X, Y)
    fractions = ours.weights / ours.weights.sum(axis=1, keepdims=True)
    assert np.abs(np.loadtxt(tmp_path / "out.tsv") - fractions).max() < 5e-4


E1071 = """
library(e1071)
X <- as.matrix(read.table("X.tsv")); Y <- as.matrix(read.table("Y.tsv"))
fractions <- t(sapply(seq_len(ncol(Y)), function(j) {
  fits <- lapply(c(.25, .5, .75), function(nu) {
    m <- svm(X, Y[, j], type = "nu-regression", kernel = "linear", nu = nu, scale = FALSE, tolerance = 1e-5)
    w <- drop(t(m$coefs) %*% m$SV)
    w[w < 0] <- 0
    w <- w / sum(w)
    list(w = w, rmse = sqrt(mean((X %*% w - Y[, j])^2)))
  })
  fits[[which.min(sapply(fits, `[[`, "rmse"))]]$w
}))
write.table(format(fractions, digits = 17), "out.tsv", quote = FALSE, row.names = FALSE, col.names = FALSE)
"""


def test_libsvm_of_scikit_learn_approaches_the_exact_optimum_as_its_tolerance_shrinks() -> None:
    X, Y = planted(11, samples=4)
    exact = cibersort.fit_samples(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loose, tight = (
            cibersort.fit_samples(X, Y, solver="libsvm", libsvm_tolerance=tolerance) for tolerance in (1e-2, 1e-7)
        )
    assert np.abs(tight.weights - exact.weights).max() < 1e-5
    assert np.abs(loose.weights - exact.weights).max() > np.abs(tight.weights - exact.weights).max()
