"""A spec as named lists of text, which either language can hold, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, get_args

import pandas as pd

from her2stats.errors import DataError, EngineError, Problem
from her2stats.statistics.specs import Spec

SPECS: dict[str, type[Spec]] = {spec.verb: spec for spec in get_args(Spec)}
Fields = dict[str, list[str]]


class Question(Protocol):
    """What R is asked: a spec (a dataclass with a `verb`), and the frame that it is about. A `Result` is one."""

    @property
    def spec(self) -> Any:
        """Verb and conventions."""

    @property
    def data(self) -> pd.DataFrame:
        """Samples x variables."""


def spec_fields(spec: Any) -> Fields:
    """Verb and every field of a spec as text."""
    fields: Fields = {"verb": [spec.verb]}
    for field in dataclasses.fields(spec):
        value = getattr(spec, field.name)
        fields[field.name] = [*value] if isinstance(value, tuple) else [_text(value)]
    return fields


def spec_from_fields(fields: Mapping[str, Sequence[str]]) -> Spec:
    """Build a spec from what `spec_fields` gave.

    `EngineError` says that the verb, a field or a choice is not known: another version wrote it.
    """
    verb = fields["verb"][0] if fields.get("verb") else ""
    kind = SPECS.get(verb)
    if kind is None:
        raise _foreign(f"question '{verb}' is not known")
    types = {field.name: str(field.type) for field in dataclasses.fields(kind)}
    strange = sorted(set(fields) - set(types) - {"verb"})
    if strange:
        raise _foreign(f"question '{verb}' has an unknown field '{strange[0]}'")
    # an earlier version had fewer fields, whose defaults are what it did; a tuple without members has no line
    given = {name: of_type for name, of_type in types.items() if name in fields or of_type.startswith("tuple")}
    values = {name: _value(fields.get(name, ()), of_type) for name, of_type in given.items()}
    try:
        return kind(**values)  # type: ignore[arg-type]
    except TypeError as error:
        raise _foreign(f"question '{verb}' lacks a field: {error}") from error
    except DataError as error:
        raise _foreign(f"question '{verb}' has no meaning: {error.problems[0].what}") from error


def _foreign(what: str) -> EngineError:
    return EngineError(Problem(what, remedy="read it with the her2stats that wrote it"))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, ".17g") if isinstance(value, float) else str(value)


def _value(texts: Sequence[str], of_type: str) -> object:
    if of_type.startswith("tuple"):
        return tuple(texts)
    text = texts[0] if texts else ""
    if of_type == "bool":
        return text == "true"
    if of_type == "int":
        return int(text)
    return float(text) if of_type == "float" else text
