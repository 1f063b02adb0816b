"""What makes the first picture in a server: the sample that comes with the package, as `/edit` would make it."""

from __future__ import annotations

from bot.domain.models import MAX
from bot.domain.samples import SAMPLE_PROMPT
from bot.services.creative.references import RequestedReference, SampleImage
from bot.services.creative.requests import PictureRequest
from bot.ui.handlers.creative.showing import run_request
from bot.ui.handlers.presses import Handler, Press


async def try_sample(press: Press) -> None:
    """*Try with a sample*: whoever presses asks and pays, under the same rules as with an image of their own."""
    reference = RequestedReference(1, SampleImage())
    request = PictureRequest(press.requester, "edit", SAMPLE_PROMPT, (reference,), MAX, shown_micros=int(press.ids[0]))
    await run_request(press, request)


ITEMS: dict[str, Handler] = {"sample": try_sample}
