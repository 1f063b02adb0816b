"""A showcase channel in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.clock import Clock
from bot.domain.jobs import Job, MessageAt
from bot.domain.shares import Share
from bot.services.ports.messages import NONCE_REMEMBERED, Picture

SHOWCASE_CHANNEL = 77


@dataclass
class FakeShowcase:
    """A showcase channel in memory, which remembers a nonce for a minute as Discord does; what it raises is given."""

    clock: Clock
    posts: dict[int, int] = field(default_factory=dict[int, int])  #: messages by share
    nonces: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    before: BaseException | None = None
    after: BaseException | None = None
    searching: Exception | None = None
    count: int = 0

    async def is_age_restricted(self, channel_id: int) -> bool:
        """See `ShowcaseChannel.is_age_restricted`."""
        return channel_id != SHOWCASE_CHANNEL

    def file_limit(self, guild_id: int) -> int:
        """See `ShowcaseChannel.file_limit`."""
        return guild_id

    async def post(self, share: Share, job: Job, picture: Picture) -> MessageAt:
        """See `ShowcaseChannel.post`."""
        del job, picture
        before, self.before = self.before, None
        if before is not None:
            raise before
        known = self.nonces.get(share.share_id)
        if known is None or self.clock.now() - known[0] > NONCE_REMEMBERED:
            self.count += 1
            known = (self.clock.now(), 900 + self.count)
            self.nonces[share.share_id] = known
            self.posts[share.share_id] = known[1]
        after, self.after = self.after, None
        if after is not None:
            raise after
        return MessageAt(share.channel_id, known[1])

    async def remove(self, message: MessageAt) -> bool:
        """See `Remover.remove`; Discord is down whenever somebody takes back."""
        del message
        return False

    async def find(self, share: Share) -> MessageAt | None:
        """See `ShowcaseChannel.find`."""
        if self.searching is not None:
            raise self.searching
        message_id = self.posts.get(share.share_id)
        return None if message_id is None else MessageAt(share.channel_id, message_id)
