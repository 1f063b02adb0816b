"""Easel talks to the hosts that it may talk to, and to nobody else, seen at the socket."""

from __future__ import annotations

import aiohttp
import pytest

from bot.domain.predictions import FailureReason, ProviderError, Refused, TryLater
from bot.media.fetch import OutputDownloader
from bot.media.guard import (
    AllowedHosts,
    ForbiddenAddress,
    RedirectRefused,
    check_output_url,
    check_reference_url,
    is_public,
    open_download_session,
)
from tests.media.servers import NameServer, connections, head, serving

NOBODY = AllowedHosts()


NOT_PUBLIC = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"),  # noqa: S104 - forbidden on purpose
    *("169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1"),
    *("198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:1::1"),
    *("2001:2::1", "2001:10::1", "3fff::1", "5f00::1", "192.0.0.8", "192.0.0.170"),
    *("fe80::1", "fe80::1%lo", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "4000::1"),
)
PUBLIC = ("93.184.216.34", "1.1.1.1", "2606:2800:220:1::1", "::ffff:1.1.1.1", "64:ff9b::101:101")

WRITTEN_ODDLY = (
    # numbers that some parsers take for 127.0.0.1 or 169.254.169.254
    *(
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
    ),
    *(
        "https://127.1/",
        "https://127.0.1/",
        "https://0/",
        "https://0x0/",
        "https://127.0.0.1./",
        "https://127.000.0.1/",
    ),
    *(
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://0xa9.0xfe.0xa9.0xfe/",
        "https://1e100/",
        "https://1.1.1.1/",
    ),
    # IPv6 in every dress
    *("https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/"),
    *("https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[fe80::1%25lo]/"),
    *("https://[fe80::1%lo]/", "https://[2606:2800:220:1::1]/", "https://[::1%2525]/", "https://[]/", "https://[::1/"),
    # a user in front
    *("https://files.example@127.0.0.1/", "https://user:pass@files.example/", "https://@files.example/"),
    *("https://files.example%40127.0.0.1/", "https://127.0.0.1%23@files.example/", "https://:@files.example/"),
    # other ports and schemes
    *(
        "https://files.example:80/",
        "https://files.example:8443/",
        "https://files.example:22/",
        "https://files.example:0/",
    ),
    *("https://files.example:65536/", "https://files.example:-1/", "https://files.example:443abc/"),
    *(
        "http://files.example/",
        "http://files.example:443/",
        "ftp://files.example/",
        "file:///etc/passwd",
        "gopher://x/",
    ),
    *("data:image/png;base64,AAAA", "//files.example/a", "files.example/a", "javascript:1", "ws://files.example/", ""),
    *(
        "unix:///var/run/docker.sock",
        "https:files.example",
        "https:///files.example/",
        "https://",
        "HTTP://files.example/",
    ),
    # characters that split a host in two
    *("https://files.example\\@127.0.0.1/", "https://127.0.0.1\\.files.example/", "https://files.example\t/"),
    *(
        "https://files.example\r\nHost: x/",
        "https://files .example/",
        "https://files.example\0.evil/",
        " https://a.example",
    ),
    *("https://files.example%00/", "https://files%2eexample/", "https://files.example%2f@127.0.0.1/"),
    *("https://files.example;127.0.0.1/", "https://files.example,127.0.0.1/", "https://files.example&x=/"),
    # names in other alphabets, and names that are none
    *(
        "https://ⓕiles.example/",
        "https://f\u0131les.example/",
        "https://xn--fles-iya.example/",
        "https://127。0。0。1/",
    ),
    *("https://①②⑦.⓪.⓪.①/", "https://files.example\u202e/", "https://localhost/", "https://localhost./"),
    *("https://intranet/", "https://files.example./", "https://-files.example/", "https://files..example/"),
    *(
        "https://.files.example/",
        "https://files_1.example/",
        f"https://{'a' * 64}.example/",
        f"https://a.example/{'a' * 5000}",
    ),
    *("https://*.example/", "https://$(id).example/", "https://files.example|id/", "https://{files}.example/"),
)


def test_there_are_more_than_eighty_ways() -> None:
    """The list below is not a sample: more than eighty addresses, all different."""
    assert len(set(WRITTEN_ODDLY)) == len(WRITTEN_ODDLY) >= 80


@pytest.mark.parametrize("url", WRITTEN_ODDLY)
async def test_odd_addresses_are_refused_without_a_connection(url: str) -> None:
    """Whatever an address tries to look like, nothing is connected to, and the provider's picture counts as missing."""
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=NameServer(files_example=[["93.184.216.34"]])) as session:
            with pytest.raises(Refused) as refusal:
                await OutputDownloader(session, NOBODY).fetch(url)

    assert refusal.value.reason is FailureReason.NO_PICTURE
    assert attempted == []


@pytest.mark.parametrize("url", [url for url in WRITTEN_ODDLY if url.startswith(("http", "HTTP", "//"))])
async def test_the_session_itself_refuses_odd_addresses(url: str) -> None:
    """Code that forgets to check an address first still cannot reach anything through the session."""
    harmless = "iles.example" in url
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=NameServer(files_example=[["93.184.216.34"]])) as session:
            with pytest.raises((aiohttp.ClientError, ValueError, OSError)):
                await session.get(url)

    assert attempted == [] or (harmless and attempted == [("93.184.216.34", 443)])


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_no_socket_opens_to_an_inner_address(address: str) -> None:
    """Even with every check of the written address switched off, the connector refuses each inner address."""
    url = f"https://[{address.replace('%', '%25')}]/" if ":" in address else f"https://{address}/"
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=NameServer()) as session:
            with pytest.raises((aiohttp.ClientError, ValueError)):
                await session.get(url, middlewares=())

    assert attempted == []
    assert not is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
@pytest.mark.parametrize("beside", [[], ["93.184.216.34"]])
async def test_names_of_inner_addresses_are_not_connected_to(address: str, beside: list[str]) -> None:
    """A harmless name whose answer holds an inner address, alone or beside a public one, reaches nobody."""
    names = NameServer(files_example=[[*beside, address]])
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=names) as session:
            with pytest.raises(TryLater):
                await OutputDownloader(session, NOBODY).fetch("https://files.example/a.png")

    assert attempted == []


@pytest.mark.parametrize("address", PUBLIC)
async def test_public_addresses_are_connected_to(address: str) -> None:
    """The watch sees connections that are made: a public host is reached, at the address it resolved to."""
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=NameServer(files_example=[[address]])) as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get("https://files.example/a.png")

    assert [where[:2] for where in attempted if isinstance(where, tuple)] == [(address, 443)]
    assert is_public(address)


async def test_a_name_that_changes_its_address_gains_nothing() -> None:
    """What is connected to is what was checked; when a name later points inside, it is refused then."""
    names = NameServer(files_example=[["93.184.216.34"], ["127.0.0.1"]])
    with connections(blocked=True) as attempted:
        async with open_download_session(NOBODY, resolver=names) as session:
            for _ in range(2):
                with pytest.raises(aiohttp.ClientError):
                    await session.get("https://files.example/a.png")
                connector = session.connector
                assert isinstance(connector, aiohttp.TCPConnector)
                connector.clear_dns_cache()

    assert attempted == [("93.184.216.34", 443)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """An allowed host cannot send Easel elsewhere, not even to itself."""
    async with serving(b"") as elsewhere, serving(head(f"{status} Moved", Location=elsewhere.url())) as server:
        hosts = AllowedHosts.parse(f"127.0.0.1:{server.port},127.0.0.1:{elsewhere.port}")
        with connections(blocked=False) as attempted:
            async with open_download_session(hosts) as session:
                with pytest.raises(RedirectRefused):
                    await session.get(server.url())
                with pytest.raises(Refused):
                    await OutputDownloader(session, hosts).fetch(server.url())

    assert set(attempted) == {("127.0.0.1", server.port)}
    assert elsewhere.requests == []


async def test_the_environment_adds_neither_proxy_nor_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Proxies and .netrc of the machine are not for this session; nothing goes where the address does not say."""
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with serving(head(Content_Length=2) + b"ok") as server:
        with connections(blocked=False) as attempted:
            async with open_download_session(server.hosts) as session, session.get(server.url()) as response:
                body = await response.read()

    assert body == b"ok"
    assert attempted == [("127.0.0.1", server.port)]
    assert "authorization" not in server.requests[0].lower()


async def test_no_cookie_is_kept() -> None:
    """Hosts cannot recognise Easel by what they stored in it."""
    answer = head(Content_Length=2, Set_Cookie="id=canary; Path=/") + b"ok"
    async with serving(answer) as server, open_download_session(server.hosts) as session:
        for _ in range(2):
            await OutputDownloader(session, server.hosts).fetch(server.url())

    assert len(server.requests) == 2
    assert all("cookie" not in request.lower() for request in server.requests)


@pytest.mark.parametrize("path", ["/a%2Fb.png?X-Sig=a%2Fb%3D&hm=~-_", "/a.png?ex=1&is=2&hm=3&", "/a%20b.png?q=a+b%20c"])
async def test_signed_addresses_go_out_exactly_as_signed(path: str) -> None:
    """A signature covers the address as written; nothing in it is decoded and encoded again."""
    async with serving(head(Content_Length=2) + b"ok") as server, open_download_session(server.hosts) as session:
        await OutputDownloader(session, server.hosts).fetch(server.url(path))

    assert server.requests[0].startswith(f"GET {path} HTTP/1.1\r\n")


async def test_a_listed_name_may_point_inside() -> None:
    """The operator's own host is reached wherever it is, at its port only."""
    async with serving(head(Content_Length=2) + b"ok") as server, serving(b"") as neighbour:
        hosts = AllowedHosts.parse(f"cdn.internal:{server.port}")
        names = NameServer(cdn_internal=[["127.0.0.1"]])
        async with open_download_session(hosts, resolver=names) as session:
            body = await OutputDownloader(session, hosts).fetch(f"http://cdn.internal:{server.port}/a.png")
            for url in (f"http://cdn.internal:{neighbour.port}/", f"http://127.0.0.1:{neighbour.port}/"):
                with pytest.raises(ProviderError):
                    await OutputDownloader(session, hosts).fetch(url)

    assert body == b"ok"
    assert neighbour.requests == []


# As written -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png?ex=66a&is=669&hm=ab12&",
        "https://media.discordapp.net/attachments/1/2/a.png",
        "https://CDN.discordapp.com:443/attachments/1/2/a.png",
    ],
)
def test_references_come_from_discord(url: str) -> None:
    """Discord's two file hosts are the only ones for members' images."""
    assert str(check_reference_url(url, NOBODY)).removeprefix("https://").lower().split("/")[0] in {
        "cdn.discordapp.com",
        "media.discordapp.net",
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "https://cdn.discordapp.com./a.png",
        "https://evilcdn.discordapp.com/a.png",
        "https://discordapp.com/a.png",
        "https://images-ext-1.discordapp.net/external/x/https/evil.example/a.png",
        "http://cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "https://cdn.discordapp.com@evil.example/a.png",
        "https://evil.example/cdn.discordapp.com",
        "https://evil.example#cdn.discordapp.com",
        "https://evil.example?cdn.discordapp.com",
    ],
)
def test_references_come_from_nowhere_else(url: str) -> None:
    """A host that only looks like Discord's is not Discord's."""
    with pytest.raises(ForbiddenAddress):
        check_reference_url(url, NOBODY)


@pytest.mark.parametrize(
    "url",
    [
        "https://d1q70pf5vjeyhc.cloudfront.net/predictions/abc/1.jpg",
        "https://storage.example.com/bucket/a.png?X-Amz-Signature=abc%2F&x=1",
        "https://a.b.c.example.co:443/x",
    ],
)
def test_outputs_may_be_on_any_named_https_host(url: str) -> None:
    """The provider changes its file hosts; what counts is that they are public."""
    assert check_output_url(url, NOBODY).host == url.split("/")[2].split(":", maxsplit=1)[0]


def test_the_refusal_never_repeats_the_address() -> None:
    """Addresses of images are not for logs."""
    with pytest.raises(ForbiddenAddress) as refusal:
        check_output_url("http://secret.example/canary", NOBODY)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("setting", "url", "allowed"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080/a", True),
        ("127.0.0.1:8080", "http://127.0.0.1:8081/a", False),
        ("127.0.0.1:8080", "http://127.1:8080/a", False),
        ("127.0.0.1", "http://127.0.0.1:1/a", True),
        ("localhost", "https://LOCALHOST:9/a", True),
        ("localhost:80", "http://localhost/a", True),
        ("localhost:443", "http://localhost/a", False),
        ("[::1]:9", "http://[0:0::1]:9/a", True),
        (" cdn.internal , [::1]:9 ,", "http://cdn.internal:7/a", True),
        ("cdn.internal", "http://sub.cdn.internal/a", False),
        ("cdn.internal", "ftp://cdn.internal/a", False),
        ("cdn.internal", "http://user@cdn.internal/a", False),
        ("", "http://127.0.0.1/a", False),
    ],
)
def test_the_operator_adds_exact_hosts(setting: str, url: str, *, allowed: bool) -> None:
    """`CDN_HOSTS` allows exactly the hosts and ports that it names, for references and outputs alike."""
    hosts = AllowedHosts.parse(setting)
    for check in (check_reference_url, check_output_url):
        if allowed:
            assert str(check(url, hosts)) == url.replace("http://localhost:80", "http://localhost")
        else:
            with pytest.raises(ForbiddenAddress):
                check(url, hosts)


@pytest.mark.parametrize(
    "setting", ["http://cdn.internal", "cdn.internal/x", "a b", "cdn:0", "cdn:65536", "cdn:x", "u@h", "::1", "*"]
)
def test_a_wrong_entry_is_named(setting: str) -> None:
    """A misspelt `CDN_HOSTS` ends the start with the entry that is wrong."""
    with pytest.raises(ValueError, match="is not a host or host:port") as refusal:
        AllowedHosts.parse(f"good.example,{setting}")

    assert repr(setting) in str(refusal.value)
