"""What a deconvolution returns: fractions, how far to trust them, and every convention in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from her2stats.deconvolution.bootstrap import Intervals
from her2stats.deconvolution.cibersort import Fits, Mode
from her2stats.deconvolution.mixture import LEAST_MEDIAN
from her2stats.deconvolution.permutations import Floats, p_values
from her2stats.deconvolution.settings import Settings
from her2stats.deconvolution.signature_matrix import SignatureMatrix
from her2stats.notes import Note
from her2stats.vocabulary.notebook import panel_html


@dataclass(frozen=True, eq=False)
class Deconvolution:
    """Cell fractions and how far to trust them.

    Parameters
    ----------
    fractions : DataFrame
        samples x cell types; relative fractions sum to 1, absolute ones to the sample's score. Exactly 0 where the
        weight is not positive; NaN in flagged rows without a fit.
    quality : DataFrame
        samples x nu, r, rmse, p_value (CIBERSORT's), p_value_unbiased, score (sum of the fractions), coverage (share of
        the signature's genes), kkt (largest violation of an optimality condition over the three nu), iterations, engine
        ("compiled", "NumPy" or "libsvm": what solved it), flag ("" where all is well).
    settings : Settings
        What was asked.
    signature : SignatureMatrix
        What was fitted.
    genes : tuple of str
        Genes shared by mixture and signature.
    reference_median : float
        What absolute scores are relative to. Give it to a later call, and a tumour scored alone gets the same score
        as within this cohort.
    notes : tuple of Note
        What was repaired or assumed.
    method : str
        Every convention in a sentence.
    intervals : DataFrame or None
        One row a sample and type: sample, cell_type, fraction, conf_low, conf_high, zero_share, draws.
    drawn : DataFrame or None
        Fractions of the first 50 bootstrap draws: (draw, sample) x cell types; draws count from 1.
    program : str
        What estimated the amounts: estimates of different programs are not put together.
    additive : bool
        Whether amounts of different types are of one unit, so that they may be compared and added up: not so of scores
        that another program gives.

    Examples
    --------
    >>> from her2stats.deconvolution import deconvolve
    >>> genes = [f"G{number:02}" for number in range(40)]
    >>> profiles = pd.DataFrame(np.random.default_rng(0).lognormal(5, 1, (40, 2)), genes, ["B", "T"])
    >>> found = deconvolve(pd.DataFrame({"tumour": profiles @ [0.2, 0.8]}), profiles, mode="relative")
    >>> found.fractions.round(6).loc["tumour"].tolist(), bool(found.quality.loc["tumour", "kkt"] < 1e-9)
    ([0.2, 0.8], True)
    """

    fractions: pd.DataFrame
    quality: pd.DataFrame
    settings: Settings
    signature: SignatureMatrix
    genes: tuple[str, ...]
    reference_median: float
    notes: tuple[Note, ...]
    method: str
    intervals: pd.DataFrame | None = None
    drawn: pd.DataFrame | None = None
    program: str = "CIBERSORT"
    additive: bool = True

    def __repr__(self) -> str:
        return f"{self._title()}\n{self._spread().to_string()}"

    def _repr_html_(self) -> str:
        facts = [self.method, *(f"{note.what}: {note.count}" for note in self.notes)]
        return panel_html(self._title(), facts, self._spread().rename_axis("cell type").reset_index())

    def _title(self) -> str:
        samples, types = self.fractions.shape
        flagged = int((self.quality["flag"] != "").sum())
        without = f", {flagged} without a usable fit" if flagged else ""
        return f"Cell fractions of {samples} samples, {types} cell types ({self.signature.name}){without}"

    def _spread(self) -> pd.DataFrame:
        """How much of each cell type there is, over the samples."""
        amounts = self.fractions
        columns = {"median": amounts.median(), "mean": amounts.mean(), "max": amounts.max()}
        return pd.DataFrame(columns | {"share of zeros": (amounts == 0).sum() / amounts.notna().sum()})

    def wide(self) -> pd.DataFrame:
        """One row a sample: every fraction, its interval beside it, then the quality."""
        return wide_table(self.fractions, self.quality, self.intervals)

    @property
    def mode(self) -> Mode:
        """How fractions are scaled: "absolute", "relative" or "no.sumto1"."""
        return self.settings.mode


QUALITY = (
    *("nu", "r", "rmse", "p_value", "p_value_unbiased", "score", "coverage", "kkt", "iterations"),
    *("engine", "flag"),
)


def quality_table(fits: Fits, null: Floats, fractions: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Quality of each sample, from its fit and the correlations of random mixtures."""
    ours, unbiased = p_values(fits.r, null)
    return pd.DataFrame(
        {
            "nu": fits.nu,
            "r": fits.r,
            "rmse": fits.rmse,
            "p_value": ours,
            "p_value_unbiased": unbiased,
            "score": fractions.sum(axis=1, min_count=1),
            "coverage": coverage,
            "kkt": fits.kkt,
            "iterations": fits.iterations,
            **{
                name: pd.Series(getattr(fits, name).astype(object), index=fractions.index).astype(str)
                for name in ("engine", "flag")
            },
        },
        index=fractions.index,
        columns=list(QUALITY),
    )


def interval_table(fractions: pd.DataFrame, parts: Sequence[Intervals]) -> pd.DataFrame:
    """One row a sample and cell type, with its limits and the share of refits that gave zero."""
    count, types = fractions.shape
    return pd.DataFrame(
        {
            "sample": np.repeat(fractions.index.to_numpy(), types),
            "cell_type": np.tile(fractions.columns.to_numpy(), count),
            "fraction": fractions.to_numpy().ravel(),
            "conf_low": np.concatenate([part.low for part in parts]).ravel(),
            "conf_high": np.concatenate([part.high for part in parts]).ravel(),
            "zero_share": np.concatenate([part.zero_share for part in parts]).ravel(),
            "draws": np.repeat(np.concatenate([part.draws for part in parts]), types),
        }
    )


def drawn_table(fractions: pd.DataFrame, parts: Sequence[Intervals]) -> pd.DataFrame:
    """One row a draw and sample: its fractions by that draw of signature genes."""
    amounts = np.concatenate([part.kept for part in parts], axis=1)
    rows = pd.MultiIndex.from_product([range(1, len(amounts) + 1), fractions.index], names=["draw", "sample"])
    return pd.DataFrame(amounts.reshape(len(rows), -1), rows, fractions.columns)


def wide_table(fractions: pd.DataFrame, quality: pd.DataFrame, intervals: pd.DataFrame | None) -> pd.DataFrame:
    """One row a sample: each fraction, its interval beside it where there is one, then the quality."""
    if intervals is None:
        return pd.concat([fractions, quality], axis=1)
    beside = ("conf_low", "conf_high", "zero_share")
    columns = {}
    for kind, mine in intervals.groupby("cell_type", sort=False):
        columns[str(kind)] = fractions[kind]
        of_sample = mine.set_index("sample")
        columns |= {f"{kind} {limit}": of_sample[limit].reindex(fractions.index) for limit in beside}
    return pd.concat([pd.DataFrame(columns), quality], axis=1)


def quality_notes(flags: pd.Series, settings: Settings, median: float) -> list[Note]:
    """Say which samples have no usable fit, and what absolute scores are relative to."""
    notes = []
    flagged = flags[flags != ""]
    if len(flagged):
        detail = "; ".join(f"{sample}: {flag}" for sample, flag in flagged.items())
        notes.append(Note("fractions", "samples without a usable fit", len(flagged), detail))
    if settings.mode == "absolute" and settings.reference_median is None:
        what = f"absolute scores are relative to the median of this mixture, {median:.6g}"
        if median == LEAST_MEDIAN:
            what = f"absolute scores are relative to {median:g}: the median of this mixture is not above it"
        detail = "give it as reference_median to score further samples on the same scale"
        notes.append(Note("fractions", what, len(flags), detail))
    return notes
