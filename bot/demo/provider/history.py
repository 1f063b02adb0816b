"""Every request that reached the simulated provider, in order, with what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from bot.demo.provider.envelope import Json
from bot.domain.clock import Instant


@dataclass(slots=True)
class Request:
    """One request; `status` and `outcome` are filled in when it has been answered.

    Attributes:
        at: when it arrived.
        method: the HTTP method.
        path: the path, without the query.
        bearer: whether it carried an Authorization header.
        site: the kind of call, empty for one that has none.
        behaviour: the oddity applied to it, empty for none.
        prediction_id: the prediction that it created, empty for none.
        status: the HTTP status of the answer, or None.
        outcome: whether it still waits, was answered, or lost its connection on purpose.
    """

    at: Instant
    method: str
    path: str
    bearer: bool
    site: str = ""
    behaviour: str = ""
    prediction_id: str = ""
    status: int | None = None
    outcome: Literal["open", "answered", "dropped"] = "open"

    def answered(self, status: int) -> None:
        """Note the answer, unless the connection was dropped before."""
        if self.outcome == "open":
            self.outcome, self.status = "answered", status

    def view(self) -> Json:
        """The request as the admin endpoint shows it."""
        return asdict(self)


@dataclass(slots=True)
class History:
    """The requests, oldest first."""

    _requests: list[Request] = field(default_factory=list[Request])

    def __iter__(self) -> Iterator[Request]:
        return iter(self._requests)

    def __len__(self) -> int:
        return len(self._requests)

    def open(self, request: Request) -> Request:
        """Note a request on its arrival."""
        self._requests.append(request)
        return request

    def at(self, site: str) -> tuple[Request, ...]:
        """The requests of one kind, oldest first."""
        return tuple(request for request in self._requests if request.site == site)
