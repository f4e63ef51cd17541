"""What a section of the study file is, and how it gets the settings that another part of the package defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator

from her2stats.errors import CONTROL_CODES
from her2stats.packaged import facts

S = TypeVar("S", bound="Section")


class Section(BaseModel):
    """A section of the study file: frozen, a key not known is an error, and `settings.toml` says what each means."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, meaning in facts("her2stats.study", "settings.toml").get(cls.__name__, {}).items():
            if name in cls.model_fields:  # a section is made twice where a spec gives it settings
                cls.model_fields[name].description = meaning

    @field_validator("*", mode="before")
    @classmethod
    def _no_control_codes(cls, value: Any) -> Any:
        if any(
            isinstance(word, str) and CONTROL_CODES.search(word)
            for word in (value if isinstance(value, list) else [value])
        ):
            raise ValueError(f"{value!r} holds control codes", "take them out")
        return value


def _taken_from(owner: Any, name: str, changed: Mapping[str, Any]) -> Any:
    """Type and field of a setting that a spec or the settings of the deconvolution have."""
    field, kind = owner.__dataclass_fields__[name], get_type_hints(owner)[name]
    about = {"default": field.default, "description": field.metadata.get("meaning"), **changed}
    limits = about.pop("limits", field.metadata.get("limits", {}))
    return kind, Field(**about, **limits)


def with_settings(
    settings: Mapping[str, tuple[type, str]], **changed: Mapping[str, Any]
) -> Callable[[type[S]], type[S]]:
    """Give a section the settings that fields of a spec, or of the settings of the deconvolution, are."""

    def decorate(section: type[S]) -> type[S]:
        fields = {name: _taken_from(*source, changed.get(name, {})) for name, source in settings.items()}
        made: Any = create_model(
            section.__name__, __base__=section, __module__=section.__module__, __doc__=section.__doc__, **fields
        )
        return made  # type: ignore[no-any-return]

    return decorate
