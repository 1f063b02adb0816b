"""A member's request for pictures, from whatever command, button or form, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.image_models import ImageModel
from bot.domain.money import Micros
from bot.domain.orders import Approving, Requester
from bot.services.creative.references import RequestedReference


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A command as a member gave it, parsed but not yet judged.

    `default_model` is the command's own, for whoever chose none. `shown_micros` is the price of one picture that its
    member read; None where none was shown. More is never held. Two facts are known only where it is run:
    `missing_permissions` are the names of what the bot would need in this channel and does not have; `by_moderator`:
    they need nobody's approval.
    """

    requester: Requester
    command: str
    prompt: str
    references: tuple[RequestedReference, ...]
    default_model: ImageModel
    choices: Choices = NOTHING_CHOSEN
    missing_permissions: tuple[str, ...] = ()
    parent_job_id: str | None = None
    by_moderator: bool = False
    shown_micros: Micros | None = None
    approving: Approving | None = None
