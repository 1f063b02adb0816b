"""What the buttons, selects and forms of confirmations and trays do."""

from __future__ import annotations

import structlog
from discord import ui

from bot.domain.drafts import Draft, NoSuchPlace, Slots
from bot.domain.errors import WrongReferenceCount
from bot.domain.models import MAX_REFERENCES
from bot.domain.prompts import COMPOSE_TEMPLATE, EDIT_TEMPLATE, from_template
from bot.services.creative.drafting import Parameters, parse_parameters
from bot.services.creative.references import RequestedReference
from bot.ui.desk import texts
from bot.ui.desk.arranging import TRAY
from bot.ui.desk.draft import render_running, run_label
from bot.ui.desk.forms import (
    chosen,
    chosen_parameters,
    parameters_form,
    picked_form,
    prompt_form,
    replace_form,
    roles_form,
    studio_form,
    template_form,
)
from bot.ui.desk.showing import ask, clear_tray, draft_view, show_draft, show_tray
from bot.ui.people import presser_of
from bot.ui.presses import Handler, Opener, Press, shows
from bot.ui.uploads import opened

log = structlog.stdlib.get_logger(__name__)

_NOTHING_SET = Parameters(None, None, None, None, 1)


async def studio_opened(press: Press) -> ui.Modal:
    """*Compose* under a tray: the form; without files it takes what lies there."""
    presser_of(press.interaction)
    return studio_form()


async def studio(press: Press) -> None:
    """The form of `/studio` came back: take the images in, or the tray, and show what would run."""
    await press.answers.think(press.interaction)
    requester = press.asker.requester
    fields = {name: chosen(press.text(name)) for name in press.fields if name != "images"}
    parameters = parse_parameters(**chosen_parameters(_NOTHING_SET, fields))
    given = [RequestedReference(place, upload) for place, upload in enumerate(press.uploads, start=1)]
    press.services.references.look(given)
    references = (
        await press.services.references.take(given, member_id=requester.member_id)
        if given
        else await press.services.tray.slots(requester)
    )
    if not references:
        raise WrongReferenceCount(texts.NO_REFERENCES, advice=texts.NO_REFERENCES_ADVICE)
    draft = await press.services.drafting.begin(
        requester, "studio", press.text("prompt"), references, parameters=parameters, uses_tray=not given
    )
    await show_draft(press, draft)


async def run(press: Press) -> None:
    """*Run*: once, however often it is pressed."""
    asker, draft_id = press.asker, press.ids[0]
    draft = await press.services.drafting.draft(draft_id, asker.requester)
    if press.pressed_label.startswith(texts.RUN) and press.pressed_label != run_label(draft):
        # An older message of the same request: nobody pays more than what they read.
        await press.answers.take_note(press.interaction)
        await show_draft(press, draft, again=True, news=texts.CHANGED_SINCE)
        return
    async with press.services.clicks.once("run", draft_id):
        request = await press.services.drafting.request(draft_id, asker)
        job = await ask(press, request, is_confirmed=True, from_tray=draft.references if draft.uses_tray else ())
    if job is not None:
        await press.answers.retire(draft_id, render_running(await draft_view(press, draft)))


async def order(press: Press) -> None:
    """*Order*, or another reference chosen: show what moves them."""
    draft = await _draft(press)
    await press.answers.take_note(press.interaction)
    await show_draft(press, draft, ordering=1, again=True)


async def back(press: Press) -> None:
    """*Back* from ordering."""
    draft = await _draft(press)
    await press.answers.take_note(press.interaction)
    await show_draft(press, draft, again=True)


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
    requester, place = press.asker.requester, _place(press)
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.tray.remove(requester, place)
    else:
        now = await press.services.drafting.drop(press.ids[0], requester, place)
    await _redraw(press, now, place)


async def replace_opened(press: Press) -> ui.Modal:
    """*Replace*: ask for another image, whoever may."""
    await _slots_or_draft(press)
    return replace_form(press.ids[0], _place(press))


async def replace(press: Press) -> None:
    """Another image came."""
    await press.answers.take_note(press.interaction)
    requester, place = press.asker.requester, _place(press)
    requested = [RequestedReference(1, upload) for upload in press.uploads[:1]]
    if not requested:
        raise WrongReferenceCount(texts.NO_IMAGES_TITLE + ".")
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.tray.replace(requester, place, requested[0])
    else:
        press.services.references.look(requested)
        [new] = await press.services.references.take(requested, member_id=requester.member_id)
        now = await press.services.drafting.replace(press.ids[0], requester, place, new)
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
    requester = press.asker.requester
    roles = [press.text(f"role{place}") or None for place in range(1, MAX_REFERENCES + 1)]
    if press.ids[0] == TRAY:
        await _show(press, await press.services.tray.set_roles(requester, roles), 1)
    else:
        await _show(press, await press.services.drafting.set_roles(press.ids[0], requester, roles), None)


async def prompt_opened(press: Press) -> ui.Modal:
    """*Prompt*: the present words, to be changed."""
    return prompt_form(await _draft(press))


async def set_prompt(press: Press) -> None:
    """The words came back."""
    await press.answers.take_note(press.interaction)
    draft = await press.services.drafting.write(press.ids[0], press.asker.requester, press.text("prompt"))
    await show_draft(press, draft, again=True)


async def template_opened(press: Press) -> ui.Modal:
    """*Template*: the provider's own way to say it, part by part."""
    return template_form(await _draft(press))


async def set_template(press: Press) -> None:
    """The parts came back: they are the prompt now."""
    await press.answers.take_note(press.interaction)
    draft = await _draft(press)
    template = COMPOSE_TEMPLATE if "generate" in press.fields else EDIT_TEMPLATE
    prompt = from_template(template, [press.text(verb.lower()) for verb in template])
    written = await press.services.drafting.write(draft.draft_id, press.asker.requester, prompt or draft.prompt)
    await show_draft(press, written, again=True)


async def parameters_opened(press: Press) -> ui.Modal:
    """*Parameters*: everything else."""
    return parameters_form(await _draft(press))


async def set_parameters(press: Press) -> None:
    """The settings came back."""
    await press.answers.take_note(press.interaction)
    fields = {name: chosen(press.text(name)) for name in press.fields}
    parameters = parse_parameters(**chosen_parameters(_NOTHING_SET, fields))
    draft = await press.services.drafting.set_parameters(press.ids[0], press.asker.requester, parameters)
    await show_draft(press, draft, again=True)


async def clear(press: Press) -> None:
    """*Clear*: empty the tray."""
    await press.answers.take_note(press.interaction)
    await clear_tray(press, again=True)


async def picked_opened(press: Press) -> ui.Modal:
    """The form of *Edit this image*, for a message whose images were noted before."""
    pick = await press.services.picking.pick(press.ids[0], press.asker.requester)
    return picked_form(pick.pick_id, [file.filename for file in pick.files])


async def picked(press: Press) -> None:
    """The form of *Edit this image* came back: fetch what was chosen, and run it at once."""
    asker = press.asker
    async with press.services.clicks.once("picked", press.ids[0]):
        numbers = [int(n) for n in press.fields.get("images", ("1",))]
        fetch = press.interaction.client.http.get_from_cdn
        request = await press.services.picking.request(
            press.ids[0], asker, press.text("prompt"), numbers, lambda file: opened(file, fetch)
        )
        await ask(press, request)


ITEMS: dict[str, Handler] = {
    "run": run,
    "order": order,
    "back": back,
    "first": first,
    "earlier": earlier,
    "later": later,
    "drop": drop,
    "replace": shows(replace_opened),
    "roles": shows(roles_opened),
    "prompt": shows(prompt_opened),
    "template": shows(template_opened),
    "parameters": shows(parameters_opened),
    "clear": clear,
    "start": shows(studio_opened),
    "place": choose_place,
}
FORMS: dict[str, Handler] = {
    "studio": studio,
    "replacing": replace,
    "roles": set_roles,
    "prompt": set_prompt,
    "template": set_template,
    "parameters": set_parameters,
    "picked": picked,
}
OPENERS: dict[str, Opener] = {
    "studio": studio_opened,
    "replacing": replace_opened,
    "roles": roles_opened,
    "prompt": prompt_opened,
    "template": template_opened,
    "parameters": parameters_opened,
    "picked": picked_opened,
}


async def _draft(press: Press) -> Draft:
    return await press.services.drafting.draft(press.ids[0], press.asker.requester)


async def _slots_or_draft(press: Press) -> Draft | Slots:
    if press.ids[0] == TRAY:
        return await press.services.tray.slots(press.asker.requester)
    return await _draft(press)


async def _move(press: Press, to: int) -> None:
    requester, place = press.asker.requester, _place(press)
    if press.ids[0] == TRAY:
        now: Draft | Slots = await press.services.tray.move(requester, place, to)
    else:
        now = await press.services.drafting.move(press.ids[0], requester, place, to)
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
