"""From Telegram to the inbox, committed before it is confirmed; from the inbox to the features.

Within a person updates are handled in order, people side by side. An update's effect and the
note that it had one are committed together, so that a crash neither loses nor doubles it.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from telegram import Bot, Update, User
from telegram.error import TelegramError
from telegram.ext import Application

from bot.arrivals import ZONES, arrival
from bot.context import House, Visit
from bot.doorstep import Doorstep
from bot.elsewhere import GONE, Elsewhere
from bot.language import speaking
from bot.pacing import Pacing, talking_with
from bot.texts import everywhere
from bot.typed import clean
from habits import conversations, inbox, pauses, people
from habits.clock import Clock, boottime
from habits.conversations import Conversation
from habits.inbox import Arrived, HandledAlready, Waiting
from habits.rules.person import Person
from habits.storage.database import Busy, Database, Tx
from habits.storage.rows import person_of

AT_ONCE = 256
"""Updates under way; most of the time of each passes on the way to Telegram and back."""
CLAIMED_AT_ONCE = 64
"""Fewer, so that other processes have their share of what came together."""
MOST_PATIENT = 1000
"""Updates handled but for answers that wait for Telegram's pause to end, beside AT_ONCE others."""
KEEPS_EVERY = 5.0
"""Seconds after which other processes are told again which updates are ours to handle."""
LOOKED_AT = 256
"""Updates, one a person, that are read at once and handled as others end."""
LONGEST_NAME = 64
FLOOD, FLOOD_OF_PRESSES, FLOOD_SECONDS = 20, 30, 10.0
"""Of a person's messages, and of their presses, so many are answered in full in so many seconds.
Fingers are quicker than words: whoever tapped one button twenty times may want the next."""
MOST_WATCHED = 5000
"""People whose pace is remembered before those who have calmed down are let go."""
NOTED_LATER = 1.0
"""Seconds before an update is tried again when not even its failing could be written down."""

_log = logging.getLogger(__name__)


class Receiver:
    """Keeps what came, and lets the features handle it.

    process: what this process is called among those of the bot.
    """

    def __init__(
        self,
        application: "Application[Any, Any, Any, Any, Any, Any]",
        database: Database,
        clock: Clock,
        process: str,
        pacing: Pacing,
    ) -> None:
        self._process = process
        self._pacing = pacing
        self._keep_at = 0.0
        self._application = application
        self._bot: Bot = application.bot
        self._house: House = application.bot_data["house"]
        self._database = database
        self._clock = clock
        self._arrived = asyncio.Event()
        self._busy: set[int] = set()
        self._next: deque[Waiting] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._elsewhere = Elsewhere(self._bot)
        self._doorstep = Doorstep(self._bot, database, self._house.admission)
        self._floods: dict[tuple[int, bool], deque[float]] = defaultdict(deque)

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Keep updates; when this returns they are on disk and may be confirmed."""
        if updates:
            arrived = [_readable(update) for update in updates]
            await self._database.write(inbox.receive, arrived, self._clock.now())
            self._arrived.set()

    async def handle(self) -> None:
        """Hand what is kept to the features, for ever."""
        while True:
            try:
                await self._handle_waiting()
            except Exception:
                _log.exception("the inbox could not be read; trying again")
                await asyncio.sleep(1)

    async def idle(self) -> None:
        """Wait until everything that arrived has been handled."""
        while self._under_way or self._next or await self._waiting():
            await asyncio.sleep(0.02)

    async def finish(self) -> None:
        """Wait for the updates under way, a few seconds at most."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=5)
        await self._doorstep.close()
        if not self._database.is_sqlite:
            with contextlib.suppress(Busy):
                await self._database.write(inbox.give_back, self._process)

    async def _waiting(self) -> list[Waiting]:
        """Whoever is busy when the question is put: what ends meanwhile may still look new."""
        busy = frozenset(self._busy)
        return await self._database.read(inbox.waiting, self._clock.now(), busy, LOOKED_AT)

    async def _claim(self) -> list[Waiting]:
        """Where other processes may handle updates as well, those that are ours for a while."""
        if self._database.is_sqlite:
            return await self._waiting()
        now, busy = self._clock.now(), frozenset(self._busy)
        return await self._database.write(inbox.claim, now, busy, CLAIMED_AT_ONCE, self._process)

    async def _keep_claims(self) -> None:
        if self._database.is_sqlite or not self._busy or boottime() < self._keep_at:
            return
        await self._database.write(inbox.keep, self._process)
        self._keep_at = boottime() + KEEPS_EVERY

    async def _handle_waiting(self) -> None:
        self._arrived.clear()
        await self._keep_claims()
        if not self._next and self._has_room:
            self._next.extend(await self._claim())
        while self._next and self._has_room:
            self._start(self._next.popleft())
        try:
            async with asyncio.timeout(1.0):  # wait_for loses a stop that meets an arrival
                await self._arrived.wait()
        except TimeoutError:
            return

    @property
    def _has_room(self) -> bool:
        """An answer that waits for Telegram's pause to end takes nobody else's place."""
        return len(self._under_way) < AT_ONCE + min(self._pacing.patient, MOST_PATIENT)

    def _start(self, waiting: Waiting) -> None:
        self._busy.add(waiting.queue)
        task = asyncio.create_task(self._handle(waiting))
        self._under_way.add(task)

        def done(_: object) -> None:
            self._under_way.discard(task)
            self._busy.discard(waiting.queue)
            self._arrived.set()

        task.add_done_callback(done)

    async def _handle(self, waiting: Waiting) -> None:
        talking_with.set(waiting.person_id)  # in this task's own context
        try:
            await self._handle_once(waiting)
        except Exception:
            _log.exception("what became of update %d could not be noted", waiting.update_id)
            await asyncio.sleep(NOTED_LATER)

    async def _handle_once(self, waiting: Waiting) -> None:
        try:
            update = Update.de_json(json.loads(waiting.body), self._bot)
        except Exception as error:  # its words may hold theirs
            why = type(error).__name__
            _log.error("update %d cannot be read (%s); set aside", waiting.update_id, why)
            await self._database.write(inbox.bury, waiting.update_id, self._clock.now())
            return
        try:
            await self._visit(update, waiting)
        except Busy:
            raise  # no fault of the update's
        except Exception:
            _log.exception("update %d was not handled", waiting.update_id)
            await self._again_later(waiting)

    async def _visit(self, update: Update, waiting: Waiting) -> None:
        visit = await self._receive(update, waiting)
        if visit is None:
            return
        with speaking(visit.person.language):
            if update.message is not None or update.callback_query is not None:
                await self._be_patient(visit, pressed=update.message is None)
            self._house.visits[waiting.update_id] = visit
            try:
                await self._application.process_update(update)
            finally:
                del self._house.visits[waiting.update_id]
            await self._note(visit, waiting)

    async def _note(self, visit: Visit, waiting: Waiting) -> None:
        match visit.failure:
            case Busy():
                raise visit.failure
            case None | HandledAlready():
                if not visit.handled:
                    await self._database.write(inbox.handled, waiting.update_id)
            case failure:
                _log.error("update %d was not handled", waiting.update_id, exc_info=failure)
                await self._again_later(waiting)

    async def _receive(self, update: Update, waiting: Waiting) -> Visit | None:
        """Who is there, and where we were with them; None where all is done for their update."""
        user = update.effective_user
        if waiting.person_id is None or user is None:
            await self._elsewhere.turn_away(update)
            await self._database.write(inbox.handled, waiting.update_id)
            return None
        now = self._clock.now()
        known, conversation, pause = await self._database.read(_at_the_door, user.id, now)
        self._pacing.keep_pause(user.id, pause)
        met, back = known is None, False
        if known is None:
            newcomer = await self._doorstep.let_in(update, user, waiting, now)
            if newcomer is None:
                return None
            known = newcomer.person
        elif _changed(known, user) and not _leaves(update):
            answer = await self._database.write(
                people.meet, user.id, user.first_name, known.language, now
            )
            known, back = answer.person, answer.back
        zones = update.message.api_kwargs.get(ZONES) if update.message else None
        return Visit(
            waiting.update_id,
            known,
            conversation,
            now,
            met=met,
            back=back,
            zones=None if zones is None else tuple(zones),
        )

    async def _be_patient(self, visit: Visit, *, pressed: bool) -> None:
        """Whoever floods us, typing or pressing, is answered less; everything still counts.

        A press is told so by its own answer, which costs nothing.
        """
        recent = self._floods[visit.person.id, pressed]
        at = boottime()
        while recent and recent[0] < at - FLOOD_SECONDS:
            recent.popleft()
        recent.append(at)
        visit.quiet = len(recent) > (FLOOD_OF_PRESSES if pressed else FLOOD)
        if len(recent) == FLOOD + 1 and not pressed:
            with contextlib.suppress(TelegramError):
                await self._bot.send_message(visit.person.id, everywhere.slow_down())
        if len(self._floods) > MOST_WATCHED:
            calm = [who for who, when in self._floods.items() if when[-1] < at - FLOOD_SECONDS]
            for who in calm:
                del self._floods[who]

    async def _again_later(self, waiting: Waiting) -> None:
        dead = await self._database.write(inbox.failed, waiting.update_id, self._clock.now())
        if dead:
            _log.error("update %d is set aside for good", waiting.update_id)
        if dead and waiting.person_id is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.send_message(waiting.person_id, everywhere.went_wrong())


def _name(first_name: str) -> str:
    """What somebody is called: escaped where it is shown, and never a key."""
    name = clean(first_name[:LONGEST_NAME], LONGEST_NAME)
    return name if isinstance(name, str) else ""


def _at_the_door(
    tx: Tx, person_id: int, now: datetime
) -> tuple[Person | None, Conversation | None, float]:
    """Who it is, where we were with them, and the seconds for which their chat is paused."""
    pause = pauses.chat_paused_for(tx, person_id, now)
    return person_of(tx, person_id), conversations.read(tx, person_id), pause


def _changed(known: Person, user: User) -> bool:
    return not known.reachable or known.name != user.first_name


def _leaves(update: Update) -> bool:
    """Whether they block us at this moment: no reason to think them back."""
    membership = update.my_chat_member
    return membership is not None and membership.new_chat_member.status in GONE


def _readable(update: Mapping[str, Any]) -> Arrived:
    """The update as it is kept; of one that we cannot take apart, its number."""
    try:
        return arrival(update)
    except Exception as error:
        why = type(error).__name__
        _log.error("update %s cannot be kept (%s)", update["update_id"], why)
        return Arrived(int(update["update_id"]), None, "null")
