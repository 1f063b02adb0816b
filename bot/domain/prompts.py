"""Prompts: cleaned of what only deceives the eye, built from roles as the provider advises, clipped to be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bot import texts
from bot.domain.errors import BadPrompt
from bot.domain.models import MAX_PROMPT_CHARS
from bot.domain.visible import visible

MAX_ROLE_CHARS = 60
SUGGESTED_ROLES = ("identity", "outfit", "style", "lighting", "background")
"""The five roles of the template on the FLUX Kontext Max Multi page; any other words do as well."""

_SHOWN_CHARS = 300
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category, and nothing to the eye: Hangul fillers and the empty Braille pattern."""
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Shot:
    """The words of one picture of a storyboard: as they were typed, and as the provider gets them (roles included)."""

    prompt: str
    sent_prompt: str


def clean_prompt(typed: str) -> str:
    """Return the prompt without control, bidirectional and invisible characters, its spaces in order.

    Raises:
        BadPrompt: nothing is left, or more than 2,000 characters are.
    """
    prompt = visible(typed.replace("\r\n", "\n").replace("\t", " "), keep="\n").strip()
    prompt = _BLANK_LINES.sub("\n\n", prompt)
    if is_blank(prompt):
        raise BadPrompt(texts.requests.EMPTY_PROMPT)
    if len(prompt) > MAX_PROMPT_CHARS:
        raise BadPrompt(texts.requests.LONG_PROMPT, characters=len(prompt))
    return prompt


def clean_role(typed: str | None) -> str | None:
    """Return a role's words on one line, at most 60 characters, or None where there are none."""
    if typed is None:
        return None
    role = " ".join(visible(typed.replace("\n", " ")).split()).strip(" .,;:")
    return role[:MAX_ROLE_CHARS].rstrip() or None


def with_roles(prompt: str, roles: Sequence[str | None]) -> str:
    """Put the roles of the references before the prompt: `Use image 1 for identity. Use image 2 for outfit. …`.

    `roles` is in the references' order; None where a reference has no role. The wording is the template of the
    provider's FLUX Kontext Max Multi page.
    """
    named = [f"Use image {place} for {role}." for place, role in enumerate(roles, start=1) if role]
    return " ".join([*named, prompt])


EDIT_TEMPLATE = ("Keep", "Change", "Ensure", "Match")
"""The provider's template for one picture, by the first word of each of its sentences."""

COMPOSE_TEMPLATE = ("Generate", "Keep")
"""The rest of the provider's template for several references, behind their roles."""


def from_template(template: Sequence[str], parts: Sequence[str]) -> str:
    """One sentence for each part that was filled in, without saying its first word twice."""
    sentences: list[str] = []
    for verb, typed in zip(template, parts, strict=True):
        words = " ".join(typed.split()).rstrip(" .")
        if words.casefold().startswith(f"{verb.casefold()} "):
            words = words[len(verb) :].lstrip()
        if words:
            sentences.append(f"{verb} {words}.")
    return " ".join(sentences)


def template_parts(template: Sequence[str], prompt: str) -> tuple[str, ...] | None:
    """The parts of which `from_template` made this prompt, for its form to begin with; None for any other words.

    Where a part holds the template's own words there are several ways to read it; the one with the most parts is taken.
    """
    for count in range(len(template), 0, -1):
        for filled in combinations(template, count):
            parts = _parts_behind(filled, prompt)
            read = tuple(parts.get(verb, "") for verb in template)
            if parts and from_template(template, read) == prompt:
                return read
    return None


def _parts_behind(verbs: Sequence[str], prompt: str) -> dict[str, str]:
    """What stands behind each of these words where they begin sentences in this order; nothing where they do not."""
    starts: list[int] = []
    for verb in verbs:
        behind = starts[-1] if starts else 0
        start = 0 if not starts and prompt.startswith(f"{verb} ") else _sentence_with(verb, prompt, behind)
        if start is None:
            return {}
        starts.append(start)
    ends = [*starts[1:], len(prompt)]
    return {
        verb: prompt[start + len(verb) : end].strip().removesuffix(".")
        for verb, start, end in zip(verbs, starts, ends, strict=True)
    }


def _sentence_with(verb: str, prompt: str, behind: int) -> int | None:
    """Where the first sentence that begins with this word does."""
    end_of_one = prompt.find(f". {verb} ", behind)
    return None if end_of_one < 0 else end_of_one + len(". ")


def clip(text: str, limit: int = _SHOWN_CHARS) -> str:
    """Shorten for a message, at a word where one is near, with an ellipsis."""
    flat = text.strip()
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    space = cut.rfind(" ", limit * 3 // 4)
    return (cut[:space] if space > 0 else cut).rstrip() + "\u2026"


def is_blank(text: str) -> bool:
    """Whether nothing in it can be seen."""
    return not any(map(_says_something, text))


def _says_something(character: str) -> bool:
    """Whether it is a letter, number, punctuation mark or symbol that can be seen, or newer than Python's table."""
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category == "Cn") and character not in _BLANKS
