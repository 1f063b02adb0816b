"""What must not stand in the open stays covered as a reference: spoilers, marked pictures, and what was taken down."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.demo.provider import Behaviour, Site
from bot.domain.drafts import in_place
from bot.domain.images import StoredImage
from bot.domain.jobs import Job
from bot.domain.marks import Exposure, NsfwRule, Place
from bot.domain.orders import Requester
from bot.domain.references import Reference
from bot.media.strip import SQUARE
from bot.services.creative.references import ImageTakenDown
from bot.services.ports.messages import Picture
from bot.services.rights import Actor
from tests.services.world import (
    ANN,
    BEN,
    CHANNEL,
    GUILD,
    MODERATOR,
    Running,
    ServiceWorld,
    png,
    references,
    request,
)

ELSEWHERE = CHANNEL + 1
MONA = Actor(MODERATOR, GUILD, can_manage=True)
OPEN, SPOILER, COVERED = Exposure.OPEN, Exposure.SPOILER, Exposure.COVERED
IMAGE = Reference(1, None, "a.png", StoredImage("0" * 64, "image/png", 8, 8, 8))
ADULT, ORDINARY, HELD = Place(is_age_restricted=True), Place(), Place(NsfwRule.HELD, is_age_restricted=True)


def ben(channel: int = CHANNEL) -> Requester:
    """Ben, asking in a channel."""
    return Requester(BEN, GUILD, channel, channel, ())


@pytest.mark.parametrize(
    ("facts", "place", "shown"),
    [
        ({}, ORDINARY, OPEN),
        ({"is_spoiler": True}, ADULT, SPOILER),
        ({"is_marked": True}, ADULT, OPEN),
        ({"is_marked": True}, ORDINARY, COVERED),
        ({"is_marked": True}, Place(NsfwRule.NEVER, is_age_restricted=True), COVERED),
        ({"is_marked": True}, HELD, SPOILER),
        ({"is_marked": True, "is_spoiler": True}, ADULT, SPOILER),
        ({"is_marked": True, "is_spoiler": True}, ORDINARY, COVERED),
        ({"is_taken_down": True}, ADULT, COVERED),
    ],
)
def test_exposure(facts: dict[str, bool], place: Place, shown: Exposure) -> None:
    """The member's own wish, the mark by the rule of the place, and what was taken down nowhere."""
    [reference] = in_place([replace(IMAGE, **facts)], place)

    assert reference.exposure is shown


def test_marked_is_covered_until_somebody_knows_the_place() -> None:
    """Whoever forgets to ask shows too little, never too much."""
    assert replace(IMAGE, is_marked=True).exposure is COVERED


async def marked(world: ServiceWorld, bot: Running) -> Job:
    """A marked picture, made where adults are."""
    world.fake_messenger.restricted.add(CHANNEL)
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED)
    return await world.closed(await bot.accept(request()))


async def shown_in(world: ServiceWorld, bot: Running, job: Job, channel: int) -> Reference:
    """The picture as the status of another job shows it, which was made of it in that channel."""
    asked = await bot.services.creative.follow_ups.edit(job.job_id, ben(channel), "at night")
    made = await world.closed(await bot.accept(asked))
    return world.fake_messenger.statuses[made.job_id][0].job.references[0]


async def test_the_mark_travels_with_the_picture(world: ServiceWorld, bot: Running) -> None:
    """As a reference it is shown where its kind may be seen, covered elsewhere, a spoiler where moderators look."""
    job = await marked(world, bot)

    assert (await shown_in(world, bot, job, CHANNEL)).exposure is OPEN
    assert (await shown_in(world, bot, job, ELSEWHERE)).exposure is COVERED

    await bot.services.moderation.server_settings.set_desk_channel(MONA, 7_700)
    await bot.services.moderation.server_settings.set_nsfw(MONA, NsfwRule.HELD)
    assert (await shown_in(world, bot, job, ELSEWHERE)).exposure is SPOILER


async def test_the_mark_is_known_again_in_a_file(world: ServiceWorld, bot: Running) -> None:
    """Somebody saves the picture and hands the same file in elsewhere; in a tray and a draft it is marked as well."""
    job = await marked(world, bot)
    content = await bot.resources.media.vault.read(job.pictures[0].image)
    taken = await bot.services.creative.references.take(references(content), member_id=BEN)
    added = await bot.services.creative.tray.add(ben(ELSEWHERE), references(content))
    draft = await bot.services.creative.drafting.begin(ben(), "studio", "again", taken)

    assert [each.is_marked for each in (*taken, *added.slots, *draft.references)] == [True] * 3
    stored = await bot.services.creative.drafting.draft(draft.draft_id, ben())
    assert stored.references[0].is_marked


async def test_a_covered_picture_is_a_grey_square(bot: Running) -> None:
    """The strip has its place and number, and nothing of what must not be seen."""
    red, blue = await bot.services.creative.references.take(references(png("red"), png("blue")), member_id=ANN)
    strip = await bot.services.creative.album.strip((red, replace(blue, is_marked=True)))
    assert strip is not None
    with Image.open(BytesIO(strip)) as drawn:
        first, second = (drawn.getpixel((place * (SQUARE + 10) + SQUARE // 2, SQUARE // 2)) for place in (0, 1))

    assert first == (255, 0, 0, 255)
    assert second == (0x4E, 0x50, 0x58, 255)


async def test_a_spoiler_makes_a_spoiler(world: ServiceWorld, bot: Running) -> None:
    """What was made of one is one too: the result, the copy that /jobs show brings, and what is made of that."""
    given = [replace(each, is_spoiler=True) for each in references(png())]
    job = await world.closed(await bot.accept(request(references=tuple(given))))
    [picture] = world.fake_messenger.results_of(job.job_id)[0].pictures

    assert isinstance(picture, Picture)
    assert picture.attachment_name.startswith("SPOILER_easel-")
    assert world.fake_messenger.statuses[job.job_id][0].job.references[0].exposure is SPOILER
    assert [each.is_spoiler for each in await bot.services.creative.album.pictures(job, 1_000_000)] == [True]
    thumbnail = await bot.services.creative.album.thumbnail(job)
    assert thumbnail is not None
    assert thumbnail.is_spoiler
    [slot] = (await bot.services.creative.follow_ups.use(job.job_id, ben())).slots
    assert slot.exposure is SPOILER
    again = await bot.services.creative.follow_ups.again(job.job_id, ben())
    assert (await world.closed(await bot.accept(again))).is_spoiler


async def test_what_is_taken_down_leaves_trays(world: ServiceWorld, bot: Running) -> None:
    """Hidden or deleted, it lies in nobody's tray any more, and the others close up."""
    job = await world.closed(await bot.accept(request()))
    await bot.services.creative.follow_ups.use(job.job_id, ben())
    await bot.services.creative.tray.add(ben(), references(png("teal")))
    await bot.stores.gallery.take_down(job.job_id, MODERATOR, world.clock.now())

    left = await bot.services.creative.tray.lying(ben())
    assert [(slot.place, slot.filename) for slot in left] == [(1, "picture.png")]
    assert len(await bot.services.creative.tray.slots(ben())) == 1


async def test_what_is_taken_down_is_used_for_nothing(world: ServiceWorld, bot: Running) -> None:
    """A draft with it is refused in words, and a job that was made of it shows it no more and is not made again."""
    job = await world.closed(await bot.accept(request()))
    asked = await bot.services.creative.follow_ups.edit(job.job_id, ben(), "at night")
    taken = await bot.services.creative.references.take(asked.references, member_id=BEN)
    draft = await bot.services.creative.drafting.begin(ben(), "edit", "at noon", taken)
    later = await world.closed(await bot.accept(asked))
    await bot.stores.gallery.take_down(job.job_id, MODERATOR, world.clock.now())

    for again in (
        await bot.services.creative.drafting.request(draft.draft_id, ben(), interaction_id=2),
        await bot.services.creative.follow_ups.again(later.job_id, ben()),
    ):
        with pytest.raises(ImageTakenDown, match="Reference 1 was hidden or deleted in this server"):
            await bot.services.creative.intake.look(again)
        with pytest.raises(ImageTakenDown):
            await bot.accept(again)
    assert (await world.job(later.job_id)).references[0].exposure is COVERED
    shown = await bot.services.creative.drafting.draft(draft.draft_id, ben())
    assert shown.references[0].exposure is COVERED
    assert await world.budget(BEN) == (later.spent_micros, 0)
