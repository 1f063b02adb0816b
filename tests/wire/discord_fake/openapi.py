"""Checks requests, and the fake's own answers, against Discord's OpenAPI description."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
from jsonschema import Draft202012Validator, exceptions
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.wire.discord_fake.shapes import Json

VARIABLE = "DISCORD_OPENAPI"
"""The environment variable that names the description's file (github.com/discord/discord-api-spec, openapi.json)."""

_BASE = "urn:discord"
_MEDIA_CHANNEL = 16
"""Discord's documentation has had it since 2023 ("Channel Types", GUILD_MEDIA); the description lacks it."""
_ID_LISTS = {"users", "roles", "applied_tags"}
_ID_FIELDS = {"message_id", "channel_id", "guild_id", "recipient_id"}
_WITH_IDS = {"attachments", "default_values"}


class OpenApi:
    """The description, with validators for each schema asked for."""

    def __init__(self, description: Json) -> None:
        self._description = description
        resource: Resource[Any] = Resource.from_contents(description, default_specification=DRAFT202012)
        empty: Registry[Any] = Registry()
        self._registry = empty.with_resource(_BASE, resource)
        self._quick_registry = jsonschema_rs.Registry([(_BASE, description)], draft=jsonschema_rs.Draft202012)
        self._validators: dict[str, tuple[jsonschema_rs.Draft202012Validator, Draft202012Validator]] = {}

    @classmethod
    def from_environment(cls) -> OpenApi | None:
        """Read the file that `DISCORD_OPENAPI` names, once in this process; None when it names none."""
        name = os.environ.get(VARIABLE)
        return cls._read(Path(name)) if name else None

    @classmethod
    @cache
    def _read(cls, path: Path) -> OpenApi:
        return cls(json.loads(path.read_text()))

    def check_request(self, route: str, body: Any) -> str | None:
        """Say in what a JSON body differs from the description, or None; unknown routes and missing bodies count."""
        operation, pointer = self._operation(route)
        if operation is None:
            return f"{route} is not described"
        content: Json = operation.get("requestBody", {}).get("content", {})
        if not content:
            return None if body is None else "This route takes no body"
        if body is None:
            return "A body is missing" if operation["requestBody"].get("required") else None
        if "application/json" not in content:
            return "This route takes no JSON"
        return self._check(f"{pointer}/requestBody/content/application~1json/schema", normalized(body))

    def check_answer(self, route: str, status: int, body: Any) -> str | None:
        """Say in what an answer of the fake differs from the description, or None."""
        operation, pointer = self._operation(route)
        if operation is None or "content" not in operation["responses"].get(str(status), {}):
            return None
        return self._check(f"{pointer}/responses/{status}/content/application~1json/schema", body)

    def _operation(self, route: str) -> tuple[Json | None, str]:
        method, path = route.split(" ", 1)
        operation: Json | None = self._description["paths"].get(path, {}).get(method.lower())
        return operation, f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method.lower()}"

    def _check(self, pointer: str, body: Any) -> str | None:
        if pointer not in self._validators:
            schema = {"$ref": f"{_BASE}#{pointer.replace('{', '%7B').replace('}', '%7D')}"}
            self._validators[pointer] = (
                jsonschema_rs.Draft202012Validator(schema, registry=self._quick_registry),
                Draft202012Validator(schema, registry=self._registry),
            )
        quick, telling = self._validators[pointer]
        if quick.is_valid(body):
            return None
        found: list[Any] = list(telling.iter_errors(body))  # pyright: ignore[reportUnknownMemberType]  # untyped default
        best = cast("Any", exceptions.best_match(found))  # pyright: ignore[reportUnknownMemberType]  # untyped return
        error: exceptions.ValidationError | None = best
        if error is None:
            return None
        return f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def normalized(body: Any) -> Any:
    """Write ids as digit strings, as the description wants them; Discord takes numbers as well."""
    if isinstance(body, list):
        return [normalized(each) for each in cast("list[Any]", body)]
    if isinstance(body, dict):
        return {name: _normalized_field(name, value) for name, value in cast("Json", body).items()}
    return body


def _normalized_field(name: str, value: Any) -> Any:
    if name in _ID_FIELDS and isinstance(value, int):
        return str(value)
    if not isinstance(value, list):
        return normalized(value)
    entries = cast("list[Any]", value)
    if name == "channel_types":
        return [each for each in entries if each != _MEDIA_CHANNEL]
    if name in _ID_LISTS:
        return [str(each) for each in entries]
    if name in _WITH_IDS:
        return [{**normalized(each), "id": str(each["id"])} for each in entries]
    return normalized(entries)
