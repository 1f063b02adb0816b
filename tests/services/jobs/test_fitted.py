"""Pictures as Discord takes them: made while the books are written, and posted from memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.domain.images import CheckedImage, StoredImage
from bot.domain.jobs import PredictionState
from bot.services.jobs import fitted as module
from bot.services.jobs.fitted import FittedPictures
from bot.services.ports.messages import NotNow, Picture
from tests.services.world import Running, ServiceWorld, request
from tests.ui.samples import job as sample_job

LIMIT = 1_000


@dataclass(slots=True)
class Studio:
    """A checker and a vault that note what they are asked for; every picture can be made as small as is wished."""

    fits: list[int] = field(default_factory=list[int])
    reads: list[str] = field(default_factory=list[str])

    async def fit(self, content: bytes, max_bytes: int) -> CheckedImage | None:
        assert len(content) > max_bytes
        self.fits.append(max_bytes)
        return picture(max_bytes)

    async def read(self, image: StoredImage) -> bytes:
        self.reads.append(image.sha256)
        return bytes(image.size)


def picture(size: int) -> CheckedImage:
    return CheckedImage(bytes(size), "image/jpeg", 8, 8)


def kept(size: int) -> StoredImage:
    return StoredImage("0" * 64, "image/jpeg", 8, 8, size)


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def pictures(studio: Studio) -> FittedPictures:
    return FittedPictures(studio, studio, lambda _, count: LIMIT // count)  # pyright: ignore[reportArgumentType] - as much of them as is used


def watched(bot: Running, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[StoredImage]]:
    """What the bot does with pictures from here on, in its order, and which of its store it reads."""
    media, calls, reads = bot.resources.media, list[str](), list[StoredImage]()
    fit, keep, read = media.checker.fit, media.vault.keep, media.vault.read

    async def noted_fit(content: bytes, max_bytes: int) -> CheckedImage | None:
        calls.append("fit")
        return await fit(content, max_bytes)

    async def noted_keep(image: CheckedImage) -> StoredImage:
        stored = await keep(image)
        calls.append("kept")
        return stored

    async def noted_read(image: StoredImage) -> bytes:
        reads.append(image)
        return await read(image)

    monkeypatch.setattr(media.checker, "fit", noted_fit)
    monkeypatch.setattr(media.vault, "keep", noted_keep)
    monkeypatch.setattr(media.vault, "read", noted_read)
    return calls, reads


async def test_nothing_is_left_to_do_between_the_books_and_the_post(
    world: ServiceWorld, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small copy is begun before the picture is stored, and the post reads nothing from the store."""
    world.fake_messenger.limit = 3_000
    accepted = await bot.accept(request())
    calls, reads = watched(bot, monkeypatch)

    job = await world.closed(accepted)

    ((posted,),) = [result.pictures for result in world.fake_messenger.results]
    assert isinstance(posted, Picture)
    assert len(posted.content) <= world.fake_messenger.limit < job.pictures[0].image.size
    assert calls == ["fit", "kept"]
    assert job.pictures[0].image not in reads


async def test_what_was_posted_is_not_held(world: ServiceWorld, bot: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that is brought once more comes from the store."""
    job = await world.closed(await bot.accept(request()))
    _, reads = watched(bot, monkeypatch)

    async def is_read_again() -> bool:
        return job.pictures[0].image in reads

    bot.resources.signals.bring_again(job.job_id)
    await world.until(is_read_again)


async def test_what_discord_did_not_take_is_still_there(
    world: ServiceWorld, bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next try of the post has the bytes as well."""
    world.fake_messenger.will("post_result", NotNow())
    accepted = await bot.accept(request())
    _, reads = watched(bot, monkeypatch)

    job = await world.closed(accepted)

    assert [posted.way for posted in world.fake_messenger.results] == ["channel"]
    assert job.pictures[0].image not in reads


async def test_a_smaller_limit_is_met_from_memory(pictures: FittedPictures, studio: Studio) -> None:
    """Where Discord finds the copy too large another is made, of what is held."""
    job = sample_job(PredictionState.COMPLETED)
    pictures.prepare(job, job.predictions[0], 0, picture(5 * LIMIT))

    for limit in (LIMIT, LIMIT // 2):
        fitted = await pictures.fitted(job.predictions[0], 0, kept(5 * LIMIT), limit)
        assert fitted is not None
        assert len(fitted.content) == limit
    assert (studio.fits, studio.reads) == ([LIMIT, LIMIT // 2], [])


async def test_what_fits_is_not_looked_at_again(pictures: FittedPictures, studio: Studio) -> None:
    """Neither from memory nor from the store."""
    job = sample_job(PredictionState.COMPLETED)
    pictures.prepare(job, job.predictions[0], 0, picture(LIMIT))
    assert await pictures.fitted(job.predictions[0], 0, kept(LIMIT), LIMIT) == picture(LIMIT)
    assert studio.reads == []

    pictures.let_go(job)

    assert await pictures.fitted(job.predictions[0], 0, kept(LIMIT), LIMIT) == picture(LIMIT)
    assert (studio.fits, len(studio.reads)) == ([], 1)


async def test_memory_is_bounded(pictures: FittedPictures, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what waits beyond the bound the oldest is read again; it is posted all the same."""
    monkeypatch.setattr(module, "HELD_BYTES", 2 * LIMIT)
    job = sample_job(PredictionState.COMPLETED)
    for place in range(3):
        pictures.prepare(job, job.predictions[0], place, picture(LIMIT))

    shown = [await pictures.fitted(job.predictions[0], place, kept(LIMIT), LIMIT) for place in range(3)]

    assert shown == [picture(LIMIT)] * 3
    assert len(studio.reads) == 1
