"""Uploads our slash commands to Discord when they have changed, and retries while Discord refuses them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
import structlog
from discord.http import HTTPClient

from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import EaselError
from bot.services.ports.discord_state import Facts

log = structlog.stdlib.get_logger(__name__)

SYNCED_COMMANDS = "commands.synced"
"""The fact under which the fingerprint of the commands that Discord has is kept."""

REFUSED_COMMANDS = "commands.refused"
"""The fact under which the sentence is kept with which Discord did not take the commands; empty: it did."""

_BACKOFF = Backoff(60.0, 3600.0)

_ATTACHMENT_OPTION = discord.AppCommandOptionType.attachment.value
_BAD_REQUEST = 400
_ENTRY_POINT_LEFT_OUT = 50240
_ENTRY_POINT = 4
_ENTRY_POINT_FIELDS = frozenset(
    {
        *("id", "type", "name", "name_localizations", "description", "description_localizations", "handler"),
        *("default_member_permissions", "integration_types", "contexts", "nsfw"),
    }
)
_LONGEST_SENTENCE = 300


class CommandSync:
    """Replaces all global commands at Discord by ours, unless it has exactly these already."""

    def __init__(self, facts: Facts, clock: Clock) -> None:
        self._facts = facts
        self._clock = clock
        self._wanted: tuple[HTTPClient, int, Sequence[dict[str, Any]]] | None = None
        self._refusal: str | None = None

    @property
    def refusal(self) -> str | None:
        """The sentence with which Discord did not take our commands the last time; None where it has them."""
        return self._refusal

    async def sync(self, http: HTTPClient, application_id: int, commands: Sequence[dict[str, Any]]) -> None:
        """Send these commands if Discord has others. One that does not take them keeps what it has."""
        self._wanted = (http, application_id, commands)
        fingerprint = _fingerprint(application_id, commands)
        try:
            if fingerprint != await self._facts.fact(SYNCED_COMMANDS):
                await self._upload(http, application_id, commands)
                await self._facts.set_fact(SYNCED_COMMANDS, fingerprint, self._clock.now())
                log.info("commands.synced", count=len(commands))
            await self._settle(None)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            await self._settle(f"Discord did not take the commands: {_why(error)}")
        except EaselError as error:
            # They are there, only not noted: the next start sends them again.
            log.warning("commands.not_noted", sentence=error.sentence)

    async def keep_synced(self) -> None:
        """Try again, ever more rarely, while Discord does not take the commands; runs until cancelled."""
        waits = _BACKOFF.waits()
        while True:
            await self._clock.sleep(next(waits))
            if self._refusal is None or self._wanted is None:
                waits = _BACKOFF.waits()
                continue
            await self.sync(*self._wanted)

    async def _settle(self, refusal: str | None) -> None:
        """Remember how it went, for this run and for `check`; the log gets one line for each try that failed."""
        self._refusal = refusal
        if refusal is not None:
            log.error("commands.not_synced", sentence=refusal)
        if (await self._facts.fact(REFUSED_COMMANDS) or None) == refusal:
            return
        try:
            await self._facts.set_fact(REFUSED_COMMANDS, refusal or "", self._clock.now())
        except EaselError as error:
            log.warning("commands.not_noted", sentence=error.sentence)

    async def _upload(self, http: HTTPClient, application_id: int, commands: Sequence[dict[str, Any]]) -> None:
        """Send the commands, with what Discord wants beside them and without what it does not know yet."""
        wanted: list[Any] = [_for_images_only(command) for command in commands]
        is_plain = False
        entry_points: list[Any] = []
        while True:
            try:
                await http.bulk_upsert_global_commands(application_id, payload=[*wanted, *entry_points])
            except discord.HTTPException as error:
                if error.code == _ENTRY_POINT_LEFT_OUT and not entry_points:
                    entry_points = await _entry_points(http, application_id)
                    if not entry_points:
                        raise
                elif error.status == _BAD_REQUEST and not is_plain:
                    wanted, is_plain = list(commands), True
                else:
                    raise
            else:
                return


async def _entry_points(http: HTTPClient, application_id: int) -> list[dict[str, Any]]:
    """Read the application's own command that opens its Activity: an update that leaves it out is refused whole."""
    known: Any = await http.get_global_commands(application_id)  # the library has no type for this kind
    return [
        {name: value for name, value in command.items() if name in _ENTRY_POINT_FIELDS and value is not None}
        for command in known
        if command.get("type") == _ENTRY_POINT
    ]


def _for_images_only(option: dict[str, Any]) -> dict[str, Any]:
    """Have Discord's file chooser offer images for every attachment option; the library has no word for it yet.

    `file_types` (Discord's "Application Commands", August 2026) looks at a file's ending only; contents are checked
    when the image is taken in.
    """
    if option.get("type") == _ATTACHMENT_OPTION:
        return {**option, "file_types": ["image"]}
    if "options" in option:
        return {**option, "options": [_for_images_only(each) for each in option["options"]]}
    return option


def _fingerprint(application_id: int, commands: Sequence[dict[str, Any]]) -> str:
    text = json.dumps([application_id, commands], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _why(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        text = " ".join(error.text.split())[:_LONGEST_SENTENCE]
        return f"HTTP {error.status}, code {error.code}: {text or 'no reason given'}."
    return f"{type(error).__name__}."
