"""A refusal says what happened, what it means for the money and what to do, and repeats nothing that could act."""

from __future__ import annotations

import pytest

from bot import texts
from bot.domain.budget import BudgetLine, OverLimit, ScopeKind
from bot.domain.clock import HOUR
from bot.domain.errors import BadImage, EaselError, Frozen, Unavailable
from bot.domain.periods import Period
from bot.texts.templates import Refusal
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.theme import Accent
from tests.ui.samples import NOW, PRICE, accent_of, line, text_of

MORE = f"Your budget renews <t:{NOW // 1000 + 28 * 86400}:R>."


def over(which: BudgetLine, count: int = 1) -> str:
    return text_of(render_refusal(OverLimit(which, price_micros=PRICE, count=count)))


def test_over_ones_own_limit() -> None:
    """Price times count, what is left, the three numbers, their bar on its own line, and when more comes."""
    assert over(line(500, 487, 8), count=2) == (
        "### Over your budget this month\n"
        "This costs **$0.16** (2 \u00d7 $0.08), and you have **$0.05** left.\n"
        "**Your own limit**\n"
        "month: limit $5.00 · spent $4.87 · held $0.08 · left $0.05\n"
        "▰▰▰▰▰▰▰▰▰▱\n"
        f"{MORE}\n"
        "-# Nothing was spent."
    )


@pytest.mark.parametrize(
    ("kind", "whose", "left"),
    [
        (ScopeKind.CHANNEL, "**This channel's limit**", "this channel has **$0.05** left for everyone together"),
        (ScopeKind.SERVER, "**This server's limit**", "this server has **$0.05** left for everyone together"),
        (ScopeKind.BOT, "**This bot's limit**", "this bot has **$0.05** left for all its servers together"),
    ],
)
def test_a_pools_limit_is_named(kind: ScopeKind, whose: str, left: str) -> None:
    """Nobody looks for the fault in their own budget when a pool is empty."""
    text = over(line(500, 487, 8, kind=kind))

    assert f"This costs **$0.08**, and {left}." in text.splitlines()
    assert whose in text.splitlines()


@pytest.mark.parametrize(
    ("period", "title"),
    [
        (Period.DAY, "### Over your budget today"),
        (Period.WEEK, "### Over your budget this week"),
        (Period.TOTAL, "### Over your budget in total"),
    ],
)
def test_the_period_is_named(period: Period, title: str) -> None:
    """The heading says how long the limit lasts."""
    assert over(line(period=period, ends_at=NOW + HOUR)).splitlines()[0] == title


def test_room_for_fewer_is_offered() -> None:
    """Someone who asked for four learns that there is room for two."""
    assert "That is enough for 2 pictures." in over(line(500, 476, 8), count=4).splitlines()
    assert "That is enough for one picture." in over(line(500, 484, 8), count=2).splitlines()
    assert "There is room" not in over(line(500, 487, 8), count=2)


def test_a_total_does_not_promise_more() -> None:
    """What never begins again is not said to."""
    text = over(line(500, 500, 0, period=Period.TOTAL, ends_at=None))

    assert "This limit does not renew; a moderator can raise it." in text.splitlines()
    assert "More comes" not in text


@pytest.mark.parametrize(
    ("kind", "who"), [(ScopeKind.MEMBER, "a moderator raises it."), (ScopeKind.BOT, "whoever runs the bot raises it.")]
)
def test_a_limit_of_zero_does_not_promise_more(kind: ScopeKind, who: str) -> None:
    """Zero stays zero in the next period; the message says who can change that."""
    text = over(line(0, 0, 0, kind=kind))

    assert f"The limit is zero, so nothing can be spent until {who}" in text.splitlines()
    assert "More comes" not in text


def test_a_refusal_has_title_sentence_advice_and_money() -> None:
    """The four things that every expected error carries, in this order."""
    text = text_of(render_refusal(BadImage(texts.images.IS_TIFF, filename="fox.tiff")))

    assert text == (
        "### I can't use that image\n"
        "fox.tiff\\: it is a TIFF image; save it as PNG or JPEG first.\n"
        "Attach a PNG, JPEG, WebP or GIF of at most 20 MB and 40 megapixels; a JPEG may have 256.\n"
        "-# Nothing was spent."
    )


def test_a_refusal_without_advice_and_money_has_no_gaps() -> None:
    """Empty parts leave no line behind."""
    error = EaselError(
        Refusal("There is no job {job_id}.", title="I don't know that job", money=""), job_id="@everyone"
    )

    assert text_of(render_refusal(error)) == "### I don't know that job\nThere is no job @\u2060everyone."


@pytest.mark.parametrize(
    ("error", "accent"),
    [
        (Frozen(Refusal("Spending is frozen.")), Accent.WAITING),
        (Unavailable(Refusal("I am being restarted.")), Accent.WAITING),
        (OverLimit(line(), price_micros=PRICE, count=1), Accent.WAITING),
        (BadImage(texts.images.NO_IMAGE, filename="a.txt"), Accent.FAILED),
    ],
)
def test_what_passes_by_itself_is_amber(error: EaselError, accent: Accent) -> None:
    """Red is for what has to be done differently; amber for what waits."""
    assert accent_of(render_refusal(error)) == accent


def test_an_unexpected_error_gives_a_reference() -> None:
    """A bug is owned, and can be found in the log by the number that the member saw."""
    text = text_of(render_unexpected("8F3A91C2"))

    assert text == (
        "### Something broke on my side\n"
        "That was not your doing. If it happens again, tell a moderator this code: `8F3A91C2`.\n"
        "-# If you started a job, it continues, and its money is safe: /jobs list shows it."
    )
