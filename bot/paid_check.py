"""Makes one real edit on the operator's key, and checks every step of it, from the upload to the bill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.clock import MINUTE, Clock
from bot.domain.images import CheckedImage
from bot.domain.marks import Mark
from bot.domain.models import MAX
from bot.domain.money import Micros, format_usd
from bot.domain.predictions import AnswerLost, FailureReason, NotSent, PredictionStatus, Refused, RemoteStatus, TryLater
from bot.domain.samples import SAMPLE_FILENAME, SAMPLE_PROMPT
from bot.findings import CheckFailed, Finding, look
from bot.services.ports.images import ImageChecker, OutputFetcher
from bot.services.ports.provider import Provider
from bot.webhook_reach import Caught

NOT_PAID_FOR = "nothing was spent"
_SECONDS_PER_STEP = 150.0
_BILL_SECONDS = 30.0
_BILL_EVERY_SECONDS = 3.0
_CALL_SECONDS = 10.0
_MARGIN = 10 * MINUTE

_REFUSALS = {
    FailureReason.MODERATED: "WaveSpeed's filter refused the sample",
    FailureReason.OUT_OF_CREDIT: "the account at WaveSpeed is empty: top it up",
    FailureReason.NOT_AUTHORISED: "WaveSpeed does not let this key make pictures: look at its Access Keys page, and "
    "whether the account was topped up",
    FailureReason.NOT_SOLD: f"WaveSpeed does not offer {MAX.label} to this key",
    FailureReason.REFERENCE_LOST: "WaveSpeed could not read the sample from its own storage",
}
_MARKS = {
    Mark.MARKED: "marked as unsafe, and withheld where the server does not allow that",
    Mark.CLEAN: "said to be safe",
    Mark.MISSING: "no mark, and shown",
    Mark.CLEARED: "no mark, and shown",
}


@dataclass(frozen=True, slots=True)
class PaidMeans:
    """With what the edit is made.

    `agree` is told the price of the quote and says whether to go on; it may take a person's time. `keep` writes the
    picture where the operator can look at it. `calls` is the open endpoint for webhooks, None where they are off.
    """

    provider: Provider
    outputs: OutputFetcher
    checker: ImageChecker
    clock: Clock
    sample: CheckedImage
    agree: Callable[[Micros], bool]
    keep: Callable[[CheckedImage], Path]
    calls: Caught | None = None
    deadline_seconds: float = 600.0
    poll_seconds: float = 1.0


async def paid_check(means: PaidMeans) -> AsyncGenerator[Finding]:
    """Make one edit of the sample and give a line for each step as it ends; stops at the first that fails.

    Before the price is agreed to nothing is sent that could cost anything.
    """
    edit = _Edit(means)
    for name, step in (("upload", edit.upload), ("price", edit.quote)):
        yield (line := await look(name, step, _SECONDS_PER_STEP))
        if not line.ok:
            return
    if not await asyncio.to_thread(means.agree, edit.price):
        yield Finding("edit", ok=True, sentence=f"not made, as you wish; {NOT_PAID_FOR}.")
        return
    yield (line := await look("submit", edit.submit, _SECONDS_PER_STEP))
    if not line.ok:
        return
    yield await look("edit", edit.wait, means.deadline_seconds + _SECONDS_PER_STEP)
    if edit.end.status is RemoteStatus.PENDING:
        return
    for name, step in edit.after():
        yield await look(name, step, _SECONDS_PER_STEP)


@dataclass(slots=True)
class _Edit:
    """One edit as far as it has come."""

    means: PaidMeans
    url: str = ""
    price: Micros = 0
    began: float = 0.0
    end: PredictionStatus = field(default_factory=lambda: PredictionStatus("", MAX.id, RemoteStatus.PENDING))

    def after(self) -> tuple[tuple[str, Callable[[], Awaitable[str]]], ...]:
        """What is looked at once the edit has ended, one way or the other."""
        pictured = (("picture", self.fetch), ("safety marks", self.marks)) if self.end.outputs else ()
        called = (("webhook", self.webhook),) if self.means.calls is not None else ()
        return (*pictured, *called, ("history", self.history), ("bill", self.bill), ("clean-up", self.delete))

    async def upload(self) -> str:
        """Put the sample where WaveSpeed can read it; costs nothing."""
        sample = self.means.sample
        began = self.means.clock.monotonic()
        self.url = await self.means.provider.upload(
            sample.content, filename=SAMPLE_FILENAME, content_type=sample.content_type
        )
        return f"WaveSpeed took the sample picture in {self._since(began)}."

    async def quote(self) -> str:
        """Ask for the price of this very edit; costs nothing."""
        self.price = (await self.means.provider.quote(MAX, SAMPLE_PROMPT, [self.url], {})).price_micros
        return f"one edit with {MAX.label} costs {format_usd(self.price)} now."

    async def submit(self) -> str:
        """Send the one request that costs money, once."""
        self.began = self.means.clock.monotonic()
        webhook = None if self.means.calls is None else self.means.calls.address
        try:
            provider_id = await self.means.provider.submit(MAX, SAMPLE_PROMPT, [self.url], {}, webhook=webhook)
        except AnswerLost as error:
            raise CheckFailed(
                f"no answer came back ({error.detail}). WaveSpeed may make the picture and bill it all the same: look "
                "at its history before you try again."
            ) from error
        except NotSent as error:
            raise CheckFailed(f"the request did not leave this machine ({error.detail}); {NOT_PAID_FOR}.") from error
        except TryLater as error:
            raise CheckFailed(f"WaveSpeed takes no request at this moment; {NOT_PAID_FOR}. Try in a minute.") from error
        except Refused as error:
            why = _REFUSALS.get(error.reason, f"WaveSpeed refused the request ({error.detail.rstrip('.')})")
            raise CheckFailed(f"{why}; {NOT_PAID_FOR}.") from error
        self.end = PredictionStatus(provider_id, MAX.id, RemoteStatus.PENDING)
        return f"WaveSpeed took the request in {self._since(self.began)}, as {provider_id}."

    async def wait(self) -> str:
        """Look until it has ended; a look that fails says nothing."""
        looks = 0
        while self.means.clock.monotonic() - self.began < self.means.deadline_seconds:
            await self.means.clock.sleep(self.means.poll_seconds)
            looks += 1
            try:
                self.end = await self.means.provider.result(self.end.provider_id)
            except TryLater:
                continue
            if self.end.status is not RemoteStatus.PENDING:
                return self._ended(looks)
        raise CheckFailed(
            f"no picture within {self.means.deadline_seconds:g} s. WaveSpeed may still make it and bill it: look at "
            f"{self.end.provider_id} in its history."
        )

    def _ended(self, looks: int) -> str:
        if self.end.outputs:
            return f"{MAX.label} made the picture in {self._since(self.began)}; seen at look {looks}."
        if self.end.status is RemoteStatus.COMPLETED:
            raise CheckFailed("WaveSpeed says that it is done, and sent no picture; it may have billed it.")
        said = f" ({self.end.message.rstrip('.')})" if self.end.message else ""
        raise CheckFailed(
            f"WaveSpeed made no picture{said}. It says that it gives the money for such requests back within three "
            "hours; the bill below shows what was taken."
        )

    async def fetch(self) -> str:
        """Download the picture as a member's would be, and keep it."""
        began = self.means.clock.monotonic()
        try:
            image = await self.means.checker.check_output(await self.means.outputs.fetch(self.end.outputs[0]))
        except (Refused, TryLater) as error:
            raise CheckFailed(f"the picture cannot be fetched or used ({error.detail.rstrip('.')}).") from error
        took = self._since(began)
        try:
            path = await asyncio.to_thread(self.means.keep, image)
        except OSError as error:
            raise CheckFailed(f"the picture is here, and cannot be written ({error.strerror}).") from error
        kind, kilobytes = image.extension.upper(), -(-len(image.content) // 1000)
        return f"{kind}, {image.width} x {image.height}, {kilobytes} kB, fetched in {took}, saved as {path}."

    async def marks(self) -> str:
        """What the provider says about safety, as it came, and how Easel reads it."""
        sent = self.end.marks_sent
        came = "no has_nsfw_contents came" if sent is None else f"has_nsfw_contents came as {sent}"
        return f"{came}; Easel reads it as: {', '.join(_MARKS[mark] for mark in self.end.marks)}."

    async def webhook(self) -> str:
        """Whether WaveSpeed called when the picture was ready, and how it signs."""
        calls = self.means.calls
        assert calls is not None, "asked only where webhooks are on"  # noqa: S101 - tells the type checker
        call = await calls.within(_CALL_SECONDS)
        if call is None:
            raise CheckFailed(
                f"WaveSpeed did not call WEBHOOK_URL within {_CALL_SECONDS:g} s of the end. Pictures are asked for "
                "meanwhile; look at the reverse proxy."
            )
        signed = call.is_signed(await self.means.provider.webhook_secret(), self.means.clock.now())
        return f"WaveSpeed called; its signature {'is right' if signed else 'cannot be verified, and is not needed'}."

    async def history(self) -> str:
        """Whether the list shows the prediction: by it a request whose answer was lost is found again."""
        now = self.means.provider.remote_clock.now()
        listed = await self.means.provider.recent(MAX.id, after=now.earliest - _MARGIN, before=now.latest + _MARGIN)
        found = next((each for each in listed if each.provider_id == self.end.provider_id), None)
        if found is None:
            raise CheckFailed("WaveSpeed's list does not show it; requests whose answer is lost cannot be settled.")
        return "WaveSpeed's list shows it" + ("." if found.created_at is not None else ", without its time.")

    async def bill(self) -> str:
        """What was billed for it; a bill may take a moment."""
        until = self.means.clock.monotonic() + _BILL_SECONDS
        while (billed := await self._billed()) is None:
            if self.means.clock.monotonic() >= until:
                return f"WaveSpeed has billed nothing within {_BILL_SECONDS:g} s; look later with easel reconcile."
            await self.means.clock.sleep(_BILL_EVERY_SECONDS)
        if billed > self.price:
            raise CheckFailed(f"WaveSpeed billed {format_usd(billed)}, more than its quote, {format_usd(self.price)}.")
        quoted = "as quoted" if billed == self.price else f"less than its quote, {format_usd(self.price)}"
        return f"WaveSpeed billed {format_usd(billed)}, {quoted}."

    async def _billed(self) -> Micros | None:
        now = self.means.provider.remote_clock.now()
        bills = await self.means.provider.bills(after=now.earliest - _MARGIN, before=now.latest + _MARGIN)
        amounts = [bill.amount_micros for bill in bills if bill.provider_id == self.end.provider_id]
        return sum(amounts) if amounts else None

    async def delete(self) -> str:
        """Have WaveSpeed forget it, so that nobody takes it for a lost picture of a member's."""
        if not await self.means.provider.delete([self.end.provider_id]):
            raise CheckFailed(f"WaveSpeed did not delete {self.end.provider_id} from its history.")
        return (
            "it is deleted from WaveSpeed's history; its bill stays, and easel reconcile will name it for seven days."
        )

    def _since(self, began: float) -> str:
        return f"{(self.means.clock.monotonic() - began):.1f} s"
