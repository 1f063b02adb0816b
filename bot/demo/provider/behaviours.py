"""The table of oddities that the simulated provider can be asked for, each with a name, a sentence and its places."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.demo.provider.answers import (
    ALL_SITES,
    JSON_SITES,
    Answer,
    Breakage,
    Mangles,
    Redirects,
    Rule,
    Says,
    ShowsPage,
    Site,
)
from bot.demo.provider.fates import Fate, Flags, Outputs, Served


class Behaviour(StrEnum):
    """The names; `RULES` says what each does, `[sim:NAME]` in a prompt asks for it where it fits a submit."""

    NORMAL = "normal"
    # Refused before anything happened
    BAD_REQUEST = "bad-request"
    UNAUTHORIZED = "unauthorized"
    PAYMENT_REQUIRED = "payment-required"
    FORBIDDEN = "forbidden"
    FORBIDDEN_NO_CREDIT = "forbidden-no-credit"
    NOT_FOUND = "not-found"
    REQUEST_TIMEOUT = "request-timeout"
    TOO_LARGE = "too-large"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate-limited"
    RATE_LIMITED_SECONDS = "rate-limited-seconds"
    RATE_LIMITED_DATE = "rate-limited-date"
    SERVER_ERROR = "server-error"
    BAD_GATEWAY = "bad-gateway"
    UNAVAILABLE = "unavailable"
    UNAVAILABLE_SECONDS = "unavailable-seconds"
    GATEWAY_TIMEOUT = "gateway-timeout"
    MOVED = "moved"
    MOVED_KEEPING_METHOD = "moved-keeping-method"
    REFUSED_MODERATED = "refused-moderated"
    REFUSED_IN_200 = "refused-in-200"
    MODERATED_IN_200 = "moderated-in-200"
    NO_CREDIT_IN_200 = "no-credit-in-200"
    ERROR_IN_200 = "error-in-200"
    DROPPED = "dropped"
    HANGING = "hanging"
    # Done, but the answer is lost or spoilt
    DONE_DROPPED = "done-dropped"
    DONE_HANGING = "done-hanging"
    DONE_BAD_GATEWAY = "done-bad-gateway"
    DONE_GATEWAY_TIMEOUT = "done-gateway-timeout"
    DONE_REQUEST_TIMEOUT = "done-request-timeout"
    DONE_LATE = "done-late"
    DRIPPING = "dripping"
    EMPTY_BODY = "empty-body"
    GARBAGE = "garbage"
    HALVED = "halved"
    CUT_OFF = "cut-off"
    WRONG_TYPE = "wrong-type"
    NO_DATA = "no-data"
    NO_ID = "no-id"
    DUPLICATES = "duplicates"
    TICKET_BY_POST = "ticket-by-post"
    TICKET_WITHOUT_ADDRESS = "ticket-without-address"
    # Fates of a prediction
    MODERATED = "moderated"
    MODERATED_BILLED = "moderated-billed"
    MISSING_PARAMETER = "missing-parameter"
    INVALID_PARAMETER = "invalid-parameter"
    REFERENCE_LOST = "reference-lost"
    EXECUTION_FAILED = "execution-failed"
    TASK_FAILED = "task-failed"
    RETRIES_EXHAUSTED = "retries-exhausted"
    NO_CREDIT = "no-credit"
    INTERNAL_ERROR = "internal-error"
    SERVICE_UNAVAILABLE = "service-unavailable"
    TIMED_OUT = "timed-out"
    CANCELLED = "cancelled"
    TIMEOUT_STATUS = "timeout-status"
    DELETED = "deleted"
    STUCK = "stuck"
    SLOW = "slow"
    UNKNOWN_STATUS = "unknown-status"
    PENDING_STATUS = "pending-status"
    SPARSE = "sparse"
    LISTED_LATE = "listed-late"
    UNLISTED = "unlisted"
    OUTPUTS_EMPTY = "outputs-empty"
    OUTPUTS_NULL = "outputs-null"
    OUTPUTS_OBJECTS = "outputs-objects"
    FLAGGED = "flagged"
    FLAGS_MISSING = "flags-missing"
    FLAGS_NULL = "flags-null"
    FLAGS_WRONG_LENGTH = "flags-wrong-length"
    FLAGS_EMPTY = "flags-empty"
    FLAGS_BARE_FALSE = "flags-bare-false"
    FLAGS_WORD_FALSE = "flags-word-false"
    FLAGS_LOW_SCORE = "flags-low-score"
    FLAGGED_BY_WORD = "flagged-by-word"
    FLAGGED_BY_NUMBER = "flagged-by-number"
    FLAGGED_BY_SCORE = "flagged-by-score"
    PICTURE_OCTET_STREAM = "picture-octet-stream"
    PICTURE_GONE = "picture-gone"
    PICTURE_TRUNCATED = "picture-truncated"
    PICTURE_NOT_AN_IMAGE = "picture-not-an-image"
    PICTURE_MOVED = "picture-moved"


_SUBMIT = frozenset({Site.SUBMIT})
_SENSITIVE = "The content contains sensitive information."
_NO_CREDIT = "Insufficient credits. Please top up your account."


def _refusal(sentence: str, answer: Answer) -> Rule:
    return Rule(sentence=sentence, answer=answer)


def _done(sentence: str, answer: Answer, sites: frozenset[Site] = ALL_SITES) -> Rule:
    return Rule(sentence=sentence, answer=answer, acts=True, sites=sites)


def _fate(sentence: str, fate: Fate) -> Rule:
    return Rule(sentence=sentence, sites=_SUBMIT, fate=fate)


def _failed(code: int, error: str, *, refunded: bool = True) -> Rule:
    cost = "refunded" if refunded else "not refunded"
    return _fate(
        f"The prediction fails with code {code} ({error.rstrip('.')}) and is {cost}.",
        Fate(ending="failed", code=code, error=error, refunded=refunded),
    )


_REFUSALS: dict[Behaviour, Rule] = {
    Behaviour.NORMAL: Rule(sentence="Nothing odd happens to this call."),
    Behaviour.BAD_REQUEST: _refusal("400 in the envelope.", Says(400, "Invalid parameters")),
    Behaviour.UNAUTHORIZED: _refusal("401, as for a wrong key.", Says(401, "Unauthorized")),
    Behaviour.PAYMENT_REQUIRED: _refusal("402, the account is empty.", Says(402, _NO_CREDIT)),
    Behaviour.FORBIDDEN: _refusal(
        "403 that names a role.",
        Says(403, "This action needs the role admin", error_code="role_required"),
    ),
    Behaviour.FORBIDDEN_NO_CREDIT: _refusal(
        "403 whose words mean an empty account.", Says(403, "Account issue: insufficient balance, please top up")
    ),
    Behaviour.NOT_FOUND: _refusal("404 in the envelope.", Says(404, "Not found")),
    Behaviour.REQUEST_TIMEOUT: _refusal("408, nothing was done.", Says(408, "Request timeout")),
    Behaviour.TOO_LARGE: _refusal("413 in the envelope.", Says(413, "Request entity too large")),
    Behaviour.UNPROCESSABLE: _refusal("422 in the envelope.", Says(422, "Unprocessable entity")),
    Behaviour.RATE_LIMITED: _refusal("429 without a Retry-After.", Says(429, "Too Many Requests")),
    Behaviour.RATE_LIMITED_SECONDS: _refusal(
        "429 with a Retry-After of 7 seconds.", Says(429, "Too Many Requests", retry_after="7")
    ),
    Behaviour.RATE_LIMITED_DATE: _refusal(
        "429 with a Retry-After that is a date.",
        Says(429, "Too Many Requests", retry_after="Fri, 31 Dec 2027 23:59:59 GMT"),
    ),
    Behaviour.SERVER_ERROR: _refusal("500 in the envelope, nothing was done.", Says(500, "Internal Server Error")),
    Behaviour.BAD_GATEWAY: _refusal("502 with a gateway's HTML page, nothing was done.", ShowsPage(502)),
    Behaviour.UNAVAILABLE: _refusal("503 in the envelope, nothing was done.", Says(503, "Service Unavailable")),
    Behaviour.UNAVAILABLE_SECONDS: _refusal(
        "503 with a Retry-After of 7 seconds, nothing was done.",
        Says(503, "Service Unavailable", retry_after="7"),
    ),
    Behaviour.GATEWAY_TIMEOUT: _refusal("504 with a gateway's HTML page, nothing was done.", ShowsPage(504)),
    Behaviour.MOVED: _refusal("302 to another address.", Redirects(302)),
    Behaviour.MOVED_KEEPING_METHOD: _refusal(
        "307 to another address, which asks for the same body again.", Redirects(307)
    ),
    Behaviour.REFUSED_MODERATED: _refusal("400 by the safety check.", Says(400, _SENSITIVE)),
    Behaviour.REFUSED_IN_200: _refusal("200 whose code is 400.", Says(200, "Invalid parameters", code=400)),
    Behaviour.MODERATED_IN_200: _refusal("200 whose code is 1200.", Says(200, _SENSITIVE, code=1200)),
    Behaviour.NO_CREDIT_IN_200: _refusal("200 whose code is 1407.", Says(200, _NO_CREDIT, code=1407)),
    Behaviour.ERROR_IN_200: _refusal("200 whose code is 5000.", Says(200, "Internal Error", code=5000)),
    Behaviour.DROPPED: _refusal("The connection is reset after the request, nothing was done.", Breakage.DROPS),
    Behaviour.HANGING: _refusal("No answer ever comes, nothing was done.", Breakage.HANGS),
}

_DONE: dict[Behaviour, Rule] = {
    Behaviour.DONE_DROPPED: _done("The work is done, then the connection is reset.", Breakage.DROPS),
    Behaviour.DONE_HANGING: _done("The work is done, but no answer ever comes.", Breakage.HANGS),
    Behaviour.DONE_BAD_GATEWAY: _done("The work is done, the answer is a 502 page.", ShowsPage(502)),
    Behaviour.DONE_GATEWAY_TIMEOUT: _done("The work is done, the answer is a 504 page.", ShowsPage(504)),
    Behaviour.DONE_REQUEST_TIMEOUT: _done("The work is done, the answer is a 408.", Says(408, "Request timeout")),
    Behaviour.DONE_LATE: Rule(
        sentence="The connection is reset; the prediction comes into being, and is billed, only `late_s` later.",
        sites=_SUBMIT,
        answer=Breakage.DROPS,
        acts=True,
        fate=Fate(accepted_late=True),
    ),
    Behaviour.DRIPPING: _done("The right answer comes in slow pieces.", Breakage.DRIPS),
    Behaviour.EMPTY_BODY: _done("The work is done, the answer is 200 with no body.", Mangles.EMPTY),
    Behaviour.GARBAGE: _done("The work is done, the answer is 200 with bytes that mean nothing.", Mangles.NOT_JSON),
    Behaviour.HALVED: _done("The work is done, the answer is its first half, declared as the whole.", Mangles.HALVED),
    Behaviour.CUT_OFF: _done("The work is done, the connection breaks in the middle of the answer.", Breakage.BREAKS),
    Behaviour.WRONG_TYPE: _done("The work is done, `data` is a text.", Mangles.WRONG_TYPE, JSON_SITES),
    Behaviour.NO_DATA: _done("The work is done, `data` is null.", Mangles.NO_DATA, JSON_SITES),
    Behaviour.NO_ID: _done(
        "The work is done, the prediction in the answer has no id.",
        Mangles.NO_ID,
        frozenset({Site.SUBMIT, Site.RESULT}),
    ),
    Behaviour.DUPLICATES: _done(
        "Every entry of the list comes twice.", Mangles.DOUBLED, frozenset({Site.LIST, Site.BILLING})
    ),
    Behaviour.TICKET_BY_POST: _done(
        "The upload ticket wants a POST.", Mangles.TICKET_BY_POST, frozenset({Site.TICKET})
    ),
    Behaviour.TICKET_WITHOUT_ADDRESS: _done(
        "The upload ticket says no address.", Mangles.TICKET_WITHOUT_ADDRESS, frozenset({Site.TICKET})
    ),
}

_FATES: dict[Behaviour, Rule] = {
    Behaviour.MODERATED: _failed(1200, _SENSITIVE),
    Behaviour.MODERATED_BILLED: _failed(1200, _SENSITIVE, refunded=False),
    Behaviour.MISSING_PARAMETER: _failed(1400, "Missing parameter: prompt."),
    Behaviour.INVALID_PARAMETER: _failed(1401, "Invalid parameter: image."),
    Behaviour.REFERENCE_LOST: _failed(1402, "Failed to download image from the provided URL."),
    Behaviour.EXECUTION_FAILED: _failed(1403, "Task execution failed."),
    Behaviour.TASK_FAILED: _failed(1405, "Task failed."),
    Behaviour.RETRIES_EXHAUSTED: _failed(1406, "Retry exhausted: upstream answered HTTP 503."),
    Behaviour.NO_CREDIT: _failed(1407, _NO_CREDIT),
    Behaviour.INTERNAL_ERROR: _failed(5000, "Internal error."),
    Behaviour.SERVICE_UNAVAILABLE: _failed(5003, "Service unavailable."),
    Behaviour.TIMED_OUT: _failed(5004, "Task timed out."),
    Behaviour.CANCELLED: _fate(
        "The prediction ends with the status cancelled.", Fate(ending="cancelled", error="Task was cancelled.")
    ),
    Behaviour.TIMEOUT_STATUS: _fate(
        "The prediction ends with the status timeout.", Fate(ending="timeout", error="Task timed out.")
    ),
    Behaviour.DELETED: _fate("The prediction ends with the status deleted.", Fate(ending="deleted")),
    Behaviour.STUCK: _fate("The prediction stays in processing for ever.", Fate(ending=None)),
    Behaviour.SLOW: _fate("The prediction takes ten times as long.", Fate(slowness=10)),
    Behaviour.UNKNOWN_STATUS: _fate(
        "While it works, the prediction has a status that is documented nowhere.", Fate(working="warming_up")
    ),
    Behaviour.PENDING_STATUS: _fate("While it works, the prediction has the status pending.", Fate(working="pending")),
    Behaviour.SPARSE: _fate(
        "Until it ends, outputs, flags, error and timings of the prediction are null.", Fate(sparse=True)
    ),
    Behaviour.LISTED_LATE: _fate("The list shows the prediction only `late_s` after it began.", Fate(listed="late")),
    Behaviour.UNLISTED: _fate("The list never shows the prediction.", Fate(listed="never")),
    Behaviour.OUTPUTS_EMPTY: _fate("Completed, with no outputs.", Fate(outputs=Outputs.EMPTY)),
    Behaviour.OUTPUTS_NULL: _fate("Completed, with outputs that are null.", Fate(outputs=Outputs.NULL)),
    Behaviour.OUTPUTS_OBJECTS: _fate(
        "Completed, with outputs that are objects with an address.", Fate(outputs=Outputs.OBJECTS)
    ),
    Behaviour.FLAGGED: _fate("Completed, and the picture is flagged as unsafe.", Fate(flags=Flags.UNSAFE)),
    Behaviour.FLAGS_MISSING: _fate("Completed, without the field for flags.", Fate(flags=Flags.MISSING)),
    Behaviour.FLAGS_NULL: _fate("Completed, with flags that are null.", Fate(flags=Flags.NULL)),
    Behaviour.FLAGS_WRONG_LENGTH: _fate("Completed, with more flags than pictures.", Fate(flags=Flags.TOO_MANY)),
    Behaviour.FLAGS_EMPTY: _fate("Completed, with an empty list of flags.", Fate(flags=Flags.EMPTY)),
    Behaviour.FLAGS_BARE_FALSE: _fate("Completed, with a bare false as its flags.", Fate(flags=Flags.BARE_FALSE)),
    Behaviour.FLAGS_WORD_FALSE: _fate('Completed, with the word "false" as its flag.', Fate(flags=Flags.WORD_FALSE)),
    Behaviour.FLAGS_LOW_SCORE: _fate("Completed, with a score of 0.02 as its flag.", Fate(flags=Flags.LOW_SCORE)),
    Behaviour.FLAGGED_BY_WORD: _fate('Completed, flagged by the word "true".', Fate(flags=Flags.WORD_TRUE)),
    Behaviour.FLAGGED_BY_NUMBER: _fate("Completed, flagged by the number 1.", Fate(flags=Flags.NUMBER_ONE)),
    Behaviour.FLAGGED_BY_SCORE: _fate("Completed, flagged by a score of 0.98.", Fate(flags=Flags.HIGH_SCORE)),
    Behaviour.PICTURE_OCTET_STREAM: _fate(
        "The picture is served as binary/octet-stream.", Fate(picture=Served.OCTET_STREAM)
    ),
    Behaviour.PICTURE_GONE: _fate("The picture's address answers 404.", Fate(picture=Served.GONE)),
    Behaviour.PICTURE_TRUNCATED: _fate("Half of the picture's bytes are missing.", Fate(picture=Served.TRUNCATED)),
    Behaviour.PICTURE_NOT_AN_IMAGE: _fate(
        "The picture's address serves a text as image/jpeg.", Fate(picture=Served.NOT_AN_IMAGE)
    ),
    Behaviour.PICTURE_MOVED: _fate("The picture's address answers 302.", Fate(picture=Served.MOVED)),
}

RULES: Mapping[Behaviour, Rule] = MappingProxyType({**_REFUSALS, **_DONE, **_FATES})
"""Every behaviour with its rule, in the order of `Behaviour`."""
