"""Where the images of a message can be, by the payloads that Discord sends."""

from __future__ import annotations

from typing import Any, cast

import discord
from discord.http import HTTPClient
from discord.state import ConnectionState

from bot.ui.discord.message_images import images_in

CDN = "https://cdn.discordapp.com/attachments/1/"
PROXY = "https://media.discordapp.net/attachments/1/"


def attachment(n: int, name: str, content_type: str | None = "image/png") -> dict[str, Any]:
    url = f"{CDN}{n}/{name}"
    return {
        "id": str(n),
        "filename": name,
        "size": 9,
        "url": f"{url}?ex=1&hm=2",
        "proxy_url": url,
        "content_type": content_type,
    }


def media(url: str, content_type: str = "image/png", **more: str) -> dict[str, Any]:
    return {"url": url, "content_type": content_type, **more}


def message(**payload: Any) -> discord.Message:
    """A message as an interaction brings it."""
    state = ConnectionState[discord.Client](
        dispatch=lambda *_: None, handlers={}, hooks={}, http=cast("HTTPClient", None), intents=discord.Intents.none()
    )
    whole: dict[str, Any] = {
        "id": "5",
        "type": 0,
        "content": "",
        "timestamp": "2026-11-01T00:00:00+00:00",
        "edited_timestamp": None,
        "author": {"id": "6", "username": "ben", "discriminator": "0", "avatar": None},
        "attachments": [],
        "embeds": [],
        "components": [],
        "mentions": [],
        "mention_roles": [],
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
    }
    channel = discord.PartialMessageable(state=state, id=7, guild_id=None)
    return discord.Message(state=state, channel=channel, data=cast("Any", whole | payload))


def snapshot(**payload: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "type": 0,
        "content": "",
        "timestamp": "2026-11-01T00:00:00+00:00",
        "edited_timestamp": None,
        "attachments": [],
        "embeds": [],
    }
    return {"message": whole | payload}


def at_discord(url: str) -> bool:
    return url.startswith((CDN, PROXY))


def names(of: discord.Message) -> list[str]:
    files, _ = images_in(of, at_discord)
    return [file.filename for file in files]


def test_files_come_first_then_what_is_shown() -> None:
    """Its own files, those of what it forwards, then embeds and components, in the order of the message."""
    gallery = {"type": 12, "items": [{"media": media(f"{CDN}4/d.png")}, {"media": media(f"{CDN}5/e.png")}]}
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "x"}],
        "accessory": {"type": 11, "media": media(f"{CDN}6/f.png")},
    }
    seen = message(
        attachments=[attachment(1, "a.png"), attachment(9, "notes.txt", "text/plain")],
        message_snapshots=[snapshot(attachments=[attachment(2, "b.png")])],
        embeds=[{"type": "rich", "image": {"url": f"{CDN}3/c.png"}}],
        components=[{"type": 17, "components": [gallery, section]}],
    )

    files, no_images = images_in(seen, at_discord)

    assert [file.filename for file in files] == ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"]
    assert no_images == 1
    assert [file.size for file in files] == [9, 9, None, None, None, None]


def test_each_image_counts_once() -> None:
    """The same file under another signature, from the other host, or shown by a gallery is one image."""
    seen = message(
        attachments=[attachment(1, "a.png")],
        embeds=[{"type": "image", "thumbnail": {"url": f"{CDN}1/a.png?ex=9", "proxy_url": f"{PROXY}1/a.png"}}],
        components=[{"type": 12, "items": [{"media": media(f"{PROXY}1/a.png")}]}],
    )

    files, _ = images_in(seen, at_discord)

    assert [(file.id, file.url) for file in files] == [(1, f"{CDN}1/a.png?ex=1&hm=2")]


def test_what_lies_elsewhere_or_moves_is_not_taken() -> None:
    """Only Discord's own copies are fetched; a video's preview is not the picture that a member means."""
    elsewhere = "https://elsewhere.example/a.png"
    seen = message(
        embeds=[
            {"type": "rich", "image": {"url": elsewhere, "proxy_url": "https://images-ext-1.discordapp.net/x/a.png"}},
            {"type": "video", "thumbnail": {"url": f"{CDN}2/clip.png"}},
            {"type": "gifv", "thumbnail": {"url": f"{CDN}3/dance.png"}},
        ],
        components=[{"type": 12, "items": [{"media": media(f"{CDN}4/clip.mp4", "video/mp4")}]}],
    )

    assert names(seen) == []


def test_a_proxied_copy_at_discord_is_taken() -> None:
    """Where only Discord's copy of an image can be fetched, that one is."""
    thumbnail = {"url": "https://x.example/1", "proxy_url": f"{PROXY}1/a%20b.png"}
    seen = message(embeds=[{"type": "image", "thumbnail": thumbnail}])

    assert names(seen) == ["a b.png"]
