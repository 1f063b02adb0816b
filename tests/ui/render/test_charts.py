"""The report's chart draws every name that a font of this machine has, and refers to the list for the others."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib import font_manager

from bot.ui.render.manage import charts

NAMES = ("alice", "\u5c71\u7530\u592a\u90ce", "\ud64d\uae38\ub3d9", "\u041e\u043b\u044c\u0433\u0430", "$5 \U0001f98a")


def test_names_of_any_script_are_drawn_without_a_warning() -> None:
    """A box is a warning of matplotlib, and a warning fails a test."""
    chart = charts.draw_bars(NAMES, [5.0, 4.0, 3.0, 2.0, 1.0], "What was spent")

    assert chart.startswith(b"\x89PNG")


def test_a_font_of_the_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours first, and the one that has the rest; where there is none, the list below carries the name."""
    fonts: Any = font_manager.fontManager
    paths = {font.name: str(font.fname) for font in fonts.ttflist}
    ours, other = (charts._characters_of(paths[name]) for name in ("DejaVu Sans", "STIXGeneral"))  # pyright: ignore[reportPrivateUsage]
    letter = chr(min(other - ours))
    monkeypatch.setattr(charts, "_WIDE_FONTS", ("STIXGeneral",))

    assert charts._fonts_for("alice") == ("DejaVu Sans",)  # pyright: ignore[reportPrivateUsage]
    assert charts._fonts_for(f"alice {letter}") == ("DejaVu Sans", "STIXGeneral")  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(charts, "_WIDE_FONTS", ())

    assert charts._fonts_for(letter) == ()  # pyright: ignore[reportPrivateUsage]
