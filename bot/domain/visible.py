"""Removes characters from text that hide words or change its direction."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""Invisible, but emoji and several scripts are built with them."""

_NUMBER_SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Format characters that are seen: they stand around the digits after them (Unicode's `Prepended_Concatenation_Mark`).
"""

# A flag of a part of a country: a black flag, and behind it the part's code in tags (Unicode Technical Standard 51,
# "Emoji Tag Sequences"; the codes are those of ISO 3166-2, such as gbsct). Tags elsewhere are text that nobody sees.
_FLAG = re.compile("(\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f)")

# One selector chooses the form of the character before it; a row of them spells hidden text.
_MORE_SELECTORS = re.compile("([\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")

# Places without a character that are never drawn (Unicode's `Default_Ignorable_Code_Point`), or never will be one.
_NEVER_DRAWN = re.compile("[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")
_LAST_OF_PLANE = 0xFFFE


def visible(text: str, *, keep: str = "") -> str:
    """The text without control, bidirectional and invisible characters; those in `keep` stay.

    Characters that are newer than Python's own table stay too: an emoji of next year hides nothing.
    """
    # What Python calls printable has none of them; most words end here.
    if not text.isprintable():
        parts = _FLAG.split(text)
        text = "".join(part if place % 2 else _seen_in(part, keep) for place, part in enumerate(parts))
    return _MORE_SELECTORS.sub(r"\1", text)


def _seen_in(text: str, keep: str) -> str:
    # By its different characters: a long text has few of them.
    unseen = [ord(each) for each in set(text) if each not in keep and not _is_seen(each)]
    return text.translate(dict.fromkeys(unseen)) if unseen else text


def _is_seen(character: str) -> bool:
    match unicodedata.category(character):
        case "Cc" | "Cs":
            return False
        case "Cf":
            return character in _JOINERS or character in _NUMBER_SIGNS
        case "Cn":
            is_last = ord(character) & _LAST_OF_PLANE == _LAST_OF_PLANE
            return not is_last and _NEVER_DRAWN.match(character) is None
        case _:
            return True
