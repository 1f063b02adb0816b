"""Shows a server's styles, and keeps, changes and tries what moderators type."""

from __future__ import annotations

from dataclasses import replace

from discord import ui

from bot import texts
from bot.domain.choices import typed_choices
from bot.domain.drafts import in_place
from bot.domain.errors import EaselError
from bot.domain.money import Micros
from bot.domain.styles import NoSuchStyle, Style, StyleSample
from bot.services.creative.references import RequestedReference
from bot.services.creative.styles import Recipe, in_sight
from bot.services.ports.messages import Picture
from bot.ui.discord.files import picture_files, strip_files
from bot.ui.discord.people import actor_of
from bot.ui.handlers.creative.showing import offered_prices, place_of, run_request
from bot.ui.handlers.presses import Handler, Opener, Press, shows
from bot.ui.render.creative.forms import chosen
from bot.ui.render.creative.styles import render_removed, render_style, render_styles, style_form, style_settings_form
from bot.ui.render.layout import MAX_GALLERY_ITEMS


async def show_styles(press: Press) -> None:
    """Answer with the server's styles and their samples, after `think`."""
    styles, requester = press.services.creative.styles, press.requester
    samples = await styles.samples(requester.guild_id, await place_of(press))
    thumbnails: dict[int, Picture] = {}
    for each in samples:
        picture = await _thumbnail(press, each) if len(thumbnails) < MAX_GALLERY_ITEMS else None
        if picture is not None:
            thumbnails[each.style.style_id] = picture
    view = render_styles(samples, thumbnails, of_channel=await styles.of_channel(requester))
    await press.answers.answer_privately(press.interaction, view, picture_files(list(thumbnails.values())))


async def open_style(press: Press) -> None:
    """One was chosen in the list: show it by itself, with the way to use it."""
    await press.answers.think(press.interaction)
    sample = await press.services.creative.styles.by_number(press.requester.guild_id, _number(press.values[0]))
    await _show(press, sample)


async def add_opened(press: Press) -> ui.Modal:
    """The form of `/manage styles add`."""
    press.services.creative.styles.require_moderator(actor_of(press.interaction))
    return style_form()


async def add(press: Press) -> None:
    """The form came back: keep it, and show what it is."""
    await press.answers.think(press.interaction)
    style = await press.services.creative.styles.add(actor_of(press.interaction), _typed(press))
    await show_to_moderator(press, style, texts.styles.ADDED)


async def edit_opened(press: Press) -> ui.Modal:
    """*Words and images*: the same form, filled in."""
    return style_form(await press.services.creative.styles.owned(actor_of(press.interaction), _style_id(press)))


async def edit(press: Press) -> None:
    """The form came back."""
    await press.answers.think(press.interaction)
    style = await press.services.creative.styles.edit(actor_of(press.interaction), _style_id(press), _typed(press))
    await show_to_moderator(press, style, texts.styles.CHANGED)


async def settings_opened(press: Press) -> ui.Modal:
    """*Settings*: model, shape, guidance."""
    style = await press.services.creative.styles.owned(actor_of(press.interaction), _style_id(press))
    return style_settings_form(style, await offered_prices(press))


async def set_settings(press: Press) -> None:
    """The settings came back."""
    await press.answers.think(press.interaction)
    choices = typed_choices({name: chosen(press.text(name)) for name in press.fields})
    style = await press.services.creative.styles.set(
        actor_of(press.interaction), _style_id(press), choices.model_id, choices.parameters
    )
    await show_to_moderator(press, style, texts.styles.CHANGED)


async def try_style(press: Press) -> None:
    """*Try it*: make the sample, for the price on the button; a job like every other."""
    actor, shown = actor_of(press.interaction), _number(press.ids[1] if len(press.ids) > 1 else "")
    await run_request(
        press, await press.services.creative.styles.trial(actor, _style_id(press), press.requester, shown)
    )


async def remove(press: Press, name: str) -> None:
    """`/manage styles remove`."""
    style = await press.services.creative.styles.remove(actor_of(press.interaction), name)
    await press.answers.answer_privately(press.interaction, render_removed(style))


async def show_to_moderator(press: Press, style: Style, title: str) -> None:
    """Show a style as it is now, with the ways to change and try it."""
    sample = await press.services.creative.styles.by_number(style.guild_id, style.style_id)
    await _show(press, sample, title=title, price=await _price_of_trial(press, style))


ITEMS: dict[str, Handler] = {
    "styles": open_style,
    "style-words": shows(edit_opened),
    "style-settings": shows(settings_opened),
    "style-try": try_style,
}
FORMS: dict[str, Handler] = {"style-adding": add, "style-editing": edit, "style-settings": set_settings}
OPENERS: dict[str, Opener] = {
    "style-adding": add_opened,
    "style-editing": edit_opened,
    "style-settings": settings_opened,
}


async def _show(press: Press, sample: StyleSample, *, title: str = "", price: Micros | None = None) -> None:
    place = await place_of(press)
    style = replace(sample.style, references=in_place(sample.style.references, place))
    sample = in_sight(replace(sample, style=style), place)
    picture = await _thumbnail(press, sample)
    strip = await press.services.creative.album.strip(sample.style.references)
    view = render_style(sample, picture, has_strip=strip is not None, title=title, price=price)
    files = [*picture_files([] if picture is None else [picture]), *strip_files(strip)]
    await press.answers.answer_privately(press.interaction, view, files)


async def _thumbnail(press: Press, sample: StyleSample) -> Picture | None:
    return None if sample.job is None else await press.services.creative.album.thumbnail(sample.job)


async def _price_of_trial(press: Press, style: Style) -> Micros | None:
    """What *Try it* costs here now; None where it cannot be run."""
    creative = press.services.creative
    if not style.is_whole:
        return None
    request = await creative.styles.trial(actor_of(press.interaction), style.style_id, press.requester, 0)
    try:
        model = await creative.intake.model_of(request)
    except EaselError:
        return None
    return (await press.services.money.prices.of_all())[model]


def _typed(press: Press) -> Recipe:
    images = tuple(
        RequestedReference(place, upload, is_spoiler=upload.is_spoiler)
        for place, upload in enumerate(press.uploads, start=1)
    )
    keeping = {int(place) for place in press.fields.get("keep", ()) if place.isdecimal()}
    roles = tuple(press.text("roles").split("\n"))
    return Recipe(press.text("name"), press.text("template"), images, roles, keeping)


def _style_id(press: Press) -> int:
    return _number(press.ids[0] if press.ids else "")


def _number(typed: str) -> int:
    if not typed.isdecimal():
        raise NoSuchStyle("")
    return int(typed)
