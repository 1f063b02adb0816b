"""What DATABASE_URL names: a SQLite file or a PostgreSQL database, and how it is shown without its password."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_SQLITE = re.compile(r"sqlite:///(?P<path>/?[^/?#][^?#]*)")
_POSTGRESQL = re.compile(r"postgres(?:ql)?://\S*")


def is_database_url(url: str) -> bool:
    """Whether it names a database of a kind that Easel can use."""
    return _SQLITE.fullmatch(url) is not None or _POSTGRESQL.fullmatch(url) is not None


def sqlite_path(url: str) -> Path | None:
    """The SQLite file that it names, relative to the working directory unless it has four slashes; else None."""
    match = _SQLITE.fullmatch(url)
    return None if match is None else Path(match["path"])


def password_of(url: str) -> str | None:
    """The password that stands in it, in the clear."""
    if sqlite_path(url) is not None:
        return None
    parts = urlsplit(url)
    return parts.password or next(iter(parse_qs(parts.query).get("password", ())), None)


def shown(url: str) -> str:
    """The database as an operator may read it: a path, or an address without user, password and parameters."""
    path = sqlite_path(url)
    if path is not None:
        return str(path)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
