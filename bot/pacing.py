"""When a call to Telegram may be made: within the send budget, and not during a pause.

A 429 pauses its chat for all that is said there, answers as well as reminders; one to a second
chat while the first one's pause lasts pauses the whole bot. Nothing is dropped for it: what was
claimed goes back to be claimed later, an answer waits for as long as Telegram asks.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from bot.transport import NotSent
from habits import pauses
from habits.budget import Budget, reminding
from habits.clock import Clock, boottime
from habits.pauses import LONGER
from habits.storage.database import Busy, Database

SAID_TO_PEOPLE = {
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "editMessageText",
    "editMessageMedia",
}
"""What takes a token of the send budget."""
ANSWERS_A_PRESS = "answerCallbackQuery"
WAITS_FOR = 20.0
"""Seconds; together with the call itself less than a claim's lease."""

talking_with: ContextVar[int | None] = ContextVar("talking_with", default=None)
"""Set in the task that handles an update: the answer to a press names no chat."""

_log = logging.getLogger(__name__)


class Pacing:
    """What the transport asks before a call, and tells when Telegram asks to wait."""

    def __init__(self, budget: Budget, database: Database, clock: Clock) -> None:
        self._budget = budget
        self._database = database
        self._clock = clock
        self._paused: dict[int, float] = {}  # chat: until when, in boottime
        self._sitting_out = 0

    @property
    def patient(self) -> int:
        """How many calls wait for the end of a pause, and for nothing that we could do."""
        return self._sitting_out + (self._budget.waiting if self._budget.held else 0)

    @property
    def waiting(self) -> int:
        """How many calls wait for the end of a pause or for the send budget."""
        return self._sitting_out + self._budget.waiting

    def keep_pause(self, chat: int, seconds: float) -> None:
        """Leave a chat alone for so long: its pause is told by the database."""
        if seconds > 0:
            self._paused[chat] = max(self._paused.get(chat, 0.0), boottime() + seconds)

    async def turn(self, method: str, parameters: Mapping[str, Any]) -> None:
        """Wait until a call may be made; a claimed message no longer than its claim lasts."""
        takes_a_token = method in SAID_TO_PEOPLE
        if not takes_a_token and method != ANSWERS_A_PRESS:
            return
        chat = _chat_of(parameters)
        try:
            async with asyncio.timeout(WAITS_FOR if reminding.get() else None):
                await self._sit_out(chat)
                while takes_a_token:
                    await self._budget.token()
                    if not self._paused_for(chat):  # it may have begun meanwhile
                        return
                    await self._sit_out(chat)
        except TimeoutError:
            raise NotSent("budget") from None

    async def told_to_wait(
        self, method: str, parameters: Mapping[str, Any], seconds: float
    ) -> bool:
        """Telegram answered 429; says whether to make the call again: an answer, once it may.

        What became of a claimed message is settled together with its row.
        """
        chat = _chat_of(parameters)
        if chat is None or (method not in SAID_TO_PEOPLE and method != ANSWERS_A_PRESS):
            return False
        self._heed(chat, seconds + LONGER)
        if reminding.get():
            return False
        try:
            await self._database.write(pauses.told_to_wait, chat, self._clock.now(), seconds)
        except Busy as error:
            _log.warning("only this process knows that Telegram asks to wait: %s", error)
        return True

    def _heed(self, chat: int, seconds: float) -> None:
        at = boottime()
        others = {each: until for each, until in self._paused.items() if until > at}
        mine = others.pop(chat, 0.0)
        self._paused = {**others, chat: max(mine, at + seconds)}
        if others:
            self._budget.hold(seconds)

    def _paused_for(self, chat: int | None) -> float:
        """Seconds for which nothing may be said in a chat."""
        until = 0.0 if chat is None else self._paused.get(chat, 0.0)
        return max(until - boottime(), self._budget.holds_for)

    async def _sit_out(self, chat: int | None) -> None:
        while (left := self._paused_for(chat)) > 0:
            self._sitting_out += 1
            try:
                await asyncio.sleep(left)
            finally:
                self._sitting_out -= 1


def _chat_of(parameters: Mapping[str, Any]) -> int | None:
    chat = parameters.get("chat_id", talking_with.get())
    return chat if isinstance(chat, int) else None
