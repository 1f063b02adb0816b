"""The headings that refusals of several subjects share."""

from __future__ import annotations

from functools import partial

from bot.texts.templates import Refusal

cannot_run = partial(Refusal, title="I can't run that yet")
cannot_do = partial(Refusal, title="You can't do that")
not_now = partial(
    Refusal, title="I can't take new jobs right now", advice="Please send the command again in a few minutes."
)
no_new_pictures = partial(Refusal, title="No new pictures for now")
about_no_money = partial(Refusal, money="")
