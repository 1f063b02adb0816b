"""Money as whole micro-dollars: parsing what people type, rounding what the provider quotes, printing both."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import TypeAlias

from bot import texts
from bot.domain.errors import BadAmount

Micros: TypeAlias = int
"""US dollars times 1,000,000, always an int; binary fractions never touch money."""

MICROS_PER_DOLLAR = 1_000_000
MAX_AMOUNT_MICROS: Micros = 1_000_000 * MICROS_PER_DOLLAR
"""One million dollars: a larger amount in a command is a typing error, not a budget."""

_MAX_DOLLARS = 10**9
_AMOUNT = re.compile(r"\$?\s*(?P<whole>\d{1,9})(?:[.,](?P<cents>\d{1,6}))?\s*\$?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")


def parse_amount(text: str) -> Micros:
    """Read an amount as a moderator types it: `5`, `5.00`, `$5`, `5,00`, `0.125`.

    A comma is a decimal comma; `1,000` could mean two things and is refused.

    Raises:
        BadAmount: negative, not a number, more than six decimals, above one million dollars, or ambiguous.
    """
    typed = text.strip()
    if typed.startswith(("-", "\u2212", "$-", "-$")):
        raise BadAmount(texts.money.NEGATIVE, typed=typed)
    if _THOUSANDS.fullmatch(typed.removeprefix("$").strip()):
        raise BadAmount(texts.money.AMBIGUOUS_COMMA, typed=typed)
    match = _AMOUNT.fullmatch(typed)
    if match is None:
        raise BadAmount(texts.money.NO_AMOUNT, typed=typed)
    cents = (match["cents"] or "").ljust(6, "0")
    micros = int(match["whole"]) * MICROS_PER_DOLLAR + int(cents)
    if micros > MAX_AMOUNT_MICROS:
        raise BadAmount(texts.money.TOO_MUCH, typed=typed)
    return micros


def parse_limit(text: str) -> Micros | None:
    """Read a limit: an amount, or `none` for no limit. `0` is a limit that allows nothing.

    Raises:
        BadAmount: as `parse_amount`.
    """
    return None if text.strip().casefold() == "none" else parse_amount(text)


def micros_up(dollars: Decimal) -> Micros:
    """Turn a quoted price in dollars into micro-dollars, rounded up, so that a hold is never too small.

    Raises:
        ValueError: negative, not finite, or above one billion dollars.
    """
    if not dollars.is_finite() or not 0 <= dollars <= _MAX_DOLLARS:
        message = f"not a price: {dollars}"
        raise ValueError(message)
    return int((dollars * MICROS_PER_DOLLAR).to_integral_value(rounding=ROUND_CEILING))


def format_usd(micros: Micros) -> str:
    """Print with two decimals, and with more only where they are needed: `$0.08`, `$0.0125`, `\u2212$1.50`."""
    whole, fraction = divmod(abs(micros), MICROS_PER_DOLLAR)
    decimals = f"{fraction:06d}".rstrip("0").ljust(2, "0")
    return f"{chr(0x2212) if micros < 0 else ''}${whole:,}.{decimals}"
