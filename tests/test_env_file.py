"""Changing single settings in an `.env` file: what else stands in it stays, and no crash leaves half of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.durable_file import write_durably
from bot.env_file import values_in, with_values

WRITTEN = """# My bot

export DISCORD_TOKEN="old one"  # the staging bot
MINE=1
# DEFAULT_MEMBER_LIMIT_USD=1.00
# The end
LOG_LEVEL='DEBUG'"""


def test_everything_else_is_kept() -> None:
    """Named settings change where they stand or below their default; comments, order and other names stay."""
    changed = with_values(
        WRITTEN, {"DISCORD_TOKEN": "new#1", "DEFAULT_MEMBER_LIMIT_USD": "2.50", "WAVESPEED_API_KEY": "k"}
    )

    assert changed == (
        "# My bot\n\nDISCORD_TOKEN=new#1  # the staging bot\nMINE=1\n# DEFAULT_MEMBER_LIMIT_USD=1.00\n"
        "DEFAULT_MEMBER_LIMIT_USD=2.50\n# The end\nLOG_LEVEL='DEBUG'\nWAVESPEED_API_KEY=k\n"
    )
    assert with_values(changed, {"DISCORD_TOKEN": "new#1"}) == changed


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", "A_KEY=2\n"),
        ("a_key=1\r\nB=1\r\n", "A_KEY=2\r\nB=1\r\n"),
        ("A_KEY=1\nB=1\nA_KEY=3\n", "A_KEY=2\nB=1\nA_KEY=2\n"),
        ("A_KEY='1\n2'\n=\nB", "A_KEY=2\n=\nB"),
        ("A_KEY\n", "A_KEY=2\n"),
    ],
    ids=["empty", "Windows' line ends and lower case", "twice", "over two lines, beside a broken line", "no value"],
)
def test_unusual_files(text: str, changed: str) -> None:
    """Whatever the settings read as that name is replaced, once for each time that it is there."""
    assert with_values(text, {"A_KEY": "2"}) == changed
    assert values_in(changed)["A_KEY"] == "2"


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    """The mode is 0600, also of a file that others could read before."""
    path = tmp_path / ".env"
    path.write_text("A=1")
    path.chmod(0o644)

    write_durably(path, b"A=2")

    assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, "A=2")


@pytest.mark.parametrize("stopped_by", [OSError, KeyboardInterrupt])
def test_a_write_that_ends_early_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_by: type[BaseException]
) -> None:
    """Whether the disk fails or a person stops it: the old content stands there, and no half of the new beside it."""

    def fail(_descriptor: int) -> None:
        raise stopped_by

    path = tmp_path / ".env"
    path.write_text("A=1")
    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(stopped_by):
        write_durably(path, b"A=2")

    assert path.read_text() == "A=1"
    assert list(tmp_path.iterdir()) == [path]
