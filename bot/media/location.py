"""What IMAGES_URL names: a folder, or a bucket on a server that speaks S3."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_OPTIONS = frozenset({"endpoint", "region"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket on a server that speaks S3. The keys come from the environment or the machine's role, as AWS has it."""

    name: str
    prefix: str
    endpoint: str | None
    region: str


def bucket_in(url: str) -> Bucket | None:
    """The bucket that `s3://bucket/prefix?endpoint=https://…&region=…` names; None where it is not one."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    endpoint = options.get("endpoint")
    is_one = (
        parts.scheme == "s3"
        and parts.netloc
        and "@" not in parts.netloc
        and not parts.fragment
        and options.keys() <= _OPTIONS
        and (endpoint is None or urlsplit(endpoint).scheme in {"http", "https"})
    )
    return Bucket(parts.netloc, parts.path.strip("/"), endpoint, options.get("region", "us-east-1")) if is_one else None
