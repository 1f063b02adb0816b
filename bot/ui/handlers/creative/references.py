"""What moves, replaces, removes and names references, in trays and confirmations alike."""

from __future__ import annotations

from discord import ui

from bot import texts
from bot.domain.drafts import Draft, NoSuchPlace, Slots
from bot.domain.errors import WrongReferenceCount
from bot.domain.models import MAX_REFERENCES
from bot.services.creative.references import RequestedReference
from bot.ui.handlers.creative.showing import clear_tray, show_draft, show_tray
from bot.ui.handlers.presses import Handler, Opener, Press, shows
from bot.ui.render.creative.arranging import TRAY
from bot.ui.render.creative.forms import replace_form, roles_form


async def choose_place(press: Press) -> None:
    """A reference was chosen: the buttons now act on it."""
    await _redraw(press, await _slots_or_draft(press), int(press.values[0]))


async def first(press: Press) -> None:
    """To the front."""
    await _move(press, 1)


async def earlier(press: Press) -> None:
    """One place towards the front."""
    await _move(press, _place(press) - 1)


async def later(press: Press) -> None:
    """One place towards the end."""
    await _move(press, min(_place(press) + 1, MAX_REFERENCES))


async def drop(press: Press) -> None:
    """Out with it."""
    requester, place = press.requester, _place(press)
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.creative.tray.remove(requester, place)
    else:
        now = await press.services.creative.drafting.drop(press.ids[0], requester, place)
    await _redraw(press, now, place)


async def replace_opened(press: Press) -> ui.Modal:
    """*Replace*: ask for another image, whoever may."""
    await _slots_or_draft(press)
    return replace_form(press.ids[0], _place(press))


async def replace(press: Press) -> None:
    """Another image came."""
    await press.answers.take_note(press.interaction)
    requester, place = press.requester, _place(press)
    requested = [RequestedReference(1, upload, is_spoiler=upload.is_spoiler) for upload in press.uploads[:1]]
    if not requested:
        raise WrongReferenceCount(texts.images.NO_IMAGE_CHOSEN)
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.creative.tray.replace(requester, place, requested[0])
    else:
        press.services.creative.references.look(requested)
        [new] = await press.services.creative.references.collect(requested, requester)
        now = await press.services.creative.drafting.replace(press.ids[0], requester, place, new)
    await _show(press, now, place)


async def roles_opened(press: Press) -> ui.Modal:
    """*Roles*: ask what each is for."""
    now = await _slots_or_draft(press)
    slots = now.references if isinstance(now, Draft) else now
    if not slots:
        raise NoSuchPlace(1)
    return roles_form(press.ids[0], slots)


async def set_roles(press: Press) -> None:
    """The roles came back."""
    await press.answers.take_note(press.interaction)
    requester = press.requester
    roles = [press.text(f"role{place}") or None for place in range(1, MAX_REFERENCES + 1)]
    if press.ids[0] == TRAY:
        await _show(press, await press.services.creative.tray.set_roles(requester, roles), 1)
    else:
        await _show(press, await press.services.creative.drafting.set_roles(press.ids[0], requester, roles), None)


async def clear(press: Press) -> None:
    """*Clear*: empty the tray."""
    await press.answers.take_note(press.interaction)
    await clear_tray(press, again=True)


ITEMS: dict[str, Handler] = {
    "place": choose_place,
    "first": first,
    "earlier": earlier,
    "later": later,
    "drop": drop,
    "replace": shows(replace_opened),
    "roles": shows(roles_opened),
    "clear": clear,
}
FORMS: dict[str, Handler] = {"replacing": replace, "roles": set_roles}
OPENERS: dict[str, Opener] = {"replacing": replace_opened, "roles": roles_opened}


async def _slots_or_draft(press: Press) -> Draft | Slots:
    if press.ids[0] == TRAY:
        return await press.services.creative.tray.slots(press.requester)
    return await press.services.creative.drafting.draft(press.ids[0], press.requester)


async def _move(press: Press, to: int) -> None:
    requester, place = press.requester, _place(press)
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.creative.tray.move(requester, place, to)
    else:
        now = await press.services.creative.drafting.move(press.ids[0], requester, place, to)
    await _redraw(press, now, max(1, to))


async def _redraw(press: Press, now: Draft | Slots, place: int) -> None:
    await press.answers.take_note(press.interaction)
    await _show(press, now, place)


async def _show(press: Press, now: Draft | Slots, place: int | None) -> None:
    if isinstance(now, Draft):
        await show_draft(press, now, ordering=place, again=True)
    else:
        await show_tray(press, now, chosen=place or 1, again=True)


def _place(press: Press) -> int:
    typed = press.ids[1] if len(press.ids) > 1 else ""
    return int(typed) if typed.isdecimal() else 0
