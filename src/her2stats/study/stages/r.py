"""The comparison with R within a run: when it is made, and when an earlier one still stands."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd

from her2stats.r_engine import crosscheck_r, r_status
from her2stats.r_engine.status import RStatus
from her2stats.statistics import Result
from her2stats.study.stages.cache import Cache
from her2stats.study.stages.fingerprint import environment, fingerprint
from her2stats.study.study_file import Study


def compare_with_r(study: Study, models: Mapping[str, Result], cache: Cache) -> pd.DataFrame | None:
    """Compare with R: when the study asks for it, and by default when R is there.

    An earlier comparison of the same models with the same R stands; one in which R did not answer everything is
    made again.

    Returns
    -------
    DataFrame or None
        As `Crosscheck.table`; None where R is not asked.
    """
    status = _asked(study)
    if status is None:
        return None
    key = _key(models, status)
    files = cache.find(key)
    if files is not None:
        return pd.read_parquet(io.BytesIO(files["crosscheck.parquet"]))
    checked = crosscheck_r(models, whole=True).table
    if not (checked["verdict"] == "not checked").any():
        cache.keep(key, {"crosscheck.parquet": checked.to_parquet()})
    return checked


def r_comparison_state(study: Study, models: Mapping[str, Result], cache: Cache) -> str:
    """Say what a run would do for the comparison, without doing it."""
    status = _asked(study)
    if status is None:
        return "not asked for" if study.analysis.crosscheck is False else "not made: no usable R"
    return "to be made" if cache.find(_key(models, status)) is None else "kept from an earlier run"


def _asked(study: Study) -> RStatus | None:
    """R as it is here, where the study wants its opinion."""
    if study.analysis.crosscheck is False:
        return None
    status = r_status(probe=False)
    return status if status.usable or study.analysis.crosscheck else None


def _key(models: Mapping[str, Result], status: RStatus) -> str:
    r = (status.r_version, status.r_home, status.packages, status.rpy2_version)
    return fingerprint("R", environment(), dict(models), r)
