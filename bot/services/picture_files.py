"""Finished pictures as the files that messages carry."""

from __future__ import annotations

from bot.domain.images import CheckedImage, StoredImage
from bot.domain.jobs import Job, Prediction
from bot.services.ports.messages import Picture


def file_name(job: Job, which: int | str, image: CheckedImage | StoredImage) -> str:
    """What a file of a job is called: `easel-4F7K-2.png`."""
    return f"easel-{job.job_id}-{which}.{image.extension}"


def picture_file(job: Job, n: int, prediction: Prediction, file: CheckedImage, *, alt: str) -> Picture:
    """The n-th picture that a job shows, as a file; one of a storyboard bears the number of its shot."""
    number = n if prediction.shot is None else prediction.n
    return Picture(file.content, file_name(job, number, file), alt, job.is_spoiler)
