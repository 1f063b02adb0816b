"""Requests, and the fake's own answers, against Discord's OpenAPI description where `DISCORD_OPENAPI` names it."""

from __future__ import annotations

import io
import json
from typing import Any

import discord
import pytest
from discord import ui

from tests.wire.discord_fake import OpenApi
from tests.wire.discord_fake.openapi import VARIABLE, normalized
from tests.wire.discord_fake.routes import Routes
from tests.wire.discord_probe import Probe, Rest, Scene

SEND = "POST /channels/{channel_id}/messages"


@pytest.fixture(scope="module")
def openapi() -> OpenApi:
    found = OpenApi.from_environment()
    if found is None:
        pytest.skip(f"{VARIABLE} names no file")
    return found


@pytest.mark.parametrize(
    ("route", "body"),
    [
        (SEND, {"content": "x", "nonce": "n" * 26}),
        (SEND, {"embeds": [{"description": "d" * 4097}]}),
        (SEND, {"content": 5}),
        ("PUT /applications/{application_id}/commands", [{"name": "n" * 33}]),
        (
            "POST /interactions/{interaction_id}/{interaction_token}/callback",
            {"type": 9, "data": {"title": "t" * 46, "custom_id": "c", "components": []}},
        ),
        ("PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original", {"content": "x" * 2001}),
        (SEND, None),
        ("GET /no/such/route", None),
    ],
)
def test_requests_that_differ_are_found(openapi: OpenApi, route: str, body: Any) -> None:
    """The description catches lengths and types."""
    assert openapi.check_request(route, body)


def test_ids_may_be_numbers(openapi: OpenApi) -> None:
    """Discord takes ids as numbers, the description only as digits: they are written as digits first."""
    body = {
        "content": "x",
        "attachments": [{"id": 0, "filename": "a.png"}],
        "allowed_mentions": {"users": [1]},
        "message_reference": {"message_id": 1},
    }

    assert openapi.check_request(SEND, body) is None
    assert normalized(body)["attachments"][0]["id"] == "0"
    assert body["attachments"] == [{"id": 0, "filename": "a.png"}]


def test_every_route_is_described(openapi: OpenApi, scene: Scene) -> None:
    """The fake offers no route that Discord does not have."""
    fake = scene.fake
    table = Routes(fake.world, fake.message_desk, fake.desk, fake.payloads, fake.gateway).table()
    undescribed = [route for route in table if openapi.check_request(route, None) == f"{route} is not described"]

    assert undescribed == []


class EveryComponent(ui.LayoutView):
    """One of each component that a result is made of."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        picture = "attachment://out.png"
        thumbnail: ui.Thumbnail[EveryComponent] = ui.Thumbnail(picture)
        section: ui.Section[EveryComponent] = ui.Section("Ready", accessory=thumbnail)
        gallery: ui.MediaGallery[EveryComponent] = ui.MediaGallery(discord.MediaGalleryItem(picture))
        row: ui.ActionRow[EveryComponent] = ui.ActionRow()
        row.add_item(ui.Select(custom_id="which", options=[discord.SelectOption(label="a", value="1")]))
        self.add_item(ui.Container(section, ui.Separator(), gallery, ui.File(picture)))
        self.add_item(row)


async def test_a_mistake_on_the_wire_fails_the_check(scene: Scene, rest: Rest, openapi: OpenApi) -> None:
    """A request that only the description objects to is noted, and `assert_clean` fails."""
    assert openapi is not None
    await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x", "tts": "loud"})

    with pytest.raises(AssertionError, match="OPENAPI"):
        scene.fake.assert_clean()


async def test_discord_py_and_the_answers_it_gets_are_clean(
    probe: Probe, scene: Scene, openapi: OpenApi, rest: Rest, png: bytes
) -> None:
    """A job's whole way in requests passes, and what the fake answers looks like Discord's answers."""
    scene.fake.slash(scene.alice, scene.channel, "edit", {"prompt": "a hat", "image": png})
    interaction = await probe.next()
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content="working")
    file = discord.File(io.BytesIO(png), "out.png")
    channel = probe.get_partial_messageable(scene.channel.id)
    message = await channel.send(
        view=EveryComponent(), file=file, nonce="r:1", allowed_mentions=discord.AllowedMentions.none()
    )
    app = scene.fake.world.application_id
    one = "/channels/{channel_id}/messages/{message_id}"
    asked = {
        "GET /users/@me": "/users/@me",
        "GET /applications/@me": "/applications/@me",
        "GET /channels/{channel_id}": f"/channels/{scene.channel.id}",
        "GET /channels/{channel_id}/messages": f"/channels/{scene.channel.id}/messages",
        f"GET {one}": f"/channels/{scene.channel.id}/messages/{message.id}",
        "GET /guilds/{guild_id}": f"/guilds/{scene.guild.id}",
        "GET /guilds/{guild_id}/roles": f"/guilds/{scene.guild.id}/roles",
        "GET /guilds/{guild_id}/members/{user_id}": f"/guilds/{scene.guild.id}/members/{scene.alice.id}",
        "GET /applications/{application_id}/commands": f"/applications/{app}/commands",
        "GET /gateway/bot": "/gateway/bot",
    }
    differences = {
        route: openapi.check_answer(route, 200, (await rest("GET", path)).body) for route, path in asked.items()
    }

    assert {route: text for route, text in differences.items() if text} == {}
    assert json.dumps(scene.fake.journal.violations) == "[]"
