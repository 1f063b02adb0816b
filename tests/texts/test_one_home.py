"""What members and moderators read has one home: no sentence and no label stands elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.sources import PRODUCT, ROOT, name_of, parsed

NO_PLACE = ("bot/domain", "bot/services", "bot/db", "bot/media", "bot/ui", "bot/app.py", "bot/client.py", "cogs")
OPERATORS_READ = {
    "bot/db/migrate.py": "upgrading the database",
    "bot/db/postgres_migrate.py": "upgrading the database",
    "bot/db/postgres_session.py": "what a server lacks",
    "bot/db/postgres_workers.py": "what several workers have to agree on",
    "bot/db/upkeep.py": "what a damaged file is found by",
    "bot/services/money/reconciling.py": "the findings of `easel reconcile`",
}
"""Modules that speak to whoever runs the bot, at the command line: about what."""
TELL_OPERATORS = {
    "Refused": "why an output is not taken, for the log",
    "TryLater": "as Refused",
    "Note": "why the ledger moved, for whoever reads the books",
}
"""What is called with sentences that members and moderators never read; so are operators' errors and the log."""
SQL = re.compile(r"\b(SELECT|WHERE|COALESCE|BEGIN)\b")


@cache
def operators_errors() -> frozenset[str]:
    """The errors that only whoever runs the bot reads."""
    return frozenset(
        node.name
        for path in PRODUCT
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "OperatorError" for base in node.bases)
    )


def sentences_in(node: ast.AST) -> Iterator[ast.Constant]:
    """The literals that read like sentences, but for docstrings and what is told to operators."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Call(func=ast.Name(id=name)) if name in TELL_OPERATORS or name in operators_errors():
            return
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
            return
        case ast.Constant(value=str() as text) if _reads_like_a_sentence(text):
            yield node
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from sentences_in(child)


def _reads_like_a_sentence(text: str) -> bool:
    """Words that end as a sentence does, also where they are a part of one that is put together."""
    said = text.strip()
    return len(text) > 15 and " " in said and said[-1] in ".?!:" and SQL.search(text) is None


def test_no_sentence_stands_elsewhere() -> None:
    """Whoever looks for what a member reads, to change or to translate it, finds all of it in `bot/texts`."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
        for path in PRODUCT
        if name_of(path).startswith(NO_PLACE) and name_of(path) not in OPERATORS_READ
        for node in sentences_in(parsed(path))
    ]

    assert found == [], "say it in the module of bot/texts that is about it"


SAY_NOTHING = {"TypeVar", "cast", "_overflow"}
"""What a renderer calls with words that nobody reads: names of types, and what only the log is told."""
FONTS = "bot/ui/render/manage/charts.py"
A_LABEL = re.compile(r"^[A-Z][a-z]{2,}|[A-Za-z]{3,} |\s[a-z]{3,}$")


def labels_in(node: ast.AST) -> Iterator[ast.Constant]:
    """The literals of a renderer that somebody reads, however short: headings, buttons, units."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Call(func=ast.Name(id=name)) if name in SAY_NOTHING:
            return
        case ast.Constant(value=str() as text) if A_LABEL.search(text):
            yield node
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from labels_in(child)


def test_no_label_stands_in_a_renderer() -> None:
    """What a renderer shows has its words from `bot/texts`, down to the shortest."""
    found = [
        f"{name_of(path)}:{node.lineno}: {node.value!r}"
        for path in PRODUCT
        if name_of(path).startswith("bot/ui/render") and name_of(path) != FONTS
        for node in labels_in(parsed(path))
    ]

    assert found == [], "say it in the module of bot/texts that is about it"


@pytest.mark.parametrize("planted", ['button("Run it")', 'heading("Model")', 'f"{minutes} min"', 'f"{count} of them"'])
def test_a_label_is_recognised(planted: str) -> None:
    """The check sees a word on a button and one between two values."""
    assert list(labels_in(ast.parse(planted)))


def test_operators_modules_exist() -> None:
    """A module that speaks to nobody any more needs no place in the list."""
    speaking = {name for name in OPERATORS_READ if any(True for _ in sentences_in(parsed(ROOT / name)))}

    assert speaking == set(OPERATORS_READ)


@pytest.mark.parametrize(
    "planted", ['raise BadRequest("That is not possible here.")', 'x = f"You have {n} requests of your own."']
)
def test_a_sentence_is_recognised(planted: str) -> None:
    """The check sees a whole sentence and a part of one."""
    assert list(sentences_in(ast.parse(planted)))
