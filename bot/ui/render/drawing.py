"""The renderers that Discord's side is given, and names of the files in a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord
from discord import ui

from bot import texts
from bot.domain.errors import EaselError
from bot.domain.jobs import Job
from bot.domain.snapshots import JobSnapshot
from bot.services.ports.messages import Link, Picture

STRIP_FILENAME = "references.png"
"""The reference strip's name as an attachment; a status drawing refers to it as `STRIP_URL`."""

STRIP_URL = f"attachment://{STRIP_FILENAME}"

NEUTRAL_WORD = texts.status.NOT_RUN
"""Stands in public, for a moment, between a refused command and the removal of its answer."""

PING_NOBODY = discord.AllowedMentions.none()
"""For every message but a result, which mentions its requester."""

Drawing: TypeAlias = Sequence[Mapping[str, Any]]
"""A layout as the components that Discord gets; equal drawings look equal."""


@dataclass(frozen=True, slots=True)
class Renderers:
    """The pure functions that turn what the use cases say into layouts."""

    status: Callable[[JobSnapshot], ui.LayoutView]
    result: Callable[[Job, tuple[Picture | Link, ...]], ui.LayoutView]
    refusal: Callable[[EaselError], ui.LayoutView]
    unexpected: Callable[[str], ui.LayoutView]


def drawn(view: ui.LayoutView) -> ui.LayoutView:
    """Stop a layout before it is sent, so that discord.py sends it and forgets it.

    Every button is a dynamic item, found by its custom id and registered once; a kept layout would only cost memory.
    """
    view.stop()
    return view


def one_sentence(text: str) -> ui.LayoutView:
    """A layout of one sentence."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(text))
    return view


def shows_strip(view: ui.LayoutView) -> bool:
    """Whether a layout refers to the reference strip."""
    return any(_names_strip(item) for item in view.walk_children())


def without_strip(view: ui.LayoutView) -> ui.LayoutView:
    """Take the reference strip out of a layout whose file cannot be had, so that the rest can be shown."""
    for item in list(view.walk_children()):
        if _names_strip(item):
            (item.parent or view).remove_item(item)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - a gallery's parent is a container; discord.py types it as any item
    return view


def _names_strip(item: ui.Item[Any]) -> bool:
    return isinstance(item, ui.MediaGallery) and any(each.media.url == STRIP_URL for each in item.items)


def mentioning(member_id: int | None) -> discord.AllowedMentions:
    """Let a message mention this one member, and nobody else whatever its text says."""
    users = [] if member_id is None else [discord.Object(member_id)]
    return discord.AllowedMentions(everyone=False, roles=False, users=users, replied_user=False)
