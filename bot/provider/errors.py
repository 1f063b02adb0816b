"""What WaveSpeed's codes and words mean: which refusal, which reason, how long to wait, and what may be logged."""

from __future__ import annotations

import math
import re

from bot.domain.clock import SECOND, Instant
from bot.domain.predictions import FailureReason, Moderated, OutOfCredit, Refused
from bot.provider.transport import Reply, read_date

LONGEST_RETRY_AFTER = 300.0
"""Seconds. WaveSpeed's limits "reset every minute" (its troubleshooting guide); a longer wish is taken as a mistake."""

MODERATION, LACK_OF_CREDIT, MEDIA_ACCESS = 1200, 1407, 1402
_BAD_INPUT_CODES = (1400, 1401)
_EXECUTION_CODES = (1403, 1405, 1406)
_UNAUTHORISED, _FORBIDDEN = 401, 403

_MODERATED = re.compile(
    r"sensitive (information|content|material)|moderat|nsfw|content polic|safety (check|filter|system)|flagged",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"insufficient(?!\s+(permission|privilege|scope|role|access|right))|balance|credit|top[ -]?up", re.IGNORECASE
)
_EMPTY_ACCOUNT = re.compile(r"insufficient\s+(account\s+)?(credit|balance|fund)", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:https?|data):\S+", re.IGNORECASE)
_LONGEST_DETAIL = 200


def refusal(status: int, code: int | None, text: str) -> Refused:
    """Name a definite no. `status` is HTTP's, `code` the envelope's, `text` its words, already scrubbed.

    WaveSpeed documents no shape for an empty account, so that 402, 1407, or a 400 or 403 with the words decide.
    """
    says = {status, code}
    detail = f"HTTP {status}, code {code}: {text}"
    if says & {402, LACK_OF_CREDIT} or (says & {400, _FORBIDDEN} and _CREDIT.search(text)):
        return OutOfCredit(detail)
    if MODERATION in says or (_UNAUTHORISED not in says and _MODERATED.search(text)):
        return Moderated(detail)
    if says & {_UNAUTHORISED, _FORBIDDEN}:
        return Refused(FailureReason.NOT_AUTHORISED, detail)
    if MEDIA_ACCESS in says:
        return Refused(FailureReason.REFERENCE_LOST, detail)
    if says & set(_EXECUTION_CODES):
        return Refused(FailureReason.PROVIDER, detail)
    return Refused(FailureReason.BAD_INPUT, detail)


def failure_reason(code: int | None, text: str) -> FailureReason:
    """Say why a task failed, from `data.code` (0 or absent where unknown) and `data.error`."""
    if code == MODERATION:
        return FailureReason.MODERATED
    if code in _BAD_INPUT_CODES:
        return FailureReason.BAD_INPUT
    if code == MEDIA_ACCESS:
        return FailureReason.REFERENCE_LOST
    if code == LACK_OF_CREDIT or _EMPTY_ACCOUNT.search(text):
        return FailureReason.OUT_OF_CREDIT
    return FailureReason.MODERATED if _MODERATED.search(text) else FailureReason.PROVIDER


def retry_after(reply: Reply, now: Instant) -> float | None:
    """Read a Retry-After header, seconds or HTTP date (RFC 9110, 10.2.3), as 0 to 300 seconds; None if unreadable.

    A date is by the clock of whoever answered, and so counts from the answer's own; `now` serves where it has none.
    """
    header = reply.retry_after
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        until = read_date(header)
        if until is None:
            return None
        seconds = (until - (now if reply.date is None else reply.date)) / SECOND
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def scrub(text: str, *private: str) -> str:
    """Make the provider's words fit for a log: no addresses, nothing of `private` (the prompt), 200 characters."""
    for secret in private:
        text = text.replace(secret, "[prompt]") if secret else text
    return _ADDRESS.sub("[address]", text)[:_LONGEST_DETAIL]
