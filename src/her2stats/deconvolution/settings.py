"""Every choice of a deconvolution in one place: checked, put into words, and compared with those of an earlier run."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from her2stats.deconvolution.cibersort import LIBSVM_TOLERANCE, Mode, Solver
from her2stats.errors import DataError, ProblemList
from her2stats.vocabulary.numbers import limits_in_words

BatchCorrection = Literal["none", "b-mode", "b-mode-reference"]


COUNT = {"limits": {"ge": 0}}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The arguments of `deconvolve` that decide its numbers; see there."""

    mode: Mode = "absolute"
    solver: Solver = "exact"
    permutations: int = field(default=0, metadata=COUNT)
    bootstrap: int = field(default=0, metadata=COUNT)
    conf_level: float = field(default=0.95, metadata={"limits": {"gt": 0, "lt": 1}})
    quantile_normalise: bool = False
    batch_correction: BatchCorrection = "none"
    seed: int = field(default=0, metadata=COUNT)
    reference_median: float | None = field(default=None, metadata={"limits": {"gt": 0}})
    min_overlap: float = field(default=0.5, metadata={"limits": {"ge": 0, "le": 1}})
    check_scale: bool = True
    rename_genes: bool = True
    libsvm_tolerance: float = field(default=LIBSVM_TOLERANCE, metadata={"limits": {"gt": 0}})

    def __post_init__(self) -> None:
        problems = ProblemList()
        for good, what, meaning in self._rules():
            if not good:
                problems.add(DataError, f"{what} has no meaning", where="deconvolve", remedy=f"give {meaning}")
        problems.raise_if_any()

    def _rules(self) -> list[tuple[bool, str, str]]:
        again = self.bootstrap and self.solver == "libsvm"
        return [
            *(_rule(name, kind, getattr(self, name)) for name, kind in get_type_hints(Settings).items()),
            (not again, "bootstrap with solver 'libsvm'", "solver 'exact': it is fast enough"),
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


def _rule(name: str, kind: Any, value: object) -> tuple[bool, str, str]:
    """Whether a value is one of its setting, what it is, and what would be."""
    limits = Settings.__dataclass_fields__[name].metadata.get("limits", {})
    what = f"{name} {value!r}"
    if get_origin(kind) is Literal:
        return value in get_args(kind), what, " or ".join(get_args(kind))
    if not limits:
        return True, what, ""
    absent = value is None and type(None) in get_args(kind)
    good = absent or (_is_number(value, whole=kind is int) and _holds(value, limits))
    return good, what, f"a {'whole ' * (kind is int)}number, {limits_in_words(limits)}"


def _is_number(value: object, *, whole: bool) -> bool:
    kinds = int | np.integer if whole else int | float | np.number
    return isinstance(value, kinds) and not isinstance(value, bool) and isfinite(value)


def _holds(value: Any, limits: Mapping[str, float]) -> bool:
    return all(getattr(operator, name)(value, limit) for name, limit in limits.items())
