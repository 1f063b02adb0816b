"""Shards: which servers come to a process, and what names shards."""

from __future__ import annotations

import pytest

from bot.domain.shards import Shards, shard_ids_in


@pytest.mark.parametrize(("guild_id", "shard"), [(0, 0), (1 << 22, 1), (2 << 22, 2), ((3 << 22) + 4_194_303, 0)])
def test_a_server_has_one_shard(guild_id: int, shard: int) -> None:
    """The millisecond at which a server was made decides; direct messages come to the first shard."""
    assert [each for each in range(3) if Shards(3, (each,)).hold(guild_id)] == [shard]


def test_several_in_one_process() -> None:
    """A process holds what any of its shards does; with all of them nothing is left to others."""
    two = Shards(3, (0, 2))

    assert [two.hold(n << 22) for n in range(6)] == [True, False, True] * 2
    assert not two.are_all
    assert Shards(2, (1, 0)).are_all


@pytest.mark.parametrize("ids", [(), (3,), (-1, 0)])
def test_only_what_exists(ids: tuple[int, ...]) -> None:
    """There is no process without a shard, and no shard beyond their number."""
    with pytest.raises(ValueError, match="a shard is from 0"):
        Shards(3, ids)


@pytest.mark.parametrize(
    ("text", "ids"), [("0", [0]), ("2, 0", [0, 2]), ("0-3", [0, 1, 2, 3]), ("1,0-1,5", [0, 1, 5]), ("3-1", [])]
)
def test_names_of_shards(text: str, ids: list[int]) -> None:
    """Numbers and spans, in any order, each once."""
    assert shard_ids_in(text) == ids


@pytest.mark.parametrize("text", ["", "a", "0-", "-1", "1;2"])
def test_what_names_none(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(ValueError, match="invalid literal"):
        shard_ids_in(text)
