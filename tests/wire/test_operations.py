"""What an operator counts on, with the real process: its two pages, its budget of sessions, one folder to write in."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ports import free_port
from tests.wire.accounts import audit
from tests.wire.pages import health, measured
from tests.wire.stage import easel, interpreter, open_stage, running

GUARD = """
import os, sys

allowed = (os.environ["DATA_DIR"], "/dev/")
refused = {"os.mkdir": (0,), "os.remove": (0,), "os.rename": (0, 1), "os.rmdir": (0,), "sqlite3.connect": (0,)}


def guard(event, given):
    if event == "open" and (given[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        paths = given[:1]
    else:
        paths = [given[place] for place in refused.get(event, ())]
    for path in paths:
        if isinstance(path, (str, bytes, os.PathLike)):
            whole = os.path.abspath(os.fsdecode(path).removeprefix("file:").partition("?")[0])
            if not whole.startswith(allowed) and not whole.endswith((".pyc", "__pycache__")):
                print("WROTE OUTSIDE", event, whole, flush=True)
                raise PermissionError(13, "Only DATA_DIR is writable", whole)


sys.dont_write_bytecode = True
sys.addaudithook(guard)
print("GUARDED", flush=True)
"""
"""As `sitecustomize`, lets the interpreter that finds it write nothing but under `DATA_DIR`, whoever runs it."""


async def test_the_two_pages_of_a_running_bot(tmp_path: Path) -> None:
    """/healthz is well while Discord's gateway has the bot and fails without; /metrics counts the jobs that ended."""
    port = free_port()
    async with open_stage(tmp_path, HEALTH_PORT=str(port)) as stage, easel(stage):
        await health(port, 200)
        stage.edit()
        await stage.closed()
        measures = await measured(port, "easel_held_micros 0.0")

        assert 'easel_jobs_total{outcome="done"} 1.0' in measures
        stage.fake.gateway.refusals += [4000] * 50
        stage.fake.gateway.drop()

        assert await health(port, 503) == {"status": "failing", "role": "leader", "failing": ["gateway"]}


async def test_a_running_bot_is_told_of_the_end(tmp_path: Path) -> None:
    """Looking by itself each five minutes, it brings the picture when the provider calls; `check` finds its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/calls"
    rare = "300"
    async with (
        open_stage(
            tmp_path, WEBHOOK_URL=url, WEBHOOK_PORT=str(port), POLL_INITIAL_SECONDS=rare, POLL_MAX_SECONDS=rare
        ) as stage,
        easel(stage),
    ):
        stage.edit()
        await stage.closed()
        _, report = await stage.verb("check")

        assert f"ok webhooks: {url} leads here." in report


async def test_a_restart_remembers_its_sessions(tmp_path: Path) -> None:
    """Sessions that a killed bot started count against the budget of the next."""
    async with open_stage(tmp_path) as stage:
        for started in (1, 2, 3):
            async with easel(stage):
                kept = json.loads(stage.value("SELECT value FROM facts WHERE name = 'gateway.identifies'"))

                assert len(kept) == started
        assert len(stage.fake.gateway.identifies) == 3


async def test_one_folder_to_write_in(tmp_path: Path) -> None:
    """Started away from the checkout, the bot does its job and writes nowhere but under `DATA_DIR`."""
    elsewhere, guarding = tmp_path / "read-only", tmp_path / "guarding"
    elsewhere.mkdir(mode=0o555)
    guarding.mkdir()
    (guarding / "sitecustomize.py").write_text(GUARD)
    async with open_stage(tmp_path) as stage:
        environment = {**stage.environment(), "HOME": str(elsewhere), "PYTHONPATH": str(guarding)}
        started = interpreter("-m", "bot", "run", environment=environment, log=tmp_path / "easel.log", cwd=elsewhere)
        async with running(stage, started):
            stage.edit()
            await stage.closed()

        assert "GUARDED" in stage.log
        assert "WROTE OUTSIDE" not in stage.log
        assert list(elsewhere.iterdir()) == []
        assert (await audit(stage)).problems == []
