"""One entry of the diary: looked at and corrected, each change undone."""

from datetime import date

from bot.buttons import Row, button, in_rows, keyboard
from bot.context import Context
from bot.diary_pages import LINE, diary_at, gone, is_answer, one_entry, stop_waiting
from bot.language import date_words, isolated, plain
from bot.routing import Press, an_id, an_ordinal
from bot.texts import check_ins as check_in_texts
from bot.texts import diary as texts
from bot.typed import Empty, TooLong, clean
from habits import check_ins, corrections, diary
from habits.check_ins import CheckIn
from habits.commitments import NotThere
from habits.corrections import Cleared
from habits.diary import Edited, Place
from habits.rules.commitment import LONGEST_NOTE


async def entry(context: Context, entry_id: int) -> None:
    """One entry."""
    await stop_waiting(context)
    match await context.read(check_ins.find, context.person, entry_id):
        case CheckIn() as found:
            await context.show(*one_entry(context, found))
        case None:
            await gone(context)


async def _show_edited(context: Context, outcome: Edited | NotThere) -> None:
    match outcome:
        case Edited(found, change_id):
            await context.show(*one_entry(context, found, change_id))
        case NotThere():
            await gone(context)


async def felt(context: Context, entry_id: int, answer: int) -> None:
    """Fulfilled (1) or Not really (0)."""
    await _show_edited(
        context,
        await context.write(
            diary.set_fulfilled, context.person, entry_id, bool(answer), context.now
        ),
    )


async def ways(context: Context, entry_id: int) -> None:
    """Which one was it?"""
    match await context.read(check_ins.find, context.person, entry_id):
        case CheckIn() as found:
            each = [
                button(isolated(way.title), "entry_way", entry_id, way.id)
                for way in found.commitment.open_ways
                if way.id != found.way_id
            ]
            await context.show(texts.which_way(found), keyboard(*in_rows(each, 2), _back(found)))
        case None:
            await gone(context)


def _back(found: CheckIn) -> Row:
    return [button(plain("← Back"), "entry", found.id)]


async def set_way(context: Context, entry_id: int, way_id: int) -> None:
    """This one."""
    await _show_edited(
        context,
        await context.write(diary.set_way, context.person, entry_id, way_id, context.now),
    )


async def days(context: Context, entry_id: int) -> None:
    """Another day?"""
    match await context.read(check_ins.find, context.person, entry_id):
        case CheckIn() as found:
            possible = diary.possible_days(found, context.person, context.now)
            each = [
                button(date_words(day), "entry_day", entry_id, day.toordinal())
                for day in possible
                if day != found.day
            ]
            await context.show(texts.which_day(found), keyboard(*in_rows(each, 3), _back(found)))
        case None:
            await gone(context)


async def set_day(context: Context, entry_id: int, day: int) -> None:
    """This day."""
    when = date.fromordinal(day)
    await _show_edited(
        context, await context.write(diary.set_day, context.person, entry_id, when, context.now)
    )


async def line(context: Context, entry_id: int) -> None:
    """Add a line, or another one: the next thing typed is it."""
    match await context.read(check_ins.find, context.person, entry_id):
        case CheckIn() as found:
            await context.remember(LINE, entry=entry_id, at=context.now.isoformat())
            await context.show(texts.which_line(found), keyboard(_back(found)))
        case None:
            await gone(context)


async def type_line(context: Context, text: str) -> bool:
    """The line that is typed while we wait for it."""
    if not is_answer(context):
        return False
    assert context.conversation is not None
    note = clean(text, LONGEST_NOTE, lines=True)
    if isinstance(note, Empty | TooLong):
        await context.reply(check_in_texts.a_note(LONGEST_NOTE))
        return True
    entry_id = int(context.conversation.data["entry"])
    outcome = await context.write(diary.set_note, context.person, entry_id, note, context.now)
    await context.forget()
    await _show_edited(context, outcome)
    return True


async def no_line(context: Context, entry_id: int) -> None:
    """Without the line."""
    await _show_edited(
        context, await context.write(diary.set_note, context.person, entry_id, None, context.now)
    )


async def undo(context: Context, change_id: int) -> None:
    """Undo of a change to an entry."""
    match await context.write(diary.undo, context.person, change_id):
        case CheckIn() as found:
            await context.show(*one_entry(context, found))
        case NotThere():
            await gone(context)


async def take_out(context: Context, entry_id: int) -> None:
    """Take it out."""
    found = await context.read(check_ins.find, context.person, entry_id)
    outcome = await context.write(corrections.take_out, context.person, entry_id, context.now)
    match found, outcome:
        case CheckIn() as out, Cleared(int(change_id)):
            undo = button(plain("Undo"), "entry_back", change_id, entry_id)
            back = diary_at(plain("← Diary"), Place(out.day, out.id))
            await context.show(texts.taken_out(out), keyboard([undo, back]))
        case _:
            await gone(context)


async def put_back(context: Context, change_id: int, entry_id: int) -> None:
    """Undo of Take it out."""
    await context.write(corrections.restore, context.person, change_id, context.now)
    await entry(context, entry_id)


PRESSES = {
    "entry": Press(entry, an_id),
    "entry_felt": Press(felt, an_id, ("n", "y").index),
    "entry_ways": Press(ways, an_id),
    "entry_way": Press(set_way, an_id, an_id),
    "entry_days": Press(days, an_id),
    "entry_day": Press(set_day, an_id, an_ordinal),
    "entry_line": Press(line, an_id),
    "entry_no_line": Press(no_line, an_id),
    "entry_undo": Press(undo, an_id),
    "entry_out": Press(take_out, an_id),
    "entry_back": Press(put_back, an_id, an_id),
}
ANSWERS = {LINE: type_line}
