"""The playground alone: `python -m playground --port 8081 --token 1:a --key k`."""

import argparse
import asyncio
import secrets
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.limits import Limits
from playground.playground import Playground
from playground.server import running

LENGTHS = {"PT1H": timedelta(hours=1), "P1D": timedelta(days=1), "P1W": timedelta(weeks=1)}


class Clock:
    """System time plus an offset of our own; only here, where no program brings its clock."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Give the time, aware and in UTC."""
        seconds = time.clock_gettime(time.CLOCK_REALTIME)
        return datetime.fromtimestamp(seconds, UTC) + self._offset

    def forward(self, length: timedelta) -> None:
        """Move the clock."""
        self._offset += length

    async def jump(self, to: str) -> None:
        """Move the clock by a length; nobody here knows what comes `next`."""
        self.forward(LENGTHS.get(to, timedelta()))


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until interrupted."""
    clock = Clock()
    playground = Playground(
        token=arguments.token,
        key=arguments.key,
        now=clock.now,
        jump=clock.jump,
        store=arguments.store,
        limits=Limits(enforce=arguments.enforce_limits),
        control_clock=clock.forward,
    )
    ended = _interruption()
    async with running(playground, arguments.port) as address:
        sys.stdout.write(f"{address}/?key={arguments.key}\n")
        sys.stdout.flush()
        await ended.wait()


def _interruption() -> asyncio.Event:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", required=True)
    parser.add_argument("--key", default=secrets.token_urlsafe(16))
    parser.add_argument("--store", type=Path, default=None)
    parser.add_argument("--enforce-limits", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
