"""How a text is put together: one template for each number, words in a row, and the four parts of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counted:
    """A template with `{count}`, and those for none and one where they read otherwise."""

    many: str
    one: str | None = None
    none: str | None = None

    def format(self, *, count: int, **facts: object) -> str:
        """The text for this number, as `str.format` would fill it in."""
        template = {0: self.none, 1: self.one}.get(count)
        return (self.many if template is None else template).format(count=count, **facts)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What somebody reads whose request is refused, as templates whose fields the error fills in.

    `sentence` is what happened, `advice` what they can do now (may be empty), `money` what became of their money (empty
    where none could be meant).
    """

    sentence: str | Counted
    advice: str = ""
    title: str = "That did not work"
    money: str = "Nothing was spent."


def listed(words: Sequence[str], pair: str = "{first} and {last}") -> str:
    """Words in a row: `a`, `a and b`, `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return pair.format(first=", ".join(words[:-1]), last=words[-1])
