"""How soon a finished picture is in its channel under Discord's limits: `python -m tests.bench.bench_evening [JOBS]`.

The bot as a process of its own, against a fake Discord with the rate limits that bots report, and the simulated
provider: thirty members in ten channels ask four times a second. The figures are the time from "the provider is done"
to "Discord has the result", and the requests a job. Their baselines are the mean wait of asking every second, as the
official SDK does (half a second, before anything is downloaded or posted), and the three requests without which no job
can be shown: the answer to its command, its result, and the last word of its status.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.wire.load import JOBS, measure

SDK_SECONDS = 0.5
FEWEST_REQUESTS = 3.0


def main() -> int:
    """Measure and print; 1 unless everything was delivered once."""
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else JOBS
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        figures = asyncio.run(measure(Path(folder), jobs))
    sys.stdout.write(
        f"{figures}\nmedian {figures.median:.2f} s against {SDK_SECONDS} s, ratio {figures.median / SDK_SECONDS:.2f};"
        f" {figures.requests_per_job:.1f} requests a job against {FEWEST_REQUESTS:.0f},"
        f" ratio {figures.requests_per_job / FEWEST_REQUESTS:.2f}; load {os.getloadavg()[0]:.1f}\n"
    )
    return 1 if figures.problems or figures.delivered != figures.jobs else 0


if __name__ == "__main__":
    sys.exit(main())
