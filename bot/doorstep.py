"""Where newcomers are let in, or told once in a while why not; nothing of the latter is kept."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from telegram import Bot, Update, User
from telegram.error import BadRequest, TelegramError

from bot.command import read_command
from bot.language import nearest, speaking
from bot.texts import everywhere
from habits import admissions, inbox, people
from habits.admissions import Admission, InQueue, QueueFull, TurnedAway, Uninvited
from habits.budget import reminding
from habits.clock import boottime
from habits.inbox import Waiting
from habits.people import Met
from habits.storage.database import Database, Tx

AGAIN_AFTER = 3600.0
"""Seconds in which nobody is told twice by one process."""
MOST_REMEMBERED = 5000
"""People of whom it is known that they were told; who was told first may hear it again sooner."""
MOST_TO_TELL = 2000
"""People who wait for their sentence; who comes when there are more is not told."""


class Doorstep:
    """Lets newcomers in, as many as may be; a sentence for the others.

    The sentences leave one at a time and behind every answer, so that a crowd at the door holds
    up nobody inside.
    """

    def __init__(self, bot: Bot, database: Database, admission: Admission) -> None:
        self._bot = bot
        self._database = database
        self._admission = admission
        self._told: dict[int, float] = {}
        self._to_tell: asyncio.Queue[tuple[int, str]] = asyncio.Queue(MOST_TO_TELL)
        self._telling: asyncio.Task[None] | None = None

    async def let_in(
        self, update: Update, user: User, waiting: Waiting, now: datetime
    ) -> Met | None:
        """Somebody new; None where they may not come in, and their update is seen to."""
        if update.message is None:
            await self._send_away(update)
            await self._database.write(inbox.handled, waiting.update_id)
            return None
        word = _word_of_invitation(update.message.text or "")
        come = await self._database.write(_come_in, self._admission, user, waiting, word, now)
        if isinstance(come, Met):
            return come
        self._tell(user, come)
        return None

    async def _send_away(self, update: Update) -> None:
        """A press or a block by somebody whom we forgot leaves nothing behind."""
        query = update.callback_query
        if query is None:
            return
        with contextlib.suppress(BadRequest), speaking(nearest(query.from_user.language_code)):
            invited = self._admission.by_invitation
            told = everywhere.nothing_stored(by_invitation=invited)
            await query.answer(told, show_alert=True)

    def _tell(self, user: User, why: TurnedAway) -> None:
        at = boottime()
        if self._told.get(user.id, -AGAIN_AFTER) > at - AGAIN_AFTER or self._to_tell.full():
            return
        self._told.pop(user.id, None)
        self._told[user.id] = at
        if len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        with speaking(nearest(user.language_code)):
            self._to_tell.put_nowait((user.id, _SAID[type(why)]()))
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_all())

    async def _tell_all(self) -> None:
        reminding.set(True)  # answers to people take their tokens first
        while not self._to_tell.empty():
            person_id, sentence = self._to_tell.get_nowait()
            with contextlib.suppress(TelegramError):
                await self._bot.send_message(person_id, sentence)

    async def close(self) -> None:
        """Tell nobody any more."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)


_SAID: dict[type[TurnedAway], Callable[[], str]] = {
    Uninvited: everywhere.by_invitation,
    InQueue: everywhere.soon,
    QueueFull: everywhere.come_again,
}


def _word_of_invitation(text: str) -> str:
    """What stands behind a /start, as Telegram puts it there for whoever follows a link."""
    command = read_command(text)
    return command.rest if command is not None and command.name == "start" else ""


def _come_in(
    tx: Tx, admission: Admission, user: User, waiting: Waiting, word: str, now: datetime
) -> Met | TurnedAway:
    refused = admissions.turn_away(
        tx, admission, waiting.update_id, word, now, waited=waiting.waited
    )
    language = nearest(user.language_code)
    return refused or people.meet(tx, user.id, user.first_name, language, now)
