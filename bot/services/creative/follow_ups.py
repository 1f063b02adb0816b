"""The buttons under a result: edit, again, change, use as reference, details, delete."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from bot import texts
from bot.db.gallery import GalleryStore
from bot.db.jobs import JobStore
from bot.domain.choices import Choices
from bot.domain.clock import Clock
from bot.domain.drafts import Draft, Slots, numbered
from bot.domain.errors import BadRequest, EaselError, NotAllowed
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job, MessageAt, Output, PredictionState
from bot.domain.marks import Mark
from bot.domain.models import MAX_REFERENCES, models_for
from bot.domain.orders import Requester
from bot.domain.parameters import SEED
from bot.domain.predictions import FailureReason
from bot.domain.references import Reference
from bot.domain.story import Story
from bot.domain.storyboards import is_storyboard, numbers_of, shot_to_repeat, words_of
from bot.domain.styles import own_of
from bot.services.creative.drafting import Drafting, kept
from bot.services.creative.references import KeptImage, RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.creative.tray import Added, Tray
from bot.services.picture_files import file_name
from bot.services.rights import Actor, job_here

CHAIN_LENGTH = 5
"""How many of the nearest steps are told, beside the first of all."""


class PicturesDeleted(EaselError):
    """A click on a result whose pictures somebody deleted."""

    def __init__(self) -> None:
        super().__init__(texts.results.PICTURES_DELETED)


class NoPicture(BadRequest):
    """A job whose pictures are not kept any more, or that has none in the place that was asked for."""

    def __init__(self) -> None:
        super().__init__(texts.results.NO_PICTURE)


class NotEnded(BadRequest):
    """A job whose pictures are still being made."""

    def __init__(self) -> None:
        super().__init__(texts.results.NOT_ENDED)


class Remover(Protocol):
    """Deletes messages of ours."""

    async def remove(self, message: MessageAt) -> bool:
        """Delete it; False where it is gone already or out of reach."""
        ...


class FollowUps:
    """What the buttons under a result do. Whoever presses pays."""

    def __init__(
        self, jobs: JobStore, gallery: GalleryStore, drafting: Drafting, tray: Tray, remover: Remover, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._gallery = gallery
        self._drafting = drafting
        self._tray = tray
        self._remover = remover
        self._clock = clock

    async def job(self, job_id: str, guild_id: int) -> Job:
        """The job behind a button.

        Raises:
            NoSuchJob: there is none (any more), or it is another server's.
            PicturesDeleted: its pictures were deleted.
        """
        job = await job_here(self._jobs, job_id, guild_id)
        if job.taken_down_at is not None:
            raise PicturesDeleted
        return job

    async def again(self, job_id: str, requester: Requester, command: str = "again") -> PictureRequest:
        """The same once more, with a new seed.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
            BadRequest: its prompt or references were deleted.
        """
        job = await self.job(job_id, requester.guild_id)
        request = _request(job, requester, command, _words(job), kept(own_of(job.references)), job.model)
        return replace(request, choices=chosen_for(job))

    async def shot_again(self, job_id: str, requester: Requester, n: int, command: str = "retry") -> PictureRequest:
        """One shot of a storyboard that ended without a picture, alone, with its seed unless that was what failed.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
            NoSuchShot: there is none of that number, or it needs no other try.
            BadRequest: its words or references were deleted.
        """
        job = await self.job(job_id, requester.guild_id)
        shot = shot_to_repeat(job, n)
        prompt = _words(job) and words_of(job, shot)
        request = _request(job, requester, command, prompt, kept(own_of(job.references)), job.model)
        was_unsafe = shot.state is PredictionState.WITHHELD or shot.reason is FailureReason.MODERATED
        # The same seed and words would make the same unsafe picture.
        seed = None if was_unsafe else shot.seed
        return replace(request, choices=replace(request.choices, seed=seed, style=job.style or ""))

    async def edit(
        self, job_id: str, requester: Requester, prompt: str, *, picture: int = 1, keeping: Collection[int] = ()
    ) -> PictureRequest:
        """Change a result: it becomes reference 1, and the places in `keeping` stay behind it.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
            NoPicture: it has none in that place.
        """
        job = await self.job(job_id, requester.guild_id)
        result = RequestedReference(1, _as_image(job, picture), is_spoiler=job.is_spoiler)
        others = kept(numbered(r for r in job.references if r.place in keeping)[: MAX_REFERENCES - 1])
        references = (result, *(replace(each, place=each.place + 1) for each in others))
        model = job.model if job.model.fits(len(references)) else models_for(len(references))[0]
        return _request(job, requester, "edit", prompt, references, model)

    async def change(
        self, job_id: str, requester: Requester, prompt: str, choices: Choices, *, command: str = "change"
    ) -> Draft:
        """Begin the same request with other words or settings; it is run from its confirmation.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
        """
        job = await self.job(job_id, requester.guild_id)
        return await self._drafting.begin(
            requester,
            command,
            prompt,
            numbered(own_of(job.references)),
            choices=choices,
            parent_job_id=job.job_id,
        )

    async def use(self, job_id: str, requester: Requester, picture: int = 1) -> Added:
        """Put a result into the member's tray.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
            NoPicture: it has none in that place.
            ImageNotKept: its file is gone.
            TooManyReferences: the tray is full.
        """
        job = await self.job(job_id, requester.guild_id)
        return await self._tray.add(
            requester, [RequestedReference(1, _as_image(job, picture), is_spoiler=job.is_spoiler)]
        )

    async def story(self, job_id: str, actor: Actor) -> Story:
        """A job and where it came from. Raises NoSuchJob and PicturesDeleted, see `job`."""
        return await self._jobs.story((await self.job(job_id, actor.guild_id)).job_id, CHAIN_LENGTH)

    async def deletable(self, job_id: str, actor: Actor) -> Job:
        """A job that this member may delete.

        Raises:
            NoSuchJob, PicturesDeleted: see `job`.
            NotAllowed: neither who asked for it nor a moderator.
            NotEnded: its pictures are still being made.
        """
        job = await self.job(job_id, actor.guild_id)
        if job.member_id != actor.member_id and not actor.can_manage:
            raise NotAllowed(texts.rights.OWN_TO_DELETE)
        if not job.has_ended:
            raise NotEnded
        return job

    async def delete(self, job_id: str, actor: Actor, shown: MessageAt | None = None) -> Job:
        """Delete a job's messages for good; its pictures are shown nowhere any more. The money stays spent.

        `shown` is one more message with its pictures, where it was asked to be deleted.

        Raises:
            NoSuchJob, PicturesDeleted, NotAllowed, NotEnded: see `deletable`.
        """
        job = await self.deletable(job_id, actor)
        # Marked first: a crash in between leaves a message that tells whoever clicks, not a picture that still counts.
        await self._gallery.take_down(job.job_id, actor.member_id, self._clock.now())
        for message in dict.fromkeys((job.result_message, job.status_message, shown)):
            if message is not None:
                await self._remover.remove(message)
        return job


def numbered_pictures(job: Job) -> Slots:
    """A job's pictures in their order, as small numbered copies show them."""
    return tuple(
        Reference(n, None, "", output.image, is_spoiler=job.is_spoiler, is_marked=output.mark is Mark.MARKED)
        for n, output in zip(numbers_of(job), job.pictures, strict=True)
    )


def chosen_for(job: Job) -> Choices:
    """What a job was asked for with, for a form that begins with it; each further picture has a seed of its own."""
    parameters = {name: value for name, value in job.parameters.items() if name != SEED.name}
    board = is_storyboard(job)
    return Choices(job.model.id, parameters, None, 1 if board else job.count, board, job.style or "")


def _words(job: Job) -> str:
    if not job.prompt:
        raise BadRequest(texts.requests.PROMPT_DELETED)
    return job.prompt


def _as_image(job: Job, picture: int) -> KeptImage:
    output: Output | None = job.pictures[picture - 1] if 1 <= picture <= len(job.pictures) else None
    if output is None:
        raise NoPicture
    return KeptImage(file_name(job, picture, output.image), output.image, is_marked=output.mark is Mark.MARKED)


def _request(
    job: Job,
    requester: Requester,
    command: str,
    prompt: str,
    references: tuple[RequestedReference, ...],
    model: ImageModel,
) -> PictureRequest:
    """One picture with a job's settings."""
    return PictureRequest(
        requester,
        command,
        prompt,
        references,
        model,
        replace(chosen_for(job), model_id=model.id, count=1, is_storyboard=False, style=""),
        parent_job_id=job.job_id,
        shown_micros=job.price_micros,
    )
