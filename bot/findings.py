"""One line of the report of `easel check`: runs a check, and puts its result into a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bot.domain.errors import EaselError
from bot.domain.predictions import FailureReason, NotSent, ProviderError, Refused
from bot.log import redact
from bot.setting_faults import SettingsError
from bot.unreachable import unreachable


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    ok: bool
    sentence: str
    refused: bool = False  #: the service itself said no to the secret; otherwise it may only not have been reached

    def __str__(self) -> str:
        return f"{'ok' if self.ok else 'FAIL'} {self.name}: {self.sentence}"


class CheckFailed(Exception):
    """Something that keeps the bot from working; the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class WrongSecret(CheckFailed):
    """The service answered, and does not accept the secret."""


async def look(name: str, ask: Callable[[], Awaitable[str]], seconds: float) -> Finding:
    """Ask, and give what came of it as one line; `seconds` is how long it may take."""
    refused = False
    try:
        async with asyncio.timeout(seconds):
            return Finding(name, ok=True, sentence=await ask())
    except (CheckFailed, EaselError, SettingsError) as error:
        sentence, refused = error.sentence, isinstance(error, WrongSecret)
    except TimeoutError:
        sentence = f"no answer within {seconds:g} seconds."
    except ProviderError as error:
        sentence, refused = _sentence_of(error), _is_wrong_key(error)
    except aiohttp.ClientConnectionError as error:
        sentence = f"{unreachable(_host_of(error), error)}; look at this machine's network."
    except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
        # An answer that nobody could have foreseen; never its contents.
        sentence = f"no usable answer ({type(error).__name__})."
    return Finding(name, ok=False, sentence=sentence, refused=refused)


def _is_wrong_key(error: ProviderError) -> bool:
    return isinstance(error, Refused) and error.reason is FailureReason.NOT_AUTHORISED


def _sentence_of(error: ProviderError) -> str:
    if _is_wrong_key(error):
        return (
            "WaveSpeed does not accept WAVESPEED_API_KEY: copy it again from its Access Keys page; "
            "a new account may need its first top-up."
        )
    if isinstance(error, NotSent):
        return f"{redact(error.detail)}; look at this machine's network."
    return f"WaveSpeed gave no usable answer ({redact(error.detail).rstrip('.')}).{perhaps_between(error.detail)}"


def perhaps_between(what: str) -> str:
    """A remark where a page came in place of an answer."""
    if not any(sign in what for sign in ("unreadable", "HTTP 3", "HTTP 511")):
        return ""
    return " Something in between may have answered, as a network that wants a login does; look at it and try again."


def _host_of(error: Exception) -> str:
    return error.host if isinstance(error, aiohttp.ClientConnectorError) else "it"
