"""provenance.json: what it holds, written by a run and read back, whatever is left of it. No clock, no machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from her2stats.errors import FileError, Problem
from her2stats.files import regular_bytes
from her2stats.results.strict_csv import DamagedFileError

PROVENANCE = "provenance.json"
T = TypeVar("T")


@dataclass(frozen=True)
class CohortEntry:
    """One cohort of the study."""

    name: str
    n: int | None = None
    scale: str = ""
    hr_definition: str = ""
    kind: str = ""
    amounts_by: str = ""  # program that estimated the cell amounts, if any
    genes_found: int | None = None  # genes of the signature matrix that the cohort has, of how many
    genes_total: int | None = None

    @property
    def has_expression(self) -> bool:
        """Whether the cohort came with an expression matrix."""
        return self.kind == "expression"


@dataclass(frozen=True)
class InputEntry:
    """One input file with its checksum."""

    cohort: str
    role: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from."""

    title: str = "her2stats report"
    her2stats: str = ""
    simulated: bool | None = None  # none where the file does not say it
    exposure: str = ""
    seed: int | None = None
    alpha: float = 0.05  # threshold below which a corrected p-value is called significant
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[InputEntry, ...] = ()
    conventions: Mapping[str, str] = field(default_factory=dict)
    cohorts: tuple[CohortEntry, ...] = ()
    public: bool = False  # suppress small counts and everything about single patients

    @property
    def exposure_name(self) -> str:
        """The exposure for running text."""
        return self.exposure or "the exposure"

    def as_text(self) -> str:
        """Write as JSON with a fixed order and line end."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @property
    def content(self) -> dict[str, Any]:
        """What reading the file gives."""
        content: dict[str, Any] = json.loads(self.as_text())
        return content


def understood(content: Mapping[str, Any]) -> tuple[Provenance, list[str]]:
    """Take what is usable, and say what is not.

    Every entry that is missing or of the wrong kind keeps its default and gives one sentence.
    """
    problems: list[str] = []

    def take(key: str, convert: Callable[[Any], T], default: T) -> T:
        if key not in content:
            problems.append(f"has no entry {key!r}")
            return default
        try:
            return convert(content[key])
        except (TypeError, ValueError, KeyError, AttributeError):
            problems.append(f"entry {key!r} cannot be used")
            return default

    plain = Provenance()
    found = Provenance(
        title=take("title", _text, plain.title) or plain.title,
        her2stats=take("her2stats", _text, ""),
        simulated=take("simulated", _truth, None),
        exposure=take("exposure", _text, ""),
        seed=take("seed", lambda seed: None if seed is None else int(seed), None),
        alpha=take("alpha", _probability, plain.alpha),
        public=content.get("public", False) is not False,  # what is not clearly private is treated as public
        versions=take("versions", _texts, {}),
        inputs=take("inputs", lambda rows: tuple(InputEntry(**_fields(row, InputEntry)) for row in rows), ()),
        conventions=take("conventions", _texts, {}),
        cohorts=take("cohorts", lambda rows: tuple(_cohort(row) for row in rows), ()),
    )
    return found, problems


def read_results_provenance(folder: Path) -> dict[str, Any]:
    """Content of the provenance of a results folder. Raises FileError when the folder is not a results folder."""
    try:
        content = load_provenance(folder / PROVENANCE)
    except DamagedFileError:
        content = {}
    if not is_of_results(content):
        raise FileError(Problem("is not a results folder", str(folder), "give the folder that a run has written"))
    return content


def is_of_results(content: Mapping[str, Any]) -> bool:
    """Whether a provenance was written by this package."""
    return isinstance(content.get("her2stats"), str)


def load_provenance(path: Path) -> dict[str, Any]:
    """Read the file, whatever it holds. Raises DamagedFileError when it is missing or no JSON object."""
    try:
        content = json.loads(regular_bytes(path))
    except FileNotFoundError:
        raise DamagedFileError("is missing") from None
    except OSError as error:
        raise DamagedFileError(f"cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # JSON and UTF-8 errors
        raise DamagedFileError(f"is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise DamagedFileError("is not a JSON object")
    return content


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: dict[str, object]) -> dict[str, str]:
    return {_text(key): str(entry) for key, entry in value.items()}


def _truth(value: object) -> bool | None:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _probability(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not 0 < number < 1:
        raise ValueError
    return number


def _fields(row: dict[str, object], kind: type[InputEntry] | type[CohortEntry]) -> dict[str, str]:
    return {field.name: str(row.get(field.name) or "") for field in fields(kind)}


def _cohort(row: dict[str, object]) -> CohortEntry:
    counts = {name: row.get(name) for name in ("n", "genes_found", "genes_total")}
    known = {name: count if isinstance(count, int) else None for name, count in counts.items()}
    return CohortEntry(**{**_fields(row, CohortEntry), **known})  # type: ignore[arg-type]


def differences(before: Any, now: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Leaves of two trees of plain values that are not equal, with the way to them; None stands for absent.

    >>> differences({"seed": 1, "a": {"b": 2}}, {"seed": 1, "a": {"b": 3}, "c": 4})
    [('a.b', 2, 3), ('c', None, 4)]
    """
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            found
            for key in dict.fromkeys([*before, *now])
            for found in differences(before.get(key), now.get(key), f"{path}.{key}" if path else str(key))
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True), start=1)
        return [found for place, (old, new) in pairs for found in differences(old, new, f"{path}.{place}")]
    return [] if before == now else [(path, before, now)]
