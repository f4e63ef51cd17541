"""The comparison with R within a run: when it is made, and when an earlier one still stands."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from her2stats.r_engine import crosscheck_r, r_status
from her2stats.r_engine.crosscheck import Choice
from her2stats.r_engine.status import RStatus
from her2stats.statistics import Result
from her2stats.study.stages.fingerprint import environment, fingerprint
from her2stats.study.study_file import Study


@dataclass(frozen=True)
class Comparison:
    """Models of a study and the R that is asked for its opinion."""

    models: Mapping[str, Result]
    status: RStatus

    @property
    def engine(self) -> Choice:
        """What is asked."""
        return engine_unless_chosen(self.status)

    def key(self) -> str:
        """Fingerprint of the models and of that R."""
        r = (self.status.r_version, self.status.r_home, self.status.packages, self.status.rpy2_version)
        return fingerprint("R", environment(), dict(self.models), r, self.engine)

    def make(self) -> pd.DataFrame:
        """Compare; as `Crosscheck.table`."""
        return crosscheck_r(self.models, engine=self.engine, whole=True).table

    def packed(self, made: pd.DataFrame) -> dict[str, bytes] | None:
        """Keep it unless R did not answer everything: then it is made again; statsmodels would answer the same."""
        whole = self.engine == "statsmodels" or not (made["verdict"] == "not checked").any()
        return {"crosscheck.parquet": made.to_parquet()} if whole else None

    def unpacked(self, files: dict[str, bytes]) -> pd.DataFrame:
        """Read it."""
        return pd.read_parquet(io.BytesIO(files["crosscheck.parquet"]))


def comparison_stage(study: Study, models: Mapping[str, Result]) -> Comparison | None:
    """Comparison that a run makes, with R or where there is none with statsmodels; None where the study wants none."""
    return None if study.analysis.crosscheck is False else Comparison(models, r_status(probe=False))


def engine_unless_chosen(status: RStatus) -> Choice:
    """R where it is usable, else statsmodels."""
    return "auto" if status.usable else "statsmodels"
