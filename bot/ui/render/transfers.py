"""Says how far the images of a command are, while they are slow to come."""

from __future__ import annotations

from collections.abc import Callable

from discord import ui

from bot import texts
from bot.services.creative.transfers import Transfer, Transfers
from bot.ui.render.escape import shown_file_name
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def telling_of(transfers: Transfers) -> Callable[[], ui.LayoutView | None]:
    """What to show in place of an answer that is not there yet; nothing where nothing is on its way."""
    return lambda: render_transfers(transfers) if transfers.moving else None


def render_transfers(transfers: Transfers) -> ui.LayoutView:
    """Each file that is on its way, and how much of it is here."""
    layout = Layout(Accent.WORKING).text(heading(texts.status.FETCHING), *map(_so_far, transfers.moving))
    return layout.text(small(texts.status.FETCHING_SLOWLY, texts.status.NOTHING_SPENT_YET)).build()


def _so_far(transfer: Transfer) -> str:
    arrived = f"{transfer.arrived / 1_000_000:.1f}"
    name = shown_file_name(transfer.filename)
    if transfer.size is None:
        return texts.status.FETCHED.format(name=name, arrived=arrived)
    return texts.status.FETCHED_OF.format(name=name, arrived=arrived, size=f"{transfer.size / 1_000_000:.1f}")
