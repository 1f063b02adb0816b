"""Button presses on the demo's page: one at a time, and against the message as the person saw it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

from simcord import Preview

from bot.demo.world import World

_REMEMBERED = 200
"""How many publications back a press is still understood."""

_Controls: TypeAlias = Mapping[str, str]
"""What stands at each place of a page: SimCord's key of a control, which is a place, and the control's custom id."""


class Presses:
    """Stands between the pages of a demo and SimCord.

    SimCord 3.2.1 gives up what is sent while something else is under way, refuses what was sent from a page that has
    been published anew since then, and tells relative times from the last refresh. Discord does none of this, so each
    press waits for its turn here and is then said for the page as it now is. Discord finds a button by its custom id,
    SimCord by its place in the message: a press on a message that was redrawn is led to the same button, and stays
    refused where that button is gone.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._turn = asyncio.Lock()
        self._published: dict[tuple[str, int], _Controls] = {}

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Nothing is pressed on any page during this block."""
        return self._turn

    def govern(self, preview: Preview) -> None:
        """Lead all presses on a preview's pages through here."""
        # SimCord has no public way to put presses in turn.
        act, publish = preview._action, preview._publish  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above

        async def act_in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self._turn:
                await self._world.catch_up()
                return await act(context_id, self._renewed(preview, context_id, body))

        def publish_now(page: Any, **how: Any) -> None:
            preview.capture_time = datetime.fromtimestamp(self._world.clock.now() / 1000, UTC)
            publish(page, **how)
            self._remember(page)

        preview._action = act_in_turn  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        preview._publish = publish_now  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        for page in preview._pages.values():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
            self._remember(page)

    def _remember(self, page: Any) -> None:
        self._published[(page.id, page.revision)] = dict(_controls_of(page.snapshot.get("messages")))
        while len(self._published) > _REMEMBERED:
            del self._published[next(iter(self._published))]

    def _renewed(self, preview: Preview, context_id: str | None, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The same press, as it would be sent from the page as it is now."""
        page: Any = preview._pages.get(context_id or "")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
        if page is None or "generation" not in body:
            return body
        now = {"generation": page.generation}
        if "published_revision" not in body:
            return {**body, **now}
        seen = self._published.get((page.id, body["published_revision"]))
        if seen is None:
            return body
        now |= {"published_revision": page.revision}
        key = str(body.get("control_key"))
        if key not in seen:
            return {**body, **now}
        place = _place_now(key, seen, self._published.get((page.id, page.revision), {}))
        return body if place is None else {**body, **now, "control_key": place}


def _place_now(key: str, seen: _Controls, current: _Controls) -> str | None:
    """Where the control that was seen at a place stands now in its message; None if it does not."""
    message, custom_id = _message_of(key), seen[key]
    places = (place for place, each in current.items() if each == custom_id and _message_of(place) == message)
    return key if current.get(key) == custom_id else next(places, None)


def _message_of(control_key: str) -> str:
    return control_key.partition(":component:")[0]


def _controls_of(drawn: Any) -> Iterator[tuple[str, str]]:
    """Every control in what a page shows, wherever it stands."""
    match drawn:
        case {"control_key": str(key), "custom_id": str(custom_id)}:
            yield key, custom_id
        case _:
            pass
    inside = cast(
        "Iterable[Any]", drawn.values() if isinstance(drawn, dict) else drawn if isinstance(drawn, list) else ()
    )
    for each in inside:
        yield from _controls_of(each)
