"""Fill in a past week: one check-in more, rest, clear; every change can be undone."""

from datetime import date

from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.context import Context
from bot.diary_pages import entries_of
from bot.language import isolated, plain
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import past_weeks as texts
from bot.texts import streaks
from habits import answers, check_ins, corrections
from habits.answers import Noted
from habits.check_ins import CheckIn, Recorded
from habits.commitments import NotThere
from habits.corrections import Cleared, Looked, Page
from habits.rules.zone import persons_day

A_PAGE = 8


def a_week_or_newest(word: str) -> int:
    """The first day of a week as buttons carry it, or 0."""
    return an_ordinal(word) if word != "0" else 0


async def weeks(context: Context, commitment_id: int, before: int) -> None:
    """A page of weeks, newest first; before: the first day of the week after it, 0 for none."""
    found = await context.read(
        corrections.page,
        context.person,
        commitment_id,
        context.now,
        before=date.fromordinal(before) if before else None,
        count=A_PAGE,
    )
    match found:
        case Page():
            await context.show(texts.which_week(found), _page(context, found, newest=not before))
        case NotThere():
            await not_there(context)


def _page(context: Context, page: Page, *, newest: bool) -> Keyboard | None:
    today = persons_day(context.now, context.zone)
    theirs = page.commitment.id
    each = [
        button(texts.label(past, today), "past", theirs, past.week.first.toordinal())
        for past in page.weeks
    ]
    turns = []
    if page.older and page.weeks:
        last = page.weeks[-1].week.first.toordinal()
        turns.append(button(plain("← Older"), "weeks", theirs, last))
    if not newest:
        turns.append(button(plain("Newest"), "weeks", theirs, 0))
    return keyboard(*in_rows(each, 2), turns)


async def past(context: Context, commitment_id: int, first: int) -> None:
    """One week, by its first day."""
    await _show(context, commitment_id, date.fromordinal(first))


async def _show(
    context: Context,
    commitment_id: int,
    first: date,
    undo: Button | None = None,
    added: CheckIn | None = None,
) -> None:
    """The week as it stands, with the way back from what was just done to it."""
    match await context.read(corrections.look, context.person, commitment_id, first, context.now):
        case Looked() as looked:
            text = _words(context, looked, changed=undo is not None)
            entries = entries_of(context, looked.check_ins)
            await context.show(text, keyboard(*_ways(added), *entries, *_changes(looked, undo)))
        case NotThere():
            await not_there(context)


def _words(context: Context, looked: Looked, *, changed: bool) -> str:
    """What is known of the week, and after a change what that made of the streak."""
    today = persons_day(context.now, context.zone)
    words = texts.one_week(looked, today, numbers=context.person.shows_numbers)
    if not changed:
        return words
    return f"{words}\n\n{streaks.kept(looked.kept, context.person, today)}"


def _ways(added: CheckIn | None) -> list[Row]:
    """Which way it was, where that can be told."""
    if added is None or len(added.commitment.open_ways) < 2:
        return []
    return in_rows(
        (
            button(isolated(way.title), "way", added.id, way.id)
            for way in added.commitment.open_ways
        ),
        2,
    )


def _changes(looked: Looked, undo: Button | None) -> list[Row]:
    theirs, first = looked.kept.commitment.id, looked.past.week.first.toordinal()
    done = len(looked.check_ins)
    more = button(
        texts.one_more() if done else texts.did_it(), "past_more", theirs, first, done + 1
    )
    rest = (
        button(texts.rest_not(), "past_unrest", theirs, first)
        if looked.past.rests
        else button(texts.rest(), "past_rest", theirs, first)
    )
    clear = button(texts.clear(), "past_clear", theirs, first)
    room = done < len(looked.past.week.days)
    return [
        [more] if room else [],
        [rest, clear] if done or looked.past.rests else [rest],
        [*([undo] if undo else []), button(plain("← All weeks"), "weeks", theirs, 0)],
    ]


async def one_more(context: Context, commitment_id: int, first: int, wanted: int) -> None:
    """One check-in more, up to the number that the button was made for."""
    day = date.fromordinal(first)
    match await context.write(
        corrections.fill_up_to, context.person, commitment_id, day, wanted, context.now
    ):
        case Recorded(check_in):
            undo = button(plain("Undo"), "past_undo", check_in.id)
            await _show(context, commitment_id, day, undo, check_in)
        case None:
            await _show(context, commitment_id, day)
        case NotThere():
            await not_there(context)


async def undo_one(context: Context, check_in_id: int) -> None:
    """Undo of One check-in more."""
    match await context.write(check_ins.remove, context.person, check_in_id, context.now):
        case Noted(commitment, _, week):
            await _show(context, commitment.id, week)
        case NotThere():
            await not_there(context)


async def rest(context: Context, commitment_id: int, first: int) -> None:
    """Rest in a past week."""
    day = date.fromordinal(first)
    looked = await context.read(corrections.look, context.person, commitment_id, day, context.now)
    if isinstance(looked, NotThere):
        await not_there(context)
        return
    await context.write(answers.rest, context.person, commitment_id, day, context.now)
    undo = button(plain("Undo"), "past_unrest", commitment_id, first)
    await _show(context, commitment_id, day, undo)


async def rest_not(context: Context, commitment_id: int, first: int) -> None:
    """No rest in a past week."""
    day = date.fromordinal(first)
    match await context.write(answers.rest_not, context.person, commitment_id, day, context.now):
        case Noted():
            undo = button(plain("Undo"), "past_rest", commitment_id, first)
            await _show(context, commitment_id, day, undo)
        case NotThere():
            await not_there(context)


async def clear(context: Context, commitment_id: int, first: int) -> None:
    """Take back everything that was answered in a week."""
    day = date.fromordinal(first)
    match await context.write(corrections.clear, context.person, commitment_id, day, context.now):
        case Cleared(int(change_id)):
            undo = button(plain("Undo"), "past_restore", change_id)
            await _show(context, commitment_id, day, undo)
        case Cleared():
            await _show(context, commitment_id, day)
        case NotThere():
            await not_there(context)


async def restore(context: Context, change_id: int) -> None:
    """Undo of Clear."""
    match await context.write(corrections.restore, context.person, change_id, context.now):
        case (commitment, first):
            await _show(context, commitment.id, first)
        case NotThere():
            await not_there(context)


PRESSES = {
    "weeks": Press(weeks, an_id, a_week_or_newest),
    "past": Press(past, an_id, an_ordinal),
    "past_more": Press(one_more, an_id, an_ordinal, an_id),
    "past_undo": Press(undo_one, an_id),
    "past_rest": Press(rest, an_id, an_ordinal),
    "past_unrest": Press(rest_not, an_id, an_ordinal),
    "past_clear": Press(clear, an_id, an_ordinal),
    "past_restore": Press(restore, an_id),
}
