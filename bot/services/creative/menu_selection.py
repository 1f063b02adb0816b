"""Images picked through a message menu: noted from the interaction, fetched when the form comes back.

Without the right to read messages nobody's message can be looked at a second time, so its files are noted at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from bot import texts
from bot.db.drafts import PickStore
from bot.domain.clock import Clock
from bot.domain.drafts import Pick, PickedFile
from bot.domain.errors import NotAllowed
from bot.domain.models import MAX_REFERENCES, models_for
from bot.domain.orders import Requester
from bot.services.creative.drafting import new_id
from bot.services.creative.references import RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.ports.images import ReadableAttachment

_IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
Open = Callable[[PickedFile], ReadableAttachment]


def images_among(files: Sequence[PickedFile]) -> tuple[PickedFile, ...]:
    """The files that say they are images; whether they are is found out when they are fetched."""
    return tuple(file for file in files if _is_image(file))


class MenuSelection:
    """Keeps picks for a day at most."""

    def __init__(self, picks: PickStore, clock: Clock, random: Random) -> None:
        self._picks = picks
        self._clock = clock
        self._random = random

    async def begin(self, requester: Requester, files: Sequence[PickedFile]) -> Pick:
        """Note which files were picked; nothing is fetched yet."""
        pick = Pick(
            pick_id=new_id(self._random),
            guild_id=requester.guild_id,
            channel_id=requester.channel_id,
            member_id=requester.member_id,
            files=tuple(files),
            picked_at=self._clock.now(),
        )
        await self._picks.save(pick)
        return pick

    async def pick(self, pick_id: str, requester: Requester) -> Pick:
        """What a member picked.

        Raises:
            NoSuchDraft: it is not kept any more.
            NotAllowed: somebody else's.
        """
        pick = await self._picks.pick(pick_id, self._clock.now())
        if (pick.member_id, pick.guild_id) != (requester.member_id, requester.guild_id):
            raise NotAllowed(texts.rights.OWN_IMAGES)
        return pick

    async def request(
        self, pick_id: str, requester: Requester, prompt: str, numbers: Sequence[int], open_file: Open
    ) -> PictureRequest:
        """What a pick asks for, with the files of these numbers (from 1) in their order of the message.

        Raises:
            NoSuchDraft, NotAllowed: see `pick`.
        """
        pick = await self.pick(pick_id, requester)
        chosen = [file for n, file in enumerate(pick.files, start=1) if n in numbers][:MAX_REFERENCES]
        references = tuple(
            RequestedReference(place, open_file(file), is_spoiler=file.is_spoiler)
            for place, file in enumerate(chosen, start=1)
        )
        return PictureRequest(requester, "edit", prompt, references, models_for(max(1, len(references)))[0])


def _is_image(file: PickedFile) -> bool:
    if file.content_type is not None:
        return file.content_type.startswith("image/")
    return file.filename.casefold().endswith(_IMAGE_ENDINGS)
