"""From an update to the feature that it is for.

A feature module exports, as it needs them:
- COMMANDS: {"week": handler}, with an optional description in texts.commands;
- PRESSES: {"did": Press(handler, int)}: a verb, and what its arguments must be;
- ANSWERS: {"city": answer}: takes typed text while we wait for that step; gives True if it could
  use it;
- READERS: [read]: look at any other typed text in turn; True ends the search;
- OTHERS: handlers of PTB for what is neither typed nor pressed.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import buttons
from bot.command import read_command
from bot.context import Context, pressed
from bot.language import plain
from bot.phrases import SmallTalk, read_answer, read_command_words, read_small_talk
from bot.texts import everywhere
from bot.texts.commands import menu

Handler = Callable[..., Coroutine[Any, Any, None]]
TextHandler = Callable[[Context, str], Awaitable[bool]]
CommandHandler = Callable[[Context], Awaitable[None]]
Converter = Callable[[str], Any]

DAYS = range(date(1900, 1, 1).toordinal(), date(2200, 1, 1).toordinal())
"""Those that a button can be about; a week before or after them is a date as well."""
ALBUMS = 1000
"""Of so many albums we know that they were answered; their pictures come one by one."""


@dataclass(frozen=True)
class Press:
    """A button's handler and the types of its arguments."""

    handler: Handler
    converters: tuple[Converter, ...]

    def __init__(self, handler: Handler, *converters: Converter) -> None:
        object.__setattr__(self, "handler", handler)
        object.__setattr__(self, "converters", converters)

    def read(self, arguments: tuple[str, ...]) -> list[Any] | None:
        """The arguments in their types, or None where they are not ours."""
        if len(arguments) != len(self.converters):
            return None
        try:
            pairs = zip(self.converters, arguments, strict=True)
            return [convert(argument) for convert, argument in pairs]
        except (ValueError, OverflowError):
            return None


def an_id(word: str) -> int:
    """An id as buttons carry it; ValueError for what cannot be one."""
    if not word.isascii() or not word.isdigit() or int(word) >= 2**63:
        raise ValueError(word)
    return int(word)


def an_ordinal(word: str) -> int:
    """A date as buttons carry it (its proleptic ordinal); ValueError for what cannot be one."""
    if an_id(word) not in DAYS:
        raise ValueError(word)
    return int(word)


def is_on(word: str) -> bool:
    """The state that a button sets."""
    if word not in ("on", "off"):
        raise ValueError(word)
    return word == "on"


@dataclass(frozen=True)
class Routes:
    """Everything that the features want to hear of."""

    commands: dict[str, CommandHandler]
    presses: dict[str, Press]
    answers: dict[str, TextHandler]
    readers: Sequence[TextHandler]
    others: Sequence[BaseHandler[Any, Any, Any]]


def routes_of(features: Iterable[ModuleType]) -> Routes:
    """Collect what the features export; no verb, command or step may be taken twice."""
    readers: list[TextHandler] = []
    others: list[BaseHandler[Any, Any, Any]] = []
    routes = Routes({}, {}, {}, readers, others)
    for feature in features:
        for taken, name in (
            (routes.commands, "COMMANDS"),
            (routes.presses, "PRESSES"),
            (routes.answers, "ANSWERS"),
        ):
            offered: dict[str, Any] = getattr(feature, name, {})
            assert not taken.keys() & offered.keys(), (feature.__name__, name)
            taken.update(offered)
        readers.extend(getattr(feature, "READERS", ()))
        others.extend(getattr(feature, "OTHERS", ()))
    return routes


def handlers_of(routes: Routes) -> list[BaseHandler[Any, Any, Any]]:
    """PTB's handlers for the routes, in the order in which they are asked."""
    private = filters.ChatType.PRIVATE
    return [
        *routes.others,
        CallbackQueryHandler(_presses(routes)),
        MessageHandler(private & filters.TEXT, _written(routes)),
        MessageHandler(private & ~filters.StatusUpdate.ALL, _anything_else()),
        TypeHandler(Update, _nothing_to_say),
    ]


def _presses(routes: Routes) -> Handler:
    async def press(update: Update, context: Context) -> None:
        match pressed(update):
            case buttons.Older():
                await context.toast(
                    plain("This button is from an older version. Try /week."), alert=True
                )
            case buttons.Pressed(verb, arguments) if verb in routes.presses:
                route = routes.presses[verb]
                values = route.read(arguments)
                if values is None:
                    await not_there(context)
                else:
                    await route.handler(context, *values)
                    await context.toast()
            case _:
                await not_there(context)

    return press


async def not_there(context: Context) -> None:
    """One answer for what is not theirs and for what does not exist, pressed or typed."""
    if context.event.callback_query is None:
        await context.reply(everywhere.not_there())
    else:
        await context.toast(everywhere.not_there(), alert=True)


def _written(routes: Routes) -> Handler:
    async def read(update: Update, context: Context) -> None:
        message = update.effective_message
        command = read_command((message.text or "") if message else "")
        if command is None:
            await _typed(routes, context)
        elif command.to in (None, context.bot.username.lower()):
            said, language = command.name.replace("_", " "), context.person.language
            meant = read_command_words(said, routes.commands, language)
            await routes.commands.get(meant or "", _unknown_command)(context)

    return read


async def _typed(routes: Routes, context: Context) -> None:
    text = context.text
    step = context.conversation.step if context.conversation else ""
    answer = routes.answers.get(step)
    language = context.person.language
    turns_away = read_small_talk(text, language) in (SmallTalk.CANCEL, SmallTalk.CRISIS)
    if answer is not None and not turns_away and await answer(context, text):
        return
    command = read_command_words(text, routes.commands, language)
    if command is not None and read_answer(text, language) is None:
        context.visit.is_command = True
        await routes.commands[command](context)
        return
    for read in routes.readers:
        if await read(context, text):
            return
    await context.reply(everywhere.not_understood())


async def _unknown_command(context: Context) -> None:
    await context.reply(everywhere.unknown_command(menu()))


def _anything_else() -> Handler:
    albums: deque[str] = deque(maxlen=ALBUMS)

    async def answer(update: Update, context: Context) -> None:
        """One answer for what we cannot read; an album of ten pictures gets one as well."""
        album = update.message.media_group_id if update.message else None
        if album in albums:
            return
        if album:
            albums.append(album)
        await context.reply(everywhere.text_and_buttons())

    return answer


async def _nothing_to_say(_: Update, __: Context) -> None:
    """A pinned message, a new wallpaper: told to us, not said to us."""
