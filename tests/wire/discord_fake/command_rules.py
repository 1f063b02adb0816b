"""Discord's rules for application commands: names, lengths, order of options, and 8,000 characters in all."""

from __future__ import annotations

import re

from tests.wire.discord_fake.errors import Problem
from tests.wire.discord_fake.shapes import Json, items_of

_NAME = re.compile(r"[-_'\w]{1,32}")
ENTRY_POINT = 4
"""The kind of the command that opens an application's Activity."""

_CHAT, _SUBCOMMAND, _GROUP = 1, 1, 2
_MOST = {1: 100, 2: 15, 3: 15}
_MAX_TOTAL = 8000
_MAX_OPTIONS = 25


def check_commands(commands: list[Json]) -> list[Problem]:
    """Check a bulk overwrite of commands; each problem names the command by its place."""
    problems: list[Problem] = []
    names = [(each.get("type", _CHAT), each.get("name")) for each in commands]
    for kind, most in _MOST.items():
        if sum(1 for each, _ in names if each == kind) > most:
            problems.append(
                Problem("commands", "APPLICATION_COMMANDS_MAX", f"More than {most} commands of type {kind}")
            )
    if len(set(names)) != len(names):
        problems.append(Problem("commands", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Two commands share a name"))
    for index, command in enumerate(commands):
        problems += _command(command, str(index))
    return problems


def total_length(command: Json) -> int:
    """Count the characters that Discord counts: names, descriptions and choice values, all levels together.

    Of a text with translations the longest counts.
    """
    total = _longest(command, "name") + _longest(command, "description")
    for choice in items_of(command, "choices"):
        total += _longest(choice, "name") + len(str(choice.get("value", "")))
    return total + sum(total_length(option) for option in items_of(command, "options"))


def _longest(thing: Json, name: str) -> int:
    translations: dict[str, str] = thing.get(f"{name}_localizations") or {}
    return max(map(len, [thing.get(name) or "", *translations.values()]))


def _command(command: Json, path: str) -> list[Problem]:
    problems: list[Problem] = []
    if command.get("type", _CHAT) == _CHAT:
        problems += _named(command, path) + _options(items_of(command, "options"), path)
    elif not 1 <= len(command.get("name") or "") <= 32:
        problems.append(Problem(f"{path}.name", "BASE_TYPE_BAD_LENGTH", "A menu's name has 1 to 32 characters"))
    elif command["type"] != ENTRY_POINT and (command.get("description") or command.get("options")):
        problems.append(Problem(path, "APPLICATION_COMMAND_MENU", "A menu has neither description nor options"))
    if total_length(command) > _MAX_TOTAL:
        text = f"{total_length(command)} characters; at most 8000"
        problems.append(Problem(path, "APPLICATION_COMMAND_TOO_LARGE", text))
    return problems


def _named(thing: Json, path: str) -> list[Problem]:
    problems: list[Problem] = []
    name: str = thing.get("name") or ""
    if not _NAME.fullmatch(name) or name != name.lower():
        text = f"{name!r}: 1 to 32 lower-case letters, digits, - and _"
        problems.append(Problem(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", text))
    if not 1 <= len(thing.get("description") or "") <= 100:
        problems.append(Problem(f"{path}.description", "BASE_TYPE_BAD_LENGTH", "1 to 100 characters"))
    return problems


def _options(options: list[Json], path: str) -> list[Problem]:
    problems: list[Problem] = []
    if len(options) > _MAX_OPTIONS:
        problems.append(Problem(f"{path}.options", "BASE_TYPE_MAX_LENGTH", f"{len(options)} options; at most 25"))
    names = [option.get("name") for option in options]
    if len(set(names)) != len(names):
        problems.append(Problem(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "Names must differ"))
    optional_seen = False
    for index, option in enumerate(options):
        here = f"{path}.options.{index}"
        if option.get("required") and optional_seen:
            text = "Required options stand before optional ones"
            problems.append(Problem(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text))
        optional_seen = optional_seen or not option.get("required")
        problems += _named(option, here) + _choices(option, here)
        if option.get("type") in {_SUBCOMMAND, _GROUP}:
            problems += _options(items_of(option, "options"), here)
    return problems


def _choices(option: Json, path: str) -> list[Problem]:
    choices: list[Json] = items_of(option, "choices")
    problems: list[Problem] = []
    if len(choices) > _MAX_OPTIONS:
        problems.append(Problem(f"{path}.choices", "BASE_TYPE_MAX_LENGTH", f"{len(choices)} choices; at most 25"))
    if choices and option.get("autocomplete"):
        problems.append(Problem(path, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Choices or autocomplete, not both"))
    problems += [
        Problem(
            f"{path}.choices", "BASE_TYPE_BAD_LENGTH", "A choice's name has 1 to 100 characters, its value at most 100"
        )
        for choice in choices
        if not 1 <= len(choice.get("name") or "") <= 100 or len(str(choice.get("value", ""))) > 100
    ]
    return problems
