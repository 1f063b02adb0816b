"""Remembers which of the bot's messages stand in a channel, to save requests."""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.jobs import MessageAt

CHANNELS = 1_000
IN_A_CHANNEL = 20
"""So many channels and messages in each are remembered, the last ones; of what is older Discord is asked."""


class OwnMessages:
    """Remembers status messages and results since the start of this process, until they are taken away."""

    def __init__(self) -> None:
        self._channels: OrderedDict[int, OrderedDict[int, None]] = OrderedDict()

    def left(self, message: MessageAt) -> None:
        """Remember a message that the bot left, or still has there."""
        messages = self._channels.setdefault(message.channel_id, OrderedDict())
        self._channels.move_to_end(message.channel_id)
        messages[message.message_id] = None
        messages.move_to_end(message.message_id)
        if len(messages) > IN_A_CHANNEL:
            messages.popitem(last=False)
        if len(self._channels) > CHANNELS:
            self._channels.popitem(last=False)

    def taken_away(self, message: MessageAt) -> None:
        """Forget a message that is no longer there."""
        self._channels.get(message.channel_id, OrderedDict[int, None]()).pop(message.message_id, None)

    def has_third(self, earlier: MessageAt, later: MessageAt) -> bool:
        """Whether one is known in that channel that came after the earlier message and is not the later one."""
        known = self._channels.get(earlier.channel_id, ())
        return any(each > earlier.message_id and each != later.message_id for each in known)
