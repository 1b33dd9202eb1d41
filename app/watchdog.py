"""Watches over polling: where no updates come, first a new client, then a new process.

A restart is worth its while only where the fault may be ours: the polls hang, or fail without an
answer, and yet Telegram answers another call. It helps against nothing else that stops polling,
and a supervisor would start us over and over.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import TelegramError

from bot.hearing import Hearing
from bot.transport import NotSent, Unsure

LOOKS_EVERY = 5.0
RENEWS_AFTER = 90.0
"""Seconds without a good poll until polling gets a new client."""
ENDS_AFTER = 300.0
"""Seconds without one until this process makes way."""

_log = logging.getLogger(__name__)


@dataclass
class Watchdog:
    """Looks after one process that polls; `barked` is set once it should make way for another.

    renew: replaces the client that polls.
    """

    hearing: Hearing
    bot: Bot
    renew: Callable[[], None]
    barked: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Look until a restart is called for.

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
