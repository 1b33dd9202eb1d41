"""/import, and a file sent to us: what it would change, one tap, undo."""

import asyncio
from typing import Any

from telegram import Document, Update
from telegram.error import TelegramError
from telegram.ext import MessageHandler, filters

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import Press, an_id, not_there
from bot.texts import importing as texts
from habits import taking_in
from habits.commitments import NotThere
from habits.taking_in import NeedsZone, NoRoom, NothingNew, Offered, TakenIn, Undone

LARGEST = 2**20
"""Bytes; a larger file is refused before it is fetched."""


async def how(context: Context) -> None:
    """/import: which files."""
    await context.reply(texts.how())


async def receive(update: Update, context: Context) -> None:
    """A file: fetched, read beside everything else, and told."""
    document = update.message.document if update.message else None
    if document is None:
        return
    content = await _fetched(document)
    if isinstance(content, str):
        await context.reply(content)
        return
    from bot.files.reading import read  # noqa: PLC0415 - what reads files is long in loading
    from bot.files.unreadable import Unreadable  # noqa: PLC0415

    found = await asyncio.to_thread(read, content, context.now)
    if isinstance(found, Unreadable):
        await context.reply(texts.unreadable(found))
        return
    numbers = context.person.shows_numbers
    outcome = await context.write(taking_in.offer, context.person, found, context.now)
    match outcome:
        case Offered(import_id, summary):
            take = button(plain("Take it in"), "import", import_id)
            leave = button(plain("Leave it"), "leave_import", import_id)
            await context.reply(texts.summary(summary, numbers=numbers), keyboard([take, leave]))
        case _:
            await context.reply(texts.refused(outcome, numbers=numbers))


async def _fetched(document: Document) -> bytes | str:
    """The file's bytes, or why there are none; it is not fetched where it is too large."""
    if (document.file_size or 0) > LARGEST:
        return texts.too_large()
    try:
        file = await document.get_file()
        if (file.file_size or 0) > LARGEST:
            return texts.too_large()
        return bytes(await file.download_as_bytearray())
    except TelegramError:
        return texts.not_fetched()


async def take(context: Context, import_id: int) -> None:
    """Take it in."""
    numbers = context.person.shows_numbers
    outcome = await context.write(taking_in.take_in, context.person, import_id, context.now)
    match outcome:
        case TakenIn():
            undo_ = button(plain("Undo"), "undo_import", import_id)
            await context.show(texts.taken_in(outcome.summary, numbers=numbers), keyboard([undo_]))
        case NotThere():
            await not_there(context)
        case NothingNew() | NoRoom() | NeedsZone():
            await context.show(texts.refused(outcome, numbers=numbers))


async def leave(context: Context, import_id: int) -> None:
    """Leave it."""
    await context.write(taking_in.leave, context.person, import_id)
    await context.show(texts.left())


async def undo(context: Context, import_id: int) -> None:
    """Undo the whole import."""
    match await context.write(taking_in.undo, context.person, import_id, context.now):
        case Undone():
            await context.show(texts.undone())
        case NotThere():
            await not_there(context)


COMMANDS = {"import": how}
PRESSES: dict[str, Press] = {
    "import": Press(take, an_id),
    "leave_import": Press(leave, an_id),
    "undo_import": Press(undo, an_id),
}
OTHERS: list[Any] = [MessageHandler(filters.ChatType.PRIVATE & filters.Document.ALL, receive)]
