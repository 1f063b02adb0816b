"""Discord's limits and ours for one message, and the worst words and jobs that a message could be made of."""

from __future__ import annotations

import json
from typing import Any

from discord import ui
from hypothesis import strategies as st

from bot.domain.jobs import Job, PredictionState
from bot.domain.models import MAX_PROMPT_CHARS, MAX_REFERENCES
from bot.domain.parameters import MAX_COUNT
from bot.domain.prompts import MAX_ROLE_CHARS
from bot.domain.references import Reference
from bot.domain.styles import MAX_NAME_CHARS
from tests.ui.samples import IMAGE, items, job, prediction, text_of
from tests.wire.discord_fake.component_rules import check_components
from tests.wire.discord_fake.message_rules import pings

NASTY = [
    "@everyone",
    "@here",
    "<@1>",
    "<@&1>",
    "<#1>",
    "```",
    "||",
    "[a](https://b)",
    "\n# ",
    "\n> ",
    "\u202e",
    "\ud800",
]
hostile = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=20)), max_size=60).map("".join)
long_and_hostile = st.one_of(
    hostile, hostile.map(lambda text: (text * MAX_PROMPT_CHARS)[:MAX_PROMPT_CHARS]), st.just("*" * MAX_PROMPT_CHARS)
)
states = st.lists(st.sampled_from(PredictionState), min_size=1, max_size=MAX_COUNT)
WORST = tuple(Reference(n, "*" * MAX_ROLE_CHARS, "*" * 300, IMAGE, "*" * 300) for n in range(1, MAX_REFERENCES + 1))


@st.composite
def hostile_jobs(draw: st.DrawFn) -> Job:
    """Any job that could come out of the store, with the worst words that could be in it."""
    references = tuple(
        Reference(
            place,
            draw(st.none() | long_and_hostile.map(lambda role: role[:MAX_ROLE_CHARS])),
            draw(long_and_hostile),
            IMAGE,
            draw(st.none() | long_and_hostile),
        )
        for place in range(1, draw(st.integers(0, MAX_REFERENCES)) + 1)
    )
    style = draw(st.none() | long_and_hostile.map(lambda name: name[:MAX_NAME_CHARS]))
    predictions = [prediction(state, n, seed=2_147_483_647) for n, state in enumerate(draw(states), start=1)]
    return job(*predictions, references=references, prompt=draw(long_and_hostile), style=style)


def named_by(view: ui.LayoutView) -> frozenset[str]:
    """Whom the message would ping if it were sent without any AllowedMentions."""
    return pings([text_of(view)], None)


def check(view: ui.LayoutView, *, may_name: frozenset[str] = frozenset()) -> None:
    """Hold one message against Discord's rules, as they stand on its pages, and against ours."""
    components: list[Any] = view.to_components()
    json.dumps(components).encode()
    text_of(view).encode()
    descriptions = [
        each.description for item in items(view) if isinstance(item, ui.MediaGallery) for each in item.items
    ]

    assert check_components(components, v2=True) == []
    assert all(descriptions)
    assert named_by(view) <= may_name
