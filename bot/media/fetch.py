"""Fetches files with a cap on their bytes: members' attachments from Discord, pictures from the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import aiohttp
import discord
import stamina
import structlog
from yarl import URL

from bot import texts
from bot.domain.errors import AttachmentGone, BadImage
from bot.domain.images import OUTPUT_LIMITS
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.media.guard import (
    AddressNotPublic,
    AllowedHosts,
    ForbiddenAddress,
    RedirectRefused,
    check_output_url,
    check_reference_url,
)
from bot.services.ports.images import ReadableAttachment, ignore

log = structlog.stdlib.get_logger(__name__)

ATTEMPTS = 4
ATTACHMENT_TIMEOUT = aiohttp.ClientTimeout(total=90, sock_connect=5, sock_read=10)
"""Seconds. `total` is for all tries together; a body of which nothing came for `sock_read` has stopped moving."""

OUTPUT_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=5, sock_read=20)

_GONE = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE))
"""What a file host answers for a file that it no longer has, or whose signed address has run out."""

_PASSING = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS))

_CHUNK = 64 * 1024


class _TooLarge(Exception):
    """More bytes than allowed; `size` is how many there are or were declared to be, at least."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class _Answered(Exception):
    """The host answered with something other than the file."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Missing(_Answered):
    """The host says that it does not have the file."""


class _Failing(_Answered):
    """The host is busy or broken at the moment."""


class _Interrupted(Exception):
    """The connection failed; carries the kind of failure only, since its text may hold the address."""


class _Inward(Exception):
    """The host's name leads to an address that is not public; `detail` says so to the operator."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class CdnAttachmentReader:
    """Implements `AttachmentReader` by streaming from Discord's file hosts through the guarded session."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        hosts: AllowedHosts,
        *,
        timeout: aiohttp.ClientTimeout = ATTACHMENT_TIMEOUT,
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._timeout = timeout

    def can_fetch(self, url: str) -> bool:
        """See `AttachmentReader.can_fetch`."""
        return _is_served(url, self._hosts)

    async def read(
        self, attachment: ReadableAttachment, *, max_bytes: int, arrived: Callable[[int], None] = ignore
    ) -> bytes:
        """See `AttachmentReader.read`. One that moves is waited for as long as `ATTACHMENT_TIMEOUT` says."""
        name = attachment.filename
        _refuse_declared_size(attachment, max_bytes)
        passing = (_Interrupted, _Failing)
        try:
            url = check_reference_url(attachment.url, self._hosts)
            return await _download(self._session, url, max_bytes, self._timeout, passing, arrived)
        except _TooLarge as error:
            raise _too_large(name, error.size, max_bytes) from error
        except (ForbiddenAddress, RedirectRefused) as error:
            raise BadImage(texts.images.NOT_FROM_DISCORD, filename=name) from error
        except _Missing as error:
            raise AttachmentGone(name) from error
        except _Inward as error:
            raise _led_inward(name) from error
        except (_Answered, _Interrupted) as error:
            raise _not_sent(name) from error


class DirectAttachmentReader:
    """Implements `AttachmentReader` by the Discord library's own download, where there is no file host (the demo).

    `hosts` are those that the library's download knows besides Discord's.
    """

    def __init__(self, hosts: AllowedHosts | None = None) -> None:
        self._hosts = hosts or AllowedHosts()

    def can_fetch(self, url: str) -> bool:
        """See `AttachmentReader.can_fetch`."""
        return _is_served(url, self._hosts)

    async def read(
        self, attachment: ReadableAttachment, *, max_bytes: int, arrived: Callable[[int], None] = ignore
    ) -> bytes:
        """See `AttachmentReader.read`. The library does not say what has arrived before all has."""
        del arrived
        name = attachment.filename
        _refuse_declared_size(attachment, max_bytes)
        try:
            content = await attachment.read()
        except (discord.NotFound, discord.Forbidden) as error:
            raise AttachmentGone(name) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise _not_sent(name) from error
        if len(content) > max_bytes:
            raise _too_large(name, len(content), max_bytes)
        return content


class OutputDownloader:
    """Implements `OutputFetcher` through the guarded session.

    A missing file is asked for again too: a new one may need a moment until all of a file host's machines have it.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        hosts: AllowedHosts,
        *,
        max_bytes: int = OUTPUT_LIMITS.max_bytes,
        timeout: aiohttp.ClientTimeout = OUTPUT_TIMEOUT,
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._max_bytes = max_bytes
        self._timeout = timeout

    async def fetch(self, url: str) -> bytes:
        """See `OutputFetcher.fetch`."""
        try:
            checked = check_output_url(url, self._hosts)
            return await _download(
                self._session, checked, self._max_bytes, self._timeout, (_Interrupted, _Failing, _Missing)
            )
        except (ForbiddenAddress, RedirectRefused) as error:
            raise Refused(FailureReason.NO_PICTURE, f"the output is not fetched: {error}") from error
        except _TooLarge as error:
            raise Refused(FailureReason.NO_PICTURE, f"the output has {error.size} bytes or more") from error
        except _Missing as error:
            raise Refused(FailureReason.NO_PICTURE, f"the output's host answered {error.status}") from error
        except _Inward as error:
            raise TryLater(error.detail) from error
        except _Answered as error:
            raise TryLater(f"the output's host answered {error.status}") from error
        except _Interrupted as error:
            raise TryLater(f"the output did not arrive: {error}") from error


def _is_served(url: str, hosts: AllowedHosts) -> bool:
    try:
        check_reference_url(url, hosts)
    except ForbiddenAddress:
        return False
    return True


def _refuse_declared_size(attachment: ReadableAttachment, max_bytes: int) -> None:
    if attachment.size is not None and attachment.size > max_bytes:
        raise _too_large(attachment.filename, attachment.size, max_bytes)


def _too_large(filename: str, size: int, max_bytes: int) -> BadImage:
    return BadImage(texts.images.TOO_LARGE, filename=filename, size=size / 1_000_000, most=max_bytes / 1_000_000)


def _not_sent(filename: str) -> BadImage:
    return BadImage(texts.images.NOT_SENT, filename=filename)


def _led_inward(filename: str) -> BadImage:
    return BadImage(texts.images.NOT_PUBLIC, filename=filename)


async def _download(
    session: aiohttp.ClientSession,
    url: URL,
    max_bytes: int,
    patience: aiohttp.ClientTimeout,
    again_after: tuple[type[Exception], ...],
    arrived: Callable[[int], None] = ignore,
) -> bytes:
    retries = stamina.retry_context(
        again_after, attempts=ATTEMPTS, timeout=patience.total, wait_initial=0.3, wait_max=3.0
    )
    try:
        async with asyncio.timeout(patience.total):
            async for attempt in retries:
                with attempt:
                    return await _download_once(session, url, max_bytes, patience, arrived)
    except TimeoutError as error:
        raise _Interrupted(type(error).__name__) from error
    raise AssertionError  # pragma: no cover - the loop returns or raises, which the type checker cannot know


def _inward_reason(error: Exception) -> str | None:
    """What the guard said about the host, where that is why nothing was connected to; logged, since it lasts."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if not isinstance(cause, AddressNotPublic):
        return None
    log.error("download.host_not_public", host=cause.host, detail=cause.sentence)
    return cause.sentence


async def _download_once(
    session: aiohttp.ClientSession,
    url: URL,
    max_bytes: int,
    patience: aiohttp.ClientTimeout,
    arrived: Callable[[int], None],
) -> bytes:
    body = bytearray()
    arrived(0)
    try:
        async with session.get(url, timeout=patience, allow_redirects=False) as response:
            if response.status in _GONE:
                raise _Missing(response.status)
            if response.status in _PASSING or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise _Failing(response.status)
            if response.status != HTTPStatus.OK:
                raise _Answered(response.status)
            if (response.content_length or 0) > max_bytes:
                raise _TooLarge(response.content_length or 0)
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                arrived(len(body))
                if len(body) > max_bytes:
                    raise _TooLarge(len(body))
    except RedirectRefused:
        raise
    except (aiohttp.ClientError, OSError) as error:
        reason = _inward_reason(error)
        if reason is not None:
            raise _Inward(reason) from error
        raise _Interrupted(type(error).__name__) from error
    return bytes(body)
