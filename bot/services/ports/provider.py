"""The Protocol through which the use cases reach the image provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from bot.domain.clock import Instant
from bot.domain.drift import ListedSchema
from bot.domain.image_models import ImageModel
from bot.domain.parameters import ParameterValue
from bot.domain.predictions import Bill, PredictionStatus, Quote
from bot.domain.remote_clock import RemoteClock


class Provider(Protocol):
    """The image provider. Reads are retried inside; the one call that costs money is sent once."""

    @property
    def remote_clock(self) -> RemoteClock:
        """The provider's clock, as its answers show it; every instant that it names is by this one."""
        ...

    async def upload(self, content: bytes, *, filename: str, content_type: str) -> str:
        """Put an image where the provider can read it and return its address.

        Raises:
            Refused: the provider does not take this file.
            TryLater: it did not get through; a fresh upload may be tried, uploads cost nothing.
        """
        ...

    async def submit(
        self,
        model: ImageModel,
        prompt: str,
        image_urls: Sequence[str],
        parameters: Mapping[str, ParameterValue],
        *,
        webhook: str | None = None,
    ) -> str:
        """Send one paid task, once, and return the prediction's id; `webhook` is called when it ends.

        Raises:
            NotSent: nothing left this machine.
            TryLater: rate limited (429); nothing was created.
            Refused: a definite no (including Moderated and OutOfCredit).
            AnswerLost: anything else after the first byte.
        """
        ...

    async def result(self, provider_id: str) -> PredictionStatus:
        """Look at a prediction.

        Raises:
            TryLater: the look failed; says nothing about the prediction.
            Refused: the provider does not know this id (404), or does not accept the key.
        """
        ...

    async def recent(self, model_id: str, *, after: Instant, before: Instant) -> tuple[PredictionStatus, ...]:
        """List all predictions of that model created in that time, by the provider's clock, newest first.

        Raises:
            TryLater: the list could not be had whole.
            Refused: the key may not list.
        """
        ...

    async def quote(
        self, model: ImageModel, prompt: str, image_urls: Sequence[str], parameters: Mapping[str, ParameterValue]
    ) -> Quote:
        """Ask what one picture with these inputs costs now; free.

        Raises:
            TryLater: no answer.
            Refused: the provider does not sell this.
        """
        ...

    async def balance(self) -> Decimal:
        """What is left on the owner's account, in dollars."""
        ...

    async def listed_models(self) -> Mapping[str, Decimal | None]:
        """Each model id that the provider offers to this key, with its base price in dollars where one is given."""
        ...

    async def listings(self) -> Mapping[str, ListedSchema]:
        """Each model that the provider offers to this key, with its inputs as they are listed.

        Raises:
            TryLater: the list could not be had or read.
            Refused: the key may not list.
        """
        ...

    async def bills(self, *, after: Instant, before: Instant) -> tuple[Bill, ...]:
        """All billing lines of that time."""
        ...

    async def webhook_secret(self) -> str:
        """The secret under which this account's webhooks are signed.

        Raises:
            TryLater: no answer.
            Refused: the key may not read it.
        """
        ...

    async def delete(self, provider_ids: Sequence[str]) -> int:
        """Have the provider delete predictions and their outputs; returns how many it deleted."""
        ...
