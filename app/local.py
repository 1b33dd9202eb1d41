"""The playground: the same bot, against a Telegram of our own, with a clock that can jump."""

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app import wiring
from app.settings import Settings
from app.wiring import Running
from habits import sending
from habits.clock import Clock
from habits.storage import schema
from habits.storage.database import address
from playground.playground import Playground
from playground.server import running

NAME = "playground"
LENGTHS = {"PT1H": timedelta(hours=1), "P1D": timedelta(days=1), "P1W": timedelta(weeks=1)}
SETTLES_WITHIN = 60.0


@dataclass
class Kept:
    """What the playground remembers: its key, its bot's token, and how far its clock is ahead."""

    path: Path
    key: str
    token: str
    offset: timedelta

    @classmethod
    def read(cls, path: Path) -> "Kept":
        """What was kept, or something new."""
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, kept["key"], kept["token"], timedelta(seconds=kept["offset"]))
        return cls(path, secrets.token_urlsafe(12), f"1000000:{secrets.token_hex(16)}", timedelta())

    def write(self) -> None:
        """Keep it, readable by nobody else."""
        kept = {"key": self.key, "token": self.token, "offset": self.offset.total_seconds()}
        self.path.touch(mode=0o600, exist_ok=True)
        self.path.write_text(json.dumps(kept), encoding="utf-8")


class Jumps:
    """Moves the clock; it stops at each due moment on the way, until everything is said."""

    def __init__(self, clock: Clock, kept: Kept) -> None:
        self._clock = clock
        self._kept = kept
        self._one_at_a_time = asyncio.Lock()
        self.parts: Running | None = None
        self.playground: Playground | None = None

    async def jump(self, to: str) -> None:
        """Move to the "next" reminder or by an ISO 8601 length; never backwards."""
        async with self._one_at_a_time:
            target = await self._target(to)
            while target is not None and self._clock.now() < target:
                await self._step(target)

    async def next_due(self) -> datetime | None:
        """When the next reminder is due."""
        if self.parts is None:
            return None
        return await self.parts.database.read(sending.next_touch)

    async def _target(self, to: str) -> datetime | None:
        if to == "next":
            return await self.next_due()
        return self._clock.now() + LENGTHS[to] if to in LENGTHS else None

    async def _step(self, target: datetime) -> None:
        assert self.parts is not None
        due = await self.parts.database.read(sending.due_next)
        stop = min(target, due) if due is not None and due > self._clock.now() else target
        self._clock.offset += stop - self._clock.now()
        self._kept.offset = self._clock.offset
        self._kept.write()
        await self.parts.dispatch.beat()
        await self.parts.timetable.catch_up()
        self.parts.dispatch.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLES_WITHIN):
                await self.parts.receiver.idle()
                await self.parts.dispatch.idle()
        if self.playground is not None:
            await self.playground.clock_moved()


async def run(settings: Settings) -> None:
    """Serve the page and run the bot against it until it is cancelled."""
    async with serving(settings) as (page, _):
        print(f"Let Loose is ready to be tried: {page}", flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[tuple[str, Running]]:
    """The page's whole address and the bot's parts, while the block lasts."""
    settings = settings.model_copy(update={"webhook_url": None})  # there is nobody but us to reach
    kept = Kept.read(settings.data_dir / f"{NAME}.json")
    kept.write()
    schema.migrate(address(settings.database_url, settings.data_dir, NAME))
    clock = Clock(offset=kept.offset)
    jumps = Jumps(clock, kept)
    playground = Playground(
        token=kept.token,
        key=kept.key,
        now=clock.now,
        jump=jumps.jump,
        next_due=jumps.next_due,
        store=settings.data_dir / f"{NAME}-chats.sqlite3",
    )
    jumps.playground = playground
    async with (
        _at_any_port(playground, settings.playground_port) as root,
        wiring.running(settings, clock, NAME, kept.token, root) as parts,
    ):
        jumps.parts = parts
        yield f"{root}/?key={kept.key}", parts


@contextlib.asynccontextmanager
async def _at_any_port(playground: Playground, port: int) -> AsyncIterator[str]:
    """At the usual port, so that the address stays; at a free one where that is taken."""
    async with running(playground, port if _is_free(port) else 0) as address:
        yield address


def _is_free(port: int) -> bool:
    """Looked at before: a server that finds its port taken ends the whole process."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
