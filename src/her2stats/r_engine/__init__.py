"""Every model once more in R: the bridge, the comparison, and the files that R colleagues re-fit alone.

Imported piece by piece, because the worker process has no use for pandas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from her2stats.r_engine.crosscheck import Crosscheck, crosscheck_r
    from her2stats.r_engine.exchange.reading import read_models
    from her2stats.r_engine.exchange.writing import write_models
    from her2stats.r_engine.status import RStatus, r_status

_PLACES = {
    "Crosscheck": "crosscheck",
    "crosscheck_r": "crosscheck",
    "read_models": "exchange.reading",
    "write_models": "exchange.writing",
    "RStatus": "status",
    "r_status": "status",
}

__all__ = ["Crosscheck", "RStatus", "crosscheck_r", "r_status", "read_models", "write_models"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"her2stats.r_engine has no public name {name!r}")
    return getattr(importlib.import_module(f"her2stats.r_engine.{_PLACES[name]}"), name)
