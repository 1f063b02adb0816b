"""Finds misspelt setting names in the environment."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_ALIKE = 0.85
"""How alike two names are (difflib's ratio) for one to be taken as a misspelling of the other."""


def is_name(text: str) -> bool:
    """Whether a setting could be called like this."""
    return _NAME.fullmatch(text) is not None


def misspelt_in(environ: Iterable[str], ours: Collection[str], already_set: Collection[str]) -> str | None:
    """Say which process variable looks like one of ours that is not set; names of other programs do not matter."""
    missing = [name for name in ours if name.lower() not in already_set]
    for name in sorted(map(str.upper, environ)):
        if name in ours or not is_name(name):
            continue
        if name.startswith("WAVESPEED_") or difflib.get_close_matches(name, missing, n=1, cutoff=_ALIKE):
            return f"{name} in the environment is not a setting of Easel{perhaps(name, ours)}."
    return None


def perhaps(name: str, ours: Collection[str]) -> str:
    """What may have been meant, as the end of a sentence."""
    alike = difflib.get_close_matches(name.upper(), list(ours), n=1, cutoff=0.7)
    return f"; perhaps you meant {alike[0]}" if alike else ""
