"""Every way in which a file cannot be fetched has its own words, for the member or for the operator."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import AttachmentGone, BadImage
from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.media import fetch
from bot.media.fetch import CdnAttachmentReader, OutputDownloader
from bot.media.guard import AllowedHosts, open_download_session
from tests.media.downloads import (
    BUSY,
    CUT,
    MISSING,
    Attached,
    dripping,
    fetch_output,
    patience_for,
    read_attachment,
    reset,
    silent,
)
from tests.media.servers import Answer, NameServer, connections, head, serving


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "401 No"])
async def test_an_expired_attachment_is_said_at_once(status: str) -> None:
    """A file that Discord no longer serves is not asked for again; the member attaches it anew."""
    async with serving(head(status, Content_Length=0)) as server:
        with pytest.raises(AttachmentGone) as refusal:
            await read_attachment(server)

    assert len(server.requests) == 1
    assert refusal.value.sentence == "fox.png: Discord no longer has this file."
    assert refusal.value.advice == "Attach it again and send the command once more."


@pytest.mark.parametrize(
    "answer", [BUSY, CUT, reset, silent, dripping, head("204 No", Content_Length=0), b"\0\1\2\r\n\r\n"]
)
async def test_an_attachment_that_cannot_be_had_now_is_said_kindly(answer: Answer) -> None:
    """After a few tries the member reads that it was not their file's fault, and what to do."""
    async with serving(answer) as server:
        with pytest.raises(BadImage, match="did not deliver this file") as refusal:
            await read_attachment(server, patience=patience_for(answer))

    assert not isinstance(refusal.value, AttachmentGone)
    assert refusal.value.advice == "Send the command once more in a minute."


@pytest.mark.parametrize("url", ["https://evil.example/a.png", "http://cdn.discordapp.com/a.png", "nonsense"])
async def test_a_foreign_host_is_refused_without_a_connection(url: str) -> None:
    """Only files that Discord serves are fetched."""
    with connections(blocked=True) as attempted:
        async with open_download_session(AllowedHosts()) as session:
            with pytest.raises(BadImage, match="not served by Discord"):
                await CdnAttachmentReader(session, AllowedHosts()).read(Attached(url), max_bytes=1_000_000)

    assert attempted == []


FAKE = "198.18.0.7"
"""What the resolvers of some proxies make of every name."""


async def test_a_name_that_leads_inward_is_explained() -> None:
    """The member reads that it is not their file's fault, the operator which name leads where, and what to set."""
    names = NameServer(cdn_discordapp_com=[[FAKE]])
    attached = Attached("https://cdn.discordapp.com/attachments/1/2/secret.png?ex=1")
    with connections(blocked=True) as attempted, capture_logs() as logs:
        async with open_download_session(AllowedHosts(), resolver=names) as session:
            with pytest.raises(BadImage) as refusal:
                await CdnAttachmentReader(session, AllowedHosts()).read(attached, max_bytes=1_000_000)

    assert attempted == []
    assert refusal.value.sentence == "fox.png: this bot's own network does not lead to Discord's file host."
    assert "Only whoever runs the bot" in refusal.value.advice
    [line] = logs
    assert (line["event"], line["log_level"], line["host"]) == (
        "download.host_not_public",
        "error",
        "cdn.discordapp.com",
    )
    assert FAKE in line["detail"]
    assert "add cdn.discordapp.com to CDN_HOSTS" in line["detail"]
    assert "secret.png" not in str(logs)


async def test_an_output_whose_host_leads_inward_is_explained() -> None:
    """It is tried again, since the operator can mend that; the reason stays with it, without the address."""
    names = NameServer(files_example=[["93.184.216.34", FAKE]])
    async with open_download_session(AllowedHosts(), resolver=names) as session:
        with pytest.raises(TryLater) as later:
            await OutputDownloader(session, AllowedHosts()).fetch("https://files.example/secret.png")

    assert f"files.example resolves to {FAKE}" in later.value.detail
    assert "secret.png" not in later.value.detail


@pytest.mark.parametrize("answer", [BUSY, CUT, reset, silent, head("429 Slow", Content_Length=0)])
async def test_an_output_that_does_not_arrive_is_tried_later(answer: Answer) -> None:
    """A paid picture is not given up because its host has a bad minute."""
    async with serving(answer) as server:
        with pytest.raises(TryLater):
            await fetch_output(server, patience=patience_for(answer))

    # aiohttp itself repeats a GET once when the connection breaks before an answer.
    assert fetch.ATTEMPTS <= len(server.requests) <= 2 * fetch.ATTEMPTS


async def test_a_missing_output_is_definite_after_some_tries() -> None:
    """A new file may not be everywhere yet, so a missing one is asked for again before it counts as missing."""
    async with serving(MISSING) as server:
        with pytest.raises(Refused) as refusal:
            await fetch_output(server)

    assert refusal.value.reason is FailureReason.NO_PICTURE
    assert len(server.requests) == fetch.ATTEMPTS


async def test_no_address_is_in_what_retries_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Retries are logged with the kind of failure, never with the address of an image."""
    async with serving(BUSY) as server:
        with pytest.raises(TryLater) as refusal:
            await fetch_output(server)

    logged = capsys.readouterr()
    assert "a.png" not in logged.out + logged.err + str(refusal.value)
