"""What is said about amounts that people type, and about prices."""

from __future__ import annotations

from functools import partial

from bot.texts.templates import Refusal

_unreadable = partial(
    Refusal,
    title="I can't use that amount",
    advice="Write it like 5, 5.00 or $0.50; for a limit, none removes it and 0 stops all spending.",
)
NEGATIVE = _unreadable("An amount cannot be negative. You wrote: {typed}.")
NEGATIVE_LIMIT = _unreadable("A limit cannot be negative. You wrote: {typed}.")
NO_GRANT = _unreadable("A grant has to be more than nothing. You wrote: {typed}.")
AMBIGUOUS_COMMA = _unreadable("I can't tell whether that comma means thousands or cents. You wrote: {typed}.")
NO_AMOUNT = _unreadable("I can't read that as an amount. You wrote: {typed}.")
TOO_MUCH = _unreadable("That is more than $1,000,000. You wrote: {typed}.")

PRICE_EACH = "{price} a picture"
PRICE_ROSE = Refusal(
    "A picture now costs {now}; it was {shown}.", title="The price went up", advice="Check the new price first."
)
NOT_SOLD = Refusal(
    "The image provider does not sell {model} at the moment.",
    title="That model is not available right now",
    advice="Try another model, or ask again in a few minutes.",
)
MODEL_PAUSED = Refusal(
    "{model} has changed at the image provider, or costs more than before. Whoever runs this bot has to check it "
    "first, and has been told.",
    title="That model is paused",
    advice="Choose another model for now.",
)
