"""Describes a network error for operators without its own text, which may hold an address."""

from __future__ import annotations

import os

import aiohttp


def unreachable(host: str, error: Exception) -> str:
    """Name the host and the reason, in half a sentence; the error's kind follows in brackets for a search."""
    return f"{host} cannot be reached: {_why(error)} ({type(error).__name__})"


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be looked up"
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return "its certificate is not accepted here, as where a network reads along"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        # Not the error's own words, which name the address.
        number = error.os_error.errno
        return f"no connection ({os.strerror(number).lower()})" if number else "no connection"
    return "the connection broke"
