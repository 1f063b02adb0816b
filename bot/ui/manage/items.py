"""The buttons and menus of the moderators' settings panel: each carries what it is about, and changes one thing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar, cast

import discord
from discord import ui

from bot.domain.rules import NsfwRule, ServerRules
from bot.services.moderation.rules import MOST_DESK_ROLES, ServerSettings
from bot.services.presser import Presser
from bot.ui.manage import texts
from bot.ui.manage.forms import ChannelForm, OneFieldForm
from bot.ui.people import presser_of

Interaction = discord.Interaction[Any]
ItemT = TypeVar("ItemT", bound=ui.Item[Any])


class DeskServices(Protocol):
    """The use cases behind the settings panel."""

    @property
    def server_settings(self) -> ServerSettings:
        """Shows and changes what moderators decide."""
        ...


class DeskClient(Protocol):
    """What the desk's items need of the client that they are pressed in."""

    @property
    def services(self) -> DeskServices:
        """The use cases."""
        ...

    async def admit(self, interaction: Interaction) -> None:
        """Refuse whoever may not use the bot here."""
        ...

    async def explain(self, interaction: Interaction, error: Exception) -> None:
        """Say in private what went wrong; never raises."""
        ...

    def settings_panel(self, interaction: Interaction, rules: ServerRules) -> ui.LayoutView:
        """The panel as it reads in the server of this interaction."""
        ...


async def attempt(interaction: Interaction, work: Callable[[DeskClient], Awaitable[None]]) -> None:
    """Do what an item or form says, and explain in private what went wrong.

    discord.py only logs what a DynamicItem raises, so that nobody would be told otherwise.
    """
    client = cast("DeskClient", interaction.client)
    try:
        await client.admit(interaction)
        await work(client)
    except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
        await client.explain(interaction, error)


async def show_panel(interaction: Interaction, rules: ServerRules) -> None:
    """Have the panel that was pressed say what is set now."""
    client = cast("DeskClient", interaction.client)
    await interaction.response.edit_message(view=client.settings_panel(interaction, rules))


class SettingsButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"settings:(?P<what>zone|confirm|at-once|nsfw-never|nsfw-adult|approve-all|approve-over)",
):
    """A button of the panel; what needs words opens a short form."""

    labels: ClassVar[dict[str, str]] = {
        "zone": texts.CHANGE_ZONE,
        "confirm": texts.CHANGE_CONFIRMATION,
        "at-once": texts.CHANGE_AT_ONCE,
        "nsfw-never": texts.NSFW_NEVER,
        "nsfw-adult": texts.NSFW_ADULT,
        "approve-all": texts.APPROVE_ALL,
        "approve-over": texts.APPROVE_OVER,
    }

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(ui.Button(label=self.labels[what], custom_id=f"settings:{what}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> SettingsButton:
        """Read what was pressed from its custom id."""
        del interaction, item
        return cls(match["what"])

    async def callback(self, interaction: Interaction) -> None:
        """Change it, or ask for the words first."""
        await attempt(interaction, lambda client: self._press(interaction, client.services.server_settings))

    async def _press(self, interaction: Interaction, settings: ServerSettings) -> None:
        presser = presser_of(interaction)
        await settings.rules(presser)
        match self.what:
            case "nsfw-never" | "nsfw-adult":
                rule = NsfwRule.NEVER if self.what == "nsfw-never" else NsfwRule.ADULT_CHANNELS
                await show_panel(interaction, await settings.set_nsfw(presser, rule))
            case "approve-all" | "approve-over":
                wanted = self.what == "approve-all"
                await show_panel(interaction, await settings.set_approval(presser, wanted=wanted))
            case _:
                await interaction.response.send_modal(_form(self.what, settings))


def _form(what: str, settings: ServerSettings) -> OneFieldForm:
    words: dict[str, tuple[str, str, str, Callable[[Presser, str], Awaitable[ServerRules]]]] = {
        "zone": (texts.ZONE_FORM, texts.ZONE_FIELD, texts.ZONE_HINT, settings.set_zone),
        "confirm": (texts.CONFIRM_FORM, texts.CONFIRM_FIELD, texts.CONFIRM_HINT, settings.set_confirmation),
        "at-once": (texts.AT_ONCE_FORM, texts.AT_ONCE_FIELD, texts.AT_ONCE_HINT, settings.set_jobs_at_once),
    }
    title, field, hint, setter = words[what]

    async def save(interaction: Interaction, typed: str) -> None:
        async def work(client: DeskClient) -> None:
            del client
            await show_panel(interaction, await setter(presser_of(interaction), typed))

        await attempt(interaction, work)

    return OneFieldForm(title, field, hint, save)


class SettingsChannelSelect(
    ui.DynamicItem[ui.ChannelSelect[ui.LayoutView]], template=r"settings:(?P<what>log|desk|channel)"
):
    """A menu of channels; choosing none where that is possible removes the setting."""

    placeholders: ClassVar[dict[str, str]] = {
        "log": texts.PICK_LOG,
        "desk": texts.PICK_DESK,
        "channel": texts.PICK_CHANNEL,
    }
    _postable: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.text, discord.ChannelType.news]
    _anywhere: ClassVar[list[discord.ChannelType]] = [
        *_postable,
        discord.ChannelType.forum,
        discord.ChannelType.voice,
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
    ]

    def __init__(self, what: str, chosen: Sequence[discord.SelectDefaultValue] = ()) -> None:
        self.what = what
        menu: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
            custom_id=f"settings:{what}",
            placeholder=self.placeholders[what],
            channel_types=self._anywhere if what == "channel" else self._postable,
            min_values=1 if what == "channel" else 0,
            default_values=chosen,
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> SettingsChannelSelect:
        """Read which menu it was from its custom id."""
        del interaction, item
        return cls(match["what"])

    async def callback(self, interaction: Interaction) -> None:
        """Set the channel, or open the form about it."""
        await attempt(interaction, lambda client: self._choose(interaction, client.services.server_settings))

    async def _choose(self, interaction: Interaction, settings: ServerSettings) -> None:
        presser = presser_of(interaction)
        ids = chosen_ids(interaction)
        channel_id = ids[0] if ids else None
        if self.what == "channel" and channel_id is not None:
            own = (await settings.rules(presser)).rule_for(channel_id, channel_id)
            await interaction.response.send_modal(ChannelForm(own, self._save(settings, channel_id)))
        elif self.what == "log":
            await show_panel(interaction, await settings.set_log_channel(presser, channel_id))
        else:
            await show_panel(interaction, await settings.set_desk_channel(presser, channel_id))

    def _save(self, settings: ServerSettings, channel_id: int) -> Callable[..., Awaitable[None]]:
        async def save(interaction: Interaction, *, model_id: str, aspect_ratio: str, nsfw: str) -> None:
            async def work(client: DeskClient) -> None:
                del client
                presser = presser_of(interaction)
                given = {"model_id": model_id, "aspect_ratio": aspect_ratio, "nsfw": nsfw}
                await settings.set_channel_defaults(presser, channel_id, **given)
                await show_panel(interaction, await settings.rules(presser))

            await attempt(interaction, work)

        return save


class SettingsRoleSelect(ui.DynamicItem[ui.RoleSelect[ui.LayoutView]], template=r"settings:(?P<what>roles)"):
    """A menu of the roles whose holders may press the buttons of requests and reports; choosing none names nobody."""

    def __init__(self, what: str = "roles", chosen: Sequence[discord.SelectDefaultValue] = ()) -> None:
        menu: ui.RoleSelect[ui.LayoutView] = ui.RoleSelect(
            custom_id=f"settings:{what}",
            placeholder=texts.PICK_ROLES,
            min_values=0,
            max_values=MOST_DESK_ROLES,
            default_values=chosen,
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> SettingsRoleSelect:
        """There is only one."""
        del interaction, item
        return cls(match["what"])

    async def callback(self, interaction: Interaction) -> None:
        """Name these roles and no others."""
        await attempt(interaction, lambda client: self._choose(interaction, client.services.server_settings))

    async def _choose(self, interaction: Interaction, settings: ServerSettings) -> None:
        presser = presser_of(interaction)
        await show_panel(interaction, await settings.set_desk_roles(presser, chosen_ids(interaction)))


def chosen_ids(interaction: Interaction) -> tuple[int, ...]:
    """The ids that were chosen in a menu, as Discord delivered them: they may be of things deleted meanwhile."""
    data: Any = interaction.data or {}
    return tuple(int(value) for value in data.get("values", ()))
