"""Watches over what a new process may mend: polling that stands still, and a disk that fails.

Where no updates come: first a new client, then a new process. A restart is worth its while only
where the fault may be ours: the polls hang, or fail without an answer, and yet Telegram answers
another call. It helps against nothing else that stops polling, and a supervisor would start us
over and over. Where a disk answers with errors, or was made read-only, the next start goes on or
says in a sentence what the matter is. A full one is waited for. An event loop that was held up goes
on by itself: it is only told.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import TelegramError

from bot.hearing import Hearing
from bot.transport import NotSent, Unsure
from habits.storage.database import Database

LOOKS_EVERY = 5.0
RENEWS_AFTER = 90.0
"""Seconds without a good poll until polling gets a new client."""
ENDS_AFTER = 300.0
"""Seconds without one until this process makes way."""
DISK_FAILS_FOR = 60.0
"""Seconds without a write that the disk took, until it does."""
HELD_UP, HELD_UP_FOR = "held up", 5.0
"""What is counted of the event loop, see habits/storage/tally.py, and from how many seconds on."""
NO_UPDATES = "no updates came although Telegram answers: start me again."
NO_DISK = "the disk answers with errors or has been made read-only: see to it and start me again."

_log = logging.getLogger(__name__)


@dataclass
class Watchdog:
    """Looks after one process; `barked` is set, with `why`, once it should make way for another.

    renew: replaces the client that polls.
    """

    hearing: Hearing
    bot: Bot
    database: Database
    renew: Callable[[], None]
    barked: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""

    async def watch(self) -> None:
        """Look at the polls until a restart is called for.

        Looks are counted, not the time between them: after a night asleep, of the machine or of
        this process alone, polling is given as long as ever.
        """
        heard_at, silent, renewed = self.hearing.heard_at, 0.0, False
        while not self.barked.is_set():
            await asyncio.sleep(LOOKS_EVERY)
            if self.hearing.heard_at != heard_at:
                heard_at, silent, renewed = self.hearing.heard_at, 0.0, False
                continue
            silent += LOOKS_EVERY
            if silent >= RENEWS_AFTER and not renewed:
                self.renew()
                renewed = True
            if silent >= ENDS_AFTER and await self._would_help():
                self._bark(NO_UPDATES)

    async def watch_disk(self) -> None:
        """Look until a restart is called for; looks are counted, as in `watch`."""
        failing = 0.0
        while not self.barked.is_set():
            await asyncio.sleep(LOOKS_EVERY)
            failing = failing + LOOKS_EVERY if self.database.disk_fails else 0.0
            if failing >= DISK_FAILS_FOR:
                self._bark(NO_DISK)

    async def watch_loop(self) -> None:
        """Tell whenever everything here stood still, and /healthz with it."""
        now = asyncio.get_running_loop().time
        while True:
            wanted = now() + 1.0
            await asyncio.sleep(1.0)
            if (late := now() - wanted) >= HELD_UP_FOR:
                _log.error("the event loop was held up for %.0f s", late)
                self.database.tally.add({(HELD_UP,): 1})

    def _bark(self, why: str) -> None:
        self.why = why
        self.barked.set()

    async def _would_help(self) -> bool:
        """Whether polling hangs, or fails without an answer, where another call is answered."""
        if not isinstance(self.hearing.failure, NotSent | Unsure | None):
            return False
        try:
            await self.bot.get_me()
        except TelegramError as error:
            _log.info("no updates, and no answer to anything else either: %s", error)
            return False
        return True
