"""The log: structlog over the standard library, job ids bound by context, and every secret taken out by its shape."""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from collections.abc import Collection
from contextlib import AbstractContextManager
from functools import cache
from typing import Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars
from structlog.types import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# Shapes, not names: a secret can turn up in any field of any library's record.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Credentials of an HTTP request: `Authorization: Bearer …`, `Bot …`, `Basic …`.
    (re.compile(r"\b(Bearer|Bot|Basic)(\s+)[A-Za-z0-9._~+/=-]{16,}"), rf"\1\2{REDACTED}"),
    # A bot token: an id in base64, a time stamp, a signature.
    (re.compile(r"\b[A-Za-z0-9_-]{17,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{25,}"), REDACTED),
    # The interaction or webhook token in an address; whoever has it can write as the bot.
    (re.compile(r"((?:webhooks|interactions)/\d{15,20}/)[A-Za-z0-9._-]{16,}"), rf"\1{REDACTED}"),
    # An interaction token alone.
    (re.compile(r"\baW50ZXJhY3Rpb246[A-Za-z0-9_=-]{16,}"), REDACTED),
    # The signed query of a CDN or storage address; discord's `ex`, `is`, `hm`, and the usual signatures.
    (
        re.compile(
            r"((?:[?&]|\\u0026)(?:ex|is|hm|X-Amz-[A-Za-z-]+|Signature|Policy|Key-Pair-Id|sig|token)=)[^\s&\"'\\<>)]+"
        ),
        rf"\1{REDACTED}",
    ),
    # API keys: a prefixed one, or 64 hexadecimal digits.
    (re.compile(r"\b(?:wsk|sk)[_-][A-Za-z0-9_-]{12,}"), REDACTED),
    (re.compile(r"\b[0-9a-f]{64}\b"), REDACTED),
    # Whatever its form, a value that somebody named a secret.
    (
        re.compile(
            r"((?:token|secret|password|api[_-]?key|authorization)[\"'\\]*\s*[:=]\s*[\"'\\]*)(?!\[redacted\]|None\b|null\b)[^\s\"',;&)}\]\\]{8,}",
            re.IGNORECASE,
        ),
        rf"\1{REDACTED}",
    ),
)
_SURELY_A_SECRET = 16
"""Characters from which a secret is no part of anything else."""

_VOICE_WARNINGS = re.compile(r"^(PyNaCl|davey) is not installed")


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """Take out everything that has the shape of a secret, and these known ones wherever they stand."""
    for secret in secrets:
        text = _known(secret).sub(REDACTED, text)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


@cache
def _known(secret: str) -> re.Pattern[str]:
    """A secret wherever it stands; one that is short enough to be a part of words only where it stands alone."""
    exact = re.escape(secret)
    return re.compile(exact if len(secret) >= _SURELY_A_SECRET else rf"(?<![\w-]){exact}(?![\w-])")


def job_context(job_id: str) -> AbstractContextManager[None]:
    """Have every record within this block, in this task and those it starts, name the job."""
    return bound_contextvars(job_id=job_id)


def configure_logging(
    level: str = "INFO",
    form: Literal["console", "json"] = "console",
    *,
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send our own and every library's records through one redacting handler to `stream` (standard error).

    Libraries stay at INFO or above whatever `level` says: at DEBUG discord.py logs whole bodies and addresses.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    library_level = max(logging.INFO, logging.getLevelNamesMapping()[level])
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"no_voice": {"()": _NoVoice}},
            "formatters": {
                "redacted": {
                    "()": RedactingFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(form)],
                    "foreign_pre_chain": before,
                    "secrets": tuple(secrets),
                }
            },
            "handlers": {
                "out": {
                    "()": _Handler,
                    "stream": sys.stderr if stream is None else stream,
                    "formatter": "redacted",
                    "filters": ["no_voice"],
                }
            },
            "root": {"handlers": ["out"], "level": library_level},
            "loggers": {name: {"level": level} for name in ("bot", "cogs", "easel")}
            | {name: {"level": library_level} for name in ("discord", "aiohttp", "asyncio", "aiosqlite", "PIL")}
            # Its remark on each try names functions; whoever tried says in the end what came of it, and of which host.
            | {"stamina": {"level": library_level if level == "DEBUG" else "ERROR"}},
        }
    )
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders a record and takes the secrets out of the finished line, so that no field can be forgotten."""

    def __init__(self, *, secrets: Collection[str] = (), **options: object) -> None:
        super().__init__(**options)  # pyright: ignore[reportArgumentType, reportCallIssue] - passed on as they came
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        return redact(super().format(record), self._secrets)


class _Handler(logging.StreamHandler[TextIO]):
    """Writes lines; a record that cannot be rendered is reported without its contents, which may hold a secret."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """See `logging.Handler.handleError`."""
        kind = sys.exc_info()[0]
        self.stream.write(f"a log record of {record.name} was lost: {kind.__name__ if kind else 'unknown'}\n")


class _NoVoice(logging.Filter):
    """Drops discord.py's remarks that voice is not installed; Easel does not speak."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter.filter`."""
        return not (record.name.startswith("discord") and _VOICE_WARNINGS.match(str(record.msg)))


def _rendering(form: Literal["console", "json"]) -> list[Processor]:
    if form == "json":
        return [structlog.processors.format_exc_info, _name_the_event, structlog.processors.JSONRenderer(default=repr)]
    # The plain traceback: prettier ones print local variables, and with them prompts and keys.
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]


def _name_the_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put what happened first; JSON lines are read by people too."""
    return {"event": event.pop("event", ""), **event}
