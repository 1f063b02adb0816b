"""A paid request that is turned down: what a member can use of the reason, and when it may be sent again."""

from __future__ import annotations

import pytest

from bot.domain.predictions import FailureReason, Moderated, OutOfCredit, Refused, TryLater
from bot.provider.client import WaveSpeed
from tests.provider.scripted import PREDICTION, ScriptedReply, ScriptedServer, Step, no
from tests.provider.submitting import submit


@pytest.mark.parametrize(
    ("step", "kind", "reason"),
    [
        (ScriptedReply(400, {"code": 400, "message": "Invalid"}), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(400, b"<html>"), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(404, {"message": "model not found"}), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(404, b"<html>Not Found</html>"), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(410, {"message": "gone"}), Refused, FailureReason.NOT_SOLD),
        (no(404, "model not found"), Refused, FailureReason.NOT_SOLD),
        (
            ScriptedReply(400, {"message": "Model flux-kontext-max is no longer available"}),
            Refused,
            FailureReason.NOT_SOLD,
        ),
        (ScriptedReply(404, {"message": "no credits left"}), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(413, b""), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(422, {"detail": [{"msg": "field required"}]}), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(401, {"code": 401, "message": "Unauthorized"}), Refused, FailureReason.NOT_AUTHORISED),
        (ScriptedReply(403, {"message": "account issue"}), Refused, FailureReason.NOT_AUTHORISED),
        (
            ScriptedReply(403, {"message": "insufficient permissions", "error_code": "role"}),
            Refused,
            FailureReason.NOT_AUTHORISED,
        ),
        (ScriptedReply(402, {"message": "pay"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(400, {"message": "Insufficient funds"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(403, {"error": "Your balance is too low"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(403, {"errors": ["Please top up"]}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(400, {"error": {"message": "no credits left"}}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        *(
            (ScriptedReply(status, {"message": words}), OutOfCredit, FailureReason.OUT_OF_CREDIT)
            for status, words in (
                (403, "User is locked. Reason: TOP_UP."),
                (403, "no funds, please recharge"),
                (403, "quota exceeded"),
                (400, "Your credits have run out"),
                (403, "not enough account balance"),
                (429, "insufficient_quota"),
                (429, "You exceeded your current quota: please top up"),
            )
        ),
        (no(429, "insufficient_quota"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        *(
            (ScriptedReply(400, {"message": words}), Refused, FailureReason.BAD_INPUT)
            for words in (
                "white_balance is not supported",
                "white balance is too low",
                "upload quota exceeded",
                "credits_to is an unknown field",
                "stop_up is not a field",
                "the image is prohibited together with images",
                "aspect_ratio 'inappropriate' is not one of 16:9, 1:1",
            )
        ),
        *(
            (ScriptedReply(400, {"message": words}), Moderated, FailureReason.MODERATED)
            for words in (
                "Content violates our usage policies",
                "Prohibited content",
                "The prompt contains inappropriate words",
                "This request was blocked by our safety system",
            )
        ),
        (ScriptedReply(400, {"code": 1200, "message": "no"}), Moderated, FailureReason.MODERATED),
        (
            ScriptedReply(400, {"message": "The content contains sensitive information."}),
            Moderated,
            FailureReason.MODERATED,
        ),
        (no(1200, "The content contains sensitive information."), Moderated, FailureReason.MODERATED),
        (no(1407, "insufficient_credits"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (no(402, "pay"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (no(400, "image is required"), Refused, FailureReason.BAD_INPUT),
        (no(401, "Unauthorized"), Refused, FailureReason.NOT_AUTHORISED),
        (no(1400, "Missing Parameter"), Refused, FailureReason.BAD_INPUT),
        (no(1402, "Failed to download image"), Refused, FailureReason.REFERENCE_LOST),
        (no(1403, "Task Execution Failed"), Refused, FailureReason.PROVIDER),
        (no(1200, "no", {"id": PREDICTION, "status": "failed"}), Moderated, FailureReason.MODERATED),
    ],
)
async def test_definite_refusals(
    api: ScriptedServer, client: WaveSpeed, step: Step, kind: type[Refused], reason: FailureReason
) -> None:
    """A 4xx except 408, and a 200 with a code of 1xxx or 4xx, is a definite no with the reason a member can use."""
    api.plays(step)

    with pytest.raises(Refused) as refused:
        await submit(client)

    assert (type(refused.value), refused.value.reason) == (kind, reason)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (ScriptedReply(429, {"code": 429, "message": "Too Many Requests"}), None),
        (ScriptedReply(429, b"slow down", {"Retry-After": "17"}), 17.0),
        (ScriptedReply(429, b"", {"Retry-After": "999999"}), 300.0),
        (ScriptedReply(429, b"", {"Retry-After": "Fri, 21 Nov 2025 02:00:30 GMT"}), 30.0),
        # The clocks differ by ninety seconds: the date counts from that of its own answer.
        (
            ScriptedReply(
                429,
                b"",
                {"Date": "Fri, 21 Nov 2025 02:01:30 GMT", "Retry-After": "Fri, 21 Nov 2025 02:01:40 GMT"},
            ),
            10.0,
        ),
        (ScriptedReply(200, {"code": 429, "message": "slow"}, {"Retry-After": "5"}), 5.0),
        (ScriptedReply(429, {"message": "quota exceeded: 2 requests per minute"}, {"Retry-After": "5"}), 5.0),
        (ScriptedReply(429, {"message": "rate limit quota exceeded"}, {"Retry-After": "5"}), 5.0),
    ],
)
async def test_rate_limit(api: ScriptedServer, client: WaveSpeed, step: Step, after: float | None) -> None:
    """A 429, by status or by code, created nothing: it is "later", after the provider's wish within reason."""
    api.plays(step)

    with pytest.raises(TryLater) as later:
        await submit(client)

    assert later.value.after_seconds == after
    assert len(api.seen) == 1


async def test_truncated_refusal_stays_definite(api: ScriptedServer, client: WaveSpeed) -> None:
    """The status line of a 4xx is enough: nothing was created, however the words end."""
    api.plays(ScriptedReply(400, b'{"code": 400, "mess'))

    with pytest.raises(Refused):
        await submit(client)


async def test_details_keep_the_prompt_and_addresses_out(api: ScriptedServer, client: WaveSpeed) -> None:
    """What goes to the operator's log quotes neither the prompt nor an address, even where the provider echoes them."""
    api.plays(no(1401, "bad prompt 'a red hat' for https://cdn.example/1.png"))

    with pytest.raises(Refused) as refused:
        await submit(client)

    assert refused.value.detail == "HTTP 200, code 1401: bad prompt '[prompt]' for [address]"
