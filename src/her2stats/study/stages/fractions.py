"""Cell fractions that were estimated before, from the same expression, signature and settings."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from her2stats.deconvolution import Deconvolution, SignatureMatrix, deconvolve
from her2stats.deconvolution.settings import Settings
from her2stats.notes import Note
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.fingerprint import environment, fingerprint


def fractions_key(expression: pd.DataFrame, matrix: SignatureMatrix, settings: dict[str, Any]) -> str:
    """Fingerprint of everything that decides a deconvolution; the number of processes does not."""
    return fingerprint("fractions", environment(), expression, matrix.name, matrix.profiles, settings)


def deconvolve_once(
    cache: Cache, expression: pd.DataFrame, matrix: SignatureMatrix, settings: dict[str, Any], **how: Any
) -> Deconvolution:
    """Deconvolve, or take what an earlier run has found.

    Parameters
    ----------
    cache : Cache
        Where earlier runs kept theirs.
    expression, matrix
        As for `deconvolve`.
    settings : dict
        Arguments of `deconvolve` that decide the numbers.
    **how
        Arguments that do not: ``n_jobs``, ``progress``.
    """
    key = fractions_key(expression, matrix, settings)
    files = cache.find(key)
    if files is not None:
        return _unpacked(files, matrix)
    found = deconvolve(expression, matrix, **settings, **how)
    cache.keep(key, _packed(found))
    return found


def _packed(found: Deconvolution) -> dict[str, bytes]:
    """Everything but the signature matrix, which is part of the key."""
    words = {
        "settings": found.settings.as_dict(),
        "genes": found.genes,
        "reference_median": found.reference_median,
        "notes": [asdict(note) for note in found.notes],
        "method": found.method,
    }
    frames = {"fractions": found.fractions, "quality": found.quality, "intervals": found.intervals}
    files = {f"{name}.parquet": frame.to_parquet() for name, frame in frames.items() if frame is not None}
    return {"about.json": json.dumps(words).encode(), **files}


def _unpacked(files: dict[str, bytes], matrix: SignatureMatrix) -> Deconvolution:
    words = json.loads(files["about.json"])
    frames = {
        name.removesuffix(".parquet"): pd.read_parquet(io.BytesIO(content))
        for name, content in files.items()
        if name.endswith(".parquet")
    }
    return Deconvolution(
        fractions=frames["fractions"],
        quality=frames["quality"],
        settings=Settings(**words["settings"]),
        signature=matrix,
        genes=tuple(words["genes"]),
        reference_median=words["reference_median"],
        notes=tuple(Note(**note) for note in words["notes"]),
        method=words["method"],
        intervals=frames.get("intervals"),
    )
