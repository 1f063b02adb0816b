"""The rules of the house that a machine can keep: sizes, opening sentences, nothing left behind."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 300
LONGEST_FUNCTION = 60
MAY_BE_LONGER: dict[str, str] = {}
"""`path` or `path:function` of what is longer on purpose, with the reason."""

CODE = sorted(path for folder in ("bot", "cogs", "tests") for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [path for path in CODE if path.relative_to(ROOT).parts[0] != "tests"]
TEXTS = sorted(
    path
    for top in ("bot", "cogs", "tests", ".ci", ".github")
    for path in (ROOT / top).rglob("*")
    if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".png", ".jpg", ".webp", ".gif"}
) + [
    path
    for name in ("README.md", "CHANGELOG.md", "Dockerfile", ".dockerignore", ".env.example", "pyproject.toml")
    if (path := ROOT / name).is_file()
]

# Written as classes, so that this file does not hold what it looks for.
OUTSIDE = re.compile(r"[.]{2}/share[d]")
MACHINE = re.compile("|".join((re.escape(f"{ROOT.parent}/"), r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/")))
LEFT_BEHIND = re.compile(r"\b(?:TOD[O]|FIXM[E])\b|NotImplemented[E]rror")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_opening_sentence(path: Path) -> None:
    """Each module opens with a sentence that says what it is for."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    first = docstring.split("\n\n")[0]

    assert re.match(r"[A-Z`«].{15,}[.:]$", first, re.DOTALL), "say in one sentence what this module is for"


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_sizes(path: Path) -> None:
    """A file stays below 300 lines and a function below 60, so that each can be read in one go."""
    text = path.read_text()
    long = [
        f"{name_of(path)}:{node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    if text.count("\n") > LONGEST_FILE:
        long.append(name_of(path))

    assert not [name for name in long if name not in MAY_BE_LONGER], "split it, or say in MAY_BE_LONGER why not"


def test_exceptions_are_needed() -> None:
    """What may be longer exists; a reason that is not needed any more goes."""
    assert all((ROOT / name.partition(":")[0]).is_file() for name in MAY_BE_LONGER)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_stands_alone(path: Path) -> None:
    """The project makes sense to a stranger: no file refers to what lies outside it or to a path of one machine."""
    text = path.read_text()

    assert not OUTSIDE.search(text) or name_of(path) == ".ci/run"
    assert not MACHINE.search(text)


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_nothing_left_behind(path: Path) -> None:
    """What is begun is finished: no note to come back, no method that is not there, no error that is swallowed."""
    text = path.read_text()
    swallowed = [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ]

    assert not LEFT_BEHIND.search(text)
    assert not swallowed
