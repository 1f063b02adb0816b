"""What several buttons and commands do alike: run a request, show a tray, a confirmation, a job with its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot import texts
from bot.domain.approvals import NeedsApproval
from bot.domain.budget import BudgetLine, OverLimit, ScopeKind
from bot.domain.drafts import Draft, Slots, in_place
from bot.domain.errors import EaselError, PriceRose
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job
from bot.domain.marks import Place
from bot.domain.money import Micros
from bot.permissions import missing_here
from bot.services.creative.references import RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.creative.transfers import Transfers
from bot.services.creative.tray import Added
from bot.services.ports.messages import Picture
from bot.ui.discord.channels import is_age_restricted
from bot.ui.discord.files import DEFAULT_FILE_LIMIT, picture_files, share_of_request, strip_files
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Press
from bot.ui.render.creative.draft import DraftView, render_changed, render_draft
from bot.ui.render.creative.tray import news_of, render_tray
from bot.ui.render.jobs import render_job
from bot.ui.render.transfers import telling_of

log = structlog.stdlib.get_logger(__name__)


async def run_request(
    press: Press, request: PictureRequest, *, is_confirmed: bool = False, from_tray: Slots = ()
) -> Job | None:
    """Run a request: refused in private at once, or answered in public and taken in.

    None where its price is to be confirmed first, because the server wants that or because it is above the one that the
    pressed button shows: then the confirmation is shown in private, and nothing is held. `is_confirmed`: that was shown
    already. `from_tray` is what the tray gave: it leaves it once the job is there.

    Raises:
        EaselError: the sentence for the member; nothing was held.
    """
    request = replace(
        request,
        missing_permissions=missing_here(press.interaction),
        by_moderator=actor_of(press.interaction).can_manage,
    )
    try:
        job = await _run(press, request, is_confirmed=is_confirmed, uses_tray=bool(from_tray))
    except (OverLimit, NeedsApproval) as refusal:
        if isinstance(refusal, NeedsApproval) or refusal.line.kind is ScopeKind.MEMBER:
            refusal.draft_id = await _keep_for_asking(press, request)
        raise
    if from_tray and job is not None:
        await press.services.creative.tray.use(request.requester, from_tray)
    return job


async def _run(press: Press, request: PictureRequest, *, is_confirmed: bool, uses_tray: bool) -> Job | None:
    try:
        judged = await press.services.creative.intake.look(request)
    except PriceRose as rise:
        model = await press.services.creative.intake.model_of(request)
        await _confirm(press, request, model, uses_tray=uses_tray, news=rise.sentence)
        return None
    if judged.asks_first and not is_confirmed:
        await _confirm(press, request, judged.model, uses_tray=uses_tray)
        return None
    answer = await press.answers.open_publicly(press.interaction)
    transfers = Transfers()
    async with press.answers.telling(press.interaction, telling_of(transfers)):
        return await press.services.creative.intake.accept(request, press.interaction.id, answer, transfers)


async def _confirm(
    press: Press, request: PictureRequest, model: ImageModel, *, uses_tray: bool, news: str = ""
) -> None:
    """Keep a request, and show its member in private what it costs."""
    await press.answers.think(press.interaction)
    transfers = Transfers()
    async with press.answers.telling(press.interaction, telling_of(transfers)):
        references = await press.services.creative.references.collect(
            request.references, request.requester, transfers=transfers, for_asking=True
        )
    await show_draft(
        press, await press.services.creative.drafting.keep(request, references, model, uses_tray=uses_tray), news=news
    )


async def _keep_for_asking(press: Press, request: PictureRequest) -> str | None:
    """Keep a refused request, so that a moderator can be asked; None where its images cannot be had."""
    if not press.interaction.response.is_done():
        await press.answers.think(press.interaction)
    try:
        references = await press.services.creative.references.collect(
            request.references, request.requester, for_asking=True
        )
        model = await press.services.creative.intake.model_of(request)
        return (await press.services.creative.drafting.keep(request, references, model)).draft_id
    except EaselError as error:
        log.info("request.not_kept", why=type(error).__name__)
        return None


async def add_to_tray(press: Press, requested: Sequence[RequestedReference]) -> Added:
    """Put images into the member's tray, after `think`; says how far they are while they are slow to come.

    Raises:
        BadImage: the first one, in order, that cannot be used; nothing is added then.
        TooManyReferences: there is no room for even one.
    """
    transfers = Transfers()
    async with press.answers.telling(press.interaction, telling_of(transfers)):
        return await press.services.creative.tray.add(press.requester, requested, transfers=transfers)


async def show_tray(
    press: Press, slots: Slots, *, news: tuple[str, ...] = (), chosen: int = 1, again: bool = False
) -> None:
    """Show the member's tray in private; `again` redraws the message that it is in."""
    slots = in_place(slots, await place_of(press))
    strip = await press.services.creative.album.strip(slots)
    view = render_tray(slots, news=news, chosen=chosen, has_strip=strip is not None)
    await press.answers.show(press.interaction, view, strip_files(strip), in_place=again)


async def show_added(press: Press, added: Added, *, beyond: int = 0, not_taken: int = 0) -> None:
    """Show the member's tray after something was put in; `beyond` more had no room, `not_taken` are no images."""
    news = news_of(added.added, added.known, added.left_out + beyond, not_taken)
    await show_tray(press, added.slots, news=news, chosen=len(added.slots))


async def clear_tray(press: Press, *, again: bool = False) -> None:
    """Empty the member's tray, and say how much was in it."""
    taken_out = await press.services.creative.tray.clear(press.requester)
    await show_tray(press, (), news=(texts.tray.CLEARED.format(count=len(taken_out)),), again=again)


async def show_draft(
    press: Press, draft: Draft, *, ordering: int | None = None, again: bool = False, news: str = ""
) -> None:
    """Show a confirmation in private; `again` redraws the message that it is in."""
    draft = _in_place(draft, await place_of(press))
    view = await draft_view(press, draft)
    is_ordered = ordering is not None and draft.references
    strip = await press.services.creative.album.strip(draft.references if is_ordered else draft.all_references)
    drawn = render_draft(view, ordering=ordering, has_strip=strip is not None, news=news)
    if again and press.is_reopened:
        # The refusal becomes the confirmation; the one before it would show what does not hold any more.
        await press.answers.retire(draft.draft_id, render_changed())
    await press.answers.show(press.interaction, drawn, strip_files(strip), in_place=again)
    press.answers.keep_in_reach(press.interaction, draft.draft_id)


async def draft_view(press: Press, draft: Draft) -> DraftView:
    """A draft with what its member has left here, and the styles that there are."""
    budget = await press.services.money.budgets.view(press.requester, actor_of(press.interaction))
    styles = await press.services.creative.styles.styles(draft.guild_id)
    return DraftView(draft, _tightest(budget.lines), styles)


async def show_job(press: Press, job_id: str) -> None:
    """Bring a job with its pictures and live buttons into the channel; in private where there is nothing to bring.

    Raises:
        NoSuchJob: not in this server.
        NotAllowed: somebody else's, without Manage Server.
    """
    job = (await press.services.jobs.history.show(job_id, actor_of(press.interaction))).job
    if not job.has_ended or not job.pictures or job.taken_down_at is not None:
        await press.answers.answer_privately(press.interaction, render_job(job))
        return
    await press.answers.think(press.interaction, in_private=False)
    pictures = await pictures_for(press, job)
    await press.answers.answer_publicly(press.interaction, render_job(job, pictures), picture_files(pictures))


async def offered_prices(press: Press) -> Mapping[ImageModel, Micros]:
    """What one picture of each model costs now that this server offers."""
    prices = await press.services.money.prices.of_all()
    offered = await press.services.creative.policy.offered(press.requester.guild_id)
    return {model: prices[model] for model in offered}


async def place_of(press: Press) -> Place:
    """What is done with unsafe pictures where somebody presses."""
    return await press.services.creative.policy.place(
        press.requester, is_age_restricted=is_age_restricted(press.interaction.channel)
    )


async def pictures_for(press: Press, job: Job) -> tuple[Picture, ...]:
    """A job's pictures as files for this channel; none where one of them is not shown here."""
    if not (await place_of(press)).shows(job.marks):
        return ()
    largest = min(press.interaction.filesize_limit, DEFAULT_FILE_LIMIT)
    return await press.services.creative.album.pictures(job, share_of_request(len(job.pictures), largest=largest))


def _in_place(draft: Draft, place: Place) -> Draft:
    """A draft with its images, and those of its style, as they are shown in a place."""
    style = draft.style
    if style is not None:
        style = replace(style, references=in_place(style.references, place))
    return replace(draft, references=in_place(draft.references, place), style=style)


def _tightest(lines: Sequence[BudgetLine]) -> BudgetLine | None:
    """The line that leaves least, of those that limit at all."""
    limited = [line for line in lines if line.left_micros is not None]
    return min(limited, key=lambda line: line.left_micros or 0, default=None)
