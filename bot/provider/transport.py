"""One HTTP exchange: no redirects, a bounded body, and broken bodies told apart from lost answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from bot.domain.clock import SECOND, Instant

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes after decompression. The model list, by far the longest answer, is a few megabytes."""

FAILURES = (aiohttp.ClientError, OSError)
"""All that an exchange can raise; aiohttp's and asyncio's timeouts are OSErrors. Cancellation is not among them."""


def named(error: Exception) -> str:
    """What went wrong with an exchange, for logs: its kind, and why where this machine itself would not connect.

    Nothing else of its words: they may contain the address.
    """
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    kept_back = cause.strerror if isinstance(cause, PermissionError) else None
    return type(error).__name__ if not kept_back else f"{type(error).__name__}: {kept_back}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. The defaults are those of WaveSpeed's own Python SDK 2.0.5."""

    connect: float = 10.0
    submit: float = 60.0
    read: float = 30.0
    upload: float = 120.0

    def of_submit(self) -> aiohttp.ClientTimeout:
        """For the POST that costs money, all in all."""
        return aiohttp.ClientTimeout(total=self.submit, connect=self.connect)

    def of_read(self) -> aiohttp.ClientTimeout:
        """For free calls; the total ends an answer that drips byte by byte."""
        return aiohttp.ClientTimeout(total=self.connect + self.read, connect=self.connect, sock_read=self.read)

    def of_upload(self) -> aiohttp.ClientTimeout:
        """For sending a file, all in all."""
        return aiohttp.ClientTimeout(total=self.upload, connect=self.connect)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `body` is None where the status arrived but the body broke off or never ended.

    `date` is when it was begun, to the second, by the clock of the machine that answered; None where it says nothing
    readable, or where a cache answered for it.
    """

    status: int
    retry_after: str | None
    body: bytes | None
    date: Instant | None = None


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    headers: Mapping[str, str],
    limits: aiohttp.ClientTimeout,
    data: bytes | aiohttp.FormData | AsyncIterator[bytes] | None = None,
) -> Reply:
    """Send one request and read its answer, without following a redirect.

    Only `headers` are sent, beside those that HTTP itself needs: a signed upload may not carry an unsigned type.

    Raises:
        aiohttp.ClientError, OSError: no status line came back. `aiohttp.ClientConnectorError` (DNS, connect, TLS) and
            `aiohttp.ConnectionTimeoutError` are raised while connecting only, hence before a byte of the request.
    """
    skipped = () if isinstance(data, aiohttp.FormData) else ("Content-Type",)
    async with session.request(
        method,
        url,
        headers=headers,
        data=data,
        timeout=limits,
        allow_redirects=False,
        skip_auto_headers=skipped,
    ) as response:
        try:
            body = await _read(response)
        except FAILURES:
            body = None
        return Reply(response.status, response.headers.get("Retry-After"), body, _date(response.headers))


def read_date(header: str) -> Instant | None:
    """Read an HTTP date (RFC 9110, 5.6.7); None if it is none."""
    try:
        date = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    try:
        return round((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()) * SECOND
    except (ValueError, OverflowError):
        return None


def _date(headers: Mapping[str, str]) -> Instant | None:
    """When an answer was begun; one that lay in a cache (it has an age, RFC 9111, 5.1) says what was then."""
    return read_date(headers.get("Date", "")) if headers.get("Age", "0").strip() == "0" else None


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY:
            response.close()
            return None
    return bytes(body)
