"""What lies in the package beside its code: tables of facts, and templates of texts."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def facts(package: str, name: str) -> dict[str, Any]:
    """Read a table of facts (toml) that lies in a package, once; it is not to be changed."""
    return tomllib.loads(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


def templates(package: str, **how: Any) -> Environment:
    """Templates in the folder data/ of a package; a name that nothing is said of is an error.

    Nothing is escaped unless `how`, further arguments of jinja's Environment, says so.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # who reads facts needs none

    how = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True, **how}
    return Environment(loader=PackageLoader(package, "data"), **how)  # noqa: S701 - see above
