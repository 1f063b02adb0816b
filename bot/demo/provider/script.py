"""Asking for behaviours: queued for the next calls by tests, or by a `[sim:NAME]` in a prompt by people."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from bot.demo.provider.answers import Site
from bot.demo.provider.behaviours import RULES, Behaviour

_BY_NAME = {behaviour.value: behaviour for behaviour in Behaviour}
_TAG = re.compile(r"\[sim:([a-z0-9-]+)\]", re.IGNORECASE)


def asked_for(prompt: str) -> Behaviour:
    """The behaviour of the first `[sim:NAME]` in a prompt that names one for submits, else NORMAL."""
    for name in _TAG.findall(prompt):
        behaviour = _BY_NAME.get(str(name).lower())
        if behaviour is not None and Site.SUBMIT in RULES[behaviour].sites:
            return behaviour
    return Behaviour.NORMAL


def without_tags(prompt: str) -> str:
    """The prompt without its `[sim:NAME]` tags, as it is drawn into the picture."""
    return " ".join(_TAG.sub(" ", prompt).split())


@dataclass(slots=True)
class Script:
    """The behaviours that await the next calls, a queue for each site."""

    _queues: dict[Site, deque[Behaviour]] = field(default_factory=dict[Site, deque[Behaviour]])

    def add(self, site: Site, *behaviours: Behaviour, times: int = 1) -> None:
        """Queue behaviours for the next calls at a site, the whole row `times` times.

        Raises:
            ValueError: one of them cannot happen there.
        """
        for behaviour in behaviours:
            if site not in RULES[behaviour].sites:
                raise ValueError(f"{behaviour} cannot happen at {site}")
        self._queues.setdefault(site, deque()).extend(behaviours * times)

    def take(self, site: Site) -> Behaviour | None:
        """Take the next behaviour for a call at this site, or None where none awaits it."""
        queue = self._queues.get(site)
        return queue.popleft() if queue else None

    def waiting(self) -> dict[Site, tuple[Behaviour, ...]]:
        """What has not been taken yet."""
        return {site: tuple(queue) for site, queue in self._queues.items() if queue}

    def clear(self) -> None:
        """Forget what has not been taken yet."""
        self._queues.clear()
