"""Each text is used, and as it is written: with every field that it names, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TypeAlias

from bot.texts.parameters import ParameterText
from bot.texts.templates import Counted, Refusal
from tests.sources import PRODUCT, ROOT, parsed
from tests.texts.constants import HOME, constants


def templates_in(value: object) -> Iterator[str]:
    """Every template of a text, whatever it is wrapped in."""
    match value:
        case str():
            yield value
        case Counted() | Refusal() | ParameterText():
            for each in fields(value):
                yield from templates_in(getattr(value, each.name))
        case dict():
            for each in value.values():  # pyright: ignore[reportUnknownVariableType] - looked at one by one
                yield from templates_in(each)  # pyright: ignore[reportUnknownArgumentType] - as above
        case tuple():
            for each in value:  # pyright: ignore[reportUnknownVariableType] - as above
                yield from templates_in(each)  # pyright: ignore[reportUnknownArgumentType] - as above
        case _:
            pass


def fields_of(value: object) -> set[str]:
    """The names that a text needs to be filled in."""
    parsed = (part for template in templates_in(value) for part in Formatter().parse(template))
    return {name for _, name, _, _ in parsed if name is not None}


SHOW_BRACES = {"styles.TEMPLATE_HELP", "styles.TEMPLATE_HINT"}
"""Texts that are read as they stand: they explain a style's template."""
OTHER_KINDS = ["AVIF", "BMP", "HEIC", "ICON", "JPEG_2000", "JPEG_XL", "PDF", "PSD", "SVG", "TIFF", "VIDEO"]
HANDED_ON = {
    "budgets.MORE_LINES": {"count"},
    "parameters.PARAMETERS": {"value"},
    "requests.ONE_OF": {"first", "last"},
    "images.NO_IMAGE": {"filename"},
    **{f"images.IS_{kind}": {"filename"} for kind in OTHER_KINDS},
}
"""Texts that are handed to what fills them in, with the names that it gives."""


def taken_by(value: object) -> set[str]:
    """The names that a text takes; one that is counted needs its number to be chosen by."""
    counted = isinstance(value.sentence if isinstance(value, Refusal) else value, Counted)
    return fields_of(value) | ({"count"} if counted else set())


GIVEN_LATER = {"DamagedImage": {"filename"}}
"""What a caller adds to the facts of an error before it is read."""


@dataclass(frozen=True)
class Use:
    """One place where texts are filled in: which, with which names."""

    where: str
    texts: tuple[str, ...]
    given: frozenset[str]


Named: TypeAlias = list[tuple[int, str, tuple[str, ...]]]


def text_named(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be: `texts.jobs.MARK`, an entry of a table, either side of an *if*."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="texts"), attr=module), attr=name):
            yield f"{module}.{name}"
        case ast.Subscript(value=table) | ast.Call(func=ast.Attribute(value=table, attr="get")):
            yield from text_named(table)
        case ast.IfExp(body=one, orelse=other):
            yield from text_named(one)
            yield from text_named(other)
        case ast.BoolOp(values=values):
            for each in values:
                yield from text_named(each)
        case _:
            pass


def uses_in(path: Path) -> Iterator[Use]:
    """Where a module fills texts in: by `format`, and by raising a refusal with its facts."""
    tree = parsed(path)
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        nodes = list(_own_nodes(scope))
        named = _named_in(nodes)
        for node in nodes:
            if isinstance(node, ast.Call) and (found := _filled_by(node, named)):
                given = {each.arg for each in node.keywords if each.arg is not None}
                given |= GIVEN_LATER.get(ast.unparse(node.func), set())
                yield Use(f"{path.relative_to(ROOT)}:{node.lineno}", found, frozenset(given))


def _filled_by(node: ast.Call, named: Named) -> tuple[str, ...]:
    """The texts that a call fills in: `text.format(…)`, or a refusal that is raised with its facts."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _all_named(node.func.value, named)
    found = _all_named(node.args[0], named) if node.args else ()
    return found if all(isinstance(constants().get(name), Refusal) for name in found) else ()


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    waiting = [scope]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting.append(child)
                yield child


def _named_in(nodes: Iterable[ast.AST]) -> list[tuple[int, str, tuple[str, ...]]]:
    """The texts that a function gives a name of its own before it fills them in, with the lines where it does."""
    return [
        (node.lineno, node.targets[0].id, found)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (found := tuple(text_named(node.value)))
    ]


def _all_named(node: ast.expr, named: Named) -> tuple[str, ...]:
    if not isinstance(node, ast.Name):
        return tuple(text_named(node))
    before = [(line, found) for line, name, found in named if name == node.id and line <= node.lineno]
    return max(before, default=(0, ()))[1]


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for path in PRODUCT if HOME not in path.parents for use in uses_in(path))


def test_every_field_is_given() -> None:
    """Whoever fills a text in gives all that it names, so that nobody meets a KeyError in place of a sentence."""
    lacking = [
        f"{use.where}: {name} needs {sorted(fields_of(constants()[name]) - use.given)}"
        for use in uses()
        for name in use.texts
        if fields_of(constants()[name]) - use.given
    ]

    assert len(uses()) > 100
    assert lacking == []


def test_no_field_is_given_in_vain() -> None:
    """What is given stands in the text: else a reader takes it for said."""
    vain = [
        f"{use.where}: {sorted(extra)}"
        for use in uses()
        if (extra := use.given - {each for name in use.texts for each in taken_by(constants()[name])})
    ]

    assert vain == []


def test_every_template_is_filled_in() -> None:
    """A text with fields is filled in somewhere that this test can see."""
    filled = {name for use in uses() for name in use.texts}
    bare = {name for name, value in constants().items() if fields_of(value)} - filled - SHOW_BRACES

    assert {name: fields_of(constants()[name]) for name in bare} == HANDED_ON


def test_no_text_is_left_over() -> None:
    """Each text is said somewhere: what nobody reads nobody has to translate."""
    used = {
        f"{node.value.attr}.{node.attr}"
        for path in PRODUCT
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id == "texts"
    }
    within = {
        f"{path.stem}.{node.id}"
        for path in HOME.glob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }

    assert set(constants()) - used - within == set()
