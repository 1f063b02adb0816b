"""Ports for servers that have to know theirs before they listen."""

from __future__ import annotations

import socket
from random import Random

_BELOW = 32_768
"""From here on the kernel picks ports by itself, for every connection that a test opens."""

_RANDOM = Random()  # its own, since tests seed the common one and would all ask for the same ports


def free_port() -> int:
    """A port on which nobody listens, and which nobody is given by the kernel before it is used."""
    while True:
        port = _RANDOM.randrange(_BELOW - 12_000, _BELOW)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
