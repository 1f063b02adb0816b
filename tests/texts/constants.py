"""What members and moderators read: where it stands, and every text by its name."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from bot import texts
from tests.sources import ROOT

HOME = ROOT / "bot/texts"


@cache
def constants() -> dict[str, object]:
    """Every text by `module.NAME`."""
    modules: dict[str, ModuleType] = {name: getattr(texts, name) for name in texts.__all__}
    return {
        f"{module}.{name}": value
        for module, of in modules.items()
        for name, value in vars(of).items()
        if name.isupper() and not name.startswith("_")
    }
