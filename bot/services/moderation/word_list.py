"""The words that members may not use in a server's prompts; each change is on record."""

from __future__ import annotations

from bot import texts
from bot.db.rules import RuleStore
from bot.domain.clock import Clock
from bot.domain.errors import BadRequest
from bot.domain.rules import fold
from bot.services.rights import Actor, require_manage

MAX_WORDS = 500
MAX_WORD_CHARS = 60


class WordList:
    """Keeps words out of prompts for the moderators of a server."""

    def __init__(self, store: RuleStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def words(self, actor: Actor) -> tuple[str, ...]:
        """The server's list, folded as it is compared.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        return (await self._store.rules(actor.guild_id)).words

    async def add_word(self, actor: Actor, typed: str) -> tuple[str, bool]:
        """Keep a word out of prompts; returns it as it is compared, and False if it was on the list.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: nothing visible, too long, or the list is full.
        """
        require_manage(actor)
        word = _word(typed)
        if len((await self._store.rules(actor.guild_id)).words) >= MAX_WORDS:
            raise BadRequest(texts.rules.WORD_LIST_FULL, most=MAX_WORDS)
        now = self._clock.now()
        return word, await self._store.add_word(actor.guild_id, word, by_member_id=actor.member_id, at=now)

    async def remove_word(self, actor: Actor, typed: str) -> tuple[str, bool]:
        """Let a word into prompts again; returns it as it is compared, and False if it was not on the list."""
        require_manage(actor)
        word = _word(typed)
        listed = (await self._store.rules(actor.guild_id)).words
        # It may have been kept when folding knew less.
        kept = next((each for each in listed if fold(each) == word), word)
        now = self._clock.now()
        return word, await self._store.remove_word(actor.guild_id, kept, by_member_id=actor.member_id, at=now)


def _word(typed: str) -> str:
    word = fold(typed)
    if not word:
        raise BadRequest(texts.rules.NO_WORD)
    if len(word) > MAX_WORD_CHARS:
        raise BadRequest(texts.rules.LONG_WORD, most=MAX_WORD_CHARS)
    return word
