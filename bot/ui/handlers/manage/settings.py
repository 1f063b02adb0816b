"""Shows the settings and the channel rules of a server, and changes what is pressed, chosen or typed there."""

from __future__ import annotations

from dataclasses import replace

from discord import ui

from bot.domain.marks import NsfwRule
from bot.domain.rules import ServerRules
from bot.services.moderation.rules import ServerSettings
from bot.ui.discord.gaps import gaps_in, unseen_in
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Handler, Opener, Press
from bot.ui.render.manage.forms import channel_form, setting_form
from bot.ui.render.manage.rules import render_channels
from bot.ui.render.manage.settings import Gaps, render_settings


async def show_settings(press: Press) -> None:
    """Answer with the panel."""
    rules = await _settings(press).rules(actor_of(press.interaction))
    await press.answers.answer_privately(press.interaction, _panel(press, rules))


async def change(press: Press) -> None:
    """A button of the panel: what has two states turns at once, for everything else the words are asked for."""
    settings, actor, what = _settings(press), actor_of(press.interaction), press.ids[0]
    match what:
        case "unmarked-unsafe" | "unmarked-shown":
            await _redraw(press, await settings.set_unmarked(actor, is_unsafe=what == "unmarked-unsafe"))
        case "approve-all" | "approve-over":
            await _redraw(press, await settings.set_approval(actor, wanted=what == "approve-all"))
        case _:
            await press.answers.show_form(press.interaction, await setting_opened(press))


async def setting_opened(press: Press) -> ui.Modal:
    """One setting in words."""
    await _settings(press).rules(actor_of(press.interaction))
    return setting_form(press.ids[0])


async def set_words(press: Press) -> None:
    """The words came back."""
    settings = _settings(press)
    setters = {"zone": settings.set_zone, "confirm": settings.set_confirmation, "at-once": settings.set_jobs_at_once}
    await _redraw(press, await setters[press.ids[0]](actor_of(press.interaction), press.text("typed")))


async def choose_unsafe(press: Press) -> None:
    """What becomes of pictures that count as unsafe."""
    rule = NsfwRule(press.values[0])
    await _redraw(press, await _settings(press).set_nsfw(actor_of(press.interaction), rule))


async def choose_models(press: Press) -> None:
    """The models that members may use here: these and no others; none gives back the default's."""
    await _redraw(press, await _settings(press).set_models(actor_of(press.interaction), press.values))


async def choose_log(press: Press) -> None:
    """The channel that is told what moderators do; none is an answer too."""
    await _redraw(
        press,
        await _settings(press).set_log_channel(actor_of(press.interaction), _chosen(press)),
    )


async def choose_desk(press: Press) -> None:
    """The channel where requests and reports are shown to moderators; none is an answer too."""
    await _redraw(
        press,
        await _settings(press).set_desk_channel(actor_of(press.interaction), _chosen(press)),
    )


async def choose_showcase(press: Press) -> None:
    """The channel where members share their pictures; none is an answer too."""
    await _redraw(
        press,
        await _settings(press).set_showcase_channel(actor_of(press.interaction), _chosen(press)),
    )


async def choose_roles(press: Press) -> None:
    """The roles whose holders may press the buttons of requests and reports: these and no others."""
    chosen = [int(value) for value in press.values]
    await _redraw(press, await _settings(press).set_desk_roles(actor_of(press.interaction), chosen))


async def choose_channel(press: Press) -> None:
    """A channel was chosen: ask what it has of its own."""
    await press.answers.show_form(press.interaction, await channel_opened(replace(press, ids=press.values)))


async def channel_opened(press: Press) -> ui.Modal:
    """What a channel has of its own."""
    channel_id = int(press.ids[0])
    rules = await _settings(press).rules(actor_of(press.interaction))
    return channel_form(channel_id, rules.rule_for(channel_id, channel_id))


async def set_channel(press: Press) -> None:
    """What a channel has of its own came back."""
    settings, actor = _settings(press), actor_of(press.interaction)
    await settings.set_channel_defaults(
        actor,
        int(press.ids[0]),
        model_id=press.text("model"),
        aspect_ratio=press.text("shape"),
        nsfw=press.text("nsfw"),
        style=press.text("style"),
    )
    await _redraw(press, await settings.rules(actor))


async def show_channels(press: Press) -> None:
    """Answer with the channels that have rules of their own."""
    rules = await _settings(press).rules(actor_of(press.interaction))
    await press.answers.answer_privately(press.interaction, render_channels(rules, _unseen(press, rules)))


async def forget_unseen(press: Press) -> None:
    """Clear the rules of channels that Discord does not offer for `/manage channels clear` any more."""
    settings, actor = _settings(press), actor_of(press.interaction)
    unseen = _unseen(press, await settings.rules(actor))
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, render_channels(await settings.forget_channels(actor, unseen)))


ITEMS: dict[str, Handler] = {
    "settings": change,
    "forget": forget_unseen,
    "unsafe": choose_unsafe,
    "offered": choose_models,
    "log-channel": choose_log,
    "desk-channel": choose_desk,
    "showcase-channel": choose_showcase,
    "desk-roles": choose_roles,
    "channel-rule": choose_channel,
}
FORMS: dict[str, Handler] = {"setting": set_words, "channel-rule": set_channel}
OPENERS: dict[str, Opener] = {"setting": setting_opened, "channel-rule": channel_opened}


def _chosen(press: Press) -> int | None:
    """The channel that was chosen, as Discord delivered it: it may have been deleted meanwhile."""
    return int(press.values[0]) if press.values else None


def _unseen(press: Press, rules: ServerRules) -> frozenset[int]:
    guild = press.interaction.guild
    return frozenset() if guild is None else unseen_in(guild, rules)


async def _redraw(press: Press, rules: ServerRules) -> None:
    """Have the panel that was pressed say what is set now."""
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, _panel(press, rules))


def _panel(press: Press, rules: ServerRules) -> ui.LayoutView:
    guild = press.interaction.guild
    return render_settings(rules, Gaps() if guild is None else gaps_in(guild, rules))


def _settings(press: Press) -> ServerSettings:
    return press.services.moderation.server_settings
