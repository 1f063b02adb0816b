"""The vocabulary of the behaviour table: where a call can go wrong, and how its answer can."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import TypeAlias

from bot.demo.provider.fates import GOOD, Fate


class Site(StrEnum):
    """A kind of call that can be made to misbehave."""

    SUBMIT = "submit"  #: POST /api/v3/{model}
    RESULT = "result"  #: GET /api/v3/predictions/{id}/result
    LIST = "list"  #: POST /api/v3/predictions
    DELETE = "delete"  #: POST /api/v3/predictions/delete
    TICKET = "ticket"  #: POST /api/v3/media/uploads
    PUT = "put"  #: PUT of an upload's bytes
    MULTIPART = "multipart"  #: POST /api/v3/media/upload/binary
    OUTPUT = "output"  #: GET of an output's bytes
    PRICE = "price"  #: POST /api/v3/model/price
    MODELS = "models"  #: GET /api/v3/models
    BALANCE = "balance"  #: GET /api/v3/balance
    BILLING = "billing"  #: POST /api/v3/billings/search


ALL_SITES = frozenset(Site)
JSON_SITES = ALL_SITES - {Site.PUT, Site.OUTPUT}


@dataclass(frozen=True, slots=True)
class Says:
    """Answers with an error envelope of this status; `code` differs from it in a refusal wrapped in a 200."""

    status: int
    message: str
    code: int | None = None
    retry_after: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class ShowsPage:
    """Answers with the HTML page of a gateway in front of the API."""

    status: int


@dataclass(frozen=True, slots=True)
class Redirects:
    """Sends the caller to another address, which answers 200 and writes down who came."""

    status: int


class Mangles(Enum):
    """Does what was asked and spoils the answer."""

    EMPTY = auto()  #: nothing at all
    NOT_JSON = auto()  #: bytes that are no text
    WRONG_TYPE = auto()  #: `data` is a text
    NO_DATA = auto()  #: `data` is null
    NO_ID = auto()  #: `data` has no id
    HALVED = auto()  #: the first half, declared as the whole
    DOUBLED = auto()  #: every entry of the list twice
    TICKET_BY_POST = auto()  #: the ticket wants a POST
    TICKET_WITHOUT_ADDRESS = auto()  #: the ticket says no address


class Breakage(Enum):
    """Lets the connection misbehave."""

    DROPS = auto()  #: reset without a byte of answer
    HANGS = auto()  #: open, silent, until the server ends
    BREAKS = auto()  #: the first half of the right answer, then closed
    DRIPS = auto()  #: the right answer in slow pieces


Answer: TypeAlias = Says | ShowsPage | Redirects | Mangles | Breakage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a behaviour does.

    `answer` replaces the true answer; `acts` tells whether the call's work is done first (a submit then has created and
    billed its prediction); `fate` is what becomes of the prediction that a submit creates.
    """

    sentence: str
    sites: frozenset[Site] = ALL_SITES
    answer: Answer | None = None
    acts: bool = False
    fate: Fate = GOOD
