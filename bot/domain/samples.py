"""What is tried where nobody has brought an image yet: the words that go with the sample picture of the package."""

from __future__ import annotations

SAMPLE_FILENAME = "fox.png"
SAMPLE_PROMPT = "Give the fox a blue raincoat and let it rain; keep the style"
