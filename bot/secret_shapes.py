"""Recognises a secret that was pasted into the wrong setting, by its form."""

from __future__ import annotations

import re

TOKEN, KEY = "DISCORD_TOKEN", "WAVESPEED_API_KEY"

_SHORTEST = 4
_BOT_PAGE = "The token is on the application's page Bot, under Reset Token."
_DISCORDS = re.compile(r"[A-Za-z0-9_-]{17,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{25,}")
_OTHERS_OF_DISCORD = (
    (re.compile(r"[A-Za-z0-9_-]{32}"), "the client secret of the page OAuth2"),
    (re.compile(r"[0-9a-f]{64}"), "the public key of the page General Information"),
)


def impossible(token: str | None, key: str | None) -> str | None:
    """Why these cannot be the two secrets, in a sentence that repeats neither; None where they can."""
    for name, secret in ((TOKEN, token), (KEY, key)):
        if secret is not None and (fault := _impossible(name, secret)) is not None:
            return f"{name} {fault}"
    if token is not None and token == key:
        return f"{TOKEN} and {KEY} hold the same text; one is Discord's, the other WaveSpeed's."
    return None


def _impossible(name: str, secret: str) -> str | None:
    if len(secret) < _SHORTEST:
        return f"is too short: it has {len(secret)} of some dozens of characters."
    if "://" in secret:
        return "holds an address; put the secret itself there."
    if not secret.isascii():
        return "holds letters that no secret has; copy it again."
    return _impossible_token(secret) if name == TOKEN else _impossible_key(secret)


def _impossible_token(secret: str) -> str | None:
    if re.fullmatch(r"\d{15,21}", secret):
        return f"is a number: that is an id, such as the application's. {_BOT_PAGE}"
    return "holds a key of WaveSpeed's; the two are mixed up." if secret.startswith(("wsk_", "wsk-")) else None


def _impossible_key(secret: str) -> str | None:
    return "holds a bot token of Discord's; the two are mixed up." if _DISCORDS.fullmatch(secret) else None


def perhaps_another(token: str) -> str:
    """A remark about a token that Discord refused, where it has the form of something else; else nothing."""
    for form, what in _OTHERS_OF_DISCORD:
        if form.fullmatch(token):
            return f" What is there has the form of {what}."
    return ""
