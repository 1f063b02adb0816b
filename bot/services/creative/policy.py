"""Whether a server's rules allow a request; one local read, before anything is fetched or held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.db.rules import RuleStore
from bot.domain.image_models import ImageModel
from bot.domain.marks import Place
from bot.domain.models import CATALOGUE, models_for
from bot.domain.orders import Requester
from bot.domain.rules import (
    Blocked,
    ChannelAccess,
    ChannelClosed,
    ChannelRule,
    ForbiddenWord,
    ServerRules,
    Standing,
    TooManyAtOnce,
    forbidden_word,
)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the server's rules say about a request that may go on; `channel` is what holds where it was made."""

    rules: ServerRules
    channel: ChannelRule

    def model_for(self, default: ImageModel, references: int) -> ImageModel:
        """The channel's own model where it takes that many images, else the command's, else the first that is offered.

        The last is for who gave no image, and where the server does not offer what the command would take.
        """
        own = CATALOGUE.find(self.channel.model_id or "")
        further = models_for(references) if references == 0 or not self.rules.offers(default) else ()
        able = (model for model in (own, default, *further) if model is not None)
        return next((model for model in able if model.fits(references) and self.rules.offers(model)), default)


class Policy:
    """Judges requests by the rules of their server."""

    def __init__(self, rules: RuleStore) -> None:
        self._rules = rules

    async def judge(self, requester: Requester, texts: Iterable[str], shots: Sequence[str] = ()) -> Ruling:
        """Let a request through or refuse it; `texts` are the prompt and the roles as typed, `shots` a storyboard's.

        Raises:
            Blocked: the member may not use the bot in this server.
            ChannelClosed: no pictures in this channel.
            ForbiddenWord: a word of the server's list.
            TooManyAtOnce: as many jobs as the server lets a member have.
        """
        standing = await self._rules.standing(requester.guild_id, requester.member_id)
        refuse_blocked(standing.blocked_because)
        rules = standing.rules
        if not rules.is_open(requester.channel_id, requester.purse_channel_id):
            allowed = (rule.channel_id for rule in rules.channels if rule.access is ChannelAccess.ALLOW)
            raise ChannelClosed(allowed)
        word = forbidden_word(rules.words, texts)
        if word is not None:
            raise ForbiddenWord(word)
        for n, shot in enumerate(shots, start=1):
            if (word := forbidden_word(rules.words, [shot])) is not None:
                raise ForbiddenWord(word, shot=n)
        _refuse_crowding(standing)
        channel = rules.rule_for(requester.channel_id, requester.purse_channel_id)
        return Ruling(rules, channel)

    async def offered(self, guild_id: int) -> tuple[ImageModel, ...]:
        """The models that a server offers its members, in the order of the catalogue."""
        rules = await self._rules.rules(guild_id)
        return tuple(model for model in CATALOGUE if rules.offers(model))

    async def place(self, requester: Requester, *, is_age_restricted: bool) -> Place:
        """What is done with unsafe pictures where somebody asks; Discord says who may look there."""
        rules = await self._rules.rules(requester.guild_id)
        return rules.place(requester.channel_id, requester.purse_channel_id, is_age_restricted=is_age_restricted)

    async def admit_person(self, guild_id: int, member_id: int) -> None:
        """Let nobody in who is blocked in that server; for every command and button but `/privacy`.

        Raises:
            Blocked: says why.
        """
        refuse_blocked((await self._rules.standing(guild_id, member_id)).blocked_because)


def refuse_blocked(reason: str | None) -> None:
    """Refuse where there is a reason.

    Raises:
        Blocked: says why.
    """
    if reason is not None:
        raise Blocked(reason)


def _refuse_crowding(standing: Standing) -> None:
    cap = standing.rules.jobs_at_once
    if cap is not None and standing.open_jobs >= cap:
        raise TooManyAtOnce(cap)
