"""Drafts: requests shown for confirmation, changed by id, and run once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from bot import texts
from bot.db.drafts import DraftStore
from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.clock import Clock
from bot.domain.drafts import Draft, Slots, moved, replaced, with_roles_set, without
from bot.domain.errors import NotAllowed
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE
from bot.domain.orders import Requester
from bot.domain.references import Reference
from bot.domain.storyboards import clean_shots
from bot.domain.styles import NoSuchStyle, Style, named
from bot.services.creative.references import KeptImage, RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.creative.styles import Styles
from bot.services.money.prices import Prices

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 10


class Drafting:
    """Keeps drafts, and turns them into requests."""

    def __init__(self, drafts: DraftStore, styles: Styles, prices: Prices, clock: Clock, random: Random) -> None:
        self._drafts = drafts
        self._styles = styles
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

        Where no style is chosen it has the channel's; one that was removed since is left out.

        Raises:
            TooManyCollected: its member has as many images waiting as one may have.
            BadShots: no storyboard can be made of its words.
        """
        settled = await self._settled(requester.guild_id)
        style = await self._style(requester, choices)
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
            choices=replace(choices, style=style),
            parent_job_id=parent_job_id,
            uses_tray=uses_tray,
        )
        await self._drafts.save(settled(draft))
        return settled(draft)

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
            raise NotAllowed(texts.rights.OWN_REQUEST)
        return draft

    async def price_anew(self, draft_id: str) -> Draft:
        """Give a draft the price of today, with which it is then shown again. Raises NoSuchDraft."""
        draft = await self._drafts.draft(draft_id, self._clock.now())
        return await self._drafts.change(draft_id, await self._settled(draft.guild_id), self._clock.now())

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

    async def choose_style(self, draft_id: str, requester: Requester, style_id: int) -> Draft:
        """Use the style of that number, or none where there is none. Raises as `draft`."""
        styles = await self._styles.styles(requester.guild_id)
        style = next((each for each in styles if each.style_id == style_id), None)
        return await self._change(draft_id, requester, lambda draft: replace(draft, choices=_with_style(draft, style)))

    async def request(self, draft_id: str, requester: Requester, interaction_id: int) -> PictureRequest:
        """Let this interaction run the draft, and return what it asks for.

        However often it is run, and whatever crashes meanwhile, one draft becomes one job: an interaction may take it
        over from an earlier one only as long as that has made no job of it.

        Raises:
            AlreadyRun: an earlier click has made a job of it.
            NoSuchDraft: it is not kept any more.
            NotAllowed: somebody else's.
        """
        draft = await self.draft(draft_id, requester)
        await self._drafts.claim(draft_id, interaction_id)
        return requested(draft, requester)

    async def _arrange(self, draft_id: str, requester: Requester, arrange: Callable[[Slots], Slots]) -> Draft:
        return await self._change(
            draft_id, requester, lambda draft: replace(draft, references=arrange(draft.references))
        )

    async def _change(self, draft_id: str, requester: Requester, change: Callable[[Draft], Draft]) -> Draft:
        await self.draft(draft_id, requester)
        settled = await self._settled(requester.guild_id)
        return await self._drafts.change(draft_id, lambda draft: settled(change(draft)), self._clock.now())

    async def _settled(self, guild_id: int) -> Callable[[Draft], Draft]:
        """What gives a draft the style that it names, as it is now, and the price of today."""
        prices, styles = await self._prices.of_all(), await self._styles.styles(guild_id)

        def settle(draft: Draft) -> Draft:
            draft = replace(draft, style=named(styles, draft.choices.style or ""))
            return replace(draft, price_micros=prices[draft.model])

        return settle

    async def _style(self, requester: Requester, choices: Choices) -> str:
        try:
            style = await self._styles.chosen(requester, choices)
        except NoSuchStyle:
            return ""
        return "" if style is None else style.name


def _with_style(draft: Draft, style: Style | None) -> Choices:
    """A draft's choices with this style, without a model that does not take so many images."""
    chosen = draft.choices
    number = len(draft.references) + (0 if style is None else style.images)
    model = None if chosen.model_id is None else CATALOGUE.find(chosen.model_id)
    keeps_model = model is not None and model.fits(number)
    name = "" if style is None else style.name
    return replace(chosen, style=name, model_id=chosen.model_id if keeps_model else None)


def requested(draft: Draft, requester: Requester) -> PictureRequest:
    """What a draft asks for when it is run, under this requester's account."""
    return PictureRequest(
        requester,
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
