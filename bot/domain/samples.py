"""The prompt that goes with the package's sample picture."""

from __future__ import annotations

SAMPLE_FILENAME = "fox.png"
SAMPLE_PROMPT = "Give the fox a blue raincoat and let it rain; keep the style"
