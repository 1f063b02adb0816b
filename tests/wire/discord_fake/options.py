"""Fits what a test gives to a slash command's options, as Discord's client would, and collects what they refer to."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tests.wire.discord_fake.bodies import Upload
from tests.wire.discord_fake.cdn import Cdn
from tests.wire.discord_fake.payloads import Payloads
from tests.wire.discord_fake.permissions import ALL, permissions_in
from tests.wire.discord_fake.shapes import Json, items_of
from tests.wire.discord_fake.world import Attachment, Channel, Member, Message, Role, User

Value: TypeAlias = "str | float | bool | Member | User | Role | Channel | Upload | bytes"

_SUBCOMMANDS = {1, 2}
_TEXT, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _MENTIONABLE, _NUMBER, _FILE = 3, 4, 5, 6, 7, 8, 9, 10, 11


class Refused(AssertionError):
    """Discord's client would not let a member do this."""


@dataclass(slots=True)
class Resolved:
    """The objects that an interaction refers to by id, in the order in which they were met."""

    payloads: Payloads
    cdn: Cdn
    channel: Channel
    found: dict[str, Json] = field(default_factory=dict[str, Json])

    def add(self, thing: Member | User | Role | Channel | Attachment | Message) -> str:
        """Take an object in and give its id."""
        if isinstance(thing, Member):
            member = {name: value for name, value in self.payloads.member(thing).items() if name != "user"}
            bits = permissions_in(thing, self.channel) if self.channel.guild else ALL
            self._put("members", thing.id, {**member, "permissions": str(bits)})
            self._put("users", thing.id, self.payloads.user(thing.user))
        elif isinstance(thing, User):
            self._put("users", thing.id, self.payloads.user(thing))
        elif isinstance(thing, Role):
            self._put("roles", thing.id, self.payloads.role(thing))
        elif isinstance(thing, Channel):
            self._put("channels", thing.id, {**self.payloads.channel(thing), "permissions": str(ALL)})
        elif isinstance(thing, Message):
            self._put("messages", thing.id, self.payloads.message(thing))
        else:
            self._put("attachments", thing.id, self.cdn.payload(thing))
        return str(thing.id)

    def upload(self, name: str, given: Upload | bytes) -> str:
        """Store an ephemeral file and give its id."""
        upload = given if isinstance(given, Upload) else Upload(f"{name}.png", given)
        stored = self.cdn.store(
            self.channel.id, upload.filename, upload.data, content_type=upload.content_type, ephemeral=True
        )
        return self.add(stored)

    def shuffle(self, order: random.Random) -> None:
        """Bring each kind's objects into another order, which Discord never promised to keep."""
        for kind, things in self.found.items():
            items = list(things.items())
            order.shuffle(items)
            self.found[kind] = dict(items)

    def _put(self, kind: str, thing_id: int, payload: Json) -> None:
        self.found.setdefault(kind, {})[str(thing_id)] = payload


def find_leaf(command: Json, path: Sequence[str]) -> tuple[list[Json], list[tuple[int, str]]]:
    """Walk down a command's groups; give the leaf's options and the (type, name) steps to it."""
    options: list[Json] = items_of(command, "options")
    steps: list[tuple[int, str]] = []
    for name in path:
        step = next((each for each in options if each["name"] == name and each["type"] in _SUBCOMMANDS), None)
        if step is None:
            raise Refused(f"/{command['name']} has no {name!r} here; it has {[each['name'] for each in options]}")
        steps.append((step["type"], name))
        options = items_of(step, "options")
    if any(each["type"] in _SUBCOMMANDS for each in options):
        raise Refused(f"/{command['name']} wants one of {[each['name'] for each in options]}")
    return options, steps


def fill(
    declared: list[Json], given: Mapping[str, Value], resolved: Resolved, *, focused: str | None = None
) -> list[Json]:
    """Fit values to options, in the order given.

    Args:
        declared: the command's options.
        given: values by name.
        resolved: takes in what they refer to.
        focused: the option being typed, for autocomplete; then nothing is required.

    Raises:
        Refused: an option is unknown or missing, or a value does not fit.
    """
    known = {option["name"]: option for option in declared}
    if strangers := set(given) - set(known):
        raise Refused(f"No such options: {sorted(strangers)}; there are {sorted(known)}")
    missing = [name for name, option in known.items() if option.get("required") and name not in given]
    if missing and focused is None:
        raise Refused(f"Required options are missing: {missing}")
    filled: list[Json] = []
    for name, value in given.items():
        option = known[name]
        if name == focused:
            filled.append({"name": name, "type": option["type"], "value": value, "focused": True})
        else:
            filled.append({"name": name, "type": option["type"], "value": _fit(option, value, resolved)})
    return filled


def nest(steps: list[tuple[int, str]], options: list[Json]) -> list[Json]:
    """Put the leaf's options below its groups."""
    for kind, name in reversed(steps):
        options = [{"type": kind, "name": name, "options": options}]
    return options


def _fit(option: Json, value: Value, resolved: Resolved) -> Any:
    kind = option["type"]
    if kind == _FILE and isinstance(value, (bytes, Upload)):
        return resolved.upload(option["name"], value)
    if kind in {_USER, _MENTIONABLE} and isinstance(value, (Member, User)):
        return resolved.add(value)
    if kind in {_ROLE, _MENTIONABLE} and isinstance(value, Role):
        return resolved.add(value)
    if kind == _CHANNEL and isinstance(value, Channel):
        if option.get("channel_types") and value.kind not in option["channel_types"]:
            raise Refused(f"{option['name']} takes no channel of type {value.kind!r}")
        return resolved.add(value)
    plain: dict[int, type | tuple[type, ...]] = {
        _TEXT: str, _INTEGER: int, _BOOLEAN: bool, _NUMBER: (int, float),
    }  # fmt: skip
    if kind not in plain or not isinstance(value, plain[kind]) or (isinstance(value, bool) != (kind == _BOOLEAN)):
        raise Refused(f"{option['name']} (type {kind}) takes no {type(value).__name__}")
    _check_range(option, value)
    return value


def _check_range(option: Json, value: Any) -> None:
    name = option["name"]
    if option.get("choices"):
        if value not in [choice["value"] for choice in option["choices"]]:
            raise Refused(f"{name} offers {[choice['value'] for choice in option['choices']]}, not {value!r}")
        return
    size, unit = (len(value), "length") if isinstance(value, str) else (value, "value")
    if isinstance(value, str) and not value:
        raise Refused(f"{name} is empty")
    if size < option.get(f"min_{unit}", size) or size > option.get(f"max_{unit}", size):
        raise Refused(f"{name}: {unit} {size} is outside what the option allows")
