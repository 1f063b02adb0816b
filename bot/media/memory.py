"""Returns the memory of decoded images to the operating system.

glibc takes each freed large block for a sign that more will come, and serves the next ones from heaps that it hardly
ever gives back; twelve photos then cost as if all were open at once. A fixed threshold turns that off (mallopt(3)).
"""

from __future__ import annotations

import ctypes
from traceback import clear_frames

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGE_BYTES = 1024 * 1024


def keep_little() -> None:
    """Let each block of a megabyte or more come from the system and go back there. Nothing on other C libraries."""
    library = _c_library()
    if library is not None:
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Return what small blocks have left free, too."""
    library = _c_library()
    if library is not None:
        library.malloc_trim(0)


def _c_library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") else None


def forget_frames(error: BaseException) -> None:
    """Empty the finished frames that an error and its causes came through: they hold pictures and whole files.

    Somebody may keep the error for long, if only until the next round of garbage collection.
    """
    seen: BaseException | None = error
    while seen is not None:
        clear_frames(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__
