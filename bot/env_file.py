"""Changes single settings in the text of an `.env` file and keeps the rest of it: comments, order, other names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

_REMARK = re.compile(r"[^\S\r\n]+#[^\r\n'\"]*(?=[\r\n]*\Z)")


def values_in(text: str) -> dict[str, str]:
    """What the text sets, by names in upper case, as the settings read it; names without a value are left out."""
    read = dotenv_values(stream=StringIO(text))
    return {name.upper(): value for name, value in read.items() if value is not None}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text with these settings: where they stood, else below the comment that shows their default, else at its end.

    Values are written bare, as every reader of `.env` files (Docker's too) takes them: no quotes, spaces or line ends.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    bindings = list(parse_stream(StringIO(text, newline="")))
    missing = dict(values)
    for name in _names(bindings):
        missing.pop(name, None)
    lines = list[str]()
    for binding in bindings:
        lines.append(_rewritten(binding, values, end))
        if (shown := _shown_default(binding)) in missing:
            lines[-1] = _ended(lines[-1], end) + f"{shown}={missing.pop(shown)}{end}"
    kept = "".join(lines)
    return (_ended(kept, end) if missing else kept) + "".join(f"{name}={value}{end}" for name, value in missing.items())


def _names(bindings: list[Binding]) -> list[str]:
    return [binding.key.upper() for binding in bindings if binding.key is not None]


def _rewritten(binding: Binding, values: Mapping[str, str], end: str) -> str:
    old = binding.original.string
    if binding.key is None or (name := binding.key.upper()) not in values:
        return old
    before = old[: len(old) - len(old.lstrip())]
    remark = _REMARK.search(old)
    return f"{before}{name}={values[name]}{remark[0] if remark else ''}{end}"


def _shown_default(binding: Binding) -> str:
    """Which setting's default a comment shows (`# NAME=value`), or nothing."""
    shown = re.match(r"\s*#\s*([A-Z_]+)=", binding.original.string) if binding.key is None else None
    return shown[1] if shown else ""


def _ended(text: str, end: str) -> str:
    return text if not text or text.endswith(("\n", "\r")) else text + end
