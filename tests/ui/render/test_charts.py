"""The report's chart draws every name that a font of this machine has, and refers to the list for the others."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from matplotlib import font_manager
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from bot.ui.render.manage import charts

NAMES = ("alice", "\u5c71\u7530\u592a\u90ce", "\ud64d\uae38\ub3d9", "\u041e\u043b\u044c\u0433\u0430", "$5 \U0001f98a")


def test_names_of_any_script_are_drawn_without_a_warning() -> None:
    """A box is a warning of matplotlib, and a warning fails a test."""
    chart = charts.draw_bars(NAMES, [5.0, 4.0, 3.0, 2.0, 1.0], "What was spent")

    assert chart.startswith(b"\x89PNG")


def test_a_font_of_the_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours first, and the one that has the rest; where there is none, the list below carries the name."""
    fonts: Any = font_manager
    # A name stands for several files, upright and slanted, which do not have the same letters.
    ours, other = (charts._characters_of(fonts.findfont(name)) for name in ("DejaVu Sans", "STIXGeneral"))  # pyright: ignore[reportPrivateUsage]
    letter = chr(min(other - ours))
    monkeypatch.setattr(charts, "_WIDE_FONTS", ("STIXGeneral",))

    assert charts._fonts_for("alice") == ("DejaVu Sans",)  # pyright: ignore[reportPrivateUsage]
    assert charts._fonts_for(f"alice {letter}") == ("DejaVu Sans", "STIXGeneral")  # pyright: ignore[reportPrivateUsage]

    monkeypatch.setattr(charts, "_WIDE_FONTS", ())

    assert charts._fonts_for(letter) == ()  # pyright: ignore[reportPrivateUsage]


def _luminance(colour: Any) -> float:
    """How bright a colour is, as WCAG defines it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One chart of each kind, with as much in it as a month gives."""
    kept: list[Any] = []
    png = charts._png  # pyright: ignore[reportPrivateUsage]

    def keep(figure: Any) -> bytes:
        kept.append(figure)
        return png(figure)

    monkeypatch.setattr(charts, "_png", keep)
    charts.draw_bars(["a name of a person"] * 10, [12.5] * 10, "What was spent in November 2026")
    charts.draw_days([f"2026-11-{day:02}" for day in range(1, 31)], [12.5] * 30, "What was spent in November 2026")
    return kept


def test_it_can_be_read_on_a_telephone(figures: list[Any]) -> None:
    """At the 235 pixels there, letters are eight pixels high, stand out from their card, and no two dates touch."""
    for figure in figures:
        texts = [each for each in figure.findobj(Text) if each.get_text() and each.get_visible()]
        heights = [each.get_fontsize() / 72 * 235 / figure.get_figwidth() for each in texts]
        card = _luminance(figure.get_facecolor()) + 0.05

        assert min(heights) >= 8
        assert min((_luminance(each.get_color()) + 0.05) / card for each in texts) >= 4.5

    places = [label.get_window_extent() for label in figures[1].axes[0].get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(places))
