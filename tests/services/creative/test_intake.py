"""Taking in a request: what is refused and why, that a refusal holds nothing, and what an order becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.db.facts import PAUSED_FACT
from bot.domain.budget import LimitKind, OverLimit
from bot.domain.errors import (
    BadImage,
    BadParameter,
    BadPrompt,
    CannotPostHere,
    Frozen,
    NotOffered,
    Unavailable,
    UnknownModel,
    WrongReferenceCount,
)
from bot.domain.image_models import ImageModel
from bot.domain.jobs import PredictionState
from bot.domain.models import MAX, MAX_MULTI, PRO, PRO_MULTI
from bot.domain.periods import Period
from bot.media.disk import RESERVE_BYTES
from bot.services.creative.references import RequestedReference, close_gaps
from bot.services.creative.requests import PictureRequest
from bot.texts.templates import Refusal
from tests.services.world import (
    ANN,
    BEN,
    GUILD,
    MODERATOR,
    PRICE,
    GivenFile,
    Running,
    ServiceWorld,
    png,
    references,
    request,
)

BAD_REQUESTS: dict[str, tuple[PictureRequest, type[Exception], str]] = {
    "no prompt": (request(prompt=""), BadPrompt, "empty"),
    "nothing visible": (request(prompt=" \u200b\u202e\x00 "), BadPrompt, "empty"),
    "endless prompt": (request(prompt="x" * 2001), BadPrompt, "2,001"),
    "no image": (replace(request(), references=()), WrongReferenceCount, "no image"),
    "too many for one": (request(png(), png("red"), default_model=MAX), WrongReferenceCount, "one image; you gave 2"),
    "too many for all": (request(*[png()] * 6), WrongReferenceCount, "up to 5 images; you gave 6"),
    "unknown model": (request(model_id="openai/dall-e"), UnknownModel, "openai/dall-e"),
    "guidance too high": (request(guidance_scale=20.5), BadParameter, "from 1 to 20; you gave 20.5"),
    "guidance not a number": (request(guidance_scale=float("nan")), BadParameter, "guidance"),
    "ratio unknown": (request(aspect_ratio="5:4"), BadParameter, "16:9"),
    "seed below": (request(seed=-2), BadParameter, "from -1 to 2147483647"),
    "seed above": (request(seed=2**31), BadParameter, "from -1 to 2147483647"),
    "seeds run out": (request(seed=2**31 - 2, count=3), BadParameter, "at most 2147483645"),
    "model not offered": (request(model_id="google/nano-banana-2/edit"), NotOffered, "does not offer Nano Banana 2"),
    "no picture": (request(count=0), BadParameter, "from 1 to 4"),
    "five pictures": (request(count=5), BadParameter, "from 1 to 4"),
    "cannot post": (request(missing_permissions=("Attach Files", "Send Messages")), CannotPostHere, "Attach Files and"),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
async def test_bad_input_is_refused(world: ServiceWorld, bot: Running, case: str) -> None:
    """Bad input is refused by the look and the acceptance alike, names what is wrong, and holds nothing."""
    asked, kind, words = BAD_REQUESTS[case]

    error = await world.refusal(asked)

    assert isinstance(error, kind)
    assert words in error.sentence
    assert await world.budget() == (0, 0)
    assert await bot.stores.jobs.open_jobs() == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"x" * 20_000_001, "20 MB"), (b"%PDF-1.7", "PDF"), (png()[:60], "breaks off")],
    ids=["empty", "too large", "no image", "cut short"],
)
async def test_bad_images_are_refused_by_name(world: ServiceWorld, bot: Running, content: bytes, words: str) -> None:
    """An image that cannot be used is refused with its file's name, and nothing is held."""
    wrong = RequestedReference(2, GivenFile(content, "holiday.png"))
    asked = replace(request(png(), png()), references=(*references(png()), wrong))

    with pytest.raises(BadImage) as refused:
        await bot.accept(asked)

    assert "holiday.png" in refused.value.sentence
    assert words in refused.value.sentence
    assert await world.budget() == (0, 0)


async def test_hostile_prompt_is_only_text(world: ServiceWorld, bot: Running) -> None:
    """A prompt full of tricks loses what only deceives the eye and keeps its words; nothing of it is obeyed."""
    asked = request(prompt="@everyone '; DROP TABLE jobs; --\u202e\x1b[2J <@1> `x`")

    job = await bot.accept(asked)

    assert job.prompt == "@everyone '; DROP TABLE jobs; --[2J <@1> `x`"
    assert (await world.closed(job)).spent_micros == PRICE
    assert next(iter(world.provider.predictions)).order.prompt == job.prompt


async def test_same_command_twice_is_one_job(world: ServiceWorld, bot: Running) -> None:
    """The gateway may deliver a command twice; it makes one job and holds once."""
    asked = request()

    first = await world.command(asked)
    second = await bot.accept(asked, first.interaction_id)

    assert first.job_id == second.job_id
    await world.closed(first)
    assert (world.posts, await world.budget()) == (1, (PRICE, 0))


async def test_no_room_holds_nothing(world: ServiceWorld, bot: Running) -> None:
    """Where the last of several pictures has no room, none is held, and the limit is named."""
    moderator = world.actor(MODERATOR, can_manage=True)
    await bot.services.money.budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.DAY, "0.20")

    error = await world.refusal(request(count=3))

    assert isinstance(error, OverLimit)
    assert (error.line.period, error.total_micros, error.line.left_micros) == (Period.DAY, 3 * PRICE, 200_000)
    assert await world.budget() == (0, 0)


async def test_looking_writes_nothing(world: ServiceWorld, bot: Running) -> None:
    """The early look leaves the store as it was, so that it cannot make the first answer late."""
    await bot.services.creative.intake.look(request())

    assert await bot.stores.budgets.see_server(GUILD, world.clock.now()), "the server had been written down"


async def test_frozen_and_paused_are_refused(world: ServiceWorld, bot: Running) -> None:
    """Who is frozen spends nothing, and nobody does while the operator pauses the bot."""
    await bot.stores.moderation.freeze(GUILD, BEN, reason="spam", by_member_id=MODERATOR, at=world.clock.now())
    assert isinstance(await world.refusal(request(member=BEN)), Frozen)
    await bot.stores.facts.set_fact(PAUSED_FACT, "maintenance", world.clock.now())

    assert isinstance(await world.refusal(request(member=ANN)), Frozen)


async def test_closed_intake_admits_nothing(world: ServiceWorld, bot: Running) -> None:
    """Once told to stop, new commands hear why; what was admitted goes on."""
    job = await world.command()
    bot.services.creative.intake.close(Unavailable(Refusal("I am being restarted.")))

    assert (await world.refusal(request())).sentence == "I am being restarted."
    assert (await world.closed(job)).spent_micros == PRICE


def test_gaps_close_up_in_the_order_of_places() -> None:
    """`image4, image1` typed in this order become references 1 and 2, the first of them image1."""
    one, four = RequestedReference(1, GivenFile(b"1"), "style"), RequestedReference(4, GivenFile(b"4"))

    closed = close_gaps([four, one])

    assert [(each.place, each.attachment, each.role) for each in closed] == [
        (1, one.attachment, "style"),
        (2, four.attachment, None),
    ]


@pytest.mark.usefixtures("bot")
async def test_references_reach_the_provider_in_order(world: ServiceWorld) -> None:
    """Whatever the order of typing, the provider gets the pictures in the order of their places, as they were."""
    pictures = [png(colour) for colour in ("red", "lime", "blue", "black")]
    shuffled = tuple(RequestedReference(place, GivenFile(pictures[n])) for n, place in ((3, 5), (0, 1), (2, 4), (1, 2)))
    asked = replace(request(*pictures), references=shuffled)

    job = await world.closed(await world.command(asked))

    assert [list(task.references) for task in world.provider.predictions] == [pictures]
    assert [reference.place for reference in job.references] == [1, 2, 3, 4]
    assert world.received() == [[reference.image.sha256 for reference in job.references]]


async def test_roles_build_the_prompt(world: ServiceWorld, bot: Running) -> None:
    """Roles go before the prompt in the provider's own wording, numbered as the references are."""
    asked = request(png("red"), png("blue"))
    asked = replace(asked, references=references(png("red"), png("blue"), roles=("identity", "outfit")))

    job = await bot.accept(asked)

    assert job.sent_prompt == "Use image 1 for identity. Use image 2 for outfit. make it blue"
    assert job.prompt == "make it blue"
    await world.closed(job)


async def test_a_batch_counts_its_seed_up(world: ServiceWorld, bot: Running) -> None:
    """With a seed, the pictures of a batch get seed, seed + 1, …, and the provider is asked for exactly these."""
    job = await bot.accept(request(seed=41, count=3))
    await world.closed(job)

    assert [p.seed for p in job.predictions] == [41, 42, 43]
    # They leave in this order, each over a connection of its own: any may be there first.
    assert sorted(task.order.parameters["seed"] for task in world.provider.predictions) == [41, 42, 43]


@pytest.mark.parametrize("seed", [None, -1])
async def test_without_a_seed_each_picture_has_its_own(bot: Running, seed: int | None) -> None:
    """Left out or -1, a seed is drawn for each picture where the model has one, so that it can be shown and reused."""
    job = await bot.accept(request(seed=seed, count=4))

    drawn = [p.seed for p in job.predictions]
    assert len(set(drawn)) == 4
    assert all(each is not None and 0 <= each <= 2**31 - 1 for each in drawn)


@pytest.mark.usefixtures("bot")
async def test_a_model_without_seeds_is_sent_none(world: ServiceWorld) -> None:
    """Only what a model documents is sent to it."""
    job = await world.closed(await world.command(request(png(), png("red"), aspect_ratio="16:9", guidance_scale=2)))

    assert [p.seed for p in job.predictions] == [None]
    assert dict(next(iter(world.provider.predictions)).order.parameters) == {
        "aspect_ratio": "16:9",
        "guidance_scale": 2.0,
    }


@pytest.mark.parametrize(("model", "images"), [(MAX_MULTI, 1), (PRO, 1), (PRO_MULTI, 5)])
async def test_a_member_chooses_the_model(world: ServiceWorld, bot: Running, model: ImageModel, images: int) -> None:
    """The model that a member names wins over the command's own, at its own price."""
    job = await bot.accept(request(*[png()] * images, model_id=model.id))

    assert (job.model, job.price_micros) == (model, model.price_micros)
    assert (await world.closed(job)).spent_micros == model.price_micros


async def test_the_last_of_the_disk_is_for_results(world: ServiceWorld, bot: Running) -> None:
    """Below the reserve new jobs are refused with a sentence, what runs is delivered, and room ends it by itself."""
    running = await world.reaches(await world.command(), PredictionState.PROCESSING)
    world.disk.reserve_bytes = 1 << 62
    refusal = await world.refusal(request())
    ended = await world.closed(running)
    world.disk.reserve_bytes = RESERVE_BYTES
    after = await world.closed(await bot.accept(request()))

    assert (refusal.title, refusal.sentence) == ("I can't take new jobs right now", "My disk is nearly full.")
    assert [job.spent_micros for job in (ended, after)] == [PRICE, PRICE]
    assert len(world.fake_messenger.results) == 2
