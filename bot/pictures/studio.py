"""Where pictures are drawn: a process of its own, because resvg holds the interpreter's lock.

It starts with the first picture, is replaced after some hundreds so that its memory does not
grow, and its death costs nobody more than a second try. Who asks gets a picture or None, and can
say the same in words.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from bot.pictures import fonts
from bot.pictures.worker import LENGTH

PICTURES_EACH = 250
"""After so many pictures a worker is replaced."""
PATIENCE = 10.0
"""Seconds that a picture may take; a tenth of one is usual."""
MOST_WAITING = 30
"""Beyond so many waiting pictures, words are the better answer."""
LAST_WORDS = 2.0
"""Seconds that a worker has to end by itself."""
TRIES = 2

_log = logging.getLogger(__name__)


class Studio:
    """One worker, and whoever waits for it."""

    def __init__(self) -> None:
        self._worker: Process | None = None
        self._drawn = 0
        self._waiting = 0
        self._turn = asyncio.Lock()

    async def draw(self, svg: str) -> bytes | None:
        """A PNG, or None where there can be none now."""
        if self._waiting >= MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._turn:
                return await self._draw(svg)
        finally:
            self._waiting -= 1

    async def _draw(self, svg: str) -> bytes | None:
        for _ in range(TRIES):
            try:
                async with asyncio.timeout(PATIENCE):
                    picture = await self._ask(await self._ready(), svg)
            except (OSError, EOFError, TimeoutError) as error:
                _log.warning("no picture: %s", type(error).__name__)
                await self._end(kindly=False)
            except asyncio.CancelledError:
                await self._end(kindly=False)  # it would answer the next one with this picture
                raise
            else:
                return picture or None
        return None

    async def _ready(self) -> Process:
        if self._drawn >= PICTURES_EACH:
            await self._end(kindly=True)
        if self._worker is None:
            self._drawn = 0
            self._worker = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.pictures.worker", *fonts.files()),
                stdin=PIPE,
                stdout=PIPE,
                start_new_session=True,  # Ctrl+C is for us, who then close it
            )
        return self._worker

    async def _ask(self, worker: Process, svg: str) -> bytes:
        assert worker.stdin is not None
        assert worker.stdout is not None
        body = svg.encode()
        worker.stdin.write(LENGTH.pack(len(body)) + body)
        await worker.stdin.drain()
        (length,) = LENGTH.unpack(await worker.stdout.readexactly(LENGTH.size))
        self._drawn += 1
        return await worker.stdout.readexactly(length)

    async def _end(self, *, kindly: bool) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        assert worker.stdin is not None
        worker.stdin.close()
        try:
            await asyncio.wait_for(worker.wait(), LAST_WORDS if kindly else 0)
        except TimeoutError:
            with suppress(ProcessLookupError):
                worker.kill()
            await worker.wait()

    async def close(self) -> None:
        """Let the worker go; whoever still waits gets no picture from it."""
        async with self._turn:
            await self._end(kindly=True)
