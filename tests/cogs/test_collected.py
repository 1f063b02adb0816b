"""How much one member may have kept in trays and drafts before anything is paid for, over all channels."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle

from bot.demo.world import World
from bot.domain.drafts import TooManyCollected
from bot.domain.orders import Requester
from bot.services.creative.drafting import kept
from tests.cogs.doing import file, painted, stop_spending
from tests.cogs.drafting import begin, press
from tests.cogs.seeing import all_closed, private_text

RED, BLUE, GREEN, PINK = (file(colour, f"{colour}.png") for colour in ("red", "blue", "green", "pink"))
FULL = "I keep at most 30 images for you in your trays and waiting requests together."


@pytest.fixture(autouse=True)
def three_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that three images reach."""
    monkeypatch.setattr("bot.db.collected.MOST_COLLECTED", 3)


async def add(world: World, channel: ChannelHandle, image: tuple[str, bytes]) -> str:
    """What alice reads after adding an image to her tray in a channel."""
    return private_text(await world.alice.slash(channel, "references add", image=image))


async def test_trays_of_all_channels_count_together(world: World) -> None:
    """The next channel's tray is refused in one sentence with the way out, which works; others go on."""
    hall = world.env.guild.create_text_channel("hall")
    await add(world, world.channel, RED)
    await add(world, world.channel, BLUE)
    await add(world, hall, GREEN)
    refused = await add(world, hall, PINK)

    assert FULL in refused
    assert "/references clear" in refused
    assert "pink.png" not in private_text(await world.alice.slash(hall, "references show"))
    assert "pink.png" in private_text(await world.ben.slash(hall, "references add", image=PINK))

    await world.alice.slash(world.channel, "references clear")
    assert "pink.png" in await add(world, hall, PINK)


async def test_nothing_is_fetched_when_it_is_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a tray nor for a form: the refusal comes first."""
    for image in (RED, BLUE, GREEN):
        await add(world, world.channel, image)
    hall = world.env.guild.create_text_channel("hall")
    fetched: list[object] = []
    monkeypatch.setattr(world.env.backend.cdn, "get", fetched.append)

    assert FULL in await add(world, hall, PINK)
    assert FULL in private_text(await begin(world, PINK))
    assert fetched == []


async def test_waiting_requests_count_until_they_are_jobs(world: World) -> None:
    """Forms that were sent and never run fill it as trays do; *Run* makes room, for its images are a job's then."""
    confirmation = await begin(world, RED, BLUE)
    refused = private_text(await begin(world, GREEN, PINK))

    assert FULL in refused
    assert "green.png" in await add(world, world.channel, GREEN)
    assert FULL in await add(world, world.channel, PINK)

    await press(world, confirmation, "run")
    await all_closed(world)
    assert "pink.png" in await add(world, world.channel, PINK)


async def test_a_request_goes_on_when_it_is_full(world: World) -> None:
    """The bound keeps nobody from composing what they have collected, nor from a picture that is paid at once."""
    for image in (RED, BLUE, GREEN):
        await add(world, world.channel, image)
    job = await painted(world)
    composed = await begin(world)

    assert job.command == "edit"
    assert "Ready to run" in private_text(composed)


async def test_several_at_once_do_not_pass_the_bound(world: World) -> None:
    """What is written is counted too, so that many additions at the same moment stay within it."""
    await add(world, world.channel, PINK)
    for image in (RED, BLUE, GREEN):
        await world.ben.slash(world.channel, "references add", image=image)
    place = world.guild_id, world.channel.id, world.channel.id
    known = kept(await world.app.bot.services.creative.tray.slots(Requester(world.ben.id, *place, ())))

    with pytest.raises(TooManyCollected):
        await world.app.bot.services.creative.tray.add(Requester(world.alice.id, *place, ()), known)
    lying = await world.app.bot.services.creative.tray.slots(Requester(world.alice.id, *place, ()))
    assert [slot.filename for slot in lying] == ["pink.png"]


@pytest.mark.parametrize("why", ["frozen", "nothing"])
async def test_who_cannot_spend_collects_nothing(world: World, why: str) -> None:
    """A frozen member and one with a limit of nothing are told so before their image is fetched."""
    if why == "frozen":
        await world.mona.slash(world.channel, "manage freeze", user=world.alice, reason="too many")
        sentence = "The moderators have frozen your budget\\: too many"
    else:
        await stop_spending(world, world.alice.id)
        sentence = "A limit of $0.00 applies to you here"

    assert sentence in await add(world, world.channel, RED)
    assert sentence in private_text(await begin(world, RED))
    assert "Nothing is here yet" in private_text(await world.alice.slash(world.channel, "references show"))


async def test_a_grant_is_something_to_spend(world: World) -> None:
    """It pays although the member's own limit is nothing."""
    await stop_spending(world, world.alice.id)
    await world.mona.slash(world.channel, "manage grant", amount="1", reason="poster", user=world.alice)

    assert "red.png" in await add(world, world.channel, RED)
