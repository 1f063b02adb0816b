"""The simulated provider takes references as the real one's object storage does: by ticket, once, exactly."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.demo.provider import SimulatedProvider
from tests.demo.provider_bench import KEY, KEYED, Bench, picture
from tests.demo.stepped_clock import SteppedClock


async def test_a_ticket_says_where_and_how_to_put(bench: Bench) -> None:
    """The ticket has a PUT address with headers and an end, and the address to use in a submit."""
    ticket = await bench.ticket(b"12345")

    assert (ticket["type"], ticket["filename"], ticket["size"]) == ("image", "a.png", 5)
    assert (
        ticket["upload"]["method"],
        ticket["upload"]["headers"],
    ) == ("PUT", {"Content-Type": "image/png", "If-None-Match": "*"})
    assert ticket["upload"]["expires_at"].startswith("2026-01-01T01:00:00")


async def test_uploaded_bytes_are_served_again_without_a_key(bench: Bench) -> None:
    """What was put is what is read, with its type."""
    content = picture("teal")
    address = await bench.upload(content)
    reply = await bench.ask("GET", address, keyed=False)

    assert (content, "image/png") == (reply.body, reply.headers["Content-Type"])


@pytest.mark.parametrize(
    "filename", ["a b (1).png", "\u00e9\u65e5.png", "../../etc/passwd.png", "...", "x" * 300 + ".png"]
)
async def test_any_file_name_makes_a_working_address(bench: Bench, filename: str) -> None:
    """Names from anywhere may be announced; the address holds only safe characters."""
    announced = {"filename": filename, "size": 3, "content_type": "image/png"}
    ticket = (await bench.ask("POST", "/media/uploads", json=announced)).data
    stored = await bench.put(ticket, b"abc")
    reply = await bench.ask("GET", ticket["download_url"], keyed=False)

    assert (stored.status, reply.status, reply.body) == (200, 200, b"abc")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"12345", KEYED, 400),
        (b"1234", {}, 400),
        (b"123456", {}, 400),
        (b"12345", {"Content-Type": "image/jpeg"}, 403),
        (b"12345", {"If-None-Match": "x"}, 403),
    ],
)
async def test_a_put_that_differs_from_its_ticket_is_refused(
    bench: Bench, content: bytes, headers: dict[str, str], status: int
) -> None:
    """The key, another size, another type or a missing condition: nothing is stored."""
    ticket = await bench.ticket(b"12345")
    upload = ticket["upload"]
    reply = await bench.ask("PUT", upload["url"], keyed=False, headers={**upload["headers"], **headers}, data=content)

    assert status == reply.status
    assert (await bench.ask("GET", ticket["download_url"], keyed=False)).status == 404


async def test_a_put_with_another_signature_is_refused(bench: Bench) -> None:
    """The address of a ticket is worth nothing without its signature."""
    ticket = await bench.ticket(b"12345")
    ticket["upload"]["url"] = ticket["upload"]["url"][:-1]

    assert (await bench.put(ticket, b"12345")).status == 403


async def test_a_second_put_is_412_and_a_late_one_403(bench: Bench) -> None:
    """A ticket is good once, and for an hour."""
    ticket, late = await bench.ticket(b"12345"), await bench.ticket(b"12345")
    statuses = [(await bench.put(ticket, b"12345")).status for _ in range(2)]
    bench.clock.advance(3600)
    statuses.append((await bench.put(late, b"12345")).status)

    assert statuses == [200, 412, 403]


@pytest.mark.parametrize(
    ("announced", "status"),
    [
        ({}, 400),
        ({"filename": "a.png"}, 400),
        ({"filename": "", "size": 3}, 400),
        ({"filename": "a.png", "size": 0}, 400),
        ({"filename": "a.png", "size": "3"}, 400),
        ({"filename": "a.exe", "size": 3, "content_type": "application/x-msdownload"}, 400),
        ({"filename": "a.png", "size": 200 * 1024 * 1024 + 1}, 413),
        ({"filename": "a.png", "size": 3}, 200),
    ],
)
async def test_what_may_be_announced(bench: Bench, announced: dict[str, Any], status: int) -> None:
    """A ticket needs a name, a size up to 200 MB and, if one is given, a type of picture, film or sound."""
    assert status == (await bench.ask("POST", "/media/uploads", json=announced)).status


async def test_the_older_form_upload_still_works(bench: Bench) -> None:
    """The multipart field `file` is stored at once, and its address works in a submit."""
    form = aiohttp.FormData()
    form.add_field("other", "ignored")
    form.add_field("file", picture(), filename="a.png", content_type="image/png")
    stored = (await bench.ask("POST", "/media/upload/binary", data=form)).data

    assert ("image", "a.png", len(picture())) == (stored["type"], stored["filename"], stored["size"])
    assert (await bench.finished(image=stored["download_url"]))["status"] == "completed"


async def test_a_form_without_a_file_is_400(bench: Bench) -> None:
    """Neither JSON nor a form with other fields is an upload."""
    form = aiohttp.FormData({"other": "field"})
    form.add_field("more", b"x", filename="x")
    replies = [
        await bench.ask("POST", "/media/upload/binary", data=form),
        await bench.ask("POST", "/media/upload/binary", json={}),
    ]

    assert [reply.status for reply in replies] == [400, 400]


async def test_a_body_over_the_limit_is_413(monkeypatch: pytest.MonkeyPatch) -> None:
    """More bytes than may be uploaded are not read to their end."""
    monkeypatch.setattr("bot.demo.provider.server.MAX_UPLOAD_BYTES", 2_000)
    clock = SteppedClock()
    provider = SimulatedProvider(clock, api_key=KEY)
    async with provider.serve() as base_url, aiohttp.ClientSession() as session:
        bench = Bench(provider, clock, session, base_url)
        content = b"x" * 3_000
        reply = await bench.put(await bench.ticket(content), content)

    assert reply.status == 413
