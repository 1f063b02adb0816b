"""API calls that cost nothing, with retries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
import stamina
from pydantic import SecretStr
from yarl import URL

from bot.domain.clock import Clock
from bot.domain.predictions import NotSent, TryLater
from bot.domain.remote_clock import RemoteClock
from bot.provider import lenient, wire
from bot.provider.errors import refusal, retry_after, scrub
from bot.provider.transport import FAILURES, Reply, Timeouts, exchange
from bot.unreachable import unreachable

LONGEST_WAIT = 10.0
"""Seconds that a read waits inside for a Retry-After; a longer wish goes to the caller, who has a queue to wait in."""

PAGE_SIZE = 100
MAX_PAGES = 200
_REQUEST_TIMEOUT = 408
_TOO_MANY = 429
_ABOUT_WHO_ASKS = frozenset({401, 402, 403, 407})
"""Without a word of the API's these are the page of a proxy or a network that wants a login, and not about the key."""


def backoff(error: Exception) -> bool | float:
    """Tell stamina whether to try again, and after how many seconds where the provider said so."""
    if not isinstance(error, TryLater):
        return False
    if error.after_seconds is None:
        return True
    return error.after_seconds if error.after_seconds <= LONGEST_WAIT else False


retrying = stamina.AsyncRetryingCaller(attempts=4, timeout=60, wait_initial=0.5, wait_max=8, wait_jitter=0.5).on(
    backoff
)


@dataclass(frozen=True, slots=True)
class Host:
    """The API host, and the key that goes there and nowhere else."""

    base_url: str
    api_key: SecretStr
    version: str

    def __post_init__(self) -> None:
        scheme_and_host = URL(self.base_url)
        if scheme_and_host.scheme not in {"https", "http"} or not scheme_and_host.host:
            raise ValueError("the provider's base address must be http(s)://host/...")
        key = self.api_key.get_secret_value()
        if not key.isascii() or not key.isprintable() or not key or " " in key:
            raise ValueError("the provider's key must be one word of printable ASCII")

    @property
    def name(self) -> str:
        """The host's name, for an operator."""
        return URL(self.base_url).host or ""

    def url(self, path: str) -> URL:
        """The address of a path such as `/balance`."""
        return URL(self.base_url.rstrip("/") + path)

    def headers(self) -> dict[str, str]:
        """The key, and who is calling."""
        return {
            "Authorization": f"Bearer {self.api_key.get_secret_value()}",
            "X-Client-Name": "easel",
            "X-Client-Version": self.version,
        }

    def json_headers(self) -> dict[str, str]:
        """The same with the type of a JSON body."""
        return {**self.headers(), "Content-Type": "application/json"}


class Reads:
    """The free calls of the API."""

    def __init__(
        self, session: aiohttp.ClientSession, host: Host, timeouts: Timeouts, clock: Clock, remote: RemoteClock
    ) -> None:
        self._session = session
        self._host = host
        self._timeouts = timeouts
        self._clock = clock
        self._remote = remote

    async def get(self, path: str) -> wire.Answer:
        """GET, with retries.

        Raises:
            TryLater: the last attempt did not get through.
        """
        return await retrying(self.once, "GET", path)

    async def post(self, path: str, body: Mapping[str, object]) -> wire.Answer:
        """POST that only asks, with retries.

        Raises:
            TryLater: the last attempt did not get through.
        """
        return await retrying(self.once, "POST", path, body)

    async def once(self, method: str, path: str, body: Mapping[str, object] | None = None) -> wire.Answer:
        """One attempt.

        Raises:
            NotSent: there was no connection.
            TryLater: nothing readable came back, or a 408, 429, 5xx or redirect, by status or by code.
        """
        content = None if body is None else json.dumps(body).encode()
        asked = self._clock.monotonic()
        try:
            reply = await exchange(
                self._session,
                method,
                self._host.url(path),
                headers=self._host.headers() if content is None else self._host.json_headers(),
                limits=self._timeouts.of_read(),
                data=content,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(unreachable(self._host.name, error)) from error
        except FAILURES as error:
            raise TryLater(type(error).__name__) from error
        if reply.date is not None:
            self._remote.heard(reply.date, asked)
        return settled(reply, self._clock)

    async def pages(self, path: str, query: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
        """Read a paged list to its end, each item once.

        A short page is not taken for the last one, since the provider may cap the page size: the list ends where it
        says so, or where a page brings nothing new (empty, or the last page over again).

        Raises:
            TryLater: a page could not be had or read, or the list has more than 200 pages: it would not be whole.
            Refused: the key may not list.
        """
        found: dict[str, Mapping[str, object]] = {}
        for page in range(1, MAX_PAGES + 1):
            answer = demand(await self.post(path, {**query, "page": page, "page_size": PAGE_SIZE}))
            known = len(found)
            try:
                listing = wire.read(wire.Listing, answer.data)
                for item in listing.items:
                    found.setdefault(wire.item_key(item), item)
            except lenient.Unreadable as error:
                raise TryLater(f"list unreadable: {error}") from error
            if len(found) == known or listing.ends_at(len(found)):
                return tuple(found.values())
        raise TryLater(f"the list has more than {MAX_PAGES} pages")


def settled(reply: Reply, clock: Clock) -> wire.Answer:
    """Open a reply to a free call, unless it asks for another try.

    Raises:
        TryLater: as `Reads.once`.
    """
    wait = retry_after(reply, clock.now())
    refused = _is_definite_no(reply.status)
    if not refused and reply.status not in range(200, 300):
        raise TryLater(f"HTTP {reply.status}", wait)
    try:
        answer = wire.open_envelope(reply.status, b"" if reply.body is None else reply.body, wait)
    except lenient.Unreadable as error:
        if not refused or reply.status in _ABOUT_WHO_ASKS:
            raise TryLater(f"HTTP {reply.status}, unreadable: {error}", wait) from error
        return wire.Answer(reply.status, None, "", None, wait)
    if answer.verdict not in range(200, 300) and not is_refusal(answer.verdict):
        raise TryLater(f"HTTP {reply.status}, code {answer.code}", wait)
    return answer


def is_refusal(verdict: int) -> bool:
    """Whether a status or code is a definite no: 1xxx, or 4xx except 408 and 429."""
    return _is_definite_no(verdict) or verdict in range(1000, 2000)


def _is_definite_no(status: int) -> bool:
    return status in range(400, 500) and status not in {_REQUEST_TIMEOUT, _TOO_MANY}


def demand(answer: wire.Answer, *private: str) -> wire.Answer:
    """Pass a yes on and raise a no, whose words do not quote what is `private`.

    Raises:
        Refused: including Moderated and OutOfCredit.
    """
    if is_refusal(answer.verdict):
        raise refusal(answer.status, answer.code, scrub(answer.text, *private))
    return answer
