"""Delivers what is owed: writes the message, sends it, and says what became of it."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot import reminder_buttons
from bot.buttons import Keyboard
from bot.calls import call
from bot.context import EXPORT_NAME, NO_PREVIEW
from bot.language import speaking
from bot.markup import without_markup
from bot.texts import cards as card_texts
from bot.texts import export, fading, reminders
from bot.transport import NotSent as NeverSent
from bot.transport import Unsure as MaybeSent
from bot.transport import UnsureInTime
from bot.transport_errors import refusal, seconds_of
from habits import cards, overviews, taking_out
from habits.cards import CARD
from habits.clock import Clock
from habits.fading import FADED_OUT
from habits.monthly import EXPORT
from habits.notices import OUTAGE, STUCK
from habits.outages import AWAY, PROMPTS_LOOK_BACK
from habits.outcomes import Idle, NotSent, Outcome, OutOfReach, Refused, Sent, Unsure, Wait
from habits.rules.touch import FOLLOW_UP, GO, PLAN
from habits.sending import Owed
from habits.storage.database import Database
from habits.storage.rows import BLOCKED, GONE, commitment_of, title_in
from habits.weeks import LAPSE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be sent. file: an export, without buttons; the text stands below it."""

    text: str
    keyboard: Keyboard | None = None
    file: bytes | None = None


class TelegramCourier:
    """The scheduler's Courier over Telegram."""

    def __init__(self, bot: Bot, database: Database, clock: Clock, *, allow_paid: bool) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._allow_paid = allow_paid

    async def answers(self) -> bool:
        """Whether Telegram answers a call that changes nothing."""
        try:
            await self._bot.get_me()
        except TelegramError:
            return False
        return True

    async def deliver(self, owed: Owed) -> Outcome:
        """Write one message and send it."""
        with speaking(owed.person.language):
            letter = await self._letter(owed)
        if letter is None:
            return Idle("answered")
        return await self._send(owed, letter)

    async def _letter(self, owed: Owed) -> Letter | None:
        zone, now, turn = owed.person.zone, self._clock.now(), owed.turn
        assert zone is not None
        if turn is not None and owed.kind == GO:
            picks = turn.way is None and len(turn.commitment.open_ways) > 1
            buttons = reminder_buttons.of_go(turn.id, picks=picks)
            return Letter(reminders.go(owed, turn, zone, now), buttons)
        if turn is not None and owed.kind == PLAN:
            return Letter(reminders.plan(turn, zone), reminder_buttons.of_plan(turn.id))
        if turn is not None and owed.kind == FOLLOW_UP:
            turns = (turn, *owed.also)
            return Letter(
                reminders.follow_up(turns, zone, now), reminder_buttons.of_follow_up(turns)
            )
        return await self._notice(owed)

    async def _notice(self, owed: Owed) -> Letter | None:
        if owed.kind == LAPSE:
            commitment = await self._database.read(
                commitment_of, owed.person.id, owed.about["commitment"]
            )
            if commitment is None or commitment.silent_since is None:
                return None
            text = reminders.lapse(commitment, numbers=owed.person.shows_numbers)
            return Letter(text, reminder_buttons.of_lapse(commitment))
        if owed.kind == FADED_OUT:
            return await self._faded(owed)
        if owed.kind == EXPORT:
            return await self._export(owed)
        if owed.kind == CARD:
            return await self._card(owed)
        if owed.kind == STUCK:
            return await self._stuck(owed)
        assert owed.kind == OUTAGE, owed.kind
        return await self._outage(owed)

    async def _faded(self, owed: Owed) -> Letter | None:
        commitment = await self._database.read(
            commitment_of, owed.person.id, owed.about["commitment"]
        )
        if commitment is None or commitment.fades_from is None:
            return None
        text = fading.after_a_miss(commitment)
        return Letter(text, reminder_buttons.of_faded(commitment))

    async def _export(self, owed: Owed) -> Letter:
        from bot.files.bundle import bundle  # noqa: PLC0415 - what writes files is long in loading

        now = self._clock.now()
        found = await self._database.read(taking_out.everything, owed.person, now)
        return Letter(export.monthly(), file=await asyncio.to_thread(bundle, found, now))

    async def _card(self, owed: Owed) -> Letter | None:
        month = date.fromisoformat(owed.about["month"])
        found = await self._database.read(cards.due_card, owed.person, month, self._clock.now())
        return None if found is None else Letter(card_texts.card(found), reminder_buttons.of_card())

    async def _stuck(self, owed: Owed) -> Letter | None:
        asked = owed.person.id, owed.about["commitment"]
        title = await self._database.read(title_in, *asked)
        return None if title is None else Letter(reminders.stuck(title))

    async def _outage(self, owed: Owed) -> Letter | None:
        about = {key: datetime.fromisoformat(at) for key, at in (owed.about or {}).items()}
        began, ended = about.get("began_at"), about.get("ended_at")
        if began and ended and ended - began > AWAY:
            return Letter(reminders.away_for_long(), reminder_buttons.of_away())
        assert owed.person.zone is not None
        since = (began or owed.due_at) - PROMPTS_LOOK_BACK
        missed = await self._database.read(overviews.missed, owed.person, since)
        asked = await self._database.read(overviews.open_prompts, owed.person, since)
        if not missed and not asked:
            return None
        text = reminders.outage(missed, began, ended, owed.person.zone)
        return Letter(text, reminder_buttons.of_missed([*missed, *asked]))

    async def _send(self, owed: Owed, letter: Letter) -> Outcome:
        words: dict[str, Any] = {
            "parse_mode": None if owed.plain else ParseMode.HTML,
            "disable_notification": owed.quiet or None,
            "allow_paid_broadcast": self._allow_paid or None,
        }
        text = without_markup(letter.text) if owed.plain else letter.text
        try:
            if letter.file is None:
                words |= {"text": text, "link_preview_options": NO_PREVIEW}
                words["reply_markup"] = letter.keyboard
                sent = await call(self._bot, "sendMessage", chat_id=owed.person.id, **words)
                return Sent(int(sent["message_id"]))
            message = await self._bot.send_document(
                owed.person.id, letter.file, filename=EXPORT_NAME, caption=text, **words
            )
        except TelegramError as error:
            return outcome_of(error)
        return Sent(message.message_id)


def outcome_of(error: TelegramError) -> Outcome:
    """What an error of Telegram's means for a message; the lasting ones are listed."""
    match error:
        case RetryAfter():
            return Wait(seconds_of(error))
        case Forbidden():
            gone = "deactivated" in error.message.lower()
            return OutOfReach(GONE if gone else BLOCKED)
        case BadRequest() if "chat not found" in error.message.lower():
            return OutOfReach(GONE)
        case BadRequest():
            _log.error("Telegram refused a message: %s", refusal(error))
            return Refused(f"refused: {refusal(error)}")
        case InvalidToken() | NeverSent():
            return NotSent(type(error).__name__)
        case NetworkError():
            gateway = isinstance(error, MaybeSent) and error.reason == "server"
            quiet = isinstance(error, UnsureInTime)
            return Unsure(type(error).__name__, quiet=quiet, likely=not gateway)
        case _:
            return NotSent(type(error).__name__)
