"""A layout cannot break Discord's limits; in tests the attempt is an error, in production the rest is cut."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from discord import ui

from bot.ui.render.layout import Layout, LayoutOverflow, Shown
from bot.ui.render.theme import Accent
from tests.ui.samples import items, text_of


@pytest.fixture(name="as_in_production")
def _as_in_production() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LayoutOverflow)
        yield


def buttons(count: int) -> list[ui.Item[ui.LayoutView]]:
    return [ui.Button(label=str(n), custom_id=str(n)) for n in range(count)]


def test_text_is_lines_without_the_empty_ones() -> None:
    """Renderers may hand in facts that do not apply."""
    assert text_of(Layout(Accent.CALM).text("a", "", "b").text("").build()) == "a\nb"


def test_overflow_is_an_error_in_tests() -> None:
    """Warnings are errors here, so that no renderer relies on being cut."""
    with pytest.raises(LayoutOverflow, match="1 characters too long"):
        Layout(Accent.CALM).text("x" * 4001)


@pytest.mark.usefixtures("as_in_production")
def test_text_is_cut_at_4000_characters_in_all() -> None:
    """The line above and all texts count together."""
    layout = Layout(Accent.CALM, above="a" * 100).text("b" * 3000).text("c" * 3000).text("d")

    text = "".join(text_of(layout.build()).split("\n"))

    assert len(text) == 4000
    assert text.endswith("c…")


@pytest.mark.usefixtures("as_in_production")
def test_components_stop_at_40() -> None:
    """A row counts with its buttons, the container and the line above count too."""
    layout = Layout(Accent.CALM, above="a")
    for n in range(20):
        layout.text(str(n)).separator()
    layout.buttons(*buttons(5)).gallery([Shown("attachment://a.png", "a")])

    view = layout.build()

    assert len(list(items(view))) == 40
    assert not any(isinstance(item, ui.ActionRow) for item in items(view))


@pytest.mark.usefixtures("as_in_production")
def test_galleries_stop_at_10_and_rows_at_5() -> None:
    """What is too many is left out."""
    pictures = [Shown(f"attachment://{n}.png", "a") for n in range(11)]

    view = Layout(Accent.CALM).gallery(pictures).buttons(*buttons(6)).build()

    assert [len(item.items) for item in items(view) if isinstance(item, ui.MediaGallery)] == [10]
    assert sum(isinstance(item, ui.Button) for item in items(view)) == 5


def test_listing_shows_what_fits_and_counts_the_rest() -> None:
    """Lists never overflow: the last line says how many more there are."""
    lines = [f"{n:0100d}" for n in range(100)]

    text = text_of(Layout(Accent.CALM).listing(lines, more="and {count} more").build())

    assert len(text) <= 4000
    assert text.splitlines()[-1] == f"and {100 - len(text.splitlines()) + 1} more"
    assert len(text.splitlines()) == 40


def test_listing_that_fits_counts_nothing() -> None:
    """No `and 0 more`."""
    assert text_of(Layout(Accent.CALM).listing(["a", "b"], more="and {count} more").build()) == "a\nb"


def test_listing_without_room_adds_nothing() -> None:
    """Where not even the count fits, what came before stands alone."""
    view = Layout(Accent.CALM).text("x" * 3990).listing(["a"], more="and {count} more").build()

    assert text_of(view) == "x" * 3990


def test_built_views_never_expire() -> None:
    """Buttons are found by their ids; nothing is kept in memory for a timeout."""
    assert Layout(Accent.CALM).text("a").build().timeout is None
