"""Styles in the books: kept, removed without their jobs losing their name, their images kept and erased with data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from bot.db.styles import TRY_COMMAND
from bot.domain.jobs import Job
from bot.domain.periods import local_day
from bot.domain.references import Reference
from bot.domain.rules import ChannelRule
from bot.domain.spending import By
from bot.domain.styles import MOST_STYLES, BadStyle, NoSuchStyle, Style
from tests.db.world import ALICE, BOB, CHANNEL, GUILD, IMAGE, MODERATOR, NOON, PAINTED, DatabaseWorld

LAMP = Reference(1, "lighting", "lamp.png", IMAGE, "first frame used", is_spoiler=True)
INK = Style(0, GUILD, "Ink", "Ink of {prompt}", (LAMP,), 1, "a/model", {"aspect_ratio": "1:1", "guidance_scale": 3.5})


async def add(world: DatabaseWorld, style: Style = INK, by: int = MODERATOR) -> Style:
    return await world.stores.styles.add(style, by_member_id=by, at=world.at)


async def made(world: DatabaseWorld, style: Style, *, command: str = "edit") -> Job:
    """A job with the style, painted and closed."""
    order = replace(world.order(), style=style, command=command)
    job = (await world.stores.jobs.admit(order, world.at)).job
    await world.complete(job.predictions[0].prediction_id)
    await world.stores.jobs.close(job.job_id, world.at)
    return await world.stores.jobs.job(job.job_id)


async def test_comes_back_as_it_was_kept(world: DatabaseWorld) -> None:
    """Words, settings, and its images in their order with all that is known of them."""
    kept = await add(world)

    assert kept == replace(INK, style_id=kept.style_id)
    assert await world.stores.styles.styles(GUILD) == (kept,)
    assert await world.stores.styles.styles(GUILD + 1) == ()


async def test_a_change_replaces_all_of_it(world: DatabaseWorld) -> None:
    """One that was removed meanwhile is not there to be changed."""
    kept = await add(world)
    other = replace(kept, name="Oil", template="{prompt}", references=(), images=0, model_id=None, parameters={})
    changed = await world.stores.styles.change(other, by_member_id=MODERATOR, at=world.at)
    await world.stores.styles.remove(changed, by_member_id=MODERATOR, at=world.at)

    assert changed == other
    with pytest.raises(NoSuchStyle):
        await world.stores.styles.change(other, by_member_id=MODERATOR, at=world.at)


async def test_there_is_an_end_to_them(world: DatabaseWorld) -> None:
    """A select holds no more."""
    for n in range(MOST_STYLES):
        await add(world, replace(INK, name=f"Ink {n}"))

    with pytest.raises(BadStyle) as refused:
        await add(world)

    assert "24 styles" in refused.value.sentence


async def test_jobs_name_it_after_it_was_removed(world: DatabaseWorld) -> None:
    """The report too; no channel has it any more, and its words are gone."""
    kept = await add(world)
    job = await made(world, kept)
    rule = ChannelRule(CHANNEL, style_id=kept.style_id, style=kept.name)
    await world.stores.rules.set_channel_rule(GUILD, rule, by_member_id=MODERATOR, at=world.at)
    there = (await world.stores.rules.rules(GUILD)).rule_for(CHANNEL + 1, CHANNEL)
    named_there = (there.style_id, there.style)
    await world.stores.styles.remove(kept, by_member_id=MODERATOR, at=world.at)
    today = local_day(world.at, UTC)
    rows = await world.stores.spending.spending(GUILD, By.STYLE, today, today)

    assert (await world.stores.jobs.job(job.job_id)).style == "Ink"
    assert [(row.key, row.pictures) for row in rows] == [("Ink", 1)]
    assert await world.stores.styles.styles(GUILD) == ()
    assert named_there == (kept.style_id, "Ink")
    assert (await world.stores.rules.rules(GUILD)).channels == ()
    assert await world.rows("SELECT template FROM styles") == [("",)]


async def test_its_sample_is_the_newest_that_was_tried(world: DatabaseWorld) -> None:
    """What members made with it is theirs, and no sample."""
    kept = await add(world)
    await made(world, kept, command=TRY_COMMAND)
    world.at += 1
    newest = await made(world, kept, command=TRY_COMMAND)
    world.at += 1
    await made(world, kept)
    [sample] = await world.stores.styles.samples(GUILD)

    assert sample.job is not None
    assert sample.job.job_id == newest.job_id
    assert [output.image for output in sample.job.pictures] == [PAINTED]


async def test_its_images_are_kept_as_long_as_it_is(world: DatabaseWorld) -> None:
    """Retention does not reach them."""
    kept = await add(world)
    await world.stores.privacy.forget_images(NOON * 2)
    whole = await world.stores.styles.styles(GUILD)
    await world.stores.styles.remove(kept, by_member_id=MODERATOR, at=world.at)
    await world.stores.privacy.forget_images(NOON * 2)

    assert whole == (kept,)
    assert await world.rows("SELECT sha256 FROM images") == []


async def test_images_go_with_the_data_of_whoever_gave_them(world: DatabaseWorld) -> None:
    """Those of others stay, also where somebody else edited the style since."""
    second = replace(LAMP, place=2, image=PAINTED, is_spoiler=False)
    kept = await add(world, by=BOB)
    both = replace(kept, references=(*kept.references, second), images=2)
    await world.stores.styles.change(both, by_member_id=ALICE, at=world.at)
    await world.stores.privacy.ask_erasure(BOB, with_messages=False, at=world.at)
    await world.stores.privacy.erase_due(world.at)
    [left] = await world.stores.styles.styles(GUILD)

    assert [reference.image for reference in left.references] == [PAINTED]
    assert not left.is_whole
