"""What the buttons and forms of confirmations do, and the form of the menu *Edit this image*."""

from __future__ import annotations

from dataclasses import replace

import structlog
from discord import ui

from bot import texts
from bot.domain.choices import NOTHING_CHOSEN, STORYBOARD, Choices, typed_choices
from bot.domain.drafts import Draft
from bot.domain.errors import WrongReferenceCount
from bot.domain.prompts import COMPOSE_TEMPLATE, EDIT_TEMPLATE, from_template
from bot.domain.storyboards import clean_shots
from bot.services.creative.references import RequestedReference
from bot.ui.discord.people import actor_of
from bot.ui.discord.uploads import opened
from bot.ui.handlers.creative.showing import draft_view, offered_prices, run_request, show_draft
from bot.ui.handlers.presses import Handler, Opener, Press, shows
from bot.ui.render.creative.draft import render_running, run_label
from bot.ui.render.creative.forms import (
    chosen,
    parameters_form,
    picked_form,
    prompt_form,
    storyboard_form,
    studio_form,
    template_form,
)

log = structlog.stdlib.get_logger(__name__)


async def studio_opened(press: Press) -> ui.Modal:
    """*Compose* under a tray: the form; without files it takes what lies there."""
    actor_of(press.interaction)
    style_id = int(press.ids[0]) if press.ids and press.ids[0].isdecimal() else None
    return studio_form(await offered_prices(press), style_id=style_id)


async def studio(press: Press) -> None:
    """The form of `/studio` came back: take the images in, or the tray, and show what would run."""
    before = NOTHING_CHOSEN
    if press.ids and press.ids[0].isdecimal():
        style = await press.services.creative.styles.by_number(press.requester.guild_id, int(press.ids[0]))
        before = replace(before, style=style.style.name)
    await _begin(press, "studio", before)


async def storyboard_opened(press: Press) -> ui.Modal:
    """The form of `/storyboard`, for who comes back to it."""
    actor_of(press.interaction)
    return storyboard_form(await offered_prices(press))


async def storyboard(press: Press) -> None:
    """The form of `/storyboard` came back: as that of `/studio`, if its lines are shots."""
    clean_shots(press.text("prompt"))
    await _begin(press, "storyboard", STORYBOARD)


async def _begin(press: Press, command: str, before: Choices) -> None:
    await press.answers.think(press.interaction)
    requester = press.requester
    fields = {name: chosen(press.text(name)) for name in press.fields if name != "images"}
    choices = typed_choices(fields, before)
    given = [
        RequestedReference(place, upload, is_spoiler=upload.is_spoiler)
        for place, upload in enumerate(press.uploads, start=1)
    ]
    press.services.creative.references.look(given)
    references = (
        await press.services.creative.references.collect(given, requester)
        if given
        else await press.services.creative.tray.slots(requester)
    )
    style = await press.services.creative.styles.chosen(requester, choices)
    if not references and (style is None or not style.images):
        raise WrongReferenceCount(texts.requests.NO_REFERENCES)
    draft = await press.services.creative.drafting.begin(
        requester, command, press.text("prompt"), references, choices=choices, uses_tray=not given
    )
    await show_draft(press, draft)


async def run(press: Press) -> None:
    """*Run*: once, however often it is pressed."""
    requester, draft_id = press.requester, press.ids[0]
    draft = await press.services.creative.drafting.draft(draft_id, requester)
    if press.pressed_label.startswith(texts.labels.RUN) and press.pressed_label != run_label(draft):
        # An older message of the same request: nobody pays more than what they read.
        await press.answers.take_note(press.interaction)
        await show_draft(press, draft, again=True, news=texts.drafts.CHANGED_SINCE)
        return
    async with press.services.creative.clicks.once("run", draft_id):
        request = await press.services.creative.drafting.request(draft_id, requester, press.interaction.id)
        job = await run_request(
            press, request, is_confirmed=True, from_tray=draft.references if draft.uses_tray else ()
        )
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


async def prompt_opened(press: Press) -> ui.Modal:
    """*Prompt*: the present words, to be changed."""
    return prompt_form(await _draft(press))


async def set_prompt(press: Press) -> None:
    """The words came back."""
    await press.answers.take_note(press.interaction)
    draft = await press.services.creative.drafting.write(press.ids[0], press.requester, press.text("prompt"))
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
    written = await press.services.creative.drafting.write(draft.draft_id, press.requester, prompt or draft.prompt)
    await show_draft(press, written, again=True)


async def parameters_opened(press: Press) -> ui.Modal:
    """*Parameters*: everything else."""
    return parameters_form(await _draft(press), await offered_prices(press))


async def set_parameters(press: Press) -> None:
    """The settings came back."""
    await press.answers.take_note(press.interaction)
    fields = {name: chosen(press.text(name)) for name in press.fields}
    before = (await _draft(press)).choices
    kept = replace(STORYBOARD if before.is_storyboard else NOTHING_CHOSEN, style=before.style)
    choices = typed_choices(fields, kept)
    draft = await press.services.creative.drafting.choose(press.ids[0], press.requester, choices)
    await show_draft(press, draft, again=True)


async def choose_style(press: Press) -> None:
    """Another style was chosen, or none."""
    await press.answers.take_note(press.interaction)
    style_id = int(press.values[0]) if press.values[0].isdecimal() else 0
    draft = await press.services.creative.drafting.choose_style(press.ids[0], press.requester, style_id)
    await show_draft(press, draft, again=True)


async def picked_opened(press: Press) -> ui.Modal:
    """The form of *Edit this image*, for a message whose images were noted before."""
    pick = await press.services.creative.menu_selection.pick(press.ids[0], press.requester)
    return picked_form(pick.pick_id, [file.filename for file in pick.files])


async def picked(press: Press) -> None:
    """The form of *Edit this image* came back: fetch what was chosen, and run it at once."""
    requester = press.requester
    async with press.services.creative.clicks.once("picked", press.ids[0]):
        numbers = [int(n) for n in press.fields.get("images", ("1",))]
        fetch = press.interaction.client.http.get_from_cdn
        request = await press.services.creative.menu_selection.request(
            press.ids[0], requester, press.text("prompt"), numbers, lambda file: opened(file, fetch)
        )
        await run_request(press, request)


ITEMS: dict[str, Handler] = {
    "run": run,
    "order": order,
    "back": back,
    "prompt": shows(prompt_opened),
    "template": shows(template_opened),
    "parameters": shows(parameters_opened),
    "start": shows(studio_opened),
    "style-use": shows(studio_opened),
    "style": choose_style,
}
FORMS: dict[str, Handler] = {
    "studio": studio,
    "storyboard": storyboard,
    "prompt": set_prompt,
    "template": set_template,
    "parameters": set_parameters,
    "picked": picked,
}
OPENERS: dict[str, Opener] = {
    "studio": studio_opened,
    "storyboard": storyboard_opened,
    "prompt": prompt_opened,
    "template": template_opened,
    "parameters": parameters_opened,
    "picked": picked_opened,
}


async def _draft(press: Press) -> Draft:
    return await press.services.creative.drafting.draft(press.ids[0], press.requester)
