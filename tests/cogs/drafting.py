"""A draft before it runs: the form of `/studio`, and the buttons and forms of the confirmation that it brings."""

from __future__ import annotations

from typing import Any

from simcord import InteractionResult

from bot.demo.world import World
from tests.cogs.doing import buttons_of, message_of


async def begin(world: World, *files: tuple[str, bytes], prompt: str = "A poster") -> InteractionResult:
    """Open the form as alice and send it; returns the confirmation."""
    form = await world.alice.slash(world.channel, "studio")
    return await world.alice.submit_modal(
        form, {"images": list(files), "prompt": prompt} if files else {"prompt": prompt}
    )


async def press(world: World, confirmation: InteractionResult, name: str, *rest: object) -> InteractionResult:
    """Press a button of the confirmation by its name and the ids behind the draft's."""
    wanted = next(b for b in buttons_of(message_of(confirmation)) if b.split(":")[0] == name)
    draft_id = wanted.split(":")[1]
    return await world.alice.click(message_of(confirmation), custom_id=":".join((name, draft_id, *map(str, rest))))


def field(form: InteractionResult, name: str) -> dict[str, Any]:
    """One field of an open form, as Discord was told about it."""
    assert form.modal is not None
    return next(
        each["component"] for each in form.modal["components"] if each.get("component", {}).get("custom_id") == name
    )


def run_is_open(confirmation: InteractionResult) -> bool:
    """Whether *Run* can be pressed."""
    return any(each.startswith("run:") for each in buttons_of(message_of(confirmation), open_only=True))
