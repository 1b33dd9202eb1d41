"""Tells the operator when something is wrong: at most once an hour of each kind.

An alarm says what /healthz says, or how many messages met an end that they should not; never
whose they were or what was in them.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

from app.health import Health
from app.watchdog import HELD_UP
from habits import alarms
from habits.admissions import NEWCOMERS, PUT_OFF, SENT_AWAY
from habits.clock import Clock, boottime
from habits.ledger import MESSAGES
from habits.outages import OUTAGES
from habits.reminders import EXPIRED, FAILED
from habits.storage.database import Database
from habits.storage.rows import BLOCKED, GONE

LOOKS_EVERY = 15.0
THEIR_WISH = (BLOCKED, GONE)
"""Why a message failed that nobody can do anything about."""
SENTENCES = {
    "outage": "outages of two minutes or more since the last alarm: {n}",
    "expired": "messages that were too late to be worth sending: {n}",
    "failed": "messages that Telegram refused or that could not be written: {n}",
    "held up": "times the program stood still for 5 s or more since the last alarm: {n}",
    "newcomers": "newcomers who had to wait, since more came than LETLOOSE_NEW_PEOPLE: {n}",
}

_log = logging.getLogger(__name__)


class Alarms:
    """Looks every few seconds, and writes to the operator's chat.

    What was told is kept in the database, and in memory for as long as that does not answer.
    """

    def __init__(
        self, bot: Bot, database: Database, clock: Clock, health: Health, operator: int
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._health = health
        self._operator = operator
        self._told: dict[str, float] = {}
        self._counted: Mapping[str, int] = {}

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("the operator could not be told; trying again")
            await asyncio.sleep(LOOKS_EVERY)

    async def look(self) -> None:
        """Tell what is wrong now, and what has gone wrong since it was last told."""
        for kind, words in (await self._health.ailments()).items():
            await self._tell(kind, words)
        counts = self._counts()
        for kind, count in counts.items():
            new = count - self._counted.get(kind, 0)
            if new and await self._tell(kind, SENTENCES[kind].format(n=new)):
                self._counted = {**self._counted, kind: count}

    def _counts(self) -> dict[str, int]:
        tally = self._database.tally
        messages, newcomers = tally.counts(MESSAGES), tally.counts(NEWCOMERS)
        return {
            "outage": sum(tally.counts(OUTAGES).values()),
            "expired": sum(n for (_, what, _), n in messages.items() if what == EXPIRED),
            "failed": sum(
                n
                for (_, what, why), n in messages.items()
                if what == FAILED and why not in THEIR_WISH
            ),
            "held up": sum(tally.counts(HELD_UP).values()),
            "newcomers": sum(newcomers.get((what,), 0) for what in (PUT_OFF, SENT_AWAY)),
        }

    async def _tell(self, kind: str, words: str) -> bool:
        """Whether it was told; what did not leave is tried again at the next look."""
        now = self._clock.now()
        if not await self._may_tell(kind, now):
            return False
        self._told[kind] = boottime()
        try:
            await self._bot.send_message(self._operator, f"Alarm: {words}.")
        except (Forbidden, BadRequest) as error:
            _log.error("LETLOOSE_OPERATOR cannot be written to: %s", error)
        except TelegramError as error:
            _log.warning("an alarm did not leave: %s", type(error).__name__)
            del self._told[kind]
            with contextlib.suppress(Exception):
                await self._database.write(alarms.not_told, kind, now)
            return False
        return True

    async def _may_tell(self, kind: str, now: datetime) -> bool:
        try:
            return await self._database.write(alarms.may_tell, kind, now)
        except Exception:
            told = self._told.get(kind)
            return told is None or boottime() - told >= alarms.ONCE_IN.total_seconds()


@asynccontextmanager
async def watching(alarms_: Alarms) -> AsyncIterator[None]:
    """Alarms are given while the block lasts."""
    task = asyncio.create_task(alarms_.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
