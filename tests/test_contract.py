"""Every name that others depend on: servers on commands and buttons, `.env` files on settings, scripts on verbs.

A change here breaks something that stands outside of this repository. Make it on purpose, and say so in the changelog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as command_line
from bot.demo.world import open_world
from bot.domain.models import CATALOGUE
from bot.settings import REQUIRED_TO_RUN, Settings
from tests.ui.samples import CHANNEL, GUILD, MEMBER, labels_of
from tests.ui.sheets import SHEETS, People

RATIOS = "21:9|16:9|4:3|3:2|1:1|2:3|3:4|9:16|9:21"
SETTINGS_OF_A_PICTURE = (
    f"[aspect_ratio: {RATIOS}] [guidance_scale: 1.0-20.0] [seed: -1-2147483647] [count: 1-4] [model: text suggested]"
    " [style: text 1-60 suggested]"
)
PERIODS = "day|week|month|total"
CHANNELS = "channel: channel of 0 2 5 10 11 12 13 15 16"
COMMANDS = f"""
/edit prompt: text 1-2000, image: attachment {SETTINGS_OF_A_PICTURE}
/compose prompt: text 1-2000 [image1: attachment] [image2: attachment] [image3: attachment] [image4: attachment]
    [image5: attachment] [role1: text 1-60 suggested] [role2: text 1-60 suggested] [role3: text 1-60 suggested]
    [role4: text 1-60 suggested] [role5: text 1-60 suggested] {SETTINGS_OF_A_PICTURE}
/studio
/storyboard
/styles
/references show
/references add image: attachment [role: text 1-60 suggested]
/references remove place: 1-5
/references move place: 1-5, to: 1-5
/references clear
/jobs list
/jobs show job: text suggested
/jobs cancel job: text suggested
/jobs again job: text suggested
/gallery [user: user]
/budget [user: user]
/guide
/privacy export
/privacy delete
/manage limit everyone period: {PERIODS}, amount: text
/manage limit member user: user, period: {PERIODS}, amount: text
/manage limit role role: role, period: {PERIODS}, amount: text
/manage limit channel {CHANNELS}, period: {PERIODS}, amount: text
/manage limit server period: {PERIODS}, amount: text
/manage grant amount: text, reason: text 1-200 [user: user] [{CHANNELS}] [expires: text]
/manage freeze user: user, reason: text 1-200
/manage unfreeze user: user
/manage refund job: text suggested, reason: text 1-200
/manage overview
/manage report [period: {PERIODS}] [by: day|member|role|channel|model|style]
/manage audit [user: user]
/manage jobs list [state: waiting|sending|checking|painting|review|done|partly|failed|cancelled]
/manage jobs cancel job: text suggested
/manage jobs resolve job: text suggested, decision: text suggested
/manage jobs deliver job: text suggested
/manage channels allow {CHANNELS}
/manage channels deny {CHANNELS}
/manage channels clear {CHANNELS}
/manage channels list
/manage words add word: text 1-60
/manage words remove word: text 1-60
/manage words list
/manage styles add
/manage styles edit name: text 1-60 suggested
/manage styles remove name: text 1-60 suggested
/manage block user: user, reason: text 1-200
/manage unblock user: user
/manage settings
/manage pause reason: text 1-200
/manage resume
message menu Edit this image
message menu Add to references
message menu Report this picture
"""
"""Options in their order; optional ones in brackets, the others between commas."""

BUTTONS = (
    "Cancel", "Edit this", "Again", "Change", "Use as reference", "Details", "Delete", "Try again", "Run", "Approve",
    "Decline", "Share", "Take back", "Try with a sample",
)  # fmt: skip

DEFAULTS = {
    "DISCORD_TOKEN": None,
    "WAVESPEED_API_KEY": None,
    "DISCORD_API_BASE": "https://discord.com/api/v10",
    "DISCORD_GATEWAY": None,
    "WAVESPEED_BASE_URL": "https://api.wavespeed.ai/api/v3",
    "DATABASE_URL": "sqlite:///data/easel.db",
    "SHARD_COUNT": None,
    "SHARD_IDS": None,
    "DATA_DIR": Path("data"),
    "IMAGES_URL": None,
    "DEFAULT_MEMBER_LIMIT_USD": "1.00",
    "DEFAULT_SERVER_LIMIT_USD": "10.00",
    "DEFAULT_LIMIT_PERIOD": "month",
    "BOT_LIMIT_USD": "none",
    "BOT_LIMIT_PERIOD": "month",
    "OPERATOR_IDS": frozenset[int](),
    "MODELS_FILE": None,
    "WAVESPEED_MAX_CONCURRENT": 2,
    "WAVESPEED_MAX_PER_MINUTE": 2,
    "WAVESPEED_SUBMIT_PARALLELISM": 4,
    "WEBHOOK_URL": None,
    "WEBHOOK_PORT": None,
    "SUBMIT_GRACE_SECONDS": 120,
    "POLL_INITIAL_SECONDS": 1.0,
    "POLL_MAX_SECONDS": 5.0,
    "JOB_DEADLINE_SECONDS": 600,
    "CDN_HOSTS": (),
    "HEALTH_PORT": None,
    "HEALTH_HOST": "127.0.0.1",
    "RETENTION_DAYS": 30,
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
}

VERBS = """
run
demo [--tour] [--pictures FOLDER]
setup [--member-limit USD] [--server-limit USD] [--period WORD]
check [--paid] [--yes]
backup FILE
reconcile [--days N]
models [--confirm] [ID ...]
migrate
move URL
pause [REASON ...]
resume
"""

_TYPES = {3: "text", 6: "user", 7: "channel", 8: "role", 11: "attachment"}
_GROUPS = (1, 2)
_MESSAGE_MENU = 3


def lines(text: str) -> set[str]:
    """One line for each entry; an indented line goes on with the one before."""
    return set(re.sub(r"\n\s+", " ", text).strip().splitlines())


def takes(option: dict[str, Any]) -> str:
    """What may be given for an option, in the words of the list above."""
    if choices := option.get("choices"):
        kind = "|".join(str(choice["value"]) for choice in choices)
    elif "min_value" in option:
        kind = f"{option['min_value']}-{option['max_value']}"
    else:
        kind = _TYPES[option["type"]]
    if "min_length" in option:
        kind += f" {option['min_length']}-{option['max_length']}"
    if kinds := option.get("channel_types"):
        kind += f" of {' '.join(map(str, sorted(kinds)))}"
    return f"{option['name']}: {kind}{' suggested' if option.get('autocomplete') else ''}"


def spelt(command: dict[str, Any], before: str = "/") -> Iterator[str]:
    """Each command with its options, as Discord is told about them."""
    name, options = before + command["name"], command.get("options", [])
    if any(option["type"] in _GROUPS for option in options):
        for option in options:
            yield from spelt(option, f"{name} ")
        return
    needed = ", ".join(takes(option) for option in options if option.get("required"))
    chosen = " ".join(f"[{takes(option)}]" for option in options if not option.get("required"))
    yield " ".join(part for part in (name, needed, chosen) if part)


async def test_commands(tmp_path: Path) -> None:
    """The bot offers exactly these commands, with these options in this order."""
    async with open_world(tmp_path) as world:
        tree = world.app.bot.tree
        offered = [command.to_dict(tree) for command in tree.get_commands()]
    menus = {f"message menu {each['name']}" for each in offered if each.get("type") == _MESSAGE_MENU}
    slashes = {line for each in offered if each.get("type") != _MESSAGE_MENU for line in spelt(each)}

    assert lines(COMMANDS) == slashes | menus


def test_buttons() -> None:
    """Messages carry buttons with these words; a price may follow."""
    who = People(MEMBER, MEMBER + 1, GUILD, CHANNEL, MEMBER + 2)
    seen = {
        str(label).split(" \u00b7 ")[0] for sheet in SHEETS.values() for view in sheet(who) for label in labels_of(view)
    }

    assert not set(BUTTONS) - seen


def test_settings() -> None:
    """The settings have these names and defaults; two are needed to run."""
    given = Settings.given()
    defaults = {name.upper(): getattr(given, name) for name in Settings.model_fields}

    assert defaults == DEFAULTS
    assert REQUIRED_TO_RUN == ("DISCORD_TOKEN", "WAVESPEED_API_KEY")


def test_models() -> None:
    """A model that was offered once stays known: its jobs could not be read, ended or paid back without it."""
    assert {model.id for model in CATALOGUE} >= {
        "wavespeed-ai/flux-kontext-max",
        "wavespeed-ai/flux-kontext-max/multi",
        "wavespeed-ai/flux-kontext-pro",
        "wavespeed-ai/flux-kontext-pro/multi",
    }


def test_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line has these verbs with these arguments, and ends with 2 on any other."""
    offered = set[str]()
    for verb in re.findall(r"(?m)^    (\w+)", helped(capsys)):
        usage, _, rest = helped(capsys, verb).partition("\n\n")
        assert re.search(rf"(?m)^example: easel {verb}\b", rest), f"{verb} --help has no example"
        offered.add(" ".join(usage.removeprefix("usage: easel ").replace("[-h]", "").split()))

    assert lines(VERBS) == offered
    with pytest.raises(SystemExit, match="2"):
        command_line.main(["paint"])


def helped(capsys: pytest.CaptureFixture[str], *verb: str) -> str:
    """What the command line says about itself, or about one verb."""
    with pytest.raises(SystemExit, match="0"):
        command_line.main([*verb, "--help"])
    return capsys.readouterr().out
