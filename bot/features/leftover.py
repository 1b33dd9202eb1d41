"""What was typed and fits nothing: one tap makes it a commitment, or a line in the diary.

Nothing of it is kept here: the answer replies to the message, and a press brings it back.
"""

from datetime import datetime, timedelta

from bot import drafting
from bot.asking import begin
from bot.buttons import Row, button, keyboard
from bot.context import Context
from bot.diary_pages import gone, one_entry
from bot.draft import Draft
from bot.drafting import Full
from bot.phrases import may_be_a_title
from bot.routing import Press, an_id
from bot.texts import check_ins, everywhere
from bot.texts import leftover as texts
from bot.typed import Empty, TooLong, clean
from habits import diary
from habits.check_ins import CheckIn, find
from habits.commitments import NotThere
from habits.diary import Edited
from habits.rules.commitment import LONGEST_NOTE, LONGEST_TITLE, MOST_WAYS
from habits.rules.person import Person
from habits.storage.database import Tx

RECENT = timedelta(days=1)
"""So long after its day a check-in may be what a line is about."""


async def offer(context: Context, text: str) -> bool:
    """Say that it was not understood, and what it may become."""
    rows: list[Row] = []
    is_short = isinstance(clean(text, LONGEST_TITLE), str)
    if is_short and may_be_a_title(text, context.person.language):
        rows.append([button(texts.make_a_commitment(), "typed_new")])
    entry = await context.read(diary.latest, context.person, context.now - RECENT)
    if entry is not None and not isinstance(_with_line(entry, text), str):
        entry = None
    if entry is not None:
        rows.append([button(texts.keep_with(entry), "typed_line", entry.id)])
    said = everywhere.not_understood() if entry is None else texts.a_line_for(entry)
    await context.reply(said, keyboard(*rows), answers=bool(rows))
    return True


def _with_line(entry: CheckIn, text: str) -> str | Empty | TooLong:
    """What would be noted: the line, below any that is there."""
    return clean("\n".join(filter(None, (entry.note, text))), LONGEST_NOTE, lines=True)


def _typed(context: Context) -> str | None:
    """The message that the pressed one replies to; None where it was deleted."""
    message = context.pressed_message
    return message.reply_to_message.text if message and message.reply_to_message else None


async def make_it_a_commitment(context: Context) -> None:
    """Begin with what was typed; the days and the time follow."""
    match drafting.with_ways(_typed(context) or ""):
        case Draft() as draft:
            await begin(context, draft)
        case Full(draft):
            await begin(context, draft, everywhere.too_many_ways(MOST_WAYS))
        case Empty() | TooLong():
            await context.toast(texts.no_longer_here(), alert=True)


async def keep_as_line(context: Context, check_in_id: int) -> None:
    """Note what was typed with the check-in."""
    outcome = await context.write(
        _note, context.person, check_in_id, _typed(context) or "", context.now
    )
    match outcome:
        case Edited(entry, change_id):
            await context.show(*one_entry(context, entry, change_id))
        case NotThere():
            await gone(context)
        case Empty():
            await context.toast(texts.no_longer_here(), alert=True)
        case TooLong():
            await context.toast(check_ins.a_note(LONGEST_NOTE), alert=True)


def _note(
    tx: Tx, person: Person, check_in_id: int, text: str, now: datetime
) -> Edited | NotThere | Empty | TooLong:
    entry = find(tx, person, check_in_id)
    if entry is None:
        return NotThere()
    if isinstance(clean(text, LONGEST_NOTE, lines=True), Empty):
        return Empty()
    note = _with_line(entry, text)
    return diary.set_note(tx, person, check_in_id, note, now) if isinstance(note, str) else note


PRESSES = {
    "typed_new": Press(make_it_a_commitment),
    "typed_line": Press(keep_as_line, an_id),
}
READERS = [offer]
