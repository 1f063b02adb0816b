"""Who may import whom, so that a change has one obvious place; each message says why the wall stands there."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sources import CODE, ROOT, name_of, parsed

SHARED_BY_ALL = ("bot.durable_file", "bot.log", "bot.metrics", "bot.unreachable")
"""Every layer may import these: they know nothing of Easel's trade."""


@dataclass(frozen=True)
class Layer:
    """A part of the program: which of ours it may import, and which libraries it must not."""

    prefix: str
    ours: tuple[str, ...]
    never: tuple[str, ...]
    why: str


NETWORK = ("aiohttp", "requests", "httpx", "urllib.request", "http.client", "socket")
DATABASE = ("sqlite3", "aiosqlite", "psycopg")
LAYERS = (
    Layer(
        "bot.texts",
        ("bot.texts",),
        (*DATABASE, *NETWORK, "discord"),
        "what is read stands by itself, so that every layer may say it and whoever translates it needs nothing else",
    ),
    Layer(
        "bot.domain",
        ("bot.domain", "bot.texts"),
        DATABASE + NETWORK,
        "the domain is pure, so that every rule about money and jobs can be read and tested without a machine",
    ),
    Layer(
        "bot.services",
        ("bot.services", "bot.db", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        ("discord", "PIL", *DATABASE, *NETWORK),
        "the use cases call the stores by their classes, and whatever has a second body (Discord, the provider, images)"
        " by a Protocol of their own, so that crashes can be played through",
    ),
    *(
        Layer(
            f"bot.services.{name}",
            ("bot.services", "bot.db", "bot.domain", "bot.texts", *SHARED_BY_ALL),
            tuple(f"bot.services.{above}" for above in folders_above),
            "the use cases import each other one way: moderation, then what members do and jobs, then money",
        )
        for name, folders_above in (
            ("ports", ("creative", "jobs", "money", "moderation")),
            ("money", ("creative", "jobs", "moderation")),
            ("jobs", ("creative", "moderation")),
            ("creative", ("jobs", "moderation")),
        )
    ),
    Layer(
        "bot.db",
        ("bot.db", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        ("bot.services", "discord", "PIL", *NETWORK),
        "a store is called by the use cases and knows none of them, so that a transaction waits for nothing else;"
        " what both speak of stands in the domain",
    ),
    Layer(
        "bot.provider",
        ("bot.provider", "bot.services", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        ("discord", "PIL", *DATABASE),
        "the provider's client knows the provider's API and nothing else, so that another one can stand beside it",
    ),
    Layer(
        "bot.media",
        ("bot.media", "bot.services", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        DATABASE,
        "images are fetched (also through Discord's library), checked, drawn and kept here, whoever shows them",
    ),
    Layer(
        "bot.ui.render",
        ("bot.ui.render", "bot.permissions", "bot.services", "bot.domain", "bot.texts"),
        ("asyncio", "structlog", "bot.ui.discord", "bot.ui.handlers.registry", "PIL", *DATABASE, *NETWORK),
        "what members see is made from values alone, so that it can be read and tested without Discord or a store",
    ),
    Layer(
        "bot.ui.discord",
        (
            "bot.ui.discord",
            "bot.ui.render",
            "bot.permissions",
            "bot.services",
            "bot.domain",
            "bot.texts",
            *SHARED_BY_ALL,
        ),
        ("bot.ui.handlers.registry", "PIL", *DATABASE),
        "what talks to Discord brings there what was rendered and knows no button: jobs speak without any press",
    ),
    Layer(
        "bot.ui.handlers.registry",
        ("bot.ui", "bot.permissions", "bot.services", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        ("PIL", *DATABASE, *NETWORK),
        "a handler parses a press or a form, calls one service and has the outcome rendered; it reaches Discord only"
        " through what talks to it",
    ),
    Layer(
        "cogs",
        ("cogs", "bot.client", "bot.permissions", "bot.ui", "bot.services", "bot.domain", "bot.texts", *SHARED_BY_ALL),
        ("PIL", *DATABASE, *NETWORK),
        "a cog parses, calls one service and renders: no SQL, no HTTP, no price and no state",
    ),
)
KNOW_POSTGRESQL = (
    "bot.db.postgres",
    "bot.db.postgres_errors",
    "bot.db.postgres_lead",
    "bot.db.postgres_migrate",
    "bot.db.postgres_move",
    "bot.db.postgres_notify",
    "bot.db.postgres_rows",
    "bot.db.postgres_session",
    "bot.db.postgres_shards",
    "bot.db.postgres_silence",
    "bot.db.postgres_workers",
)
KNOW_SQLITE = (
    "bot.db.sqlite",
    "bot.db.sqlite_backup",
    "bot.db.sqlite_errors",
    "bot.db.sqlite_thread",
    "bot.db.sqlite_together",
    "bot.db.migrate",
)
MAY_COMPOSE = ("bot.__main__", "bot.cli.run", "bot.demo", "bot.front")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX)\s"
    r"|PRAGMA\s+\w+|BEGIN\s+IMMEDIATE)",
    re.DOTALL,
)


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("bot", "cogs"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported, also by `importlib.import_module("…")`, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=name, level=0) if name:
                yield name, node.lineno
                yield from ((f"{name}.{alias.name}", node.lineno) for alias in node.names)
            case ast.ImportFrom():
                yield ".", node.lineno  # a relative import hides where it leads
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str() as name), *_]):
                yield name, node.lineno
            case _:
                pass


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def crossings(module: str, tree: ast.Module, layer: Layer) -> list[str]:
    """The imports of a module that its layer does not allow."""
    found: list[str] = []
    for name, line in imports(tree):
        ours = name.split(".")[0] in {"bot", "cogs"}
        if name == "." or (ours and name != "bot" and not within(name, layer.ours)) or within(name, layer.never):
            found.append(f"{module}:{line} imports {name}")
        if layer.prefix == "bot.domain" and not ours and name.split(".")[0] not in sys.stdlib_module_names:
            found.append(f"{module}:{line} imports {name}, which is not in the standard library")
    return found


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.prefix)
def test_direction(layer: Layer) -> None:
    """Cogs → ui → services → db → domain; provider, media and ui implement what the services ask for."""
    found = [
        crossing
        for module, path in modules()
        if within(module, (layer.prefix,))
        for crossing in crossings(module, parsed(path), layer)
    ]

    assert not found, f"{'; '.join(found)} - {layer.why}"


@pytest.mark.parametrize(
    ("prefix", "source"),
    [
        ("bot.texts", "from bot.domain.jobs import Stage"),
        ("bot.domain", "import discord"),
        ("bot.domain", "from sqlite3 import connect"),
        ("bot.services", "from sqlite3 import connect"),
        ("bot.services", "from bot import provider"),
        ("bot.db", "from bot.services.ports.messages import Picture"),
        ("bot.db", "from bot import services"),
        ("bot.ui.render", "from bot.ui.discord.posts import Posts"),
        ("bot.ui.render", "import asyncio"),
        ("bot.ui.discord", "from bot.ui.handlers.presses import Press"),
        ("bot.ui.handlers.registry", "from bot.db.jobs import JobStore"),
        ("bot.services.money", "from bot.services.jobs.job_history import JobHistory"),
        ("bot.ui.handlers.registry", "import importlib\nimportlib.import_module('bot.provider.client')"),
        ("cogs", "def f():\n    import aiohttp"),
        ("cogs", "from . import other"),
    ],
)
def test_walls_stand(prefix: str, source: str) -> None:
    """The check itself sees an import through every kind of wall."""
    layer = next(layer for layer in LAYERS if layer.prefix == prefix)

    assert crossings(f"{prefix}.planted", ast.parse(source), layer)


def test_one_engine() -> None:
    """Only the engines and their migrations know their libraries: statements run on whatever connection there is."""
    found = [
        f"{module}:{line}"
        for module, path in modules()
        if not within(module, (*KNOW_SQLITE, *KNOW_POSTGRESQL))
        for name, line in imports(parsed(path))
        if within(name, DATABASE)
    ]

    assert not found, f"{found} import a database's library: name `bot.db.connection.Connection` instead"


def test_one_composition_root() -> None:
    """Only the command line, the demo and tests import `bot.app`: everything else takes its parts as arguments."""
    found = [
        f"{module}:{line}"
        for module, path in modules()
        if not within(module, MAY_COMPOSE)
        for name, line in imports(parsed(path))
        if within(name, ("bot.app",))
    ]

    assert not found, f"{found} import the composition root: hand the part in as an argument instead"


def test_a_test_module_is_imported_by_no_other() -> None:
    """What several of them need stands beside them in a plainly named module, where a reader looks for it."""
    found = [
        f"{name_of(path)}:{line} imports {name}"
        for path in CODE
        for name, line in imports(parsed(path))
        if re.fullmatch(r"tests(\.\w+)*\.test_\w+", name)
    ]

    assert not found, f"{found}: move what they share to a module named by what it is about, as `tests.cogs.doing` is"


def test_settings_are_read_once() -> None:
    """Only the command line reads settings from the machine, so that nothing depends on the environment by itself."""
    found = [
        module
        for module, path in modules()
        if module not in {"bot.__main__", "bot.cli.setup", "bot.settings"}
        and re.search(r"\bSettings(\.load)?\(|os\.environ|os\.getenv", path.read_text())
    ]

    assert not found, f"{found} read settings or the environment: take the value as an argument instead"


def test_sql_has_one_home() -> None:
    """Every SQL statement of the program stands in `bot/db`, where one reader can see all that touches money."""
    found = [
        f"{module}:{node.lineno}"
        for module, path in modules()
        if not within(module, ("bot.db",))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]

    assert not found, f"{found} hold SQL: move it to a store in bot/db"


@pytest.mark.parametrize("text", ["SELECT a\nFROM b", "UPDATE limits SET x = 1", "PRAGMA user_version"])
def test_sql_is_recognised(text: str) -> None:
    """The check for SQL sees a statement."""
    assert SQL.search(text)
