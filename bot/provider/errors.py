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
_GONE = frozenset({404, 410})

_MODERATED = re.compile(
    r"""
    sensitive[ _](information|content|material) | moderat | nsfw | flagged
    | (content|usage|use|safety|acceptable[ ]use)[ _]polic
    | safety[ _](check|filter|system|reasons?|settings?) | content[ _]filter | image[ _]safety
    | violat\w*[^.]{0,40}(polic|guideline|terms|rules|standards)
    | (prohibited|inappropriate|unsafe|harmful|disallowed|explicit)[ _](content|material|image|prompt|input|request|use)
    | (content|prompt|picture|image|input|output|request|text)s?[ ](is|are|was|were|has[ ]been|contains?|violates?)
      [^.]{0,30}(prohibited|inappropriate|unsafe|disallowed)(?![ ](with|together|for|in|unless|when)[ ])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MODERATED_TASK = re.compile(r"prohibited|inappropriate|unsafe|disallowed", re.IGNORECASE)
"""Said alone of a task that began, these judge what was asked for; of a request they may judge a parameter."""

_CREDIT = re.compile(
    r"""
    (?<![a-z]) (insufficient|not[ ]enough|no(t[ ]any)?([ ]more)?|zero|negative|low|out[ ]of|exhausted|exceeded|lack\w*)
      [\s_-]+ ((your|my|the|of|any|account|user|api|available|remaining|prepaid|wallet)[\s_-]+)*
      (balance|credits?|funds?|quota|money) (?![a-z])
    | (?<![a-z]) (?<!white.)(?<!color.)(?<!colour.)(?<!upload.)(?<!storage.) (balance|credits?|funds?|quota)
      [\s_]* (is|are|was|has|have|has[ ]been|have[ ]been)? [\s_]* (too[ ])?
      (low|insufficient|empty|exhausted|depleted|exceeded|zero|negative|not[ ](enough|sufficient)|used[ ]up|run[ ]out)
    | (?<![a-z]) (top[\s_-]?up|re-?charge|payment[ ]required|(add|buy|purchase)[ ](more[ ])?(credits?|funds?)) (?![a-z])
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Needs a word for money and one that it is lacking, or a demand for more: `white_balance` is a setting."""

_RATE = re.compile(r"rate|per[ _](minute|second|hour)|requests|concurren|too many", re.IGNORECASE)
_NO_SUCH_MODEL = re.compile(
    r"(unknown|no such|invalid) model\b"
    r"|\bmodel\b[^.]{0,60}\b(not found|not exist|not available|unavailable|no longer|deprecated|disabled|offline)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:https?|data):\S+", re.IGNORECASE)
_LONGEST_DETAIL = 200


def refusal(status: int, code: int | None, text: str) -> Refused:
    """Name a definite no. `status` is HTTP's, `code` the envelope's, `text` its words, already scrubbed.

    WaveSpeed documents no shape for an empty account, so that 402, 1407, or a 400, 403 or 429 with the words decide.
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
        return Refused(failure_reason(code, text), detail)
    return Refused(FailureReason.BAD_INPUT, detail)


def submit_refusal(status: int, code: int | None, text: str) -> Refused:
    """Name a definite no to a paid request, whose address is the model: there a 404 or 410 means that it is gone."""
    named = refusal(status, code, text)
    if named.reason is FailureReason.BAD_INPUT and ({status, code} & _GONE or _NO_SUCH_MODEL.search(text)):
        return Refused(FailureReason.NOT_SOLD, named.detail)
    return named


def lacks_credit(text: str) -> bool:
    """Whether a 429 does not mean the pace but an empty account, which no waiting fills (`insufficient_quota`)."""
    return _CREDIT.search(text) is not None and _RATE.search(text) is None


def failure_reason(code: int | None, text: str) -> FailureReason:
    """Say why a task failed, from `data.code` (0 or absent where unknown) and `data.error`."""
    if code == MODERATION:
        return FailureReason.MODERATED
    if code in _BAD_INPUT_CODES:
        return FailureReason.BAD_INPUT
    if code == MEDIA_ACCESS:
        return FailureReason.REFERENCE_LOST
    if code == LACK_OF_CREDIT or _CREDIT.search(text):
        return FailureReason.OUT_OF_CREDIT
    judged = _MODERATED.search(text) or _MODERATED_TASK.search(text)
    return FailureReason.MODERATED if judged else FailureReason.PROVIDER


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
