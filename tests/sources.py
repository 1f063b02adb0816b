"""The project's own modules, each read and parsed once for all the tests that hold them to a rule."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = sorted(path for folder in ("bot", "cogs", "tests") for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [path for path in CODE if path.relative_to(ROOT).parts[0] != "tests"]


def name_of(path: Path) -> str:
    """The path from the project's root, as messages name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """What stands in a file."""
    return path.read_text()


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree; nobody changes it."""
    return ast.parse(text_of(path))
