"""The verb `setup`: ask for the secrets and the limits, try them, write `.env`, check, and say what comes next."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from bot.check import check_key, check_token, invite_in
from bot.cli.check import findings, report
from bot.cli.provider import open_session, provider_of
from bot.domain.clock import SystemClock
from bot.domain.errors import OperatorError
from bot.domain.periods import PERIOD_WORDS
from bot.durable_file import write_durably
from bot.env_file import values_in, with_values
from bot.findings import Finding
from bot.log import configure_logging
from bot.secret_shapes import KEY, TOKEN, impossible
from bot.setting_faults import SettingsError
from bot.settings import ENV_FILE, Settings

_NEW_FILE = "# Written by easel setup. .env.example shows every other setting with its default.\n"
_WELCOME = "Setting up Easel. Secrets are not shown while you type or paste. Ctrl-C leaves everything as it is.\n"
_ABOUT_LIMITS = "\nThe limits of each new server; its moderators can change them. Enter takes what stands in [ ]."
_STOPPED = "\nStopped. Nothing was written."
_LIMITS = {
    "DEFAULT_MEMBER_LIMIT_USD": "What each member may spend per period, in dollars, or none",
    "DEFAULT_SERVER_LIMIT_USD": "What a whole server may spend per period, in dollars, or none",
    "DEFAULT_LIMIT_PERIOD": f"The period of both: {PERIOD_WORDS}",
}


class NothingWritten(OperatorError):
    """`.env` is as it was; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _SecretKind:
    """One of the two secrets: its setting, what to ask, and how to try it with settings that hold it."""

    setting: str
    question: str
    ask_service: Callable[[Settings], Coroutine[Any, Any, Finding]]


def setup(limits: Mapping[str, str]) -> int:
    """Ask at a terminal, else take what the environment and `limits` (by setting's name) give; 1 if a check fails.

    Raises:
        SettingsError: something is missing or wrong; nothing was written.
        EaselError: a secret is not accepted, or `.env` cannot be written; it is as it was.
    """
    try:
        text = _text_of(ENV_FILE)
        values = _Answers(text, limits).all()
        text = with_values(text, values)
        settings = _settings_of(text)
        _write(ENV_FILE, text)
    except (KeyboardInterrupt, EOFError):
        _say(_STOPPED)
        return 1
    _say(f"\n{ENV_FILE} is written; only you can read it. Looking at everything:\n")
    return _check(settings)


def _check(settings: Settings) -> int:
    configure_logging("ERROR", settings.log_format, secrets=settings.secrets())
    lines = findings(settings)
    code = report(lines)
    invite = invite_in(lines)
    _say("\nNext:")
    steps = ["Mend what the lines with FAIL say, and look again: easel check"] if code else []
    steps.append("Start the bot: easel run")
    if invite is not None:
        steps.append(f"Invite it into your server: {invite}")
    steps.append("Make a picture: /edit in one of its channels")
    for number, step in enumerate(steps, 1):
        _say(f"{number}. {step}")
    return code


class _Answers:
    """What is to be written, asked for where nothing else gives it."""

    def __init__(self, text: str, limits: Mapping[str, str]) -> None:
        self._limits = limits
        self._kept = values_in(text)
        self._environment = {name.upper(): value for name, value in os.environ.items() if value}
        self._at_terminal = sys.stdin.isatty()
        # What is about to be asked for may be wrong in the file; everything else has to be right.
        self._others = _settings_of(
            with_values(text, dict.fromkeys((*(kind.setting for kind in _SECRETS), *_LIMITS), ""))
        )

    def all(self) -> dict[str, str]:
        """The settings to write, by name."""
        for name, text in self._limits.items():
            _refuse(_fault(name, text))
        if self._at_terminal:
            _say(_WELCOME)
        secrets = {kind.setting: self._secret(kind) for kind in _SECRETS}
        limits = dict(self._limits)
        if self._at_terminal:
            _say(_ABOUT_LIMITS)
            limits = {name: self._limits.get(name) or self._limit(name) for name in _LIMITS}
        return secrets | {name: text.strip().lower() for name, text in limits.items()}

    def _secret(self, kind: _SecretKind) -> str:
        name = kind.setting
        if (given := self._environment.get(name)) is not None:
            _say(f"{name} is taken from the environment.")
            return self._tried_once(kind, given)
        kept = self._kept.get(name, "")
        if not self._at_terminal:
            if not kept:
                raise SettingsError(f"{name} is missing: set it in the environment, or run easel setup at a terminal.")
            return self._tried_once(kind, kept)
        while True:
            hint = " (Enter keeps the one in .env)" if kept else ""
            typed = getpass(f"{kind.question}{hint}: ").strip() or kept
            if (fault := _fault(name, typed)) is not None:
                _say(f"  {fault}")
            elif self._is_kept(self._try(kind, typed)):
                return typed

    def _tried_once(self, kind: _SecretKind, secret: str) -> str:
        _refuse(_fault(kind.setting, secret))
        finding = self._try(kind, secret)
        if finding.refused:
            raise NothingWritten(f"{finding.sentence} Nothing was written.")
        _say(f"  {finding.sentence}" if finding.ok else f"  It could not be tried, and is kept: {finding.sentence}")
        return secret

    def _is_kept(self, finding: Finding) -> bool:
        if finding.ok or finding.refused:
            _say(f"  {finding.sentence}")
            return finding.ok
        _say(f"  It could not be tried: {finding.sentence}")
        return not input("  Keep it all the same? [Y/n] ").strip().lower().startswith("n")

    def _try(self, kind: _SecretKind, secret: str) -> Finding:
        configure_logging("CRITICAL", secrets=(secret,))
        settings = self._others.model_copy(update={kind.setting.lower(): SecretStr(secret)})
        return asyncio.run(kind.ask_service(settings))

    def _limit(self, name: str) -> str:
        offered = self._environment.get(name) or self._kept.get(name, "")
        if not offered or _fault(name, offered) is not None:
            offered = str(Settings.model_fields[name.lower()].default)
        while True:
            typed = input(f"{_LIMITS[name]} [{offered}]: ").strip() or offered
            if (fault := _fault(name, typed)) is None:
                return typed
            _say(f"  {fault}")


async def _ask_discord(settings: Settings) -> Finding:
    async with open_session() as session:
        return await check_token(settings, session)


async def _ask_wavespeed(settings: Settings) -> Finding:
    async with open_session() as session:
        return await check_key(partial(provider_of, settings, session, SystemClock()))


_SECRETS = (
    _SecretKind("DISCORD_TOKEN", "Discord bot token (your application, page Bot, Reset Token)", _ask_discord),
    _SecretKind("WAVESPEED_API_KEY", "WaveSpeed API key (wavespeed.ai, Access Keys)", _ask_wavespeed),
)


def _fault(name: str, text: str) -> str | None:
    """What is wrong with a value, in the words of the settings; None if nothing is."""
    if not text.strip():
        return f"{name} cannot be empty."
    try:
        Settings.given(**{name.lower(): text})
    except SettingsError as error:
        return error.sentence
    if (
        fault := impossible(text.strip() if name == TOKEN else None, text.strip() if name == KEY else None)
    ) is not None:
        return fault
    if values_in(with_values("", {name: text})).get(name) != text.strip():
        return f"{name} cannot be written into {ENV_FILE} as it is: no reader would get it back unchanged."
    return None


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise SettingsError(f"{fault} Nothing was written.")


def _text_of(path: Path) -> str:
    try:
        if not os.access(path.resolve().parent, os.W_OK):
            raise NothingWritten(f"{path} cannot be written: this user may not write in its folder.")
        return path.read_bytes().decode() if path.exists() else _NEW_FILE
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as text ({type(error).__name__}).") from None


def _settings_of(text: str) -> Settings:
    """The settings as they would be with this text in `.env`. Raises SettingsError."""
    with TemporaryDirectory() as folder:  # only this user may look into it
        draft = Path(folder, ENV_FILE.name)
        draft.write_bytes(text.encode())
        return Settings.load(env_file=draft)


def _write(path: Path, text: str) -> None:
    try:
        write_durably(path.resolve(), text.encode())
    except OSError as error:
        raise NothingWritten(f"{path} cannot be written ({error.strerror}); it is as it was.") from error


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201 - for the person at the terminal
