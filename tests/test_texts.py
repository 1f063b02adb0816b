"""What members and moderators read has one home: no sentence stands elsewhere, and each is used as it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import TypeAlias

import pytest

from bot import texts
from bot.domain.approvals import Verdict
from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.jobs import PredictionState, Stage
from bot.domain.marks import NsfwRule, WithheldBecause
from bot.domain.parameters import PARAMETERS, SEED
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.reports import Measure
from bot.domain.reviews import ReviewVerdict
from bot.domain.rules import ChannelAccess
from bot.domain.spending import By
from bot.services.moderation.reporting import Reach
from bot.texts.parameters import ParameterText
from bot.texts.templates import Counted, Refusal, listed
from tests.sources import PRODUCT, ROOT, name_of, parsed

HOME = ROOT / "bot/texts"

# What a table is keyed by ---------------------------------------------------------------------------------------------

KEYS: Mapping[str, Iterable[str | None]] = {
    "approvals.ASKED_TITLES": (None, *Verdict),
    "budgets.IN_PERIOD": Period,
    "budgets.PER": Period,
    "budgets.OVER_BUDGET": ScopeKind,
    "budgets.COSTS": ScopeKind,
    "budgets.WHOSE_LIMIT": ScopeKind,
    "budgets.MORE_COMES": ScopeKind,
    "budgets.SCOPES": ScopeKind,
    "budgets.ENTRY_KINDS": ("refund", "adjust", "grant"),
    "status.FAILED_BECAUSE": FailureReason,
    "status.FAILED_ADVICE": FailureReason,
    "status.FAILED_BRIEFLY": FailureReason,
    "jobs.STATES": Stage,
    "jobs.PREDICTION_STATES": {each for each in PredictionState if not each.is_final},
    "limits.LIMIT_FOR": LimitKind,
    "parameters.PARAMETERS": (*(each.name for each in PARAMETERS), SEED.name),
    "reports.DECIDE": Measure,
    "reports.DECIDED": Measure,
    "reports.REACHED": Reach,
    "rules.ACCESS_TITLE": (None, *ChannelAccess),
    "rules.ACCESS": (None, *ChannelAccess),
    "rules.ACCESS_WORDS": ChannelAccess,
    "safety.WITHHELD": WithheldBecause,
    "safety.WITHHELD_ADVICE": WithheldBecause,
    "safety.WITHHELD_BRIEFLY": WithheldBecause,
    "safety.IN_REVIEW": (WithheldBecause.MARKED, WithheldBecause.UNMARKED),
    "safety.REVIEW_BECAUSE": (WithheldBecause.MARKED, WithheldBecause.UNMARKED),
    "safety.REVIEWED": ReviewVerdict,
    "settings.NSFW_RULES": NsfwRule,
    "spending.BY": By,
    "spending.WITHOUT": By,
    "status.STAGES": set(Stage) - {Stage.DONE, Stage.PARTLY},
}
"""Each table of texts and what it has an entry for. The texts know no type of ours, so that this is held here."""
KEYED_BY_NAME = {"audit.ACTS"}
"""Tables that have a fallback for what they do not name."""


@cache
def constants() -> dict[str, object]:
    """Every text by `module.NAME`."""
    modules: dict[str, ModuleType] = {name: getattr(texts, name) for name in texts.__all__}
    return {
        f"{module}.{name}": value
        for module, of in modules.items()
        for name, value in vars(of).items()
        if name.isupper() and not name.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_table_has_an_entry_for_each(name: str) -> None:
    """A new period, limit or state is forgotten in no table."""
    table = constants()[name]

    assert isinstance(table, dict)
    assert set(table) == set(KEYS[name])  # pyright: ignore[reportUnknownArgumentType] - whatever its values are


def test_each_table_is_known() -> None:
    """Whoever adds a table says here what it is keyed by."""
    tables = {name for name, value in constants().items() if isinstance(value, dict)}

    assert tables == set(KEYS) | KEYED_BY_NAME


# Fields ---------------------------------------------------------------------------------------------------------------


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


# Nothing of it elsewhere ----------------------------------------------------------------------------------------------

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


# Numbers and rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "said"), [(0, "no picture"), (1, "1 picture"), (2, "2 pictures")])
def test_a_number_has_its_own_words(count: int, said: str) -> None:
    """None, one and many are three texts, for in other languages they are not one with a letter more."""
    assert texts.results.PICTURES.format(count=count) == said


@pytest.mark.parametrize(
    ("words", "said"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_words_in_a_row(words: tuple[str, ...], said: str) -> None:
    """A row of words ends as a sentence would."""
    assert listed(words) == said
