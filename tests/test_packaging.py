"""What is shipped: the locked libraries, the container, and the commands that the README and the CI promise."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import discord
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.permissions import missing_from

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text()
PINNED = re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED: list[str] = [
    *PROJECT["dependencies"],
    # A container's operator chooses PostgreSQL and a bucket by settings alone.
    *(each for extra in ("postgres", "s3") for each in PROJECT["optional-dependencies"][extra]),
]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("wanted", WANTED)
def test_lock_has_each_dependency(wanted: str) -> None:
    """The lock pins a version that `pyproject.toml` allows, for each library that it names."""
    requirement = Requirement(wanted)
    versions = [version for name, version in PINNED if canonicalize_name(name) == canonicalize_name(requirement.name)]

    assert versions, f"{requirement.name} is missing: compile requirements.lock again (see CONTRIBUTING)"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_lock_has_hashes() -> None:
    """Every pin has a hash, so that no other file can take its place."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9._-]+==)", LOCK)

    assert len(PINNED) > len(WANTED)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_lock_names_no_place() -> None:
    """The lock says which files, not where from: every operator keeps their own source."""
    assert not re.search(r"://|--(extra-)?index|--find-links| @ ", LOCK)


class TestContainer:
    """The image runs with as little as it needs, and stops in order."""

    def test_not_root(self) -> None:
        """The process is not root."""
        assert re.findall(r"(?m)^USER (.+)$", DOCKERFILE) == ["10001:10001"]

    def test_hashes_are_required(self) -> None:
        """Only locked libraries are installed."""
        installs = re.findall(r"pip install [^&\\]*", DOCKERFILE)

        assert len(installs) == 2
        assert "--require-hashes -r /tmp/requirements.lock" in installs[0]
        assert "--no-deps --no-index" in installs[1]

    @pytest.mark.parametrize("instruction", ["ENTRYPOINT", "CMD"])
    def test_signals_arrive(self, instruction: str) -> None:
        """No shell stands between Docker and the bot, so that SIGTERM reaches it."""
        form = re.search(rf"(?m)^{instruction} (.+)$", DOCKERFILE)

        assert form is not None
        assert isinstance(json.loads(form[1]), list)
        assert "STOPSIGNAL SIGTERM" in DOCKERFILE

    def test_data_outlives_the_container(self) -> None:
        """Database and images are on the volume."""
        assert "VOLUME /data" in DOCKERFILE
        assert "DATA_DIR=/data" in DOCKERFILE
        assert "DATABASE_URL=sqlite:////data/easel.db" in DOCKERFILE

    def test_secrets_stay_out(self) -> None:
        """The build sees an allow-list: no `.env`, no database."""
        lines = (ROOT / ".dockerignore").read_text().splitlines()

        assert lines[1] == "*"
        assert not [line for line in lines if line.startswith("!") and (".env" in line or "data" in line)]


class TestCommands:
    """The README's two commands are the ones that are checked."""

    def test_readme(self) -> None:
        """The README runs the demo with one command and the tests with another."""
        readme = (ROOT / "README.md").read_text()

        assert "pip install -q uv && uv run easel demo" in readme
        assert "pip install -q uv && uv run pytest" in readme

    def test_readme_names_the_permissions(self) -> None:
        """The README tells an owner each permission that the invitation asks for."""
        readme = " ".join((ROOT / "README.md").read_text().split())

        assert not [name for name in missing_from(discord.Permissions.none()) if name not in readme]

    def test_ci_runs_the_same(self) -> None:
        """The CI's script runs the README's test command and is executable."""
        script = ROOT / ".ci" / "run"

        assert re.search(r"(?m) uv run pytest$", script.read_text())
        assert os.access(script, os.X_OK)
