"""Message menus on the demo's page, which it does not draw: a reply with a menu's name uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from simcord.actors import MemberActor

from bot.demo.world import World

ADD, REPORT, EDIT = "Add to references", "Report this picture", "Edit this image"


class ReplyMenus:
    """Presses menus for whoever replies to a message with a menu's name, as the visitor's own click would.

    The form of *Edit this image* cannot be shown on the page, so its prompt stands behind a colon, and all images are
    chosen.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = max((message.id for message in world.channel.history()), default=0)

    async def press_new(self) -> None:
        """Press what was asked for since the last look.

        Raises:
            simcord.SetupError: the visitor is pressing something else right now; the next look tries again.
        """
        for message in self._world.channel.history():
            if message.id > self._seen:
                await self._press(message)
                self._seen = message.id

    async def _press(self, message: discord.Message) -> None:
        asked, _, prompt = (part.strip() for part in message.content.partition(":"))
        menu = next((menu for menu in (ADD, REPORT, EDIT) if menu.casefold() == asked.casefold()), None)
        target, actor = _replied_to(message), self._actor(message.author.id)
        if menu is None or target is None or actor is None or bool(prompt) is not (menu == EDIT):
            return
        shown = await actor.context_menu(self._world.channel, menu, target)
        if shown.modal is not None:
            await actor.submit_modal(shown, {"prompt": prompt} | _all_options(shown.modal))

    def _actor(self, member_id: int) -> MemberActor | None:
        return next((actor for actor in self._world.everybody if actor.id == member_id), None)


def _all_options(form: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every option of each select in a form, by its custom id."""
    controls = [label["component"] for label in form["components"]]
    return {each["custom_id"]: [o["value"] for o in each["options"]] for each in controls if "options" in each}


def _replied_to(message: discord.Message) -> discord.Message | None:
    resolved = None if message.reference is None else message.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None
