"""The paid API call: sent once, its answer sorted into accepted, refused, later, never sent, or lost."""

from __future__ import annotations

import json
from collections.abc import Mapping

import aiohttp

from bot.domain.clock import Clock
from bot.domain.predictions import AnswerLost, NotSent, OutOfCredit, ProviderError, RemoteStatus, TryLater
from bot.domain.remote_clock import RemoteClock
from bot.provider import lenient, wire
from bot.provider.errors import lacks_credit, retry_after, scrub, submit_refusal
from bot.provider.predictions import status_of
from bot.provider.reads import Host, is_refusal
from bot.provider.transport import FAILURES, Reply, Timeouts, exchange
from bot.unreachable import unreachable

_TOO_MANY = 429
_LIVING = frozenset({"created", "pending", "queued", "processing"})


class Submits:
    """Sends paid tasks.

    `session` must open a fresh connection for each request (`TCPConnector(force_close=True)`): on a kept-alive
    connection that the provider is just closing, a POST can vanish, and whether it arrived is then anyone's guess.
    Where a connection breaks all the same after the first byte, that is always a lost answer, never "not sent".
    aiohttp itself never resends a POST; redirects, which could, are off.
    """

    def __init__(
        self, session: aiohttp.ClientSession, host: Host, timeouts: Timeouts, clock: Clock, remote: RemoteClock
    ) -> None:
        if session.connector is None or not session.connector.force_close:
            raise ValueError("submits need a session whose connector has force_close=True")
        self._session = session
        self._host = host
        self._timeouts = timeouts
        self._clock = clock
        self._remote = remote

    async def once(self, model_id: str, body: Mapping[str, object], prompt: str, webhook: str | None = None) -> str:
        """POST the body, exactly once, and return the prediction's id.

        The address to call when it ends goes into the query, as the page *How to use Webhooks* has it.

        Cancellation passes through: whoever cancels has recorded that the task was about to be sent.

        Raises:
            NotSent, TryLater, Refused, AnswerLost: as `bot.services.ports.provider.Provider.submit`.
        """
        content = json.dumps(body).encode()
        url = self._host.url(f"/{model_id}")
        asked = self._clock.monotonic()
        try:
            reply = await exchange(
                self._session,
                "POST",
                url if webhook is None else url.with_query(webhook=webhook),
                headers=self._host.json_headers(),
                limits=self._timeouts.of_submit(),
                data=content,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(unreachable(self._host.name, error)) from error
        except FAILURES as error:
            raise AnswerLost(type(error).__name__) from error
        if reply.date is not None:
            self._remote.heard(reply.date, asked)
        return self._sort(reply, prompt)

    def _sort(self, reply: Reply, prompt: str) -> str:
        wait = retry_after(reply, self._clock.now())
        if reply.status == _TOO_MANY:
            raise _too_many(reply, wait, prompt)
        refused = is_refusal(reply.status)
        if not refused and reply.status not in range(200, 300):
            raise AnswerLost(f"HTTP {reply.status}")
        try:
            answer = wire.open_envelope(reply.status, reply.body or b"", wait)
        except lenient.Unreadable as error:
            if refused:
                raise submit_refusal(reply.status, None, "") from error
            raise AnswerLost(f"HTTP {reply.status}, unreadable: {error}") from error
        if refused:
            raise submit_refusal(reply.status, answer.code, scrub(answer.text, prompt))
        return created_id(answer, prompt)


def created_id(answer: wire.Answer, prompt: str) -> str:
    """Find the prediction's id in a 2xx answer.

    An error code with an id beside it contradicts itself. A 1xxx or 4xx stays a definite no, unless the task it names
    is said to live; every other code stays a lost answer. The provider's list, not this answer, then decides whether
    there is a task: taking the id could follow one that was never started, and a no could give back the money of a
    living one.

    Raises:
        TryLater: code 429, unless its words say that the account is empty.
        Refused: another code of 1xxx or 4xx (408 excepted).
        AnswerLost: any other code, or no usable id.
    """
    try:
        prediction = wire.read(wire.Prediction, answer.data)
    except lenient.Unreadable:
        prediction = wire.Prediction()
    lives = prediction.status.lower() in _LIVING or status_of(prediction) is RemoteStatus.COMPLETED
    living = prediction.id is not None and lives
    if answer.verdict in range(200, 300):
        if prediction.id is None:
            raise AnswerLost(f"HTTP {answer.status} without a usable id")
        return prediction.id
    detail = f"HTTP {answer.status}, code {answer.code}"
    if living:
        raise AnswerLost(f"{detail}, yet with a living task")
    if answer.verdict == _TOO_MANY:
        raise _pace_or_credit(answer, scrub(answer.text, prompt), detail)
    if is_refusal(answer.verdict):
        raise submit_refusal(answer.status, answer.code, scrub(answer.text, prompt))
    raise AnswerLost(detail)


def _too_many(reply: Reply, wait: float | None, prompt: str) -> ProviderError:
    try:
        answer = wire.open_envelope(reply.status, reply.body or b"", wait)
    except lenient.Unreadable:
        return TryLater("HTTP 429", wait)
    return _pace_or_credit(answer, scrub(answer.text, prompt), "HTTP 429")


def _pace_or_credit(answer: wire.Answer, text: str, detail: str) -> ProviderError:
    """What a 429 means: most are about the pace and pass; one that asks for money never does by itself."""
    return OutOfCredit(f"{detail}: {text}") if lacks_credit(text) else TryLater(detail, answer.retry_after)
