"""Cell fractions: estimated once from the same mixture, signature and settings."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass

import pandas as pd

from her2stats.deconvolution import Deconvolution, SignatureMatrix
from her2stats.deconvolution.blocks import Workers
from her2stats.deconvolution.estimate import deconvolve_mixture
from her2stats.deconvolution.mixture import Mixture
from her2stats.deconvolution.settings import Settings
from her2stats.notes import Note
from her2stats.progress import Progress
from her2stats.study.stages.fingerprint import environment, fingerprint


@dataclass(frozen=True)
class Fractions:
    """The deconvolution of one cohort."""

    # what decides the numbers
    mixture: Mixture
    matrix: SignatureMatrix
    settings: Settings
    # what does not
    n_jobs: int = 1
    progress: Progress | None = None

    def key(self) -> str:
        """Fingerprint of everything that decides a deconvolution."""
        return fingerprint(
            "fractions", environment(), self.mixture, self.matrix.name, self.matrix.profiles, self.settings
        )

    def make(self) -> Deconvolution:
        """Deconvolve."""
        workers = Workers(self.n_jobs)
        return deconvolve_mixture(self.mixture, self.matrix, self.settings, workers=workers, progress=self.progress)

    def packed(self, made: Deconvolution) -> dict[str, bytes]:
        """Everything but the signature matrix, which is part of the key."""
        words = {
            "settings": made.settings.as_dict(),
            "genes": made.genes,
            "reference_median": made.reference_median,
            "notes": [asdict(note) for note in made.notes],
            "method": made.method,
        }
        frames = {name: getattr(made, name) for name in ("fractions", "quality", "intervals", "drawn")}
        files = {f"{name}.parquet": frame.to_parquet() for name, frame in frames.items() if frame is not None}
        return {"about.json": json.dumps(words).encode(), **files}

    def unpacked(self, files: dict[str, bytes]) -> Deconvolution:
        """Read it with the matrix that was asked for."""
        words = json.loads(files["about.json"])
        frames = {
            name.removesuffix(".parquet"): pd.read_parquet(io.BytesIO(content))
            for name, content in files.items()
            if name.endswith(".parquet")
        }
        if tuple(frames["fractions"].index) != self.mixture.samples:
            raise ValueError("fractions of other samples")
        return Deconvolution(
            fractions=frames["fractions"],
            quality=frames["quality"],
            settings=Settings(**words["settings"]),
            signature=self.matrix,
            genes=tuple(words["genes"]),
            reference_median=words["reference_median"],
            notes=tuple(Note(**note) for note in words["notes"]),
            method=words["method"],
            intervals=frames.get("intervals"),
            drawn=frames.get("drawn"),
        )
