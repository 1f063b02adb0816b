"""Forms that fail: every fault at once and as it was typed, and a button that opens the form filled in."""

from __future__ import annotations

from typing import Any

import pytest
from simcord import InteractionResult

from bot.demo.world import World
from bot.domain.errors import BadRequest
from bot.services.rights import Actor
from bot.texts.templates import Refusal
from bot.ui.handlers.presses import Handlers, Press
from bot.ui.handlers.registry import HANDLERS
from tests.cogs.asking import handed_on
from tests.cogs.collecting import collect
from tests.cogs.doing import (
    button,
    buttons_of,
    count_of_jobs,
    file,
    left_over,
    message_of,
    newest_result,
    painted,
    restart,
    said,
    sent_prompts,
)
from tests.cogs.drafting import begin, press
from tests.cogs.moderating import open_desk, panel
from tests.cogs.seeing import all_closed, private_text
from tests.cogs.styling import add_style

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")
ODD = "# A *bold* `fox` <@1>\n\n```\nand  more"

SENT: dict[str, dict[str, Any]] = {
    "editing": {"prompt": ODD, "keep": ["1"]},
    "changing": {"prompt": ODD, "model": ["wavespeed-ai/flux-kontext-pro"], "aspect_ratio": ["16:9"], "count": ["3"]},
    "studio": {"prompt": ODD, "model": ["-"], "aspect_ratio": ["9:16"], "count": ["2"]},
    "storyboard": {"prompt": ODD, "model": ["-"], "aspect_ratio": ["9:16"]},
    "replacing": {},
    "roles": {"role1": "the *face*"},
    "prompt": {"prompt": ODD},
    "template": {"keep": "", "change": "the coat", "ensure": "x" * 400, "match": "`light`"},
    "parameters": {"guidance_scale": "99", "seed": "abc", "aspect_ratio": ["4:3"], "count": ["4"], "model": ["-"]},
    "picked": {"prompt": ODD, "images": ["2"]},
    "declining": {"reason": "Not *now*"},
    "blocking": {"typed": "Spam"},
    "pausing": {"typed": "A break"},
    "setting": {"typed": "Mars/Olympus"},
    "channel-rule": {"model": "dall-e", "shape": "10:1", "nsfw": "maybe", "style": "Oil"},
    "style-adding": {"name": "*Ink*", "template": "Ink of {prompt},\non paper", "roles": "light\n\nstyle"},
    "style-editing": {"name": "Ink 2", "template": "no place", "keep": ["2"], "roles": "light"},
    "style-settings": {"model": ["-"], "aspect_ratio": ["1:1"], "guidance_scale": "many"},
}
FILES = {
    "studio": {"images": [RED]},
    "storyboard": {"images": [RED]},
    "replacing": {"image": BLUE},
    "style-adding": {"images": [RED]},
    "style-editing": {"images": [BLUE]},
}


OF_STYLES = {"style-adding", "style-editing", "style-settings"}
OF_MODERATORS = {"declining", "blocking", "pausing", "setting", "channel-rule"} | OF_STYLES


async def opened(world: World, name: str) -> InteractionResult:
    """The form of that name, as its button or command opens it."""
    return await (opened_by_moderators if name in OF_MODERATORS else opened_by_members)(world, name)


async def opened_by_members(world: World, name: str) -> InteractionResult:
    """The forms of the creative desk."""
    if name in {"editing", "changing"}:
        job = await painted(world)
        under = {"editing": "edit", "changing": "change"}[name]
        return await world.alice.click(newest_result(world), custom_id=f"{under}:{job.job_id}")
    if name in {"studio", "storyboard"}:
        return await world.alice.slash(world.channel, name)
    if name == "replacing":
        await collect(world, RED)
        shown = message_of(await world.alice.slash(world.channel, "references show"))
        return await world.alice.click(shown, custom_id="replace:tray:1")
    if name == "picked":
        message = await world.ben.send(world.channel, "mine", attachments=[RED, BLUE])
        return await world.alice.context_menu(world.channel, "Edit this image", message)
    confirmation = await begin(world, RED)
    if name == "roles":
        await press(world, confirmation, "order")
    return await press(world, confirmation, name)


async def opened_by_moderators(world: World, name: str) -> InteractionResult:
    """The forms of the moderators' desk."""
    if name in OF_STYLES:
        return await opened_for_a_style(world, name)
    if name == "declining":
        request = await handed_on(world, await open_desk(world))
        return await world.mona.click(request, custom_id=button(request, "decline"))
    if name == "setting":
        return await world.mona.click(await panel(world), custom_id="settings:zone")
    if name == "channel-rule":
        return await world.mona.select(await panel(world), [world.channel], custom_id="channel-rule")
    if name == "blocking":
        await painted(world)
        await world.ben.context_menu(world.channel, "Report this picture", newest_result(world))
    overview = message_of(await world.mona.slash(world.channel, "manage overview"))
    if name == "pausing":
        return await world.mona.click(overview, custom_id="desk:pause")
    listed = message_of(await world.mona.click(overview, custom_id="desk:reported"))
    [block] = [each for each in buttons_of(listed) if each.startswith("report:block")]
    return await world.mona.click(listed, custom_id=block)


async def opened_for_a_style(world: World, name: str) -> InteractionResult:
    """The form of a new style, or one about a style with two images."""
    if name == "style-adding":
        return await world.mona.slash(world.channel, "manage styles add")
    await add_style(world, images=[RED, BLUE])
    if name == "style-editing":
        return await world.mona.slash(world.channel, "manage styles edit", name="ink")
    return await world.mona.click(await left_over(world, "style-settings:1"), custom_id="style-settings:1")


def filled(form: InteractionResult) -> dict[str, Any]:
    """What stands in the fields of an open form, by their custom ids; files cannot stand there."""
    assert form.modal is not None
    controls = [each["component"] for each in form.modal["components"] if "component" in each]
    return {
        each["custom_id"]: each.get("value") or ""
        if "options" not in each
        else [option["value"] for option in each["options"] if option.get("default")]
        for each in controls
        if "file_types" not in each
    }


async def failing(given: Press) -> None:
    """What every form does in this test: acknowledge, and then not do it."""
    await given.answers.take_note(given.interaction)
    raise BadRequest(Refusal("That is wrong."))


async def reopened(world: World, refusal: InteractionResult) -> InteractionResult:
    """Press the button under a refusal, as whoever got it."""
    message = message_of(refusal)
    [again] = [each for each in buttons_of(message) if each.startswith("reopen:")]
    who = world.mona if again.split(":")[1] in OF_MODERATORS else world.alice
    return await who.click(message, custom_id=again)


def test_every_form_is_tried() -> None:
    """A new form has to say how it is opened again."""
    assert set(SENT) == set(HANDLERS.forms) == set(HANDLERS.openers)


@pytest.mark.parametrize("name", SENT)
async def test_nothing_typed_is_lost(world: World, name: str) -> None:
    """Whatever fails behind a form: after a restart too, its button opens it with what was typed and chosen."""
    form = await opened(world, name)
    who = world.mona if name in OF_MODERATORS else world.alice
    bot = world.app.bot
    bot.handlers = Handlers(HANDLERS.items, dict.fromkeys(HANDLERS.forms, failing), HANDLERS.openers)
    refusal = await who.submit_modal(form, SENT[name] | FILES.get(name, {}))
    bot.handlers = HANDLERS
    text = private_text(refusal)
    await restart(world)

    assert "That is wrong." in text
    assert filled(await reopened(world, refusal)) == SENT[name]
    assert ("attach your images again" in text) is (name in FILES)


async def test_the_longest_prompt_comes_back_whole(world: World) -> None:
    """2,000 characters, all of them marks, beside a refusal."""
    prompt = "`" * 1000 + "@" * 1000
    await world.mona.slash(world.channel, "manage words add", word="bad")
    job = await painted(world)
    form = await world.alice.click(newest_result(world), custom_id=f"edit:{job.job_id}")
    bot = world.app.bot
    bot.handlers = Handlers(HANDLERS.items, {"editing": failing}, HANDLERS.openers)
    refusal = await world.alice.submit_modal(form, {"prompt": prompt})
    bot.handlers = HANDLERS

    assert private_text(refusal).count("```") == 2, "nothing typed may end the block"
    assert filled(await reopened(world, refusal))["prompt"] == prompt


async def test_the_longest_shots_come_back_whole(world: World) -> None:
    """Six of 500 characters and one more, beside the refusal of the seventh."""
    shots = "\n".join(["x" * 500] * 6 + ["y" * 100])
    form = await world.alice.slash(world.channel, "storyboard")
    refusal = await world.alice.submit_modal(form, {"prompt": shots})

    assert "There are 7 shots in it." in private_text(refusal)
    assert filled(await reopened(world, refusal))["prompt"] == shots


async def test_parameters_tell_every_fault_as_it_was_typed(world: World) -> None:
    """And once they are right, the message that refused them is the confirmation; the older one has stepped aside."""
    confirmation = await begin(world, RED)
    form = await press(world, confirmation, "parameters")
    refusal = await world.alice.submit_modal(
        form, {"guidance_scale": "99", "seed": "abc", "count": ["3"], "aspect_ratio": ["4:3"]}
    )
    text = private_text(refusal)

    assert "\u2022 The guidance scale should be a number from 1 to 20; you gave 99." in text
    assert "\u2022 The seed should be a whole number from -1 to 2147483647; you gave abc." in text

    again = await reopened(world, refusal)
    await world.alice.submit_modal(again, {"guidance_scale": "9", "seed": "7", "count": ["3"], "aspect_ratio": ["4:3"]})

    assert "4:3 \u00b7 guidance 9 \u00b7 seed 7 \u00b7 3 pictures" in said(refusal)
    assert "This was changed" in said(confirmation)
    assert buttons_of(message_of(confirmation)) == []


async def test_an_older_confirmation_spends_no_more_than_it_shows(world: World) -> None:
    """One that could not be redrawn, since the bot was restarted meanwhile, shows the new price before it runs."""
    confirmation = await begin(world, RED)
    refusal = await world.alice.submit_modal(await press(world, confirmation, "parameters"), {"seed": "abc"})
    await restart(world)
    world.app.bot.answers._in_reach.clear()  # pyright: ignore[reportPrivateUsage] - as a process that ended
    await world.alice.submit_modal(await reopened(world, refusal), {"count": ["4"]})
    await press(world, confirmation, "run")

    assert await count_of_jobs(world) == 0
    assert "This has changed since" in said(confirmation)
    assert "(Run \u00b7 $0.32)" in said(confirmation)

    await press(world, confirmation, "run")
    await all_closed(world)

    assert len(sent_prompts(world)) == 4


async def test_a_channels_rule_tells_every_fault(world: World) -> None:
    """Model, shape and rule at once; nothing is set."""
    form = await opened(world, "channel-rule")
    text = private_text(await world.mona.submit_modal(form, SENT["channel-rule"]))
    rules = await world.app.stores.rules.rules(world.guild_id)

    assert "called dall-e" in text
    assert "you gave 10\\:1" in text
    assert "called maybe" in text
    assert rules.channels == ()


async def test_every_bad_image_is_named(world: World) -> None:
    """Not only the first; the good one between them is not."""
    form = await world.alice.slash(world.channel, "studio")
    files = [("notes.png", b"words"), RED, ("song.png", b"more words")]
    text = private_text(await world.alice.submit_modal(form, {"images": files, "prompt": "A poster"}))

    assert "notes.png" in text
    assert "song.png" in text
    assert "red.png" not in text


async def test_a_refused_edit_is_said_in_other_words(world: World) -> None:
    """A blocked word: the form comes back with the whole prompt, and runs once it is mended."""
    job = await painted(world)
    await world.mona.slash(world.channel, "manage words add", word="bad")
    form = await world.alice.click(newest_result(world), custom_id=f"edit:{job.job_id}")
    refusal = await world.alice.submit_modal(form, {"prompt": "Add bad weather", "keep": ["1"]})
    again = await reopened(world, refusal)

    assert filled(again) == {"prompt": "Add bad weather", "keep": ["1"]}

    await world.alice.submit_modal(again, {"prompt": "Add some weather", "keep": ["1"]})
    await all_closed(world)

    assert sent_prompts(world)[-1] == "Add some weather"


async def test_a_form_that_is_of_no_use_offers_nothing(world: World) -> None:
    """The picture was deleted meanwhile: what could be opened again is gone."""
    job = await painted(world)
    form = await world.ben.click(newest_result(world), custom_id=f"edit:{job.job_id}")
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await world.app.bot.services.creative.follow_ups.deletable(job.job_id, mona)
    await world.app.stores.gallery.take_down(job.job_id, mona.member_id, world.clock.now())
    refusal = await world.ben.submit_modal(form, {"prompt": "Add snow"})

    assert "was deleted" in private_text(refusal)
    assert buttons_of(message_of(refusal)) == []


@pytest.mark.usefixtures("unhurried_clicks")
async def test_a_second_click_is_no_failure(world: World) -> None:
    """The same form sent twice at once: the first one counts, and nothing is offered to be sent again."""
    job = await painted(world)
    forms = [await world.alice.click(newest_result(world), custom_id=f"edit:{job.job_id}") for _ in range(2)]
    answers = [await world.alice.submit_modal(form, {"prompt": "Add snow"}) for form in forms]

    assert "One click is enough" in private_text(answers[1])
    assert buttons_of(message_of(answers[1])) == []
