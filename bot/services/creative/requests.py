"""What a member asks for, whatever command, button or form it comes from, before it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.image_models import ImageModel
from bot.domain.money import Micros
from bot.domain.orders import Approving, Requester
from bot.services.creative.references import RequestedReference


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A command as a member gave it, parsed but not yet judged.

    `default_model` is the command's own, for whoever chose none. `missing_permissions` are the
    names of what the bot would need in this channel and does not have. `by_moderator`: they need nobody's approval.
    `shown_micros` is the price of one picture that its member read; None where none was shown. More is never held.
    """

    interaction_id: int
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


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks by which interaction, with the names of what the bot lacks in that channel."""

    interaction_id: int
    requester: Requester
    missing_permissions: tuple[str, ...] = ()

    def request(
        self,
        command: str,
        prompt: str,
        references: Sequence[RequestedReference],
        default_model: ImageModel,
        choices: Choices = NOTHING_CHOSEN,
        *,
        parent_job_id: str | None = None,
        shown_micros: Micros | None = None,
    ) -> PictureRequest:
        """Ask for pictures: the one way to a request, whatever command, button or form it comes from."""
        return PictureRequest(
            interaction_id=self.interaction_id,
            requester=self.requester,
            command=command,
            prompt=prompt,
            references=tuple(references),
            default_model=default_model,
            choices=choices,
            missing_permissions=self.missing_permissions,
            parent_job_id=parent_job_id,
            shown_micros=shown_micros,
        )
