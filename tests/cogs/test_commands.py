"""All commands together: within Discord's limits and ours, in servers only, moderators' hidden from members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.demo.world import World

_LONGEST_DESCRIPTION = 60
_MOST_CHARACTERS = 6_000


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for option in node.get("options", []):
        yield from walk(option)


def characters(node: dict[str, Any]) -> int:
    """What Discord counts: names, descriptions and choices, nested ones too."""
    own = len(node["name"]) + len(node.get("description", ""))
    choices = sum(len(c["name"]) + len(str(c["value"])) for c in node.get("choices", []))
    return own + choices + sum(characters(option) for option in node.get("options", []))


@pytest.fixture
def commands(world: World) -> list[dict[str, Any]]:
    tree = world.app.bot.tree
    return [command.to_dict(tree) for command in tree.get_commands()]


async def test_descriptions_are_short(commands: list[dict[str, Any]]) -> None:
    """At most 60 characters, so that nothing is cut on a phone."""
    long = [
        (node["name"], node["description"])
        for command in commands
        for node in walk(command)
        if len(node.get("description", "")) > _LONGEST_DESCRIPTION
    ]

    assert long == []


async def test_commands_stay_within_the_characters(commands: list[dict[str, Any]]) -> None:
    """At most 6,000 of Discord's 8,000 characters each, which leaves room for translations."""
    assert [c["name"] for c in commands if characters(c) > _MOST_CHARACTERS] == []


async def test_required_options_come_first(commands: list[dict[str, Any]]) -> None:
    """Discord refuses a command whose required options follow optional ones."""
    for command in commands:
        for node in walk(command):
            needed = [bool(option.get("required")) for option in node.get("options", []) if option["type"] > 2]

            assert sorted(needed, reverse=True) == needed


async def test_commands_live_in_servers(commands: list[dict[str, Any]]) -> None:
    """Server install and server context only; two commands also answer in a DM."""
    in_dm = {c["name"] for c in commands if c.get("contexts") != [0]}

    assert in_dm <= {"privacy", "guide"}
    assert all(c.get("integration_types") == [0] for c in commands)


async def test_moderators_commands_are_hidden_from_members(world: World) -> None:
    """`/manage` asks for Manage Server by default; the services check it again."""
    assert not [name for name in world.alice.available_commands(world.channel) if name.startswith("manage")]
    assert [name for name in world.mona.available_commands(world.channel) if name.startswith("manage")]


async def test_commands_are_synced_once(world: World) -> None:
    """Discord is told about the commands only when they changed."""
    fact = await world.app.stores.facts.fact("commands.synced")
    await world.app.bot.setup_hook()
    puts = [request for request in world.env.http_requests if request.method == "PUT"]

    assert fact is not None
    assert len(puts) == 1
