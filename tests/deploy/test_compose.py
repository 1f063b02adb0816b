"""The compose file and the workflows: against their published schemas, and against what the bot itself knows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")  # pyright: ignore[reportUnknownMemberType] - half typed in ruamel.yaml
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.compose-spec", ROOT / "compose.yaml"),
        ("vendor.compose-spec", ROOT / ".deploy/webhooks.yaml"),
        *(("vendor.github-workflows", each) for each in WORKFLOWS),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else None,
)
def test_schema(schema: str, file: Path) -> None:
    """Each file is what its tool takes, by the schema that the tool's makers publish."""
    checked = subprocess.run(  # noqa: S603 - our own files
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_bot_is_locked_in() -> None:
    """The container of the bot writes nowhere but its volume and /tmp, has no rights, and comes back after a fault."""
    bot = COMPOSE["services"]["bot"]

    assert bot["read_only"] is True
    assert bot["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own
    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["restart"] == "unless-stopped"
    assert bot["volumes"] == ["data:/data"]
    assert int(bot["stop_grace_period"].removesuffix("s")) > 9, "the bot takes up to nine seconds to stop in order"
    assert "ports" not in bot


def test_webhooks_reach_the_bot_from_this_machine_only() -> None:
    """The addition for webhooks opens the port that the setting names, and to nobody outside."""
    addition: dict[str, Any] = YAML(typ="safe").load(ROOT / ".deploy/webhooks.yaml")  # pyright: ignore[reportUnknownMemberType] - as above

    assert list(addition["services"]) == ["bot"]
    (port,) = addition["services"]["bot"]["ports"]
    assert re.fullmatch(r"127\.0\.0\.1:\$\{WEBHOOK_PORT:\?[^}]*\}:\$\{WEBHOOK_PORT\}", port)


def test_settings_exist() -> None:
    """Every variable that the file gives a bot is one of its settings: it would refuse another."""
    known = {name.upper() for name in Settings.model_fields}

    assert set(COMPOSE["services"]["bot"]["environment"]) <= known


def test_mounted_files_exist() -> None:
    """Every file that a service mounts stands in the repository: Docker would make a folder of that name."""
    mounted = [volume for service in COMPOSE["services"].values() for volume in service.get("volumes", [])]
    files = [volume.split(":")[0] for volume in mounted if volume.startswith("./")]

    assert files
    assert all((ROOT / file).is_file() for file in files)


def test_images_are_pinned() -> None:
    """Every image of others is named with its version, so that an update is a change that somebody made."""
    images = {name: service["image"] for name, service in COMPOSE["services"].items() if "build" not in service}

    assert images
    assert all(re.search(r":v?\d+\.\d+", image) or re.search(r":\d+(-\w+)?$", image) for image in images.values())


def test_each_service_is_explained() -> None:
    """The README has a line about every service: what it is for, and what to look at when it breaks."""
    readme = (ROOT / "README.md").read_text()

    assert [name for name in COMPOSE["services"] if f"| `{name}` |" not in readme] == []
