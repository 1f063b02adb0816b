"""The dashboard and the alert rules: each figure they name is one the bot gives, and each alert is heard in time."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.health import health_app, serve_health
from bot.metrics import Metrics
from tests.clocks import ManualClock

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / ".deploy"
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/easel.json").read_text())
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
SCRAPED_TWICE = 'count_over_time(up{job="easel"}[1m]) >= 2'
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("promtool") is None, reason="Prometheus is not on this machine"
)


async def busy_metrics() -> Metrics:
    """Figures of a bot in which everything that is counted has happened."""
    metrics = Metrics()
    metrics.works_as("a host", "leader")
    metrics.job_ended("done", 80_000)
    metrics.picture_made("m", 7.5)
    metrics.queue_is(3)
    metrics.held_is(240_000)
    metrics.provider_failed("not_sent")
    metrics.unmarked_withheld("m")
    metrics.orphan_found()
    metrics.broken_invariants_are(0)
    metrics.discord_failed("503")
    clock = ManualClock()
    task = asyncio.create_task(metrics.measure_loop_delay(clock))
    await clock.advance(5)
    task.cancel()
    return metrics


async def test_every_figure_exists() -> None:
    """What the dashboard and the alerts ask for is on the page of figures, under that very name."""
    page = (await busy_metrics()).render().decode()
    given = set(re.findall(r"(?m)^(easel_\w+?)(?:\{| )", page))
    asked = set(re.findall(r"easel_\w+", " ".join(QUERIES) + (DEPLOY / "alerts.yaml").read_text()))

    assert asked
    assert asked - given == set()


async def test_every_figure_is_shown() -> None:
    """No figure that the bot gives is missing from the dashboard."""
    families = [family.name for family in (await busy_metrics()).registry.collect()]

    assert [name for name in families if name not in " ".join(QUERIES)] == []


@pytest.mark.slow
@needs_prometheus
def test_alerts() -> None:
    """Each alert rule is one that Prometheus takes, is heard when it must be, and quiet before."""
    for command in (
        ("check", "rules", str(DEPLOY / "alerts.yaml")),
        ("check", "config", "--syntax-only", str(DEPLOY / "prometheus.yaml")),
        ("test", "rules", str(Path(__file__).with_name("alerts.yaml"))),
    ):
        checked = subprocess.run(  # noqa: S603 - our own files
            ["promtool", *command],  # noqa: S607 - Debian's
            capture_output=True,
            text=True,
            check=False,
        )

        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.fixture
async def prometheus(tmp_path: Path) -> AsyncIterator[str]:
    """A real Prometheus that has asked the bot's real page twice."""
    async with serve_health(health_app({}, await busy_metrics(), role="leader"), "127.0.0.1", 0) as port:
        config = (DEPLOY / "prometheus.yaml").read_text().replace("bot:8080", f"127.0.0.1:{port}")
        config = config.replace("scrape_interval: 15s", "scrape_interval: 200ms").replace("  - alerts.yaml", "  []")
        (tmp_path / "prometheus.yaml").write_text(config.replace("rule_files:\n  []", "rule_files: []"))
        process = await asyncio.create_subprocess_exec(
            "prometheus",
            f"--config.file={tmp_path / 'prometheus.yaml'}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--log.level=info",
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            while (found := re.search(rb"address=127\.0\.0\.1:([1-9]\d*)", await process.stderr.readline())) is None:
                assert process.returncode is None
            draining = asyncio.create_task(process.stderr.read())
            yield f"http://127.0.0.1:{int(found[1])}"
            draining.cancel()
        finally:
            process.terminate()
            await process.wait()


async def is_ready(session: aiohttp.ClientSession, address: str) -> bool:
    async with session.get(f"{address}/-/ready") as response:
        return response.status == 200


async def ask(session: aiohttp.ClientSession, address: str, query: str) -> dict[str, Any]:
    async with session.get(f"{address}/api/v1/query", params={"query": query}) as response:
        return await response.json()


@pytest.mark.slow
@needs_prometheus
async def test_queries(prometheus: str) -> None:
    """A real Prometheus that asked the bot's real page takes every query of the dashboard and has an answer to it."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while not await is_ready(session, prometheus):  # noqa: ASYNC110 - another program
            await asyncio.sleep(0.1)
        while not (await ask(session, prometheus, SCRAPED_TWICE))["data"]["result"]:  # noqa: ASYNC110 - another program
            await asyncio.sleep(0.1)
        for query in QUERIES:
            answer = await ask(session, prometheus, query)

            assert answer["status"] == "success", f"{query}: {answer.get('error')}"
            assert answer["data"]["result"], f"{query} has no answer"
