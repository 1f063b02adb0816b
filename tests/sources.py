"""The project's own modules, each read and parsed once for all the tests that hold them to a rule."""

from __future__ import annotations

import ast
import gc
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
    return _trees(path.relative_to(ROOT).parts[0])[path]


@cache
def _trees(top: str) -> dict[Path, ast.Module]:
    """The trees of all modules under `bot`, `cogs` or `tests`."""
    # None of these many objects is garbage before the end, but the collector would look through them all the time, in
    # other tests too: that took longer than to parse them. What is garbage by now goes first: it would stay as well.
    gc.collect()
    gc.disable()
    try:
        return {path: ast.parse(text_of(path)) for path in CODE if path.relative_to(ROOT).parts[0] == top}
    finally:
        gc.freeze()
        gc.enable()
