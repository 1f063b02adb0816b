"""Messages as Discord keeps them: the nonce rule, edits with files kept and replaced, reading, deleting."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from bot.domain.clock import MINUTE, Instant
from tests.wire.discord_fake import errors
from tests.wire.discord_fake.bodies import Body, Upload
from tests.wire.discord_fake.cdn import Cdn
from tests.wire.discord_fake.component_defaults import complete
from tests.wire.discord_fake.component_rules import media_of, walk
from tests.wire.discord_fake.message_rules import (
    check_allowed_mentions,
    check_message,
    check_sizes,
    message_texts,
    pings,
)
from tests.wire.discord_fake.permissions import Permission, permissions_of
from tests.wire.discord_fake.shapes import Json, items_of, part_of
from tests.wire.discord_fake.views import text_of
from tests.wire.discord_fake.world import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    Attachment,
    Channel,
    ChannelKind,
    DiscordWorld,
    Interaction,
    Message,
    Revision,
    User,
)

_SETTABLE_FLAGS = COMPONENTS_V2 | (1 << 2) | (1 << 12)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A file that a message will carry: one that it has, or one that comes with the request."""

    name: str
    kept: Attachment | None = None
    upload: Upload | None = None
    description: str | None = None


class MessageDesk:
    """Everything that REST does with messages; `nonce_window` is the "few minutes" for which a nonce counts."""

    def __init__(self, world: DiscordWorld, cdn: Cdn) -> None:
        self.nonce_window: Instant = 3 * MINUTE
        self._world = world
        self._cdn = cdn
        self._nonces: dict[str, Message] = {}

    def channel(self, channel_id: int) -> Channel:
        """Find a channel that the bot may see (10003, 50001)."""
        channel = self._world.channels.get(channel_id)
        if channel is None:
            raise errors.unknown_channel()
        if not self._bot_may(channel, Permission.VIEW_CHANNEL):
            raise errors.missing_access()
        return channel

    def find(self, channel_id: int, message_id: int) -> Message:
        """Find a message that the bot may read; ephemeral ones are unknown here (10008)."""
        channel = self.channel(channel_id)
        if not self._bot_may(channel, Permission.READ_MESSAGE_HISTORY):
            raise errors.missing_permissions()
        return self._in(channel, message_id)

    def page(self, channel_id: int, query: dict[str, str]) -> list[Message]:
        """List messages newest first; without *Read Message History* the list is empty, as Discord has it."""
        channel = self.channel(channel_id)
        if not self._bot_may(channel, Permission.READ_MESSAGE_HISTORY):
            return []
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= 100:
            raise errors.invalid_form(errors.Problem("limit", "NUMBER_TYPE_MAX", "1 to 100"))
        found = sorted((each for each in channel.messages.values() if each.visible_to is None), key=lambda m: m.id)
        if "around" in query:
            return _around(found, int(query["around"]), limit)
        if "after" in query:
            return [each for each in found if each.id > int(query["after"])][:limit][::-1]
        before = int(query.get("before", str(1 << 63)))
        return [each for each in found if each.id < before][-limit:][::-1]

    def send(self, channel_id: int, body: Body) -> Message:
        """Create a message by the bot's token, or find the one that its nonce already made."""
        channel = self.channel(channel_id)
        data: Json = body.data or {}
        self._check_may_send(channel, with_files=bool(body.files))
        nonce = None if data.get("nonce") is None else str(data["nonce"])
        if nonce and data.get("enforce_nonce") and (earlier := self._by_nonce(nonce)):
            return earlier
        message = self.create(channel, body)
        reference: Json = part_of(data, "message_reference")
        message.reference_id = int(reference["message_id"]) if reference.get("message_id") else None
        message.nonce = nonce
        if nonce:
            self._nonces[nonce] = message
        return message

    def create(self, channel: Channel, body: Body, interaction: Interaction | None = None) -> Message:
        """Create a message once the right to do so is settled."""
        data: Json = body.data or {}
        check_allowed_mentions(data)
        slots = self._slots(body, [])
        flags = int(data.get("flags") or 0) & (_SETTABLE_FLAGS | (EPHEMERAL if interaction else 0))
        draft = {**data, "flags": flags}
        self._check(channel, draft, slots)
        message = Message(
            self._world.ids.mint(), channel, self._world.bot, self._world.clock.now(), flags=flags,
            interaction=interaction,
        )  # fmt: skip
        if interaction and flags & EPHEMERAL:
            message.visible_to = interaction.user.id
        message.pinged = pings(message_texts(draft), data.get("allowed_mentions"))
        self._fill(message, draft, slots)
        self.place(message)
        return message

    def place(self, message: Message) -> None:
        """Let a message appear in its channel; an archived thread comes back by that."""
        message.channel.messages[message.id] = message
        if message.channel.archived:
            message.channel.archived = False
            self._world.announce("THREAD_UPDATE", message.channel)
        self._world.announce("MESSAGE_CREATE", message)

    def edit_own(self, channel_id: int, message_id: int, body: Body) -> Message:
        """Edit by the bot's token: only its own messages, not in an archived thread."""
        message = self._in(self.channel(channel_id), message_id)
        if message.author is not self._world.bot:
            raise errors.not_own_message()
        return self.edit(message, body)

    def edit(self, message: Message, body: Body) -> Message:
        """Edit a message; what the body leaves out stays as it is."""
        if message.channel.id not in self._world.channels:
            raise errors.unknown_channel()
        if message.channel.archived:
            raise errors.thread_archived()
        data: Json = body.data or {}
        check_allowed_mentions(data)
        slots = self._slots(body, message.attachments)
        draft: Json = {
            "content": data.get("content", message.content),
            "embeds": data.get("embeds", message.embeds),
            "components": data.get("components", message.components),
            "flags": (message.flags & ~LOADING) | (int(data.get("flags") or 0) & _SETTABLE_FLAGS),
        }
        self._check(message.channel, draft, slots)
        message.flags = draft["flags"]
        message.edited_at = self._world.clock.now()
        self._fill(message, draft, slots)
        self._world.announce("MESSAGE_UPDATE", message)
        return message

    def delete(self, channel_id: int, message_id: int) -> None:
        """Delete by the bot's token; others' messages want *Manage Messages*."""
        channel = self.channel(channel_id)
        message = self._in(channel, message_id)
        if message.author is not self._world.bot and not self._bot_may(channel, Permission.MANAGE_MESSAGES):
            raise errors.missing_permissions()
        self._world.delete_message(message)

    def direct(self, user_id: int) -> Channel:
        """Open direct messages with a user."""
        user = self._world.users.get(user_id)
        if user is None:
            raise errors.unknown_user()
        return self._world.direct_channel(user)

    @staticmethod
    def _in(channel: Channel, message_id: int) -> Message:
        message = channel.messages.get(message_id)
        if message is None or message.visible_to is not None:
            raise errors.unknown_message()
        return message

    def _bot_may(self, channel: Channel, right: Permission) -> bool:
        if channel.guild is None:
            return True
        return bool(permissions_of(channel.guild, self._world.bot.id, channel) & right)

    def _check_may_send(self, channel: Channel, *, with_files: bool) -> None:
        recipient: User | None = channel.recipient
        if recipient and recipient.dms_closed:
            raise errors.cannot_message_user()
        if channel.kind is ChannelKind.FORUM:
            raise errors.not_a_text_channel()
        if channel.archived and channel.locked:
            raise errors.thread_archived()
        right = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        locked_out = channel.locked and not self._bot_may(channel, Permission.MANAGE_THREADS)
        barred = with_files and not self._bot_may(channel, Permission.ATTACH_FILES)
        if locked_out or barred or not self._bot_may(channel, right):
            raise errors.missing_permissions()

    def _by_nonce(self, nonce: str) -> Message | None:
        earlier = self._nonces.get(nonce)
        if earlier is None or self._world.clock.now() - earlier.created_at > self.nonce_window:
            return None
        if earlier.deleted:
            raise errors.unknown_message()
        return earlier

    @staticmethod
    def _slots(body: Body, existing: list[Attachment]) -> list[_Slot]:
        data: Json = body.data or {}
        if data.get("attachments") is None:
            kept = [_Slot(each.filename, kept=each) for each in existing] if "attachments" not in data else []
            return kept + [_Slot(each.filename, upload=each) for each in body.files.values()]
        known = {str(each.id): each for each in existing}
        slots: list[_Slot] = []
        for index, entry in enumerate(data["attachments"]):
            key = str(entry["id"])
            if key in known:
                slots.append(_Slot(known[key].filename, kept=known[key]))
                continue
            upload = body.files.get(int(key))
            if upload is None:
                text = f"Neither a file of this request nor of the message: {key}"
                raise errors.invalid_form(errors.Problem(f"attachments.{index}.id", "ATTACHMENT_NOT_FOUND", text))
            slots.append(_Slot(entry.get("filename") or upload.filename, None, upload, entry.get("description")))
        if len(slots) - sum(1 for slot in slots if slot.kept) != len(body.files):
            raise errors.invalid_form(errors.Problem("attachments", "FILE_NOT_LISTED", "A file is not in attachments"))
        return slots

    @staticmethod
    def _check(channel: Channel, draft: Json, slots: list[_Slot]) -> None:
        check_message(draft, len(slots))
        check_sizes(channel, [len(slot.upload.data) for slot in slots if slot.upload])
        names = {f"attachment://{slot.name}" for slot in slots}
        missing = [
            errors.Problem(
                path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"{media['url']} is not attached"
            )
            for path, component in walk(items_of(draft, "components"))
            for media in media_of(component)
            if "attachment_id" not in media and media["url"].startswith("attachment://") and media["url"] not in names
        ]
        if missing:
            raise errors.invalid_form(*missing)

    def _fill(self, message: Message, draft: Json, slots: list[_Slot]) -> None:
        message.attachments = [self._stored(message.channel, slot) for slot in slots]
        files = {f"attachment://{each.filename}": each for each in message.attachments}
        message.content = draft.get("content") or ""
        message.embeds = [{"type": "rich", **embed} for embed in copy.deepcopy(items_of(draft, "embeds"))]
        message.components = copy.deepcopy(items_of(draft, "components"))
        for embed in message.embeds:
            for slot in ("image", "thumbnail"):
                if slot in embed and embed[slot]["url"] in files:
                    self._resolve(embed[slot], files)
        complete(message.components)
        for _, component in walk(message.components):
            for media in media_of(component):
                self._resolve(media, files)
        if not message.loading:
            message.revisions.append(Revision(self._world.clock.now(), text_of(message)))

    def _stored(self, channel: Channel, slot: _Slot) -> Attachment:
        if slot.kept:
            return slot.kept
        upload = slot.upload or Upload(slot.name, b"")
        return self._cdn.store(channel.id, slot.name, upload.data, description=slot.description)

    def _resolve(self, media: Json, files: dict[str, Attachment]) -> None:
        found = files.get(media["url"])
        known: dict[str, Any] = {"id": str(self._world.ids.mint()), "proxy_url": media["url"]}
        if found is None:
            media |= {**known, **media}
            return
        url = self._cdn.url(found)
        known |= {"url": url, "proxy_url": url, "content_type": found.content_type, "attachment_id": str(found.id)}
        media |= {**known, "width": found.width, "height": found.height}


def _around(messages: list[Message], centre: int, limit: int) -> list[Message]:
    """Take a page around an id, newest first: half of it older messages, the rest that message and newer ones."""
    older = [each for each in messages if each.id < centre]
    newer = [each for each in messages if each.id >= centre]
    half = limit // 2
    page = older[len(older) - min(half, len(older)) :] + newer[: limit - half]
    return page[::-1]
