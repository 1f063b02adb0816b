"""The field of a form that takes image files, and nothing else."""

from __future__ import annotations

from typing import Any

from discord import ui


class ImageUpload(ui.FileUpload[ui.Modal]):
    """A field that takes image files only (`file_types`, Discord's "Component Reference", August 2026).

    discord.py 2.7.1 has no word for that yet, and sends limits that were not given as null.
    """

    def to_component_dict(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride] - discord.py's own type has no file_types
        """The field as Discord takes it."""
        known = {name: value for name, value in super().to_component_dict().items() if value is not None}
        return {**known, "file_types": ["image"]}
