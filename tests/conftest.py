"""What every test needs: discord.py as it comes, whatever the test before did to it."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context


@pytest.fixture(autouse=True)
def fresh_webhook_adapter() -> Generator[None]:
    """Hand each test discord.py's own way to interactions.

    SimCord replaces it in a context variable, and a fixture's end restores it in a context of its own, so that the
    replacement would answer the next test's requests.
    """
    async_context.set(AsyncWebhookAdapter())
    yield
    async_context.set(AsyncWebhookAdapter())
