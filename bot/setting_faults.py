"""What is said of a setting that is missing, wrong or unknown: one sentence that never repeats a value."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr
from pydantic_core import ErrorDetails

from bot.setting_names import is_name, perhaps


class SettingsError(Exception):
    """A start that cannot be: one sentence that names the setting and never repeats its value."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def present(name: str, secret: SecretStr | None) -> str:
    """A secret in the clear.

    Raises:
        SettingsError: it is not set.
    """
    if secret is None:
        raise SettingsError(f"{name} is missing: set it in .env or in the environment (.env.example says how).")
    return secret.get_secret_value()


def sentence_of(error: ErrorDetails, described: Mapping[str, str]) -> str:
    """The sentence about pydantic's first finding; `described` says of each setting what it should be."""
    if not error["loc"]:
        return error["msg"].removeprefix("Value error, ")
    name = str(error["loc"][0])
    if error["type"] != "extra_forbidden":
        return f"{name.upper()} should be {described[name.upper()]}."
    if not is_name(name):
        # The line may be a token that somebody pasted without a name.
        return ".env has a line whose name is not one: write NAME=value."
    return f"{name.upper()} in .env is not a setting of Easel{perhaps(name, tuple(described))}."
