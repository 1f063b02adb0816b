"""Uploads a reference: a ticket from the API, then the bytes to its storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
from yarl import URL

from bot.domain.clock import Clock
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.provider import lenient, wire
from bot.provider.reads import Host, Reads, demand, retrying, settled
from bot.provider.transport import FAILURES, Timeouts, exchange, named

_NO_SUCH_CALL = frozenset({404, 405})
_NOT_THIS_FILE = frozenset({413, 415})
_PASSING = frozenset({408, 425, 429})
"""Refusals by their numbers, and none of the file: it may be taken a moment later."""

REFUSALS = 3
"""So many fresh tickets in a row that storage refuses the same bytes on are no accident: it is the file."""

_KEPT_OUT = frozenset({"authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"})
"""Ours to set, or never to be set: a ticket cannot make us send credentials or misframe the request."""


class _NotTaken(TryLater):
    """Storage refused the file on this ticket; a fresh one shows whether it was the ticket's fault."""


class ProviderUploads:
    """Uploads files; they cost nothing and the provider keeps them for seven days."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        storage: aiohttp.ClientSession,
        reads: Reads,
        *,
        host: Host,
        timeouts: Timeouts,
        clock: Clock,
        check_url: Callable[[str], None],
    ) -> None:
        self._session = session
        self._storage = storage
        self._reads = reads
        self._host = host
        self._timeouts = timeouts
        self._clock = clock
        self._check_url = check_url

    async def upload(self, content: bytes, filename: str, content_type: str) -> str:
        """Upload and return the public address. Each try takes a fresh ticket.

        Storage refuses a second PUT on the same ticket (`If-None-Match: *`), so that after a broken PUT the ticket is
        worth nothing, whether or not the bytes arrived.

        Raises:
            Refused: the file is not taken, or the ticket is unusable.
            TryLater: the last try did not get through.
        """
        refusals = 0

        async def once() -> str:
            nonlocal refusals
            try:
                return await self._once(content, filename, content_type)
            except _NotTaken as error:
                refusals += 1
                if refusals == REFUSALS:
                    raise Refused(FailureReason.REFERENCE_REFUSED, f"{error.detail}, {REFUSALS} times") from error
                raise

        return await retrying(once)

    async def _once(self, content: bytes, filename: str, content_type: str) -> str:
        answer = await self._reads.once(
            "POST", "/media/uploads", {"filename": filename, "size": len(content), "content_type": content_type}
        )
        if answer.verdict in _NO_SUCH_CALL:
            return await self._through_api(content, filename, content_type)
        upload = _read_upload(demand(answer))
        await self._put(upload.upload, content)
        return _address(upload)

    async def _put(self, ticket: wire.Ticket, content: bytes) -> None:
        if ticket.method.upper() != "PUT" or ticket.url is None or ticket.headers is None:
            raise Refused(FailureReason.PROVIDER, "an upload ticket that is no PUT to an address")
        try:
            self._check_url(ticket.url)
            address = URL(ticket.url, encoded=True)
        except ValueError as error:
            raise Refused(FailureReason.PROVIDER, "an upload ticket for an address that is not allowed") from error
        headers = {name: value for name, value in ticket.headers.items() if name.lower() not in _KEPT_OUT}
        headers["Content-Length"] = str(len(content))
        try:
            reply = await exchange(
                self._storage, "PUT", address, headers=headers, limits=self._timeouts.of_upload(), data=_spent(content)
            )
        except FAILURES as error:
            # The signed address stands in aiohttp's words, so the cause is not chained.
            raise TryLater(f"storage: {named(error)}") from None
        if reply.status in _NOT_THIS_FILE:
            raise Refused(FailureReason.REFERENCE_REFUSED, f"storage: HTTP {reply.status}")
        if reply.status in range(400, 500) and reply.status not in _PASSING:
            raise _NotTaken(f"storage: HTTP {reply.status}")
        if reply.status not in range(200, 300):
            raise TryLater(f"storage: HTTP {reply.status}")

    async def _through_api(self, content: bytes, filename: str, content_type: str) -> str:
        """Use the older call, one multipart POST to the API itself, where the API has no tickets."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=filename, content_type=content_type)
        try:
            reply = await exchange(
                self._session,
                "POST",
                self._host.url("/media/upload/binary"),
                headers=self._host.headers(),
                limits=self._timeouts.of_upload(),
                data=form,
            )
        except FAILURES as error:
            raise TryLater(type(error).__name__) from error
        return _address(_read_upload(demand(settled(reply, self._clock))))


async def _spent(content: bytes) -> AsyncIterator[bytes]:
    """Yield the content once: aiohttp resends a PUT that broke by itself, but not a body that cannot be rewound."""
    yield content


def _read_upload(answer: wire.Answer) -> wire.Upload:
    try:
        return wire.read(wire.Upload, answer.data)
    except lenient.Unreadable as error:
        raise TryLater(f"upload answer unreadable: {error}") from error


def _address(upload: wire.Upload) -> str:
    if upload.download_url is None:
        raise Refused(FailureReason.PROVIDER, "an upload without a public address")
    return upload.download_url
