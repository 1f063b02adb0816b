"""Opens the place for images that IMAGES_URL names: a folder, or a bucket, whose library is loaded only then."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, cast

from bot.domain.errors import OperatorError
from bot.domain.images import CannotKeepImages
from bot.media.location import Bucket
from bot.media.vault import FileVault
from bot.services.ports.images import ImageVault

NEEDS = "obstore>=0.12,<0.13"
"""What the extra `s3` installs."""

_ANSWERS_WITHIN = "20s"
_CONNECTS_WITHIN = "5s"
_TRIES = 3


class UnusableImages(OperatorError):
    """Images cannot be kept where IMAGES_URL says; the sentence is for the operator."""


async def open_vault(place: Path | Bucket) -> ImageVault:
    """Open a folder, which is made where it is missing, or a bucket.

    Raises:
        CannotKeepImages: the folder cannot be made or written.
        UnusableImages: the bucket cannot be used, or its library is not installed.
    """
    if isinstance(place, Path):
        folder = FileVault(place)
        await folder.prepare()
        return folder
    bucket = _vault_of(place)
    try:
        await bucket.prepare()
    except CannotKeepImages as error:
        raise UnusableImages(
            f"IMAGES_URL names a bucket that cannot be used: {error.detail}. Its keys are AWS_ACCESS_KEY_ID and"
            " AWS_SECRET_ACCESS_KEY in the environment, where a line of .env is not, or the machine's role."
        ) from error
    return cast("ImageVault", bucket)


def _vault_of(bucket: Bucket) -> Any:
    try:
        library, store = importlib.import_module("bot.media.bucket"), importlib.import_module("obstore.store")
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise UnusableImages(
            "IMAGES_URL names a bucket, which needs one more package:"
            f' uv sync --no-dev --extra s3, or pip install "{NEEDS}".'
        ) from error
    is_plain = bucket.endpoint is not None and bucket.endpoint.startswith("http://")
    return library.BucketVault(
        store.S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            **({} if bucket.endpoint is None else {"endpoint": bucket.endpoint}),
            region=bucket.region,
            client_options={"allow_http": is_plain, "timeout": _ANSWERS_WITHIN, "connect_timeout": _CONNECTS_WITHIN},
            retry_config={"max_retries": _TRIES},
        )
    )
