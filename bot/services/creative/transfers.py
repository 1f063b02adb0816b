"""Progress of image downloads, for the member who waits."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Transfer:
    """One file on its way. `size` in bytes is None where Discord does not say it; `arrived` counts its bytes."""

    filename: str
    size: int | None
    arrived: int = 0
    is_done: bool = False

    def has_arrived(self, count: int) -> None:
        """So many bytes are here; fewer than before where it had to be begun anew."""
        self.arrived = count


@dataclass(slots=True)
class Transfers:
    """The files of one command."""

    files: list[Transfer] = field(default_factory=list[Transfer])

    def begin(self, filename: str, size: int | None) -> Transfer:
        """One more is being fetched."""
        transfer = Transfer(filename, size)
        self.files.append(transfer)
        return transfer

    @property
    def moving(self) -> tuple[Transfer, ...]:
        """Those of which some has arrived, and not all."""
        return tuple(each for each in self.files if each.arrived and not each.is_done)
