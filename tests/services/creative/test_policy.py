"""What a server's rules let through, asked of the real store; every change is on record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.errors import BadRequest, EaselError, Frozen, NotAllowed
from bot.domain.marks import NsfwRule
from bot.domain.models import MAX
from bot.domain.orders import Requester
from bot.domain.periods import UnknownZone
from bot.domain.rules import Blocked, ChannelAccess, ChannelClosed, ForbiddenWord, TooManyAtOnce
from bot.services.creative.policy import Policy
from bot.services.moderation.blocks import Blocks
from bot.services.moderation.rules import ServerSettings
from bot.services.moderation.word_list import WordList
from bot.services.rights import Actor
from tests.services.parts import ANN, BEN, CHANNEL, GUILD, Parts, open_parts

MONA = 13
MODERATOR = Actor(MONA, GUILD, can_manage=True)
THREAD, OTHER = CHANNEL + 1, CHANNEL + 2


@dataclass(frozen=True, slots=True)
class Court:
    """The rules with everybody who reads or writes them."""

    parts: Parts
    policy: Policy
    settings: ServerSettings
    blocks: Blocks
    word_list: WordList

    async def refusal(
        self, prompt: str = "a fox", *, member: int = ANN, channel: int = CHANNEL, parent: int = CHANNEL
    ) -> type[EaselError] | None:
        """Why a request is refused, or None."""
        try:
            await self.policy.judge(Requester(member, GUILD, channel, parent, ()), [prompt])
        except EaselError as error:
            return type(error)
        return None

    async def acts(self) -> list[tuple[str, str | None, str | None]]:
        """The audit, oldest first."""
        rows = await self.parts.stores.moderation.audit(GUILD, limit=50)
        return [(row.action, row.before, row.after) for row in reversed(rows)]


@pytest.fixture(name="court")
async def _court(tmp_path: Path) -> object:
    async with open_parts(tmp_path) as parts:
        yield Court(
            parts,
            Policy(parts.stores.rules),
            ServerSettings(parts.stores.rules, parts.stores.styles, parts.stores.moderation, parts.clock),
            Blocks(parts.stores.rules, parts.clock),
            WordList(parts.stores.rules, parts.clock),
        )


async def test_nothing_set_refuses_nothing(court: Court) -> None:
    """A server that was never seen has the defaults."""
    assert await court.refusal() is None


async def test_a_word_on_the_list_refuses(court: Court) -> None:
    """The list is compared as people read, and removing a word lets it in again."""
    await court.word_list.add_word(MODERATOR, "  Secret\u200b ")

    assert await court.refusal("a SECRET garden") is ForbiddenWord

    await court.word_list.remove_word(MODERATOR, "secret")

    assert await court.refusal("a SECRET garden") is None
    assert await court.acts() == [("words", None, "secret"), ("words", "secret", None)]


async def test_a_denied_channel_refuses_with_its_threads(court: Court) -> None:
    """Clearing the rule opens it again."""
    await court.settings.set_access(MODERATOR, CHANNEL, ChannelAccess.DENY)

    assert await court.refusal() is ChannelClosed
    assert await court.refusal(channel=THREAD) is ChannelClosed
    assert await court.refusal(channel=OTHER, parent=OTHER) is None

    await court.settings.set_access(MODERATOR, CHANNEL, None)

    assert await court.refusal() is None


async def test_a_blocked_member_is_told_why(court: Court) -> None:
    """Only that member is refused, until they are let back in."""
    assert await court.blocks.block(MODERATOR, ANN, "spam") is True
    assert await court.blocks.block(MODERATOR, ANN, "more spam") is False

    with pytest.raises(Blocked, match="spam"):
        await court.policy.admit_person(GUILD, ANN)
    assert await court.refusal(member=ANN) is Blocked
    assert await court.refusal(member=BEN) is None

    assert await court.blocks.unblock(MODERATOR, ANN) is True
    assert await court.refusal(member=ANN) is None


async def test_a_member_has_so_many_jobs_at_once(court: Court) -> None:
    """A closed job makes room for the next one; others have room of their own."""
    await court.settings.set_jobs_at_once(MODERATOR, "1")
    job = await court.parts.admitted(ANN)

    assert await court.refusal(member=ANN) is TooManyAtOnce
    assert await court.refusal(member=BEN) is None

    await court.parts.stores.jobs.cancel_queued(job.job_id, ANN, court.parts.clock.now())
    await court.parts.stores.jobs.close(job.job_id, court.parts.clock.now())

    assert await court.refusal(member=ANN) is None


async def test_the_cap_holds_in_the_admission_itself(court: Court) -> None:
    """Two commands that passed the early look together do not both become jobs."""
    await court.settings.set_jobs_at_once(MODERATOR, "1")
    await court.parts.admitted(ANN)

    with pytest.raises(TooManyAtOnce):
        await court.parts.admitted(ANN)


async def test_channel_defaults_are_what_is_left_out(court: Court) -> None:
    """The channel's model is taken where it fits the number of images, else the command's own."""
    await court.settings.set_channel_defaults(
        MODERATOR, CHANNEL, model_id="wavespeed-ai/flux-kontext-pro", aspect_ratio="1:1", nsfw="never"
    )

    ruling = await court.policy.judge(Requester(ANN, GUILD, THREAD, CHANNEL, ()), [])

    assert ruling.model_for(MAX, 1).id == "wavespeed-ai/flux-kontext-pro"
    assert ruling.model_for(MAX, 4) is MAX
    assert ruling.channel.aspect_ratio == "1:1"
    assert ruling.channel.nsfw is NsfwRule.NEVER


async def test_settings_are_kept_and_told(court: Court) -> None:
    """Each change is one line in the audit, a change to what it was is none."""
    await court.settings.set_zone(MODERATOR, "Europe/Paris")
    await court.settings.set_zone(MODERATOR, "Europe/Paris")
    await court.settings.set_log_channel(MODERATOR, 5)
    await court.settings.set_confirmation(MODERATOR, "$0.30")
    rules = await court.settings.rules(MODERATOR)

    assert (rules.zone, rules.log_channel_id, rules.confirm_above_micros) == ("Europe/Paris", 5, 300_000)
    assert await court.acts() == [
        ("zone", "UTC", "Europe/Paris"),
        ("log_channel", "none", "5"),
        ("confirm_above_micros", "none", "$0.30"),
    ]


async def test_an_unknown_zone_is_one_sentence(court: Court) -> None:
    """Nothing is changed by a name that means nothing."""
    with pytest.raises(UnknownZone, match="Mars/Olympus"):
        await court.settings.set_zone(MODERATOR, "Mars/Olympus")
    assert (await court.settings.rules(MODERATOR)).zone == "UTC"


@pytest.mark.parametrize("typed", ["0", "-1", "21", "two", "1.5", "²"])
async def test_a_cap_is_a_whole_number(court: Court, typed: str) -> None:
    """From 1 to 20, or none."""
    with pytest.raises(BadRequest, match="whole number"):
        await court.settings.set_jobs_at_once(MODERATOR, typed)


async def test_a_pause_stops_admission_and_resume_goes_on(court: Court) -> None:
    """Members read the reason."""
    await court.settings.pause(MODERATOR, "exam week")

    with pytest.raises(Frozen, match="exam week"):
        await court.parts.admitted(ANN)

    assert await court.settings.resume(MODERATOR) is True
    assert await court.settings.resume(MODERATOR) is False
    assert (await court.parts.admitted(ANN)).held_micros == MAX.price_micros


Doing = Callable[[Court, Actor], Awaitable[object]]
DOINGS: dict[str, Doing] = {
    "rules": lambda court, who: court.settings.rules(who),
    "zone": lambda court, who: court.settings.set_zone(who, "UTC"),
    "log": lambda court, who: court.settings.set_log_channel(who, 1),
    "desk": lambda court, who: court.settings.set_desk_channel(who, 1),
    "showcase": lambda court, who: court.settings.set_showcase_channel(who, 1),
    "confirmation": lambda court, who: court.settings.set_confirmation(who, "1"),
    "nsfw": lambda court, who: court.settings.set_nsfw(who, NsfwRule.NEVER),
    "unmarked": lambda court, who: court.settings.set_unmarked(who, is_unsafe=True),
    "approval": lambda court, who: court.settings.set_approval(who, wanted=True),
    "desk roles": lambda court, who: court.settings.set_desk_roles(who, (1,)),
    "at once": lambda court, who: court.settings.set_jobs_at_once(who, "1"),
    "models": lambda court, who: court.settings.set_models(who, [MAX.id]),
    "access": lambda court, who: court.settings.set_access(who, 1, ChannelAccess.DENY),
    "defaults": lambda court, who: court.settings.set_channel_defaults(who, 1, model_id="", aspect_ratio="", nsfw=""),
    "forget": lambda court, who: court.settings.forget_channels(who, (1,)),
    "pause": lambda court, who: court.settings.pause(who, "why"),
    "resume": lambda court, who: court.settings.resume(who),
    "words": lambda court, who: court.word_list.words(who),
    "add word": lambda court, who: court.word_list.add_word(who, "word"),
    "remove word": lambda court, who: court.word_list.remove_word(who, "word"),
    "block": lambda court, who: court.blocks.block(who, BEN, "why"),
    "unblock": lambda court, who: court.blocks.unblock(who, BEN),
}


@pytest.mark.parametrize("name", DOINGS)
async def test_only_moderators_change_rules(court: Court, name: str) -> None:
    """Without Manage Server nothing is shown or changed, whatever Discord let through."""
    with pytest.raises(NotAllowed):
        await DOINGS[name](court, Actor(ANN, GUILD, can_manage=False))
    assert await court.acts() == []


def test_every_way_to_change_rules_is_tried() -> None:
    """A new method of either service is a new line above."""
    public = [name for each in (ServerSettings, Blocks, WordList) for name in vars(each) if not name.startswith("_")]

    assert len(public) == len(DOINGS)
