"""How several genes become one score: one file a family of methods; a file that is there has its entries here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from her2stats.signatures.preparation import ScoringMethod

SCORING: dict[str, ScoringMethod] = {
    method.name: method
    for module in iter_modules(__path__)
    for method in import_module(f"{__name__}.{module.name}").SCORED_BY
}
