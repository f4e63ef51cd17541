"""The compiled kernel beside the NumPy form: the same vertices; and every reason for which it is not used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from her2stats.deconvolution import cibersort
from her2stats.deconvolution.bootstrap import resample_genes
from her2stats.deconvolution.solver import compiled, nu_svr
from her2stats.deconvolution.solver.nu_svr import EXACT, solve_nu_svr
from tests.deconvolution.conftest import plant

Floats = npt.NDArray[np.float64]
LIBRARIES = sorted(compiled.FOLDER.glob("*.so"))
built = pytest.mark.skipif(not LIBRARIES, reason="no kernel was built: there was no C compiler at installation")


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    compiled.kernel.cache_clear()
    yield
    compiled.kernel.cache_clear()


@pytest.fixture(params=LIBRARIES, ids=lambda path: path.stem)
def level(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Each library that was built, alone in a folder."""
    for path in compiled.FOLDER.glob("*.[ch]"):
        shutil.copy(path, tmp_path)
    shutil.copy(request.param, tmp_path)
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    if compiled.kernel().solve is None:
        pytest.skip(compiled.kernel().words)
    return str(request.param.stem)


def by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiled.SWITCH, "off")
    compiled.kernel.cache_clear()


def standard(seed: int, **shape: int | float) -> tuple[Floats, Floats]:
    if shape.get("types", 0) > 30:  # more than `plant` has names for
        rng = np.random.default_rng(seed)
        profiles = rng.lognormal(4, 1.5, (int(shape["genes"]), int(shape["types"])))
        values = rng.dirichlet(np.full(profiles.shape[1], 0.3), int(shape["samples"])) @ profiles.T
        values *= rng.lognormal(0, shape["noise"], values.shape)
    else:
        made = plant(seed, **shape)  # type: ignore[arg-type]
        profiles = made.signature.profiles.to_numpy()
        values = made.expression.loc[list(made.signature.genes)].to_numpy().T
    return cibersort.standardise_profiles(profiles), cibersort.standardise_samples(values)


@built
class TestBesideNumPy:
    @pytest.mark.parametrize(
        "shape",
        [
            {"genes": 300, "types": 15, "samples": 100, "noise": 0.5},
            {"genes": 529, "types": 22, "samples": 60, "noise": 0.4},
            {"genes": 61, "types": 3, "samples": 40, "noise": 0.3},
            {"genes": 1200, "types": 70, "samples": 6, "noise": 0.4},
            {"genes": 2500, "types": 10, "samples": 8, "noise": 0.4},
        ],
        ids=lambda shape: f"{shape['genes']} genes, {shape['types']} types",
    )
    def test_same_weights_zeros_and_nu(
        self, level: str, shape: dict[str, int | float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        X, Y = standard(21, **shape)
        ours = cibersort.fit_samples(X, Y)
        by_numpy(monkeypatch)
        theirs = cibersort.fit_samples(X, Y)
        assert (ours.engine == "compiled").mean() > 0.7  # the others have a degenerate fit among their three
        assert (theirs.engine == "NumPy").all()
        assert (ours.nu == theirs.nu).all()
        assert ((ours.weights == 0) == (theirs.weights == 0)).all()
        np.testing.assert_allclose(ours.weights, theirs.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.r, theirs.r, rtol=0, atol=1e-12)
        assert ours.kkt.max() <= EXACT

    def test_costs_of_resampled_genes(self, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
        X, Y = standard(22, genes=200, types=8, samples=20, noise=0.4)
        times = resample_genes(len(X), 0, 0)
        kept = times > 0
        ours = solve_nu_svr(X[kept], Y[:, kept], 0.5, cost=times[kept])
        by_numpy(monkeypatch)
        theirs = solve_nu_svr(X[kept], Y[:, kept], 0.5, cost=times[kept])
        assert ours.by_kernel.any()
        np.testing.assert_allclose(ours.weights, theirs.weights, rtol=0, atol=1e-12)

    def test_what_it_settles_is_optimal_by_the_conditions_of_the_numpy_form(self, level: str) -> None:
        """Multipliers from the residuals: what is off the edge is at its bound, and the rest has to balance."""
        X, Y = standard(23, genes=150, types=6, samples=40, noise=0.4)
        fits = solve_nu_svr(X, Y, 0.5)
        assert fits.by_kernel.sum() > 30
        for row in np.flatnonzero(fits.by_kernel):
            residual = Y[row] - X @ fits.weights[row] - fits.intercept[row]
            over = np.abs(residual) - fits.eps[row]
            edge = np.abs(over) < 1e-10
            pays = np.where(over > 1e-10, np.sign(residual), 0.0)
            design = np.column_stack([X, np.ones(len(X))])
            sides = np.vstack([design[edge].T, np.sign(residual[edge])])
            goal = np.append(np.append(fits.weights[row], 0) - design.T @ pays, 0.5 * len(X) - np.abs(pays).sum())
            held, *_ = np.linalg.lstsq(sides, goal, rcond=None)
            assert np.abs(sides @ held - goal).max() < 1e-9
            held *= np.sign(residual[edge])
            assert held.min() > -1e-9
            assert held.max() < 1 + 1e-9

    def test_a_sample_does_not_depend_on_its_batch(self, level: str) -> None:
        X, Y = standard(24, genes=120, types=5, samples=30, noise=0.4)
        whole = solve_nu_svr(X, Y, 0.5)
        kernels = np.flatnonzero(whole.by_kernel)
        alone = np.concatenate([solve_nu_svr(X, Y[row : row + 1], 0.5).weights for row in kernels])
        assert (alone == whole.weights[kernels]).all()

    def test_degenerate_fits_go_to_numpy(self, level: str) -> None:
        X, Y = standard(25, genes=60, types=4, samples=6)
        twice = solve_nu_svr(np.vstack([X, X]), np.hstack([Y, Y]), 0.5)
        exact = solve_nu_svr(X, np.array([[0.5, 0.0, 0.2, 0.1]]) @ X.T, 0.5)
        assert not twice.by_kernel.any()
        assert not exact.by_kernel.any()
        assert twice.kkt.max() <= EXACT
        assert exact.kkt.max() <= EXACT

    def test_values_that_are_no_numbers_neither_crash_nor_count(self, level: str) -> None:
        X, Y = standard(26, genes=60, types=4, samples=3)
        Y[1, 5], Y[2] = np.nan, np.inf
        found = compiled.solve(X, Y, np.full(3, 0.5), np.ones(60))
        assert found is not None
        assert np.isfinite(found[1]).tolist() == [True, False, False]

    def test_more_types_than_genes_and_too_many_types(self, level: str) -> None:
        rng = np.random.default_rng(0)
        X = cibersort.standardise_profiles(rng.lognormal(2, 1, (12, 20)))
        Y = cibersort.standardise_samples(rng.lognormal(2, 1, (6, 12)))
        assert solve_nu_svr(X, Y, 0.5).kkt.max() <= EXACT
        many = rng.normal(size=(300, compiled.MOST_TYPES + 1))
        assert compiled.solve(many, rng.normal(size=(1, 300)), np.array([0.5]), np.ones(300)) is None


class TestWhyNot:
    def test_it_was_not_built(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(compiled, "FOLDER", tmp_path)
        assert "C compiler" in compiled.kernel().words
        X, Y = standard(27, genes=60, types=4, samples=3)
        fits = cibersort.fit_samples(X, Y)
        assert (fits.engine == "NumPy").all()
        assert fits.kkt.max() <= EXACT

    def test_it_is_switched_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        by_numpy(monkeypatch)
        assert compiled.SWITCH in compiled.kernel().words

    @built
    def test_it_was_made_from_another_source(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for path in compiled.FOLDER.iterdir():
            shutil.copy(path, tmp_path)
        (tmp_path / "nu_svr.c").write_text("int x;")
        monkeypatch.setattr(compiled, "FOLDER", tmp_path)
        assert "another version" in compiled.kernel().words

    def test_it_is_damaged(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for path in compiled.FOLDER.glob("*.[ch]"):
            shutil.copy(path, tmp_path)
        (tmp_path / "nu_svr-generic.so").write_bytes(b"no library")
        monkeypatch.setattr(compiled, "FOLDER", tmp_path)
        assert "cannot be loaded" in compiled.kernel().words

    @built
    def test_the_processor_lacks_its_instructions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Elsewhere:
            def __init__(self, path: str) -> None:
                self.library = real(path)
                self.runs_here = lambda: 0

            def __getattr__(self, name: str) -> object:
                return getattr(self.library, name)

        real = compiled.ctypes.CDLL
        source = compiled.ctypes.c_char * 64

        class Reads(source):  # type: ignore[misc, valid-type]
            @staticmethod
            def in_dll(library: Elsewhere, name: str) -> object:
                return source.in_dll(library.library, name)

        class Chars:
            def __mul__(self, count: int) -> type:
                return Reads

        monkeypatch.setattr(compiled.ctypes, "CDLL", Elsewhere)
        monkeypatch.setattr(compiled.ctypes, "c_char", Chars())
        assert "instructions" in compiled.kernel().words


class TestBuilding:
    """What the build hook does, without building a wheel."""

    CODE = (
        "import sys, types\n"
        "parts = 'hatchling.builders.hooks.plugin.interface'.split('.')\n"
        "for count in range(1, 6):\n"
        "    sys.modules['.'.join(parts[:count])] = types.ModuleType(parts[count - 1])\n"
        "sys.modules['.'.join(parts)].BuildHookInterface = object\n"
        "import pathlib, hatch_build\n"
        "print(len(hatch_build.compile_kernel(hatch_build.KERNEL, pathlib.Path(sys.argv[1]))))\n"
    )

    def build(self, target: Path, **environment: str) -> int:
        root = Path(__file__).parents[3]
        words = [sys.executable, "-c", self.CODE, str(target)]
        done = subprocess.run(
            words, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    def test_no_compiler(self, tmp_path: Path) -> None:
        assert self.build(tmp_path, PATH=str(tmp_path), CC="nothing") == 0

    def test_a_compiler_that_fails(self, tmp_path: Path) -> None:
        assert self.build(tmp_path, CC="false") == 0
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        assert self.build(tmp_path / "absent") == 0

    def test_switched_off(self, tmp_path: Path) -> None:
        assert self.build(tmp_path, HER2STATS_KERNEL="off") == 0

    @pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
    def test_what_is_built_is_loaded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.build(tmp_path) >= 1
        for path in compiled.FOLDER.glob("*.[ch]"):
            shutil.copy(path, tmp_path)
        monkeypatch.setattr(compiled, "FOLDER", tmp_path)
        assert compiled.kernel().solve is not None or "instructions" in compiled.kernel().words


def test_the_number_form_is_complete_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The NumPy form alone is what every other test of the solver's inside is about."""
    by_numpy(monkeypatch)
    X, Y = standard(28, genes=80, types=5, samples=5)
    fits = nu_svr.solve_nu_svr(X, Y, 0.25)
    assert not fits.by_kernel.any()
    assert fits.kkt.max() <= EXACT
