"""The diary: what was done and noted, week by week, and searched."""

import base64
import binascii
from datetime import date

from bot.asides import answers_something_else
from bot.asking import take_whole_sentence
from bot.buttons import Row, button, keyboard
from bot.context import Context
from bot.diary_pages import A_PAGE, SEARCH, entries_of, is_answer, show_page, today_of
from bot.language import plain
from bot.phrases import read_diary
from bot.routing import Press, an_id, an_ordinal
from bot.texts import diary as texts
from bot.typed import Empty, TooLong, clean
from habits import diary
from habits.diary import Place

LONGEST_SEARCH = 40
MOST_IN_A_BUTTON = 40
MOST_SKIPPED = 100_000


def some_words(word: str) -> str:
    """What is looked for, as buttons carry it."""
    try:
        typed = base64.urlsafe_b64decode(word.replace(".", "=")).decode()
    except binascii.Error as error:
        raise ValueError(word) from error
    match clean(typed, LONGEST_SEARCH):
        case str() as words:
            return words
        case _:
            raise ValueError(word)


def _in_a_button(words: str) -> str | None:
    """The other way; None where they do not fit into a button."""
    coded = base64.urlsafe_b64encode(words.encode()).decode().replace("=", ".")
    return coded if len(coded) <= MOST_IN_A_BUTTON else None


def a_skip(word: str) -> int:
    """How many entries stand before, as buttons carry it."""
    skip = an_id(word)
    if skip > MOST_SKIPPED:
        raise ValueError(word)
    return skip


async def newest(context: Context) -> None:
    """The newest page."""
    await show_page(context, None)


async def from_here(context: Context, day: int, entry_id: int) -> None:
    """The page that begins at an entry."""
    await show_page(context, Place(date.fromordinal(day), entry_id))


async def ask_words(context: Context) -> None:
    """Search: which word?"""
    await context.remember(SEARCH, at=context.now.isoformat())
    await context.show(texts.which_words(), keyboard([button(plain("← Diary"), "diary")]))


async def type_words(context: Context, text: str) -> bool:
    """The words that are typed while we wait for them."""
    if not is_answer(context) or answers_something_else(context, text):
        return False
    await context.forget()
    await _search(context, text)
    return True


async def _search(context: Context, text: str) -> None:
    words = clean(text, LONGEST_SEARCH)
    match words:
        case str():
            await search(context, words, 0)
        case TooLong():
            await context.reply(texts.too_long(LONGEST_SEARCH))
        case Empty():
            await newest(context)


async def search(context: Context, words: str, skip: int) -> None:
    """What holds the words, newest first."""
    found = await context.read(diary.search, context.person, words, skip=skip, count=A_PAGE)
    whole = button(plain("← Diary"), "diary")
    if not found.entries:
        again = button(plain("Search"), "diary_search")
        await context.show(texts.found_nothing(words), keyboard([again, whole]))
        return
    text = texts.found(words, found.entries, today_of(context), more=found.more)
    turns = _turns(words, skip, more=found.more)
    await context.show(text, keyboard(*entries_of(context, found.entries), turns, [whole]))


def _turns(words: str, skip: int, *, more: bool) -> Row:
    """Where the words fit into a button; so many letters are in few entries anyway."""
    coded = _in_a_button(words)
    if coded is None:
        return []
    older = button(plain("← Older"), "diary_found", coded, skip + A_PAGE)
    newer = button(plain("Newer →"), "diary_found", coded, max(0, skip - A_PAGE))
    return [*([older] if more else []), *([newer] if skip else [])]


async def read_typed(context: Context, text: str) -> bool:
    """ "diary", and "diary tea"; but "diary every Sunday at 8pm" is a commitment."""
    words = read_diary(text, context.person.language)
    if words is None:
        return False
    if not words:
        await newest(context)
    elif not await take_whole_sentence(context, text):
        await _search(context, words)
    return True


PRESSES = {
    "diary": Press(newest),
    "diary_at": Press(from_here, an_ordinal, an_id),
    "diary_search": Press(ask_words),
    "diary_found": Press(search, some_words, a_skip),
}
ANSWERS = {SEARCH: type_words}
READERS = [read_typed]
