"""Amounts as moderators type them, prices as the provider quotes them, and both as they are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadAmount
from bot.domain.money import MAX_AMOUNT_MICROS, format_usd, micros_up, parse_amount, parse_limit


@pytest.mark.parametrize(
    ("typed", "micros"),
    [
        ("5", 5_000_000),
        ("5.00", 5_000_000),
        ("$5", 5_000_000),
        ("$ 5", 5_000_000),
        ("5$", 5_000_000),
        ("5,00", 5_000_000),
        ("5,5", 5_500_000),
        (" 0.125 ", 125_000),
        ("0", 0),
        ("0.00", 0),
        ("0.000001", 1),
        ("1000000", 1_000_000_000_000),
        ("1000", 1_000_000_000),
        ("007", 7_000_000),
    ],
)
def test_amounts(typed: str, micros: int) -> None:
    """An amount is dollars with a point or a comma, with or without the sign, exact to the micro-dollar."""
    amount = parse_amount(typed)

    assert amount == micros


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "$",
        "-1",
        "\u22121",
        "$-1",
        "-$1",
        "1e3",
        "nan",
        "inf",
        "infinity",
        "none",
        "five",
        "0x10",
        "1_000",
        "1,000",
        "$1,000.00",
        "1.000.000",
        "1.2.3",
        "1000000.000001",
        "999999999",
        "9" * 400,
        "0.0000001",
        ".5",
        "5.",
        "5 000",
        "5\u20ac",
        "1\n2",
    ],
)
def test_what_is_no_amount(typed: str) -> None:
    """Negative, scientific, ambiguous, too fine or too large: refused with a sentence, and nothing is guessed."""
    with pytest.raises(BadAmount) as refused:
        parse_amount(typed)

    assert refused.value.sentence.count(".") >= 1
    assert refused.value.advice
    assert len(refused.value.sentence) < 150


def test_thousands_have_their_own_words() -> None:
    """A comma that could mean thousands or cents is asked about."""
    with pytest.raises(BadAmount, match="thousands or cents"):
        parse_amount("1,000")


@pytest.mark.parametrize(
    ("typed", "limit"), [("none", None), (" None ", None), ("NONE", None), ("0", 0), ("$2", 2_000_000)]
)
def test_limits(typed: str, limit: int | None) -> None:
    """`none` is no limit; `0` is a limit that allows nothing."""
    read = parse_limit(typed)

    assert read == limit


@pytest.mark.parametrize(
    ("dollars", "micros"),
    [
        ("0", 0),
        ("0.08", 80_000),
        ("0.0000001", 1),
        ("0.080000", 80_000),
        ("0.0800001", 80_001),
        ("1E-9", 1),
        ("156.78", 156_780_000),
    ],
)
def test_prices_are_rounded_up(dollars: str, micros: int) -> None:
    """A price that does not fit whole micro-dollars takes the next one, so that no hold is too small."""
    price = micros_up(Decimal(dollars))

    assert price == micros


@pytest.mark.parametrize("dollars", ["-0.01", "NaN", "sNaN", "Infinity", "-Infinity", "1000000001", "1e999999"])
def test_what_is_no_price(dollars: str) -> None:
    """A negative, endless or absurd price is no price, and is not rounded to one."""
    with pytest.raises(ValueError, match="not a price"):
        micros_up(Decimal(dollars))


@pytest.mark.parametrize(
    ("micros", "printed"),
    [
        (0, "$0.00"),
        (80_000, "$0.08"),
        (12_500, "$0.0125"),
        (1, "$0.000001"),
        (4_920_000, "$4.92"),
        (5_000_000, "$5.00"),
        (1_234_567_800_000, "$1,234,567.80"),
        (-1_500_000, "\u2212$1.50"),
        (-1, "\u2212$0.000001"),
    ],
)
def test_printing(micros: int, printed: str) -> None:
    """Two decimals, more only where they are needed, and a real minus sign."""
    shown = format_usd(micros)

    assert shown == printed


@given(st.integers(0, MAX_AMOUNT_MICROS))
def test_printed_amounts_read_back(micros: int) -> None:
    """What Easel prints, without its thousands separators, is the amount again."""
    read = parse_amount(format_usd(micros).replace(",", ""))

    assert read == micros


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(typed: str) -> None:
    """No text whatever ends in anything but an amount within bounds or a BadAmount."""
    try:
        amount = parse_amount(typed)
    except BadAmount:
        return

    assert 0 <= amount <= MAX_AMOUNT_MICROS
