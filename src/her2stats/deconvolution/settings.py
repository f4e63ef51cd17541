"""Every choice of a deconvolution in one place: checked, put into words, and compared with those of an earlier run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Literal

import numpy as np

from her2stats.deconvolution.cibersort import LIBSVM_TOLERANCE, Mode, Solver
from her2stats.errors import DataError, ProblemList

BatchCorrection = Literal["none", "b-mode", "b-mode-reference"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The arguments of `deconvolve` that decide its numbers; see there.

    A field whose metadata give its meaning is a setting of the study file too, with these bounds.
    """

    mode: Mode = field(default="absolute", metadata={"meaning": '`"relative"` or `"no.sumto1"`'})
    solver: Solver = field(default="exact", metadata={"meaning": '`"libsvm"`, for comparison'})
    permutations: int = field(default=0, metadata={"meaning": "for the p-value of a sample", "bounds": {"ge": 0}})
    bootstrap: int = 0
    conf_level: float = 0.95
    quantile_normalise: bool = field(default=False, metadata={"meaning": "`true` as CIBERSORT does with microarrays"})
    batch_correction: BatchCorrection = field(
        default="none",
        metadata={
            "meaning": '`"b-mode"` brings samples and rebuilt mixtures to their common mean, `"b-mode-reference"` '
            "the samples all the way to the rebuilt ones"
        },
    )
    seed: int = 0
    reference_median: float | None = field(
        default=None,
        metadata={
            "meaning": "what absolute scores are relative to; give an earlier run's to score later tumours on its "
            "scale",
            "bounds": {"gt": 0, "allow_inf_nan": False},
        },
    )
    min_overlap: float = field(
        default=0.5, metadata={"meaning": "least share of the signature's genes", "bounds": {"gt": 0, "le": 1}}
    )
    check_scale: bool = field(
        default=True,
        metadata={
            "meaning": "`false` stands by linear expression whose signature genes never exceed 50, else refused as "
            "logarithmic"
        },
    )
    rename_genes: bool = True
    libsvm_tolerance: float = field(
        default=LIBSVM_TOLERANCE,
        metadata={"meaning": 'where `solver = "libsvm"` stops', "bounds": {"gt": 0, "allow_inf_nan": False}},
    )

    def __post_init__(self) -> None:
        problems = ProblemList()
        for good, what, meaning in self._rules():
            if not good:
                problems.add(DataError, f"{what} has no meaning", where="deconvolve", remedy=f"give {meaning}")
        problems.raise_if_any()

    def _rules(self) -> list[tuple[bool, str, str]]:
        median = self.reference_median
        again = self.bootstrap and self.solver == "libsvm"
        return [
            (
                self.mode in ("absolute", "relative", "no.sumto1"),
                f"mode {self.mode!r}",
                "absolute, relative, no.sumto1",
            ),
            (self.solver in ("exact", "libsvm"), f"solver {self.solver!r}", "exact or libsvm"),
            (
                self.batch_correction in ("none", "b-mode", "b-mode-reference"),
                f"batch_correction {self.batch_correction!r}",
                "none, b-mode or b-mode-reference",
            ),
            (_whole(self.permutations), f"permutations {self.permutations!r}", "a whole number, 0 or more"),
            (_whole(self.bootstrap), f"bootstrap {self.bootstrap!r}", "a whole number, 0 or more"),
            (not again, "bootstrap with solver 'libsvm'", "solver 'exact': it is fast enough"),
            (_within(self.conf_level, 0, 1), f"conf_level {self.conf_level!r}", "a level between 0 and 1"),
            (_whole(self.seed), f"seed {self.seed!r}", "a whole number, 0 or more"),
            (median is None or _within(median, 0), f"reference_median {median!r}", "a median above 0"),
            (
                self.min_overlap in (0, 1) or _within(self.min_overlap, 0, 1),
                f"min_overlap {self.min_overlap!r}",
                "a share between 0 and 1",
            ),
            (_within(self.libsvm_tolerance, 0), f"libsvm_tolerance {self.libsvm_tolerance!r}", "a tolerance above 0"),
        ]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for provenance."""
        return asdict(self)

    def method(self, signature: str, median: float) -> str:
        """Say every convention in a sentence."""
        scale = {
            "absolute": f"absolute mode (sig.score, reference median {median:.6g})",
            "relative": "relative mode",
            "no.sumto1": "absolute mode (no.sumto1)",
        }[self.mode]
        how = "exact optimum" if self.solver == "exact" else f"libsvm at tolerance {self.libsvm_tolerance:g}"
        parts = [
            f"CIBERSORT nu-SVR ({how}), C = 1, nu of 0.25, 0.5, 0.75 by least RMSE, {scale}",
            f"signature {signature}",
            "quantile normalised" if self.quantile_normalise else "no quantile normalisation",
        ]
        if self.batch_correction != "none":
            towards = "the rebuilt mixtures" if self.batch_correction == "b-mode-reference" else "the common mean"
            parts.append(f"B-mode batch correction (parametric ComBat on log2(x + 1) towards {towards})")
        parts.append(f"{self.permutations} permutations" if self.permutations else "no permutations")
        if self.bootstrap:
            parts.append(
                f"{self.bootstrap} bootstrap draws of signature genes, {self.conf_level:.0%} percentile limits"
            )
        if self.permutations or self.bootstrap:
            parts.append(f"seed {self.seed}")
        return ", ".join(parts)


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= 0)


def _within(value: object, low: float, high: float = float("inf")) -> bool:
    return isinstance(value, int | float | np.number) and isfinite(value) and bool(low < value < high)
