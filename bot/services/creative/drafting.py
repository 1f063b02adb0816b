"""Requests before they are run: kept by id, changed as often as one likes, and run once by whoever they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from bot.db.drafts import DraftStore
from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.clock import Clock
from bot.domain.drafts import Draft, Slots, moved, replaced, with_roles_set, without
from bot.domain.errors import NotAllowed
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Reference
from bot.domain.orders import Requester
from bot.domain.storyboards import clean_shots
from bot.services.creative.references import KeptImage, RequestedReference
from bot.services.creative.requests import Asker, PictureRequest
from bot.services.money.prices import Prices

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 10


class Drafting:
    """Keeps drafts, and turns them into requests."""

    def __init__(self, drafts: DraftStore, prices: Prices, clock: Clock, random: Random) -> None:
        self._drafts = drafts
        self._prices = prices
        self._clock = clock
        self._random = random

    async def begin(
        self,
        requester: Requester,
        command: str,
        prompt: str,
        references: Slots,
        *,
        choices: Choices = NOTHING_CHOSEN,
        parent_job_id: str | None = None,
        uses_tray: bool = False,
    ) -> Draft:
        """Keep a new request without running it; its words are judged when it is run.

        Raises:
            TooManyCollected: its member has as many images waiting as one may have.
            BadShots: no storyboard can be made of its words.
        """
        priced = await self._priced()
        draft = Draft(
            draft_id=new_id(self._random),
            guild_id=requester.guild_id,
            channel_id=requester.channel_id,
            member_id=requester.member_id,
            command=command,
            prompt=_kept_words(prompt, choices),
            references=references,
            created_at=self._clock.now(),
            price_micros=0,
            choices=choices,
            parent_job_id=parent_job_id,
            uses_tray=uses_tray,
        )
        await self._drafts.save(priced(draft))
        return priced(draft)

    async def keep(
        self, request: PictureRequest, references: Slots, model: ImageModel, *, uses_tray: bool = False
    ) -> Draft:
        """Keep a request that was about to run, with its images as taken in and the model that was found for it."""
        return await self.begin(
            request.requester,
            request.command,
            request.prompt,
            references,
            choices=replace(request.choices, model_id=model.id),
            parent_job_id=request.parent_job_id,
            uses_tray=uses_tray,
        )

    async def draft(self, draft_id: str, requester: Requester) -> Draft:
        """Read a draft for its member.

        Raises:
            NoSuchDraft: it is not kept any more.
            NotAllowed: somebody else's.
        """
        draft = await self._drafts.draft(draft_id, self._clock.now())
        if (draft.member_id, draft.guild_id) != (requester.member_id, requester.guild_id):
            raise NotAllowed("Only the member who wrote this request can go on with it.")
        return draft

    async def price_anew(self, draft_id: str) -> Draft:
        """Give a draft the price of today, with which it is then shown again. Raises NoSuchDraft."""
        return await self._drafts.change(draft_id, await self._priced(), self._clock.now())

    async def move(self, draft_id: str, requester: Requester, place: int, to: int) -> Draft:
        """Put a reference into another place. Raises as `draft`, and NoSuchPlace."""
        return await self._arrange(draft_id, requester, lambda slots: moved(slots, place, to))

    async def drop(self, draft_id: str, requester: Requester, place: int) -> Draft:
        """Take a reference out. Raises as `draft`, and NoSuchPlace."""
        return await self._arrange(draft_id, requester, lambda slots: without(slots, place))

    async def replace(self, draft_id: str, requester: Requester, place: int, new: Reference) -> Draft:
        """Put another image in a place. Raises as `draft`, and NoSuchPlace."""
        return await self._arrange(draft_id, requester, lambda slots: replaced(slots, place, new))

    async def set_roles(self, draft_id: str, requester: Requester, roles: Sequence[str | None]) -> Draft:
        """Say what each reference is for. Raises as `draft`."""
        return await self._arrange(draft_id, requester, lambda slots: with_roles_set(slots, roles))

    async def write(self, draft_id: str, requester: Requester, prompt: str) -> Draft:
        """Replace the prompt. Raises as `draft`, and BadShots where no storyboard can be made of it."""
        return await self._change(
            draft_id, requester, lambda draft: replace(draft, prompt=_kept_words(prompt, draft.choices))
        )

    async def choose(self, draft_id: str, requester: Requester, choices: Choices) -> Draft:
        """Replace the choices. Raises as `draft`."""
        return await self._change(draft_id, requester, lambda draft: replace(draft, choices=choices))

    async def request(self, draft_id: str, asker: Asker) -> PictureRequest:
        """Let this interaction run the draft, and return what it asks for.

        However often it is run, and whatever crashes meanwhile, one draft becomes one job: an interaction may take it
        over from an earlier one only as long as that has made no job of it.

        Raises:
            AlreadyRun: an earlier click has made a job of it.
            NoSuchDraft: it is not kept any more.
            NotAllowed: somebody else's.
        """
        draft = await self.draft(draft_id, asker.requester)
        await self._drafts.claim(draft_id, asker.interaction_id)
        return requested(draft, asker)

    async def _arrange(self, draft_id: str, requester: Requester, arrange: Callable[[Slots], Slots]) -> Draft:
        return await self._change(
            draft_id, requester, lambda draft: replace(draft, references=arrange(draft.references))
        )

    async def _change(self, draft_id: str, requester: Requester, change: Callable[[Draft], Draft]) -> Draft:
        await self.draft(draft_id, requester)
        priced = await self._priced()
        return await self._drafts.change(draft_id, lambda draft: priced(change(draft)), self._clock.now())

    async def _priced(self) -> Callable[[Draft], Draft]:
        prices = await self._prices.of_all()
        return lambda draft: replace(draft, price_micros=prices[draft.model])


def requested(draft: Draft, asker: Asker) -> PictureRequest:
    """What a draft asks for when it is run by this interaction, under this requester's account."""
    return asker.request(
        draft.command,
        draft.prompt,
        kept(draft.references),
        draft.model,
        draft.choices,
        parent_job_id=draft.parent_job_id,
        shown_micros=draft.price_micros,
    )


def kept(references: Sequence[Reference]) -> tuple[RequestedReference, ...]:
    """References out of our own store, as an order takes them; nothing is fetched again."""
    return tuple(
        RequestedReference(
            reference.place,
            KeptImage(
                reference.filename,
                reference.image,
                reference.note,
                is_marked=reference.is_marked,
                is_taken_down=reference.is_taken_down,
            ),
            reference.role,
            reference.is_spoiler,
        )
        for reference in references
    )


def _kept_words(prompt: str, choices: Choices) -> str:
    """A prompt as it was typed; a storyboard's shots, of which price and number hang, cleaned and one a line."""
    return "\n".join(clean_shots(prompt)) if choices.is_storyboard else prompt


def new_id(random: Random) -> str:
    """An id that nobody guesses and no two of which are the same."""
    return "".join(random.choices(_ID_LETTERS, k=_ID_LENGTH))
