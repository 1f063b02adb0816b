"""A report as a picture: bars on a card of its own colour, so that it reads the same on dark and on light."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot import texts

_CARD, _INK, _QUIET, _BAR = "#2b2d31", "#f2f3f5", "#80848e", "#5865f2"
_DPI = 220
_WIDTH, _ROW, _MARGIN, _DAYS_HEIGHT = 3.4, 0.3, 0.6, 2.2
"""In inches. A telephone shows a chart some 235 pixels wide: letters of nine points are nine pixels high there."""

_DAY_LABELS, _AMOUNT_LABELS = 5, 5
_FEWEST_COLUMNS = 7  # the first day of a month is a column, not a wall
_LABEL_CHARS, _TITLE_CHARS = 18, 38
_FONT = "DejaVu Sans"
"""Comes with matplotlib; it knows Latin, Greek, Cyrillic, Arabic and Hebrew letters, and no Chinese or Korean ones."""

_WIDE_FONTS = ("CJK", "WenQuanYi", "YaHei", "SimHei", "PingFang", "Hiragino", "Yu Gothic", "Malgun", "Nanum")
"""How fonts with Chinese, Japanese and Korean letters are called on the systems that have them."""


def draw_bars(labels: Sequence[str], dollars: Sequence[float], title: str) -> bytes:
    """Horizontal bars, the first on top, each with its amount, as a PNG; runs in a thread, it takes a while."""
    figure = Figure(figsize=(_WIDTH, _MARGIN + _ROW * max(1, len(labels))), dpi=_DPI, facecolor=_CARD)
    axes = _axes(figure, title)
    places = range(len(labels))
    bars = axes.barh(places, dollars, color=_BAR, height=0.66)
    axes.bar_label(bars, labels=[f"${amount:,.2f}" for amount in dollars], color=_INK, padding=4, fontsize=9)
    fonts = [_fonts_for(label) for label in labels]
    named = [
        _plain(label) if fonts[place] else texts.settings.NUMBER_BELOW.format(place=place + 1)
        for place, label in enumerate(labels)
    ]
    axes.set_yticks(places, named, color=_INK, fontsize=9)
    for tick, families in zip(axes.get_yticklabels(), fonts, strict=True):
        tick.set_fontfamily(list(families) or _FONT)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.margins(x=0.28)
    return _png(figure)


def draw_days(days: Sequence[str], dollars: Sequence[float], title: str) -> bytes:
    """One column for each day, as a PNG."""
    figure = Figure(figsize=(_WIDTH, _DAYS_HEIGHT), dpi=_DPI, facecolor=_CARD)
    axes = _axes(figure, title)
    axes.bar(range(len(days)), dollars, color=_BAR, width=0.8)
    axes.set_xlim(-0.6, max(len(days), _FEWEST_COLUMNS) - 0.4)
    step = max(1, -(-len(days) // _DAY_LABELS))
    shown = range(0, len(days), step)
    axes.set_xticks(shown, [days[place][5:] for place in shown], color=_INK, fontsize=9)
    axes.yaxis.set_major_locator(MaxNLocator(_AMOUNT_LABELS))
    axes.yaxis.set_major_formatter(FuncFormatter(_amount))
    axes.tick_params(axis="y", colors=_INK, labelsize=9)
    axes.grid(axis="y", color=_QUIET, alpha=0.3, linewidth=0.6)
    axes.set_axisbelow(True)
    return _png(figure)


# Any: matplotlib's own annotations leave most of its drawing methods untyped.
def _axes(figure: Any, title: str) -> Any:
    axes = figure.add_subplot()
    axes.set_facecolor(_CARD)
    figure.suptitle(_plain(title, _TITLE_CHARS), x=0.03, ha="left", color=_INK, fontsize=10)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def _fonts_for(label: str) -> tuple[str, ...]:
    """The fonts that can draw a name, ours first; none where this machine has none: then the list below says it."""
    missing = {ord(character) for character in label if not character.isspace()}
    manager: Any = font_manager  # its own annotations leave paths untyped
    missing -= _characters_of(str(manager.findfont(_FONT)))
    if not missing:
        return (_FONT,)
    wide = (font for font in manager.fontManager.ttflist if any(name in font.name for name in _WIDE_FONTS))
    return next(((_FONT, font.name) for font in wide if missing <= _characters_of(str(font.fname))), ())


@lru_cache(maxsize=32)
def _characters_of(path: str) -> frozenset[int]:
    return frozenset(FT2Font(path).get_charmap())


def _amount(dollars: float, _place: object) -> str:
    return f"${dollars:,.2f}"


def _plain(label: str, limit: int = _LABEL_CHARS) -> str:
    """A name as it is: a dollar sign would begin a formula."""
    clipped = label if len(label) <= limit else f"{label[: limit - 1]}\u2026"
    return clipped.replace("$", r"\$")


def _png(figure: Figure) -> bytes:
    figure.tight_layout()
    buffer = BytesIO()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(buffer)
    return buffer.getvalue()
