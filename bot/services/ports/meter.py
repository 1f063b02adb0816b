"""The Protocol through which the use cases count what an operator wants to see."""

from __future__ import annotations

from typing import Protocol

from bot.domain.money import Micros


class Meter(Protocol):
    """Counts for the operator; labels are models and outcomes, never people or places."""

    def job_ended(self, outcome: str, spent_micros: Micros) -> None:
        """A job came to its end: `done`, `partly`, `failed`, `cancelled`; `spent_micros` is what its pictures cost."""
        ...

    def picture_made(self, model_id: str, seconds: float) -> None:
        """From the POST to the completed picture."""
        ...

    def queue_is(self, length: int) -> None:
        """So many predictions wait for their submit."""
        ...

    def held_is(self, micros: Micros) -> None:
        """What is set aside now, over all servers."""
        ...

    def provider_failed(self, outcome: str) -> None:
        """The provider did not do what was asked."""
        ...

    def unmarked_withheld(self, model_id: str) -> None:
        """A picture is withheld because its server counts what comes without a mark as unsafe."""
        ...

    def orphan_found(self) -> None:
        """A paid task on our key that is nobody's here."""
        ...

    def broken_invariants_are(self, count: int) -> None:
        """In so many places the accounts do not add up; none is as it must be."""
        ...

    def discord_failed(self, outcome: str) -> None:
        """Discord did not do what was asked."""
        ...
