"""Approvals: posts a request to the moderators, who approve or decline it once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

import structlog

from bot import texts
from bot.db.approvals import ApprovalStore
from bot.db.drafts import DraftStore
from bot.db.rules import RuleStore
from bot.domain.approvals import (
    APPROVAL_LIFE,
    AlreadyAsked,
    AlreadyDecided,
    Approval,
    ChannelGone,
    MemberLeft,
    NoDesk,
    NoSuchApproval,
    NotStarted,
    Verdict,
)
from bot.domain.clock import Clock, Instant
from bot.domain.drafts import Draft, NoSuchDraft
from bot.domain.errors import BadRequest, EaselError, MemberFrozen, PriceRose, ServerPaused
from bot.domain.jobs import Job, MessageAt
from bot.domain.orders import Approving, Requester
from bot.domain.rules import Blocked, ForbiddenWord, TooManyAtOnce
from bot.services.creative.drafting import Drafting, new_id, requested
from bot.services.creative.intake import Intake
from bot.services.creative.requests import PictureRequest
from bot.services.ports.messages import NotNow
from bot.services.rights import Actor, refuse_own, require_desk

log = structlog.get_logger(__name__)

_REASON_CHARS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as moderators read it: who asks, for what, and at which price."""

    approval: Approval
    draft: Draft


class ApprovalDesk(Protocol):
    """What Discord has to do for approvals."""

    async def post(self, channel_id: int, asked: Asked) -> MessageAt | None:
        """Show a request to the moderators; None where their channel is out of reach."""
        ...

    async def renew(self, message: MessageAt, asked: Asked, problem: str = "") -> None:
        """Have a request say how it stands; one that is gone is fine. `problem` is why an approval did not start it.

        Raises:
            NotNow: try again.
        """
        ...

    async def begin(self, guild_id: int, channel_id: int, interaction_id: int) -> MessageAt | None:
        """Post a status message where it was asked, once for each approving press; None where it is out of reach."""
        ...

    async def remove(self, message: MessageAt) -> bool:
        """Delete a message of ours again."""
        ...

    async def is_here(self, guild_id: int, member_id: int) -> bool:
        """Whether somebody is in a server; only where Discord says that they are not, they are not."""
        ...

    async def tell_declined(self, asked: Asked, reason: str) -> bool:
        """Tell the requester in a direct message; False where they take none."""
        ...


@dataclass(frozen=True, slots=True)
class Declined:
    """A request that was declined, and whether its requester could be told."""

    asked: Asked
    reason: str
    told: bool


class Approvals:
    """Takes requests to the moderators, and their decisions back. Every right is checked at each press."""

    def __init__(
        self,
        store: ApprovalStore,
        drafts: DraftStore,
        rules: RuleStore,
        drafting: Drafting,
        intake: Intake,
        desk: ApprovalDesk,
        *,
        clock: Clock,
        random: Random,
    ) -> None:
        self._store = store
        self._drafts = drafts
        self._rules = rules
        self._drafting = drafting
        self._intake = intake
        self._desk = desk
        self._clock = clock
        self._random = random

    async def ask(self, draft_id: str, requester: Requester) -> Asked:
        """Post a refused request to the moderators' channel. What they see is a copy that nobody can change.

        Raises:
            NoDesk: no channel is set, or it is out of reach.
            AlreadyAsked: they have it.
            NoSuchDraft, NotAllowed: see `Drafting.draft`.
        """
        draft = await self._drafting.draft(draft_id, requester)
        channel_id = (await self._rules.rules(draft.guild_id)).desk_channel_id
        if channel_id is None:
            raise NoDesk.unset()
        now = self._clock.now()
        copy = replace(draft, draft_id=new_id(self._random), created_at=now, uses_tray=False)
        requester = replace(requester, channel_id=draft.channel_id)
        await self._drafts.save(copy)
        approval = await self._store.ask(Approval(copy.draft_id, requester, len(copy.references), now), draft_id)
        if approval.message is not None:
            raise AlreadyAsked
        asked = await self._asked(approval)
        message = await self._desk.post(channel_id, asked)
        if message is None:
            raise NoDesk.closed()
        await self._store.posted(approval.approval_id, message)
        return asked

    async def look(self, approval_id: str, actor: Actor) -> Asked:
        """A request that can still be decided.

        Raises:
            NotAllowed: neither Manage Server nor a role that the server named for its desk; by such a role alone, about
                one's own request.
            NoSuchApproval: another server's, too old, or not whole any more.
            AlreadyDecided: somebody was faster.
        """
        asked = await self.decided(approval_id, actor)
        refuse_own(actor, asked.approval.requester.member_id)
        if asked.approval.verdict is not None:
            raise AlreadyDecided(approval_id)
        is_old = asked.approval.asked_at + APPROVAL_LIFE <= self._clock.now()
        if is_old or len(asked.draft.references) < asked.approval.images:
            raise NoSuchApproval
        return asked

    async def decided(self, approval_id: str, actor: Actor) -> Asked:
        """A request with whatever was decided about it. Raises NotAllowed and NoSuchApproval as `look`."""
        require_desk(actor, await self._rules.rules(actor.guild_id))
        approval = await self._store.approval(approval_id)
        if approval.requester.guild_id != actor.guild_id:
            raise NoSuchApproval
        return await self._asked(approval)

    async def approve(
        self,
        approval_id: str,
        actor: Actor,
        interaction_id: int,
        *,
        although_gone: bool = False,
    ) -> Job:
        """Run a request where it was asked and for whoever asked; beyond their own limit where it leaves no room.

        The grant, the job and the decision are one transaction. All other limits and rules hold. Nothing is said in
        public before all that is known here allows it.

        Raises:
            NotAllowed, NoSuchApproval, AlreadyDecided: see `look`.
            MemberLeft: whoever asked is not in the server any more; `although_gone` approves it all the same.
            ChannelGone: nothing can be posted there.
            NotStarted: what forbids it is about whoever asked, or the server.
            EaselError: what else forbids the request now; it can be approved again.
        """
        asked = await self.look(approval_id, actor)
        requester = asked.approval.requester
        if not although_gone and not await self._desk.is_here(requester.guild_id, requester.member_id):
            raise MemberLeft
        request = replace(
            requested(asked.draft, requester),
            approving=Approving(approval_id, actor.member_id),
        )
        try:
            await self._intake.look(request)
            return await self._begin(request, interaction_id)
        except PriceRose:
            await self._drafting.price_anew(approval_id)
            raise
        except EaselError as error:
            raise _for_moderator(error) from error

    async def _begin(self, request: PictureRequest, interaction_id: int) -> Job:
        """Say in public that it starts, and start it; what turns out to be forbidden meanwhile is taken back."""
        requester = request.requester
        status = await self._desk.begin(requester.guild_id, requester.channel_id, interaction_id)
        if status is None:
            raise ChannelGone
        await self._store.begun(status, self._clock.now())
        try:
            return await self._intake.accept(request, interaction_id, status)
        except EaselError:
            with suppress(NotNow):  # it is removed later, as `begun` notes
                await self._desk.remove(status)
            raise

    async def decline(self, approval_id: str, actor: Actor, reason: str) -> Declined:
        """Say no, and tell whoever asked why, in a direct message: it concerns nobody else.

        Raises:
            NotAllowed, NoSuchApproval, AlreadyDecided: see `look`.
            BadRequest: no reason.
        """
        await self.look(approval_id, actor)
        words = " ".join(reason.split())[:_REASON_CHARS]
        if not words:
            raise BadRequest(texts.approvals.NEEDS_REASON)
        at = self._clock.now()
        approval = await self._store.decline(approval_id, reason=words, by_member_id=actor.member_id, at=at)
        asked = await self._asked(approval)
        return Declined(asked, words, await self._desk.tell_declined(asked, words))

    async def renew(self, asked: Asked, problem: str = "") -> None:
        """Have the moderators' message say how a request stands; left as it is where Discord does not take it now."""
        if asked.approval.message is not None:
            with suppress(NotNow):
                await self._desk.renew(asked.approval.message, asked, problem)

    async def told(self, approval_id: str) -> None:
        """Note that Discord shows what was decided, so that `finish` leaves it alone."""
        await self._store.told(approval_id, self._clock.now())

    async def finish(self, before: Instant) -> None:
        """Say in Discord what was decided before then and is not shown there: the program ended in between."""
        for approval_id in await self._store.untold(before):
            try:
                await self._say(await self._asked(await self._store.approval(approval_id)))
            except NoSuchApproval:
                log.info("approval.forgotten", approval_id=approval_id)
            except NotNow:
                continue
            await self.told(approval_id)

    async def _say(self, asked: Asked) -> None:
        approval = asked.approval
        if approval.message is not None:
            await self._desk.renew(approval.message, asked)
        if approval.verdict is Verdict.DECLINED:
            await self._desk.tell_declined(asked, approval.reason or "")

    async def _asked(self, approval: Approval) -> Asked:
        try:
            draft = await self._drafts.draft(approval.approval_id, self._clock.now())
        except NoSuchDraft as error:
            raise NoSuchApproval from error
        return Asked(approval, draft)


def _for_moderator(error: EaselError) -> EaselError:
    """A refusal that speaks to whoever asked, as the moderator reads it: whom it is about, and what helps."""
    match error:
        case Blocked():
            return NotStarted(texts.approvals.BLOCKED, reason=error.reason)
        case MemberFrozen():
            frozen = texts.approvals.FROZEN_BECAUSE if error.reason else texts.approvals.FROZEN
            return NotStarted(frozen, reason=error.reason)
        case ServerPaused():
            paused = texts.approvals.PAUSED_BECAUSE if error.reason else texts.approvals.PAUSED
            return NotStarted(paused, reason=error.reason)
        case TooManyAtOnce():
            return NotStarted(texts.approvals.AT_ONCE)
        case ForbiddenWord():
            return NotStarted(texts.approvals.BLOCKED_WORD, word=error.word[:40])
        case _:
            return error
