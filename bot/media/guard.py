"""Decides which hosts downloads may reach, and enforces that when a socket connects (SSRF guard).

Members' images come from Discord's two hosts. The provider's pictures and upload tickets may be on any https host, but
only on machines of the public internet, so that no answer of anyone can make Easel talk to what stands beside it. A
name is judged as it is written and again by the addresses that it resolves to when connecting, and those very addresses
are connected to: a name whose addresses change in between gains nothing.
"""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

DISCORD_HOSTS = frozenset(("cdn.discordapp.com", "media.discordapp.net"))
"""Where Discord serves attachments from (its reference, "CDN Formatting" and "Attachment object")."""

MAX_ADDRESS_CHARS = 4096

_HTTPS_PORT = 443
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A DNS name whose last label begins with a letter, which no way of writing a number as an IP address does."""

_AUTHORITY = re.compile(r"[A-Za-z]+://([^/?#]*)")
"""The part before the path, as it is written: parsers fold other alphabets' letters and digits into ASCII."""

_ENTRY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")


class ForbiddenAddress(ValueError):
    """An address that Easel does not fetch. The message says why and never repeats the address."""


class AddressNotPublic(PermissionError):
    """A host that was to be connected to resolves to an address that is not public. The message is for the operator."""

    def __init__(self, host: str, address: str) -> None:
        self.host = host
        self.sentence = not_public_sentence(host, address)
        super().__init__(errno.EACCES, self.sentence)


def not_public_sentence(host: str, address: str) -> str:
    """What an operator should know about a name that leads to an inner address, and what they can do."""
    return (
        f"{host} resolves to {address}, an address that is not public here, and is not connected to. Resolvers of "
        f"proxies give names such addresses (198.18.0.0/15 above all): if yours does, add {host} to CDN_HOSTS."
    )


class RedirectRefused(aiohttp.ClientError):
    """A server answered with a redirect; it is not followed."""


# As written -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts that the operator added (`CDN_HOSTS`): plain http, any port and private addresses are fine there."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, setting: str) -> AllowedHosts:
        """Read `host[:port]`, comma-separated; an entry without a port stands for every port.

        Raises:
            ValueError: names the entry that is neither.
        """
        return cls(frozenset(_parse_entry(entry) for entry in setting.split(",") if entry.strip()))

    def lists(self, host: str, port: int | None) -> bool:
        """Whether the operator added this host, by exactly this name or address."""
        known = _canonical(host)
        return (known, None) in self.entries or (known, port) in self.entries


def _parse_entry(entry: str) -> tuple[str, int | None]:
    match = _ENTRY.fullmatch(entry.strip().lower())
    port = int(match["port"]) if match and match["port"] else None
    if match is None or port == 0 or (port or 0) > 0xFFFF:  # noqa: PLR2004 - the highest port
        message = f"{entry.strip()!r} is not a host or host:port; write it like cdn.example.com or 127.0.0.1:8080"
        raise ValueError(message)
    return _canonical(match["host"].strip("[]")), port


def _canonical(host: str) -> str:
    try:
        return ip_address(host).compressed
    except ValueError:
        return host.lower()


def check_reference_url(url: str, hosts: AllowedHosts) -> URL:
    """Let only Discord's own file hosts, and hosts that the operator added, pass.

    Raises:
        ForbiddenAddress: anything else.
    """
    parsed = check_output_url(url, hosts)
    if not hosts.lists(parsed.host or "", parsed.port) and parsed.host not in DISCORD_HOSTS:
        raise ForbiddenAddress("the address is not one of Discord's file hosts")
    return parsed


def check_output_url(url: str, hosts: AllowedHosts) -> URL:
    """Let any https address of a named host pass, on the usual port; also for the provider's upload tickets.

    What the name resolves to is checked when connecting. The address comes back exactly as signed.

    Raises:
        ForbiddenAddress: anything else.
    """
    if not 0 < len(url) <= MAX_ADDRESS_CHARS:
        raise ForbiddenAddress("the address is empty or endless")
    if "\\" in url or any(char.isspace() or not char.isprintable() for char in url):
        raise ForbiddenAddress("the address contains characters that no address has")
    authority = _AUTHORITY.match(url)
    if authority is None or not authority[1].isascii() or "@" in authority[1]:
        raise ForbiddenAddress("the address names a user, a host in another alphabet, or no host")
    try:
        parsed = URL(url, encoded=url.isascii())
        _check_parsed(parsed, hosts)
    except ForbiddenAddress:
        raise
    except ValueError as error:
        raise ForbiddenAddress("the address cannot be read") from error
    return parsed


def _check_parsed(url: URL, hosts: AllowedHosts) -> None:
    host = url.host or ""
    if url.user is not None or url.password is not None:
        raise ForbiddenAddress("the address names a user")
    if url.scheme in {"http", "https"} and hosts.lists(host, url.port):
        return
    if url.scheme != "https" or url.port != _HTTPS_PORT:
        raise ForbiddenAddress("the address is not https on its usual port")
    if not _NAME.fullmatch(host) or "xn--" in host:
        raise ForbiddenAddress("the address does not name a plain internet host")


# As connected ---------------------------------------------------------------------------------------------------------

_UNICAST = IPv6Network("2000::/3")
_SPECIAL_V4 = (IPv4Network("192.0.0.0/24"), IPv4Network("168.63.129.16/32"))
"""Protocol assignments (RFC 6890), and where Azure's inner services answer on every virtual machine."""

_SPECIAL_V6 = (IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("3fff::/20"))
"""Protocol assignments with Teredo, 6to4 (both end at an IPv4 address of someone's choice), documentation."""

_EMBEDDING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""IPv6 addresses whose last 32 bits are an IPv4 address: mapped ones, and those of NAT64 (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether this literal address belongs to a machine of the public internet.

    Python's own `is_global` follows the registries as they were at its release; what later versions corrected, and what
    clouds put on public addresses, is added here.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _is_public_v4(parsed) if isinstance(parsed, IPv4Address) else _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL_V4)
    return address.is_global and not special


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if any(address in network for network in _EMBEDDING):
        return _is_public_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address.is_global and address in _UNICAST and not any(address in network for network in _SPECIAL_V6)


_Target: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""Family, kind, protocol, canonical name and socket address, as `socket.getaddrinfo` orders them."""


class _Gate:
    """Makes each socket of the session, and refuses to for an address that may not be connected to."""

    def __init__(self, hosts: AllowedHosts) -> None:
        self._hosts = hosts
        self._listed: set[tuple[str, int]] = set()

    def admit(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Take note of what a name has resolved to.

        Raises:
            AddressNotPublic: the name is not the operator's own, and one of its addresses is not public.
        """
        if self._hosts.lists(host, port):
            self._listed.update((_canonical(address), port) for address in addresses)
            return
        inner = next((address for address in addresses if not is_public(address)), None)
        if inner is not None:
            raise AddressNotPublic(host, inner)

    def open_socket(self, target: _Target) -> socket.socket:
        """Make the socket for one address; called by the connector right before it connects.

        Raises:
            OSError: this address may not be connected to.
        """
        family, kind, protocol, _, where = target
        address, port = str(where[0]), int(where[1])
        listed = self._hosts.lists(address, port) or (_canonical(address), port) in self._listed
        if not listed and not (port == _HTTPS_PORT and is_public(address)):
            raise OSError(errno.EACCES, "this address may not be connected to")
        return socket.socket(family, kind, protocol)


class _GuardedResolver(AbstractResolver):
    """Resolves names for the connector and shows every answer to the gate first."""

    def __init__(self, inner: AbstractResolver, gate: _Gate) -> None:
        self._inner = inner
        self._gate = gate

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        self._gate.admit(host, port, [answer["host"] for answer in found])
        return found

    async def close(self) -> None:
        await self._inner.close()


@asynccontextmanager
async def open_download_session(
    hosts: AllowedHosts, *, resolver: AbstractResolver | None = None
) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open the one session through which Easel fetches files and puts uploads.

    It follows no redirect, takes no proxy and no password from the environment, keeps no cookies, and leaves compressed
    bodies compressed, so that a small answer cannot unfold into a large one.
    """
    gate = _Gate(hosts)
    guarded = _GuardedResolver(resolver or aiohttp.DefaultResolver(), gate)

    async def only_allowed(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        _check_parsed(request.url, hosts)
        response = await send(request)
        if response.status in {301, 302, 303, 307, 308}:
            response.close()
            raise RedirectRefused("the server sent us elsewhere")
        return response

    try:
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=guarded, socket_factory=gate.open_socket),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},
            middlewares=(only_allowed,),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            yield session
    finally:
        await guarded.close()
