"""Intake: judges a request, fetches its references, holds its money and creates the job."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from bot import texts
from bot.db.jobs import JobStore
from bot.domain.approvals import NeedsApproval
from bot.domain.budget import OverLimit, ScopeKind
from bot.domain.choices import Choices
from bot.domain.clock import Clock
from bot.domain.errors import (
    CannotPostHere,
    NoSuchJob,
    PriceRose,
    Unavailable,
)
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job, MessageAt
from bot.domain.money import Micros, format_usd
from bot.domain.orders import Order
from bot.domain.parameters import COUNT, SEED, IntegerParameter, ParameterValue
from bot.domain.prompts import Shot, clean_prompt, clean_role, with_roles
from bot.domain.storyboards import clean_shots
from bot.domain.styles import Style
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.creative.choosing import check_seed, choose_model, parameters_for, with_style
from bot.services.creative.policy import Policy, Ruling
from bot.services.creative.references import References, RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.creative.styles import Styles
from bot.services.creative.transfers import Transfers
from bot.services.money.prices import Prices
from bot.services.signals import Signals

_ID_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that reads like something else
_ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Judged:
    """A request that can run as far as its words go, with the price of one picture.

    `shots` are a storyboard's, which are all in `prompt`; any other request has none. `sent` is what the provider gets
    for each of them, or for all pictures. `references` are the member's own and behind them the style's.
    `confirm_above_micros` is what all its pictures may cost before the server wants its member to be asked; None: any.
    """

    prompt: str
    shots: tuple[str, ...]
    sent: tuple[str, ...]
    references: tuple[RequestedReference, ...]
    style: Style | None
    model: ImageModel
    parameters: dict[str, ParameterValue]
    price_micros: Micros
    count: int
    confirm_above_micros: Micros | None

    @property
    def asks_first(self) -> bool:
        """Whether the server wants its member to see the price of all pictures and confirm it."""
        return self.asks_at(self.price_micros)

    def asks_at(self, price: Micros) -> bool:
        """Whether it would, at this price of one picture."""
        return self.confirm_above_micros is not None and price * self.count > self.confirm_above_micros


class DiskNearlyFull(Unavailable):
    """What is left of the disk is kept for the results of jobs that were taken already."""

    def __init__(self) -> None:
        super().__init__(texts.errors.DISK_NEARLY_FULL)


class Intake:
    """The way from a command to an accepted job."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        policy: Policy,
        styles: Styles,
        references: References,
        disk_has_room: Callable[[], Awaitable[bool]],
        prices: Prices,
        clock: Clock,
        random: Random,
        signals: Signals,
        crash_hook: CrashHook,
    ) -> None:
        self._jobs = jobs
        self._policy = policy
        self._styles = styles
        self._references = references
        self._disk_has_room = disk_has_room
        self._prices = prices
        self._clock = clock
        self._random = random
        self._signals = signals
        self._crash_hook = crash_hook
        self._closed_because: Unavailable | None = None

    def close(self, because: Unavailable) -> None:
        """Admit nothing more; what was admitted goes on."""
        self._closed_because = because

    async def look(self, request: PictureRequest) -> Judged:
        """Refuse at once, from what is known locally, whatever `accept` would refuse; costs milliseconds.

        Raises:
            EaselError: the sentence for the member; nothing was held.
        """
        judged = await self._judge(request)
        self._references.look(judged.references)
        try:
            await self._jobs.check_room(request.requester, judged.price_micros, judged.count, self._clock.now())
        except OverLimit as over:
            # What a moderator approves goes beyond the member's own limit.
            if request.approving is None or over.line.kind is not ScopeKind.MEMBER:
                raise
        return judged

    async def model_of(self, request: PictureRequest) -> ImageModel:
        """The model that a request would run with. Raises as `look` does for the channel, the words and the images."""
        _, ruling = await self._judge_words(request)
        style = await self._style_of(request, ruling)
        return choose_model(request, ruling, style)

    async def accept(
        self,
        request: PictureRequest,
        interaction_id: int,
        status_message: MessageAt | None = None,
        transfers: Transfers | None = None,
    ) -> Job:
        """Fetch the references, hold the money in every scope and make the job, or refuse and hold nothing.

        `status_message` is the command's public answer, `transfers` tells how far its images are. The same
        interaction again returns the job that it made.

        Raises:
            EaselError: the sentence for the member; nothing was held.
        """
        judged = await self._judge(request)
        asking = self._prices.now(judged.model, judged.sent[0], len(judged.references), judged.parameters)
        taking = self._references.take(judged.references, member_id=request.requester.member_id, transfers=transfers)
        price, references = await asyncio.gather(asking, taking)
        for reference in references:
            judged.model.check_image(reference.filename, reference.image)
        _refuse_dearer(_shown(request, judged, price), price)
        self._refuse_if_closed()
        order = Order(
            job_id=await self._new_job_id(),
            interaction_id=interaction_id,
            requester=request.requester,
            command=request.command,
            prompt=judged.prompt,
            sent_prompt="\n".join(judged.sent),
            model=judged.model,
            parameters=judged.parameters,
            seeds=self._seeds(judged, request.choices),
            price_micros=price,
            references=references,
            shots=tuple(map(Shot, judged.shots, judged.sent)) if judged.shots else (),
            status_message=status_message,
            parent_job_id=request.parent_job_id,
            style=judged.style,
            approving=request.approving,
        )
        self._crash_hook(CrashPoint.ADMITTING)
        admission = await self._jobs.admit(order, self._clock.now())
        self._crash_hook(CrashPoint.ADMITTED)
        self._signals.job_arrived(admission.job.job_id)
        return admission.job

    async def _judge(self, request: PictureRequest) -> Judged:
        self._refuse_if_closed()
        if request.missing_permissions:
            raise CannotPostHere(request.missing_permissions)
        if not await self._disk_has_room():
            raise DiskNearlyFull
        words, ruling = await self._judge_words(request)
        style = await self._style_of(request, ruling)
        references = with_style(request.references, style)
        model = choose_model(request, ruling, style)
        choices = request.choices
        COUNT.check(choices.count)
        parameters = parameters_for(model, choices, ruling, style)
        model.check(parameters)
        check_seed(model, choices)
        roles = [clean_role(each.role) for each in references]
        sent = tuple(with_roles(each if style is None else style.applied(each), roles) for each in words)
        for each in sent:
            model.check_prompt(each)
        if ruling.rules.approval and request.approving is None and not request.by_moderator:
            raise NeedsApproval
        price = await self._prices.ask(model)
        _refuse_dearer(request.shown_micros, price)
        return Judged(
            prompt="\n".join(words),
            sent=sent,
            shots=words if choices.is_storyboard else (),
            references=references,
            style=style,
            model=model,
            parameters=parameters,
            price_micros=price,
            count=len(words) if choices.is_storyboard else choices.count,
            confirm_above_micros=ruling.rules.confirm_above_micros,
        )

    async def _style_of(self, request: PictureRequest, ruling: Ruling) -> Style | None:
        return await self._styles.among(request.requester.guild_id, request.choices, ruling.channel.style_id)

    async def _judge_words(self, request: PictureRequest) -> tuple[tuple[str, ...], Ruling]:
        """The words of each picture, or of all of them, as far as the server lets them through. Raises as `look`."""
        if request.choices.is_storyboard:
            shots = clean_shots(request.prompt)
            return shots, await self._policy.judge(request.requester, _roles(request), shots)
        prompt = clean_prompt(request.prompt)
        return (prompt,), await self._policy.judge(request.requester, [prompt, *_roles(request)])

    def _refuse_if_closed(self) -> None:
        if self._closed_because is not None:
            raise self._closed_because

    async def _new_job_id(self) -> str:
        while True:
            job_id = "".join(self._random.choices(_ID_LETTERS, k=_ID_LENGTH))
            try:
                await self._jobs.job(job_id)
            except NoSuchJob:
                return job_id

    def _seeds(self, judged: Judged, choices: Choices) -> tuple[int | None, ...]:
        known = judged.model.parameter(SEED.name)
        if not isinstance(known, IntegerParameter):
            return (None,) * judged.count
        seed = None if choices.seed is None or choices.seed < 0 else choices.seed
        if judged.shots:
            # One for all, so that what the words leave open looks alike from shot to shot.
            return (self._random.randint(0, known.maximum) if seed is None else seed,) * judged.count
        if seed is not None:
            return tuple(range(seed, seed + judged.count))
        # A seed of our own choice varies as the provider's would, and can be shown and used again.
        return tuple(self._random.randint(0, known.maximum) for _ in range(judged.count))


def _refuse_dearer(shown: Micros | None, price: Micros) -> None:
    if shown is not None and price > shown:
        raise PriceRose(format_usd(shown), format_usd(price))


def _shown(request: PictureRequest, judged: Judged, price: Micros) -> Micros | None:
    """What its member counts on: the price that they read, or the one at which nobody had to ask them."""
    if request.shown_micros is None and judged.asks_at(price) and not judged.asks_first:
        return judged.price_micros
    return request.shown_micros


def _roles(request: PictureRequest) -> list[str]:
    return [reference.role for reference in request.references if reference.role]
