"""`python -m benchmarks.probed FILE run`: the program's command line with a probe on its loop.

The probe asks to be woken every 5 ms and notes how much later it was; FILE holds the delays
above 10 ms when the program has ended.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from app.__main__ import main

EVERY = 0.005
WORTH_NOTING = 0.01

stalls: list[tuple[float, float]] = []


class Probed(asyncio.DefaultEventLoopPolicy):
    """Loops that watch themselves."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        loop.call_soon(_look, loop, time.monotonic())
        return loop


def _look(loop: asyncio.AbstractEventLoop, meant: float) -> None:
    late = time.monotonic() - meant
    if late > WORTH_NOTING:
        stalls.append((time.time(), late))
    loop.call_later(EVERY, _look, loop, time.monotonic() + EVERY)


if __name__ == "__main__":
    asyncio.set_event_loop_policy(Probed())
    file = Path(sys.argv.pop(1))
    try:
        main()
    finally:
        file.write_text(json.dumps(stalls), encoding="ascii")
