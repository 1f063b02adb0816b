"""The unit file: by systemd's own word, and against what the bot itself knows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import EXIT_SETTINGS
from bot.settings import Settings

UNIT = (Path(__file__).parents[2] / ".deploy/easel.service").read_text()
MOST_EXPOSED = 20
"""Tenths: 2.0 of systemd's 10 is what it calls OK, the best of its words but one."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")


def analysed(folder: Path, *verb: str) -> subprocess.CompletedProcess[str]:
    """What systemd says about the file, with a program that exists here in the place of the installed one."""
    path = folder / "easel.service"
    path.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT))
    return subprocess.run(  # noqa: S603 - our own file
        ["systemd-analyze", *verb, str(path)],  # noqa: S607 - wherever it is installed
        capture_output=True,
        text=True,
        check=False,
    )


@needs_systemd
def test_systemd_takes_it(tmp_path: Path) -> None:
    """Every line is one that systemd knows; it says nothing about the file."""
    done = analysed(tmp_path, "verify")

    assert [line for line in done.stderr.splitlines() if "easel.service" in line] == []
    assert done.returncode == 0


@needs_systemd
def test_it_is_locked_in(tmp_path: Path) -> None:
    """What the service could do to its machine is little, by systemd's own measure."""
    done = analysed(tmp_path, "security", "--offline=yes", f"--threshold={MOST_EXPOSED}")

    assert done.returncode == 0, done.stdout


def test_settings_exist() -> None:
    """Every variable that the file sets is a setting: the bot would refuse another."""
    given = re.findall(r"(?m)^Environment=(.*)$", UNIT)
    names = {part.partition("=")[0].lower() for line in given for part in line.split()}

    assert names
    assert names <= set(Settings.model_fields)


def test_a_wrong_setting_is_not_tried_again() -> None:
    """The exit code of settings that are wrong ends the restarts; no other does."""
    assert re.findall(r"(?m)^RestartPreventExitStatus=(.*)$", UNIT) == [str(EXIT_SETTINGS)]


def test_it_has_time_to_stop() -> None:
    """The service has longer to stop than the nine seconds of an orderly end."""
    (seconds,) = re.findall(r"(?m)^TimeoutStopSec=(\d+)$", UNIT)

    assert int(seconds) > 9
