"""What the log may say, and what it never says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.log import configure_logging, job_context, redact

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs-canary"
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OmNhbmFyeWNhbmFyeQ"
KEY = "wsk_live_canary0123456789abcdef"
HEX_KEY = "0123456789abcdef" * 4
CANARIES = {
    "a bot token": (f"logged in with {TOKEN}", TOKEN),
    "the bot's authorization": (f"Authorization: Bot {TOKEN}", TOKEN),
    "a bearer key": ("headers {'Authorization': 'Bearer canary-canary-canary-1'}", "canary-canary-canary-1"),
    "a prefixed key": (f"key {KEY} refused", KEY),
    "a hexadecimal key": (f"key={HEX_KEY}", HEX_KEY),
    "a followup address": (f"POST https://discord.com/api/v10/webhooks/123456789012345678/{INTERACTION}", INTERACTION),
    "a callback address": (
        "https://discord.com/api/v10/interactions/123456789012345678/canary-canary-canary/callback",
        "canary-canary-canary",
    ),
    "an interaction token": (f"token {INTERACTION}", INTERACTION),
    "a signed picture": (
        "https://cdn.discordapp.com/attachments/1/2/a.png?ex=66aa&is=66bb&hm=canarycanary&",
        "canarycanary",
    ),
    "an upload ticket": ("https://s3.example/x?X-Amz-Signature=canarycanary&X-Amz-Date=1", "canarycanary"),
    "a named secret": ('{"token": "canary-12345678"}', "canary-12345678"),
}


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(params=["console", "json"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    configure_logging("DEBUG", request.param, stream=stream)
    return stream


@pytest.mark.parametrize(("text", "canary"), CANARIES.values(), ids=CANARIES)
class TestSecrets:
    """No secret reaches a line, whoever logs it, however, at any level."""

    def test_as_message_of_a_library(self, out: io.StringIO, text: str, canary: str) -> None:
        """A library's message is redacted."""
        logging.getLogger("discord.http").warning(text)

        assert out.getvalue()
        assert canary not in out.getvalue()

    def test_as_argument_of_a_library(self, out: io.StringIO, text: str, canary: str) -> None:
        """Arguments are redacted after they are formatted in, also inside other objects."""
        logging.getLogger("aiohttp.client").error("failed: %s", {"url": text})

        assert "failed" in out.getvalue()
        assert canary not in out.getvalue()

    def test_as_extra(self, out: io.StringIO, text: str, canary: str) -> None:
        """Extra fields of a record are redacted."""
        logging.getLogger("elsewhere").error("failed", extra={"response": text})

        assert "failed" in out.getvalue()
        assert canary not in out.getvalue()

    def test_as_our_own_field(self, out: io.StringIO, text: str, canary: str) -> None:
        """A field of our own events is redacted, even at DEBUG."""
        structlog.get_logger("bot.somewhere").debug("job.submitted", answer=[text])

        assert "job.submitted" in out.getvalue()
        assert canary not in out.getvalue()

    def test_in_an_exception(self, out: io.StringIO, text: str, canary: str) -> None:
        """A traceback is redacted, causes included."""
        inner = ValueError(text)
        outer = RuntimeError("outer")
        outer.__cause__ = inner
        logging.getLogger("asyncio").error("task died", exc_info=outer)

        assert "outer" in out.getvalue()
        assert canary not in out.getvalue()


def test_known_secret_of_any_shape() -> None:
    """The secrets of the settings are taken out even where they look like ordinary words."""
    assert redact("opening hunter2 now", ["hunter2"]) == "opening [redacted] now"


def test_a_short_secret_cuts_no_words() -> None:
    """What can be a part of a word is taken out where it stands alone; what is long enough, wherever it stands."""
    assert redact("a bad key: a", ["a"]) == "[redacted] bad key: [redacted]"
    assert redact(r"said \nhunter2hunter2hunter2x", ["hunter2hunter2hunter2"]) == r"said \n[redacted]x"


def test_ordinary_text_stays() -> None:
    """Ids, times, model names and sentences pass unchanged."""
    line = "job.submitted job_id=7F3K model=wavespeed-ai/flux-kontext-max/multi at=2026-11-21T03:20:11.123456Z n=3"

    assert redact(line) == line


def test_libraries_do_not_debug(out: io.StringIO) -> None:
    """discord.py and aiohttp log bodies at DEBUG, so their DEBUG records are never written."""
    for name in ("discord.http", "discord.gateway", "aiohttp.client", "somebody.else"):
        logging.getLogger(name).debug("body: %s", "a prompt")

    assert out.getvalue() == ""


def test_voice_is_not_mentioned(out: io.StringIO) -> None:
    """discord.py's remarks about voice are dropped; its other warnings are not."""
    logging.getLogger("discord.client").warning("PyNaCl is not installed, voice will NOT be supported")
    logging.getLogger("discord.client").warning("davey is not installed, voice will NOT be supported")
    logging.getLogger("discord.client").warning("reconnecting")

    assert "voice" not in out.getvalue()
    assert "reconnecting" in out.getvalue()


def test_unrenderable_record(out: io.StringIO) -> None:
    """A record that cannot be rendered is reported by its logger's name, without its arguments."""
    ours = next(handler for handler in logging.getLogger().handlers if getattr(handler, "stream", None) is out)
    ours.handle(logging.LogRecord("discord.http", logging.WARNING, __file__, 1, "%d", (TOKEN,), None))

    assert "discord.http was lost" in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_job_is_named() -> None:
    """Within a job's context every record, ours and a library's, names the job; as JSON, one object a line."""
    stream = io.StringIO()
    configure_logging("INFO", "json", stream=stream)
    with job_context("7F3K"):
        structlog.get_logger("bot.x").info("job.submitted", n=2)
        logging.getLogger("discord").info("sent")
    structlog.get_logger("bot.x").info("idle")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]

    assert [line.get("job_id") for line in lines] == ["7F3K", "7F3K", None]
    assert lines[0]["event"] == "job.submitted"
    assert lines[0]["n"] == 2
    assert lines[0]["level"] == "info"
