"""References on their way to the provider's storage."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from bot.domain.predictions import FailureReason, Refused, TryLater
from bot.provider.client import WaveSpeed
from tests.provider.conftest import IMPATIENT, KEY, UrlCheck
from tests.provider.scripted import Break, ScriptedReply, ScriptedServer, Step, no, ok

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PUBLIC = "https://cdn.wavespeed.ai/a.png"


def ticket(
    storage: ScriptedServer, path: str = "/put/a.png?sig=a%2Fb", upload: Mapping[str, object] = MappingProxyType({})
) -> ScriptedReply:
    return ok(
        {
            "type": "image",
            "download_url": PUBLIC,
            "filename": "a.png",
            "size": len(PNG),
            "upload": {
                "method": "PUT",
                "url": storage.url + path,
                "headers": {"Content-Type": "image/png", "If-None-Match": "*"},
                "expires_at": "2026-08-11T06:00:00Z",
                **upload,
            },
        }
    )


async def upload(client: WaveSpeed) -> str:
    return await client.upload(PNG, filename="a.png", content_type="image/png")


async def test_ticket_then_put(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, check_url: UrlCheck
) -> None:
    """A ticket is asked for with name, size and type, its address checked, and the bytes put there as it says."""
    api.plays(ticket(storage))
    storage.plays(ScriptedReply(201))

    address = await upload(client)

    assert address == PUBLIC
    assert (api.seen[0].method, api.seen[0].path) == ("POST", "/api/v3/media/uploads")
    assert api.seen[0].json == {"filename": "a.png", "size": len(PNG), "content_type": "image/png"}
    assert check_url.asked == [f"{storage.url}/put/a.png?sig=a%2Fb"]
    assert [(put.method, put.path, put.body) for put in storage.seen] == [("PUT", "/put/a.png?sig=a%2Fb", PNG)]


async def test_storage_never_sees_the_key(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """Storage gets the ticket's headers; no credentials of ours, nor any that a ticket asks for."""
    api.plays(
        ticket(storage, upload={"headers": {"x-meta": "1", "Authorization": f"Bearer {KEY}", "Host": "elsewhere"}})
    )
    storage.plays(ScriptedReply(200))

    await upload(client)

    sent = storage.seen[0].headers
    assert sent["x-meta"] == "1"
    assert {"Authorization", "Content-Type", "X-Client-Name"}.isdisjoint(sent)
    assert KEY not in str(sent)
    assert sent["Host"] in storage.url


@IMPATIENT
@pytest.mark.parametrize(
    "trouble",
    [
        Break.RESET_AFTER_READING,
        Break.CLOSE_AFTER_READING,
        Break.HANG,
        ScriptedReply(412),
        ScriptedReply(403),
        ScriptedReply(500),
        ScriptedReply(503),
    ],
)
async def test_fresh_ticket_after_a_broken_put(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, trouble: Step
) -> None:
    """A ticket whose PUT broke is spent; the next try takes another."""
    api.plays(ticket(storage, "/put/first"), ticket(storage, "/put/second"))
    storage.plays(trouble, ScriptedReply(200))

    address = await upload(client)

    assert address == PUBLIC
    assert len(api.seen) == 2
    assert [put.path for put in storage.seen] == ["/put/first", "/put/second"]


async def test_redirecting_storage_is_not_followed(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed
) -> None:
    """Bytes go where the ticket says and nowhere else."""
    api.plays(ticket(storage))
    storage.plays(ScriptedReply(307, b"", {"Location": "/put/elsewhere"}))

    with pytest.raises(TryLater):
        await upload(client)

    assert {put.path for put in storage.seen} == {"/put/a.png?sig=a%2Fb"}


async def test_forbidden_address(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, check_url: UrlCheck
) -> None:
    """A ticket for an address that the check refuses is not used."""
    api.plays(ticket(storage))
    check_url.refused.add(f"{storage.url}/put/a.png?sig=a%2Fb")

    with pytest.raises(Refused) as refused:
        await upload(client)

    assert (refused.value.reason, storage.connections) == (FailureReason.PROVIDER, 0)


@pytest.mark.parametrize(
    "odd",
    [
        {"method": "POST"},
        {"method": None},
        {"url": None},
        {"url": "file:///etc/passwd"},
        {"url": "https://[::1"},
        {"headers": {"X-Bad": "a\r\nAuthorization: b"}},
        {"headers": {"X Bad": "a"}},
        {"headers": {"X-Bad": 5}},
    ],
)
async def test_unusable_tickets(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, odd: dict[str, object]
) -> None:
    """A ticket that is not a PUT of sendable headers to an address is turned down."""
    api.plays(ticket(storage, upload=odd))

    with pytest.raises(Refused) as refused:
        await upload(client)

    assert (refused.value.reason, storage.connections) == (FailureReason.PROVIDER, 0)


@pytest.mark.parametrize("status", [404, 405])
async def test_older_call_where_there_are_no_tickets(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, status: int
) -> None:
    """An API without tickets gets the file itself, in the one documented field."""
    api.plays(ScriptedReply(status, {"message": "no such call"}), ok({"type": "image", "download_url": PUBLIC}))

    address = await upload(client)

    assert address == PUBLIC
    assert (api.seen[1].method, api.seen[1].path) == ("POST", "/api/v3/media/upload/binary")
    assert b'name="file"; filename="a.png"' in api.seen[1].body
    assert PNG in api.seen[1].body
    assert storage.connections == 0


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (ScriptedReply(400, {"message": "unsupported format"}), FailureReason.BAD_INPUT),
        (ScriptedReply(413, b""), FailureReason.BAD_INPUT),
        (ScriptedReply(401, {"message": "Unauthorized"}), FailureReason.NOT_AUTHORISED),
        (no(400, "unsupported format"), FailureReason.BAD_INPUT),
        (ok({"download_url": PUBLIC, "upload": None}), FailureReason.PROVIDER),
    ],
)
async def test_refused_files(api: ScriptedServer, client: WaveSpeed, step: Step, reason: FailureReason) -> None:
    """A definite no to a ticket is final."""
    api.plays(step)

    with pytest.raises(Refused) as refused:
        await upload(client)

    assert (refused.value.reason, len(api.seen)) == (reason, 1)


async def test_too_large_for_storage(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """Storage that finds the file too large is not asked again."""
    api.plays(ticket(storage))
    storage.plays(ScriptedReply(413))

    with pytest.raises(Refused) as refused:
        await upload(client)

    assert (refused.value.reason, len(storage.seen)) == (FailureReason.REFERENCE_REFUSED, 1)


@pytest.mark.parametrize("status", [400, 403, 404, 412, 422])
async def test_a_file_that_storage_refuses_on_fresh_tickets_is_not_taken(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, status: int
) -> None:
    """The same refusal on three tickets is the file's fault, and definite."""
    api.plays(ticket(storage, "/put/1"), ticket(storage, "/put/2"), ticket(storage, "/put/3"), ticket(storage))
    storage.plays(ScriptedReply(status))

    with pytest.raises(Refused) as refused:
        await upload(client)

    assert refused.value.reason is FailureReason.REFERENCE_REFUSED
    assert [put.path for put in storage.seen] == ["/put/1", "/put/2", "/put/3"]


@pytest.mark.parametrize("status", [408, 425, 429, 500])
async def test_storage_that_is_busy_is_nobodys_fault(
    api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed, status: int
) -> None:
    """What passes is tried again later, however often it comes."""
    api.plays(ticket(storage))
    storage.plays(ScriptedReply(status))

    with pytest.raises(TryLater):
        await upload(client)

    assert len(storage.seen) == 4


async def test_gives_up_after_four_tickets(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """Storage that stays broken ends in "later", without an address in the words or their cause."""
    api.plays(ticket(storage))
    storage.plays(Break.RESET_AFTER_READING)

    with pytest.raises(TryLater) as later:
        await upload(client)

    assert (len(api.seen), len(storage.seen)) == (4, 4)
    assert later.value.detail == "storage: ClientOSError"
    assert later.value.__cause__ is None
