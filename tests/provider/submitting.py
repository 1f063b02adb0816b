"""The one call that costs money, as most of its tests make it."""

from __future__ import annotations

from bot.domain.models import MAX
from bot.services.ports.provider import Provider


async def submit(client: Provider) -> str:
    """Ask for one picture; its id at the provider."""
    return await client.submit(MAX, "a red hat", ["https://cdn.example/1.png"], {})
