"""What a feature is given: the person, the time, the database, and ways to answer.

Replies leave after the commit and do their best: what could not be said is repaired by the
next press. They never raise what Telegram answered.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from telegram import (
    Bot,
    InputMediaPhoto,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import Application, CallbackContext

from bot import buttons
from bot.buttons import Keyboard
from bot.calls import call
from bot.command import read_command
from bot.markup import without_markup
from bot.pictures.studio import Studio
from bot.texts import everywhere
from bot.transport import NotSent, Unsure
from bot.transport_errors import refusal
from habits import conversations, inbox, people
from habits.admissions import Admission
from habits.conversations import Conversation
from habits.erasures import Erasures
from habits.rules.person import Person
from habits.storage.database import Database, Tx
from habits.storage.rows import BLOCKED

P = ParamSpec("P")
T = TypeVar("T")

EXPORT_NAME = "habits-export.zip"
"""Fixed: a name made of what somebody typed could be one that harms."""
NO_PREVIEW = {"is_disabled": True}
"""Telegram's LinkPreviewOptions."""
TRIES = 4
GONE = ("message to edit not found", "can't be edited", "image_process_failed", "photo_invalid")
"""What Telegram says where a message, or the picture in it, cannot be had."""
ASIDE = "aside"
"""Where a conversation keeps the one that it interrupted."""

_log = logging.getLogger(__name__)


@dataclass
class Visit:
    """One update on its way through the features.

    met: nothing was stored about them before this update.
    quiet: the person is flooding us; effects count, replies are kept back.
    answered: the press itself has had its answer.
    is_command: what was typed is a command's name without its slash.
    zones: the zones at a location they shared; the location itself was never kept.
    """

    update_id: int
    person: Person
    conversation: Conversation | None
    now: datetime
    met: bool = False
    back: bool = False
    quiet: bool = False
    is_command: bool = False
    zones: tuple[str, ...] | None = None
    handled: bool = False
    answered: bool = False
    failure: BaseException | None = None


@dataclass
class House:
    """What the features reach through the context."""

    database: Database
    erasures: Erasures
    studio: Studio
    public_url: str | None = None
    admission: Admission = field(default_factory=Admission)
    visits: dict[int, Visit] = field(default_factory=dict)


class Context(CallbackContext[Bot, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context with the visit in it."""

    visit: Visit
    house: House
    event: Update

    @classmethod
    def from_update(
        cls, update: object, application: "Application[Any, Any, Any, Any, Any, Any]"
    ) -> "Context":
        """Find the visit that the update belongs to."""
        context = super().from_update(update, application)
        assert isinstance(update, Update)
        context.event = update
        context.house = application.bot_data["house"]
        context.visit = context.house.visits[update.update_id]
        return context

    @property
    def person(self) -> Person:
        """Who wrote or pressed."""
        return self.visit.person

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone; features that need one are behind `needs_zone`."""
        assert self.visit.person.zone is not None
        return self.visit.person.zone

    @property
    def now(self) -> datetime:
        """The one reading of the clock for this update."""
        return self.visit.now

    @property
    def conversation(self) -> Conversation | None:
        """Where the person stands, if we asked them something."""
        return self.visit.conversation

    @property
    def text(self) -> str:
        """What was typed, a command's name left out."""
        message = self.event.effective_message
        typed = (message.text or "") if message else ""
        if self.visit.is_command:
            return ""
        command = read_command(typed)
        return typed if command is None else command.rest

    async def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Look something up."""
        return await self.house.database.read(work, *args, **kwargs)

    async def write(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case; the first one of an update is committed together with "handled"."""
        if self.visit.handled:
            return await self.house.database.write(work, *args, **kwargs)
        result = await self.house.database.write(
            lambda tx: inbox.handling(tx, self.visit.update_id, work, *args, **kwargs)
        )
        self.visit.handled = True
        return result

    async def erase(self) -> None:
        """Forget the person, for good: a backup that is put back does not bring them back."""
        person_id, erasures = self.person.id, self.house.erasures
        since = await self.read(people.known_since, person_id)
        if since is not None:
            await asyncio.to_thread(erasures.note, person_id, since, self.now)
        await self.write(people.forget, person_id)

    async def remember(self, step: str, **data: Any) -> None:
        """Note what we are asking; the answer may come after a restart.

        A commitment on its way is put aside meanwhile, so that nothing of it is lost.
        """
        aside = {} if "draft" in data else self._draft_aside()
        conversation = Conversation(step, aside | data)
        await self.write(conversations.keep, self.person.id, conversation, self.now)
        self.visit.conversation = conversation

    def _draft_aside(self) -> dict[str, Any]:
        before = self.conversation
        if before is None or "draft" not in before.data:
            return {}
        aside = before.data.get(ASIDE, {"step": before.step, "data": before.data})
        return {"draft": before.data["draft"], ASIDE: aside}

    async def forget(self) -> None:
        """What we asked is answered; a commitment that was put aside comes back."""
        aside = self.conversation.data.get(ASIDE) if self.conversation else None
        if aside is None:
            await self.write(conversations.end, self.person.id)
            self.visit.conversation = None
            return
        conversation = Conversation(aside["step"], aside["data"])
        await self.write(conversations.keep, self.person.id, conversation, self.now)
        self.visit.conversation = conversation

    async def reply(self, text: str, keyboard: Keyboard | None = None, **more: Any) -> None:
        """Say something below. answers: as a reply to what was typed."""
        if self.visit.quiet:
            return
        typed = self.event.effective_message if more.get("answers") else None
        await self._try(
            lambda plainly: call(
                self.bot,
                "sendMessage",
                chat_id=self.person.id,
                text=without_markup(text) if plainly else text,
                parse_mode=None if plainly else ParseMode.HTML,
                reply_markup=more.get("reply_markup", keyboard),
                reply_parameters=_as_reply(typed),
                link_preview_options=NO_PREVIEW,
            )
        )

    async def send_file(
        self,
        name: str,
        content: bytes,
        caption: str,
        keyboard: Keyboard | None = None,
    ) -> None:
        """Send a file with a few words below it, however much is said to this person."""
        await self._try(
            lambda plainly: self.bot.send_document(
                self.person.id,
                content,
                filename=name,
                caption=without_markup(caption) if plainly else caption,
                parse_mode=None if plainly else ParseMode.HTML,
                reply_markup=buttons.of_ptb(keyboard),
            )
        )

    async def show(self, text: str, keyboard: Keyboard | None = None) -> None:
        """Put this in the place of the pressed message, or below where that cannot be."""
        if self.visit.quiet:
            return
        message = self.pressed_message
        if message is None or message.text is None:  # the words under a file stay with it
            await self.reply(text, keyboard)
            return
        shown = await self._try(
            lambda plainly: call(
                self.bot,
                "editMessageText",
                text=without_markup(text) if plainly else text,
                chat_id=self.person.id,
                message_id=message.message_id,
                parse_mode=None if plainly else ParseMode.HTML,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
        )
        if not shown:
            await self.reply(text, keyboard)

    async def leave(self, keyboard: Keyboard | None) -> None:
        """Let the pressed message keep its words, and these of its buttons."""
        message = self.pressed_message
        if self.visit.quiet or message is None:
            return
        await self._try(
            lambda _: call(
                self.bot,
                "editMessageReplyMarkup",
                chat_id=self.person.id,
                message_id=message.message_id,
                reply_markup=keyboard,
            )
        )

    async def draw(self, svg: str) -> bytes | None:
        """A picture, or None: then words have to do. Never while a transaction is open."""
        return None if self.visit.quiet else await self.house.studio.draw(svg)

    async def reply_picture(
        self, picture: bytes, caption: str, keyboard: Keyboard | None = None
    ) -> bool:
        """Send a picture below; False where Telegram does not take it."""
        return self.visit.quiet or await self._try(
            lambda plainly: self.bot.send_photo(
                self.person.id,
                picture,
                caption=without_markup(caption) if plainly else caption,
                parse_mode=None if plainly else ParseMode.HTML,
                reply_markup=buttons.of_ptb(keyboard),
            )
        )

    async def show_picture(
        self, picture: bytes, caption: str, keyboard: Keyboard | None = None
    ) -> bool:
        """Put a picture in the place of the pressed one, or below where that cannot be."""
        if self.visit.quiet:
            return True
        message = self.pressed_message
        if message is None or not message.photo:
            return await self.reply_picture(picture, caption, keyboard)
        shown = await self._try(
            lambda plainly: self.bot.edit_message_media(
                InputMediaPhoto(
                    picture,
                    caption=without_markup(caption) if plainly else caption,
                    parse_mode=None if plainly else ParseMode.HTML,
                ),
                chat_id=self.person.id,
                message_id=message.message_id,
                reply_markup=buttons.of_ptb(keyboard),
            )
        )
        return shown or await self.reply_picture(picture, caption, keyboard)

    @property
    def pressed_message(self) -> Message | None:
        """The message whose button was pressed, where it can still be edited."""
        query = self.event.callback_query
        message = query.message if query else None
        # PTB makes a Message of one that is out of reach as well
        return message if isinstance(message, Message) and message.is_accessible else None

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answer the press itself; every press gets one answer, also one of a flood."""
        query = self.event.callback_query
        if query is not None and not self.visit.answered:
            self.visit.answered = True
            text = text or (everywhere.slow_down() if self.visit.quiet else "")
            answer: dict[str, Any] = {"text": text[:200] or None, "show_alert": alert}
            await self._try(
                lambda _: call(
                    self.bot, "answerCallbackQuery", callback_query_id=query.id, **answer
                )
            )

    async def _try(self, call: Callable[[bool], Any]) -> bool:
        """Make a call, again where that helps; False where its message or picture cannot be.

        While Telegram asks to wait the call is only later: see bot/pacing.py.
        """
        plainly = False
        for attempt in range(TRIES):
            try:
                await call(plainly)
            except Forbidden:
                await self.house.database.write(
                    people.out_of_reach, self.person.id, BLOCKED, self.now
                )
                return True
            except BadRequest as error:
                if _is_about_markup(error) and not plainly:
                    _log.error("Telegram refused our markup: %s", refusal(error))
                    plainly = True
                    continue
                return not _is_gone(error)
            except NetworkError as error:
                if not _is_worth_another_try(error):
                    _log.warning("an answer may be lost: %s", error)
                    return True
                await asyncio.sleep(0.5 * 2**attempt)
            except TelegramError as error:
                _log.error("Telegram refused an answer: %s", refusal(error))
                return True
            else:
                return True
        _log.warning("an answer is lost after %d tries", TRIES)
        return True


def _as_reply(message: Message | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


def _is_worth_another_try(error: NetworkError) -> bool:
    """Never sent; or refused by a gateway (5xx), where a second copy is the smaller harm."""
    return isinstance(error, NotSent) or (isinstance(error, Unsure) and error.reason == "server")


def _is_about_markup(error: BadRequest) -> bool:
    return "parse entities" in error.message.lower()


def _is_gone(error: BadRequest) -> bool:
    words = error.message.lower()
    return any(part in words for part in GONE)


def pressed(update: Update) -> buttons.Pressed | buttons.Older | None:
    """The button that an update is about."""
    return buttons.read(update.callback_query.data) if update.callback_query else None
