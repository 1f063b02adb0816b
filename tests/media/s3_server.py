"""A real S3 server on a port of this machine, started when a test needs it and gone afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager

ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
KEYS = {"AWS_ACCESS_KEY_ID": "somebody", "AWS_SECRET_ACCESS_KEY": "a-secret-key-for-tests"}


@contextmanager
def s3_server() -> Generator[str]:
    """The address of a server for the block."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            assert process.stderr is not None
            said = ""
            while (found := ADDRESS.search(said)) is None:
                line = process.stderr.readline()
                assert line, f"the S3 server ended: {said}"
                said += line
            yield found[1]
        finally:
            process.kill()


def make_bucket(address: str, name: str) -> None:
    """Make a bucket."""
    request = urllib.request.Request(f"{address}/{name}", method="PUT")  # noqa: S310 - on this machine
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - as above
