"""Validators of single settings."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, SecretStr

from bot.db.url import is_database_url
from bot.domain.errors import BadAmount
from bot.domain.money import parse_limit
from bot.domain.periods import Period
from bot.domain.shards import Shards, shard_ids_in
from bot.media.location import bucket_in

_HOST_PORT = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::(?P<port>\d{1,5}))?")
_LARGEST_PORT = 65_535


def bare(secret: SecretStr) -> SecretStr:
    """A secret without spaces or quotes. Raises ValueError."""
    if re.search(r"[\s'\"]", secret.get_secret_value()):
        raise ValueError
    return secret


def limit(text: str) -> str:
    """An amount in dollars, or none. Raises ValueError."""
    try:
        parse_limit(text)
    except BadAmount as error:
        raise ValueError from error
    return text


def http(url: str) -> str:
    """A web address without a question or a fragment, and without a slash at its end. Raises ValueError."""
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        raise ValueError
    return url.rstrip("/")


def public(url: str) -> str:
    """An address that the world can call: https, but for this machine itself. Raises ValueError."""
    # On this machine itself, where only tests call, nobody listens in.
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):
        raise ValueError
    return http(url)


def websocket(url: str) -> str:
    """A ws(s) address. Raises ValueError."""
    if not re.fullmatch(r"wss?://[^\s/?#@]+\S*", url):
        raise ValueError
    return url


def database(url: str) -> str:
    """A database as an address. Raises ValueError."""
    if not is_database_url(url):
        raise ValueError
    return url


def images(url: str) -> str:
    """A folder, or a bucket as an address. Raises ValueError."""
    if "://" in url and bucket_in(url) is None:
        raise ValueError
    return url


def shard_list(text: str) -> str:
    """Shards as numbers and spans. Raises ValueError."""
    shard_ids_in(text)
    return text


def shards_of(count: int | None, ids: str | None, *, is_shared: bool) -> Shards | None:
    """The shards of a process, all unless `ids` names some; None where the bot is one connection.

    Raises:
        ValueError: the two do not fit, or some are left out where no other process could have them (not `is_shared`).
    """
    if count is None:
        if ids is None:
            return None
        message = "SHARD_IDS needs SHARD_COUNT: how many shards there are in all."
        raise ValueError(message)
    named = range(count) if ids is None else shard_ids_in(ids)
    try:
        shards = Shards(count, tuple(named))
    except ValueError:
        message = f"SHARD_IDS should name shards from 0 to {count - 1}, as SHARD_COUNT says."
        raise ValueError(message) from None
    if not is_shared and not shards.are_all:
        message = (
            "A SQLite database serves one process, which has to hold every shard: leave SHARD_IDS out, or move to "
            "PostgreSQL (easel move)."
        )
        raise ValueError(message)
    return shards


def split(value: object) -> object:
    """A text with commas as a list."""
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def host_and_port(host: str) -> str:
    """A host, or host:port, in lower case. Raises ValueError."""
    match = _HOST_PORT.fullmatch(host.lower())
    if match is None or not 0 < int(match["port"] or 1) <= _LARGEST_PORT:
        raise ValueError
    return host.lower()


def word(value: object) -> object:
    """A text without spaces around it, in lower case."""
    return value.strip().lower() if isinstance(value, str) else value


def level(value: object) -> object:
    """A text without spaces around it, in upper case."""
    return value.strip().upper() if isinstance(value, str) else value


Secret: TypeAlias = Annotated[SecretStr, AfterValidator(bare)]
LimitText: TypeAlias = Annotated[str, AfterValidator(limit)]
HttpUrl: TypeAlias = Annotated[str, AfterValidator(http)]
PeriodWord: TypeAlias = Annotated[Period, BeforeValidator(word)]
LogFormat: TypeAlias = Literal["console", "json"]
LogLevel: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
