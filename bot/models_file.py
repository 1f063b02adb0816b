"""Catalogues as they are written, in TOML or JSON: checked, with one sentence for each fault."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.domain.entries import model_of
from bot.domain.image_models import ImageModel
from bot.domain.parameters import ASPECT

_Word: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_ModelId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+$", max_length=100)
]
_NEVER_A_PARAMETER = frozenset({"prompt", "enable_sync_mode", "enable_base64_output", "num_images"})


class BadEntries(ValueError):
    """A catalogue that cannot be used. `faults` are sentences, each about one thing to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Images(_Form):
    field: _Word
    shape: Literal["one", "list"]
    least: int = Field(default=1, ge=1)
    most: int = Field(ge=1)
    min_pixels: int = Field(default=0, ge=0)
    max_pixels: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _agree(self) -> _Images:
        if self.least > self.most or (self.shape == "one" and self.most > 1):
            raise ValueError("`least` and `most` do not fit each other and the shape")
        return self


class _Integer(_Form):
    kind: Literal["integer"]
    name: _Word
    minimum: int
    maximum: int


class _Number(_Form):
    kind: Literal["number"]
    name: _Word
    minimum: float
    maximum: float
    default: float


class _Choice(_Form):
    kind: Literal["choice"]
    name: _Word
    choices: tuple[_Words, ...] = Field(min_length=1)
    always: str | None = None

    @model_validator(mode="after")
    def _agree(self) -> _Choice:
        if self.always is not None and self.always not in self.choices:
            raise ValueError("`always` is none of the choices")
        if self.name == ASPECT.name and not all(_is_shape(each) for each in self.choices):
            raise ValueError("an aspect ratio is written WIDTH:HEIGHT")
        return self


class _Size(_Form):
    kind: Literal["size"]
    name: _Word
    minimum: int = Field(ge=16)
    maximum: int
    pixels: int = Field(ge=1)


class _Entry(_Form):
    """One model as it is written."""

    id: _ModelId
    label: _Words
    source: str = ""
    price_usd: Decimal = Field(gt=0, le=100)
    offered: bool = False
    prompt_chars: int | None = Field(default=None, ge=1)
    images: _Images | None = None
    parameters: tuple[Annotated[_Integer | _Number | _Choice | _Size, Field(discriminator="kind")], ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> _Entry:
        names = [parameter.name for parameter in self.parameters]
        taken = _NEVER_A_PARAMETER | {self.images.field if self.images else ""}
        for name in names:
            if names.count(name) > 1 or name in taken:
                raise ValueError(f"`{name}` stands there twice, or is no parameter that is chosen")
        for each in self.parameters:
            if not isinstance(each, _Choice) and each.minimum > each.maximum:
                raise ValueError(f"the range of `{each.name}` ends before it begins")
        return self


class _File(_Form):
    models: tuple[_Entry, ...]

    @model_validator(mode="after")
    def _agree(self) -> _File:
        ids = [entry.id for entry in self.models]
        for model_id in ids:
            if ids.count(model_id) > 1:
                raise ValueError(f"{model_id} stands there twice")
        return self


def load_models(path: Path) -> tuple[ImageModel, ...]:
    """Read an operator's file; its name says whether it is JSON.

    Raises:
        BadEntries: it cannot be read, or one sentence for each fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadEntries((f"{path.name} cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8'}.",)) from error
    return read_entries(text, is_json=path.suffix.lower() == ".json")


def read_entries(text: str, *, is_json: bool = False) -> tuple[ImageModel, ...]:
    """Read a catalogue.

    Raises:
        BadEntries: one sentence for each fault, with where it stands.
    """
    try:
        written: dict[str, Any] = json.loads(text) if is_json else tomllib.loads(text)
    except ValueError as error:  # both libraries' own errors are of this kind
        raise BadEntries((f"It is no {'JSON' if is_json else 'TOML'}: {error}.",)) from error
    try:
        return tuple(model_of(entry.model_dump()) for entry in _File.model_validate(written).models)
    except ValidationError as error:
        raise BadEntries(tuple(_sentence(fault["loc"], fault["msg"], written) for fault in error.errors())) from error


def _sentence(where: tuple[int | str, ...], message: str, written: dict[str, Any]) -> str:
    """What is wrong and where: `acme/paint: parameters.0.minimum: ...`, a model by its id where it has one."""
    said = f"{message.removeprefix('Value error, ')}."
    if len(where) < len(("models", 0)):
        return f"{'.'.join(map(str, where)) or 'the file'}: {said}"
    entry, rest = written["models"][where[1]], list(where[2:])
    if rest[:1] == ["parameters"]:
        del rest[2:3]  # the kind, by which the form was chosen
    named = str(cast("dict[str, Any]", entry).get("id", "")) if isinstance(entry, dict) else ""
    return ": ".join(part for part in (named or f"model {int(where[1]) + 1}", ".".join(map(str, rest)), said) if part)


def _is_shape(text: str) -> bool:
    width, _, height = text.partition(":")
    return all(each.isascii() and each.isdecimal() and int(each) > 0 for each in (width, height))
