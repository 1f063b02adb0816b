"""The compose file and the workflows: against their published schemas, and against what the bot itself knows."""

from __future__ import annotations

import importlib
import re
import shlex
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from bot.__main__ import main as easel
from bot.media.location import Bucket, bucket_in
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "compose.yaml")  # pyright: ignore[reportUnknownMemberType] - half typed in ruamel.yaml
COMPOSE_VERBS = {"up", "run", "build", "stop", "kill", "logs", "exec", "ps"}
SQLITE = "sqlite:////data/easel.db"
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
    # Imported late: half a second that only this test needs, and not each process that collects tests.
    check_jsonschema = importlib.import_module("check_jsonschema").main
    checked = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, str(file)])

    assert checked.exit_code == 0, checked.output


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


@pytest.mark.parametrize("name", ["worker-1", "worker-2"])
def test_workers_are_the_bot_on_one_shared_database(name: str) -> None:
    """Each worker is locked in as the bot is, stands on PostgreSQL and shared images, and starts only by its name."""
    bot, worker = COMPOSE["services"]["bot"], COMPOSE["services"][name]
    same = bot.keys() - {"environment"}

    assert {key: worker[key] for key in same} == {key: bot[key] for key in same}
    assert worker["profiles"] == ["workers"]
    assert worker["environment"].items() >= (bot["environment"].items() - {("DATABASE_URL", SQLITE)})
    settings = Settings.given(
        database_url=_with_defaults(worker["environment"]["DATABASE_URL"]),
        images_url=worker["environment"]["IMAGES_URL"],
    )
    assert settings.database_path is None
    assert isinstance(settings.images_place, Bucket)


def test_workers_reach_what_they_stand_on() -> None:
    """Host, user, password and bucket in the workers' addresses are those of the services beside them."""
    environment, services = COMPOSE["services"]["worker-1"]["environment"], COMPOSE["services"]
    database = urlsplit(_with_defaults(environment["DATABASE_URL"]))
    images = bucket_in(environment["IMAGES_URL"])
    assert images is not None
    assert images.endpoint is not None
    endpoint = urlsplit(images.endpoint)
    server, store = services[database.hostname], services[endpoint.hostname]

    assert database.username == server["environment"]["POSTGRES_USER"]
    assert database.password == _with_defaults(server["environment"]["POSTGRES_PASSWORD"])
    assert database.path == f"/{server['environment']['POSTGRES_DB']}"
    assert f":{endpoint.port}" in store["command"]
    assert environment["AWS_ACCESS_KEY_ID"] == store["environment"]["ROOT_ACCESS_KEY"]
    assert environment["AWS_SECRET_ACCESS_KEY"] == store["environment"]["ROOT_SECRET_KEY"]
    assert [each.split(":")[1] for each in store["volumes"]] == [f"{store['command'][-1]}/{images.name}"]
    assert "ports" not in server
    assert "ports" not in store


def test_steps_from_one_to_several_name_what_is_there() -> None:
    """The README's steps in containers use the services, volumes and address of the file."""
    readme = (ROOT / "README.md").read_text()
    url = _with_defaults(COMPOSE["services"]["worker-1"]["environment"]["DATABASE_URL"])

    assert f"docker compose run --rm bot move {url}`" in readme
    volumes = re.findall(rf"-v {COMPOSE['name']}_(\w+):", readme)
    assert volumes == ["data", "images"]
    assert set(volumes) <= COMPOSE["volumes"].keys()
    named = re.search(r"docker compose up -d (worker[^`]*)`, by their names", readme)
    assert named is not None
    assert set(named[1].split()) == {name for name in COMPOSE["services"] if name.startswith("worker")}


def test_commands_of_the_readme_name_what_is_there() -> None:
    """Each `docker compose` in the README uses a verb of Compose, services and profiles of the file, verbs of Easel."""
    readme = (ROOT / "README.md").read_text()
    profiles = {each for service in COMPOSE["services"].values() for each in service.get("profiles", [])}
    found = [shlex.split(each) for each in re.findall(r"docker compose ([^`\n)]*)", readme)]

    assert len(found) > 10
    for words in found:
        assert set(re.findall(r"--profile (\S+)", shlex.join(words))) <= profiles, words
        verb = next((n for n, word in enumerate(words) if word in COMPOSE_VERBS), None)
        assert verb is not None or words[:1] == ["ps"], words
        services, rest = _services_in(words[(verb or 0) + 1 :], one=words[verb or 0] in {"run", "exec"})
        assert set(services) <= COMPOSE["services"].keys(), words
        if words[verb or 0] == "run" and "--entrypoint" not in words:
            assert rest[0] in easel_verbs(), words


def _services_in(words: list[str], *, one: bool) -> tuple[list[str], list[str]]:
    """The services that a command names, and what follows the only one of `run` and `exec`."""
    named: list[str] = []
    skip = False
    for n, word in enumerate(words):
        if skip or word.startswith("-"):
            skip = word in {"--entrypoint", "--tail"} and not skip
        elif one:
            return [word], words[n + 1 :]
        else:
            named.append(word)
    # The number after --tail is none.
    return [each for each in named if not each.isdigit()], []


@cache
def easel_verbs() -> set[str]:
    """The verbs of the command line, as its own help lists them."""
    with redirect_stdout(StringIO()) as shown, pytest.raises(SystemExit):
        easel(["--help"])
    return set(re.findall(r"^    (\w+) ", shown.getvalue(), re.MULTILINE))


def test_webhooks_reach_the_bot_from_this_machine_only() -> None:
    """The addition for webhooks opens the port that the setting names, and to nobody outside."""
    addition: dict[str, Any] = YAML(typ="safe").load(ROOT / ".deploy/webhooks.yaml")  # pyright: ignore[reportUnknownMemberType] - as above

    assert list(addition["services"]) == ["bot"]
    (port,) = addition["services"]["bot"]["ports"]
    assert re.fullmatch(r"127\.0\.0\.1:\$\{WEBHOOK_PORT:\?[^}]*\}:\$\{WEBHOOK_PORT\}", port)


def test_settings_exist() -> None:
    """Every variable that the file gives a bot is one of its settings, or a key of the bucket."""
    known = {name.upper() for name in Settings.model_fields} | {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}

    for name in ("bot", "worker-1", "worker-2"):
        assert set(COMPOSE["services"][name]["environment"]) <= known


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

    rows = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| `")]

    assert [name for name in COMPOSE["services"] if not any(f"`{name}`" in row for row in rows)] == []


def _with_defaults(value: str) -> str:
    """A value as Compose reads it where the shell sets nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
