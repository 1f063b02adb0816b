"""A store's method is one transaction, whichever store it belongs to."""

from __future__ import annotations

import inspect

import pytest

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from tests.db.engines import READ_ONLY
from tests.db.world import NOON, DatabaseWorld

KEEP = "INSERT INTO facts (name, value, set_at) VALUES (:name, 'here', :at)"
NAMES = "SELECT name FROM facts WHERE value = 'here' ORDER BY name"


class NameStore(Store):
    """A store of its own, over the table of facts."""

    @writes
    def keep(self, connection: Connection, *names: str, fails: bool = False) -> int:
        """Keep names."""
        for name in names:
            connection.execute(KEEP, {"name": name, "at": NOON})
        if fails:
            raise LookupError
        return len(names)

    @reads
    def names(self, connection: Connection) -> tuple[str, ...]:
        """All of them."""
        return tuple(row["name"] for row in connection.execute(NAMES))

    @reads
    def keep_on_the_sly(self, connection: Connection, name: str) -> None:
        """Write where only reading was announced."""
        connection.execute(KEEP, {"name": name, "at": NOON})


async def test_a_method_is_one_transaction(world: DatabaseWorld) -> None:
    """What a method writes is kept whole, and not at all where it fails."""
    store = NameStore(world.database)
    kept = await store.keep("one", "two")
    with pytest.raises(LookupError):
        await store.keep("three", "four", fails=True)

    assert kept == 2
    assert await store.names() == ("one", "two")


async def test_whoever_reads_cannot_write(world: DatabaseWorld) -> None:
    """A method that says it reads is refused what it writes."""
    store = NameStore(world.database)
    with pytest.raises(READ_ONLY, match=r"read-?only"):
        await store.keep_on_the_sly("one")

    assert await store.names() == ()


def test_a_method_keeps_its_name_and_its_words() -> None:
    """Help and editors show the method as it was written."""
    assert (NameStore.keep.__name__, NameStore.keep.__doc__) == ("keep", "Keep names.")
    assert inspect.iscoroutinefunction(NameStore.keep)


async def test_wrong_arguments_do_not_pass(world: DatabaseWorld) -> None:
    """The marks keep a method's parameters: the type checker sees one that is missing or of another type."""
    store = NameStore(world.database)
    with pytest.raises(TypeError):
        await store.names("one")  # pyright: ignore[reportCallIssue]
    with pytest.raises(TypeError):
        await store.keep_on_the_sly()  # pyright: ignore[reportCallIssue]
