"""What docstrings and pages name is there: a module, class or method that moved takes its references along."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.sources import CODE, ROOT, parsed, text_of

TOPS = ("bot", "cogs", "tests")
PAGES = [*CODE, *sorted((ROOT / "bot/decisions").glob("*.md")), ROOT / "README.md", ROOT / ".github/CONTRIBUTING.md"]
DOTTED = re.compile(rf"`((?:{'|'.join(TOPS)})\.[\w.]+\w)`")
SEE = re.compile(r"See `([A-Z]\w+\.\w+)`")
FILE = re.compile(rf"(?<![\w/.\"])((?:{'|'.join(TOPS)})/[\w./]*\.(?:py|md|sql))\b")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case _:
                pass


@cache
def names() -> frozenset[str]:
    """Every module, what stands at its top, and the members of its classes, by their whole names."""
    found: set[str] = set()
    for path in CODE:
        module, tree = module_of(path), parsed(path)
        found |= {module, *(f"{module}.{name}" for name in _defined(tree.body))}
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found |= {f"{module}.{node.name}.{member}" for member in _defined(node.body)}
    return frozenset(found)


@cache
def members() -> frozenset[str]:
    """Every `Class.member`, wherever the class stands."""
    return frozenset(".".join(name.split(".")[-2:]) for name in names())


def lost(text: str) -> list[str]:
    """What a text names that is not there."""
    return [
        *(
            name
            for name in DOTTED.findall(text)
            if name not in names() and not (ROOT / name.replace(".", "/")).is_dir()
        ),
        *(name for name in SEE.findall(text) if name not in members()),
        *(name for name in FILE.findall(text) if not (ROOT / name).is_file()),
    ]


def test_references_lead_somewhere() -> None:
    """A reader who follows a name in a docstring, a comment or a page arrives."""
    found = [
        f"{path.relative_to(ROOT)}: {name}" for path in PAGES if path != Path(__file__) for name in lost(text_of(path))
    ]

    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "`bot.services.gone.Class`",
        "`bot.db.jobs.JobStore.gone`",
        "See `Messenger.gone`.",
        "Held by `tests/test_gone.py`.",
    ],
)
def test_a_lost_reference_is_seen(text: str) -> None:
    """The check itself sees a name that leads nowhere."""
    assert lost(text)
