"""/rest: this week, one or all, or until a date."""

from datetime import UTC, date, datetime, timedelta

from bot.asides import answers_something_else, has_digits
from bot.buttons import Keyboard, button, in_rows, keyboard
from bot.context import Context
from bot.language import plain
from bot.phrases import NotUnderstood, Rest, WhichDate, read_answer, read_date
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import rests as texts
from habits import answers, people
from habits.agenda import Agenda, agenda, holiday_on
from habits.answers import Noted
from habits.commitments import NotThere
from habits.rules.commitment import Commitment
from habits.rules.zone import local_day

UNTIL = "rest_until"
"""The step of a conversation that waits for a date."""
MOST_BUTTONS = 20
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def rest(context: Context) -> None:
    """/rest, with or without a date."""
    if context.person.zone is None:
        await context.reply(texts.nothing_to_rest())
    elif not (context.text and await _read_until(context, context.text)):
        await _ask(context)


async def _ask(context: Context) -> None:
    found = await context.read(agenda, context.person, context.now)
    if found.is_empty:
        await context.reply(texts.nothing_to_rest())
        return
    await _wait_for_a_date(context, asked=False)
    today = local_day(context.now, context.zone)
    await context.reply(texts.what_rests(found), _offers(found, today))


async def _wait_for_a_date(context: Context, *, asked: bool) -> None:
    """Take what is typed next for a date; a commitment half made is not thrown away for it.

    asked: they want to type one; otherwise they may, and anything else is heard as ever.
    """
    if context.conversation is None or "draft" not in context.conversation.data:
        await context.remember(UNTIL, asked=asked)


def _offers(found: Agenda, today: date) -> Keyboard | None:
    week = found.week.first.toordinal()
    one = [
        button(texts.this_week(each), "rest_one", each.id, week)
        for each in found.could_rest[:MOST_BUTTONS]
    ]
    back = [
        button(texts.after_all(each), "unrest", each.id, week)
        for each in found.resting[:MOST_BUTTONS]
    ]
    every = [button(plain("🌙 Everything, this week"), "rest_all", week)] if len(one) > 1 else []
    until = [
        button(plain("A week"), "rest_until", (today + timedelta(weeks=1)).toordinal()),
        button(plain("Two weeks"), "rest_until", (today + timedelta(weeks=2)).toordinal()),
        button(plain("Until a date…"), "rest_when"),
    ]
    end = [button(plain("End the rest"), "rest_end")] if found.holiday else []
    return keyboard(*in_rows(one, 1), every, *in_rows(back, 1), until, end)


async def rest_again(context: Context) -> None:
    """The button of /week that leads here."""
    await rest(context)


async def rest_one(context: Context, commitment_id: int, week: int) -> None:
    """One commitment, this week."""
    first = date.fromordinal(week)
    if not await _is_current(context, first):
        return
    match await context.write(answers.rest, context.person, commitment_id, first, context.now):
        case Noted(commitment):
            undo = button(plain("Undo"), "unrest", commitment.id, week)
            text = texts.rests(commitment, *await _next(context, commitment))
            await context.show(text, keyboard([undo]))
        case NotThere():
            await not_there(context)


async def _is_current(context: Context, first: date) -> bool:
    """Whether a button's week is this one; if not, says so and offers the current one."""
    if context.person.zone is None:
        await not_there(context)
        return False
    today = local_day(context.now, context.person.zone)
    if context.person.week_of(today).first == first:
        return True
    await context.toast(texts.too_old(), alert=True)
    await _ask(context)
    return False


async def rest_all(context: Context, week: int) -> None:
    """Everything, this week."""
    first = date.fromordinal(week)
    if not await _is_current(context, first):
        return
    found = await context.read(agenda, context.person, context.now)
    ids = [each.id for each in found.could_rest]
    since = await context.write(answers.rest_all, context.person, ids, first, context.now)
    undo = [] if since is None else [button(plain("Undo"), "rest_none", _micros(since))]
    await context.show(texts.all_rest(*await _next(context)), keyboard(undo))


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def a_moment(word: str) -> datetime:
    """An instant as buttons carry it; OverflowError for one that no calendar has."""
    return EPOCH + timedelta(microseconds=an_id(word))


async def rest_none(context: Context, rested_at: datetime) -> None:
    """Undo of Everything, this week."""
    if await context.write(answers.rest_none, context.person, rested_at, context.now):
        await context.show(texts.all_open(*await _next(context)))
    else:
        await not_there(context)


async def rest_until(context: Context, until: int) -> None:
    """A week, two weeks, a date."""
    day = date.fromordinal(until)
    if context.person.zone is None or day <= local_day(context.now, context.person.zone):
        await context.toast(texts.too_old(), alert=True)
        await rest(context)
    else:
        await _rest_until(context, day)


async def _rest_until(context: Context, until: date) -> None:
    away = await context.write(people.rest_until, context.person, until, context.now)
    context.visit.person = away.person
    undo = (
        button(plain("Undo"), "rest_until", away.before.toordinal())
        if away.before
        else button(plain("Undo"), "rest_end")
    )
    text = texts.rests_until(until, *await _next(context))
    await context.show(text, keyboard([undo]))
    if context.conversation is not None and context.conversation.step == UNTIL:
        await context.forget()


async def _next(context: Context, commitment: Commitment | None = None) -> texts.Next:
    """What comes next, of one commitment or of all."""
    found = await context.read(agenda, context.person, context.now)
    coming = (
        each for each in found.coming if commitment is None or each.commitment.id == commitment.id
    )
    return next(coming, None), context.zone


async def rest_when(context: Context) -> None:
    """Until a date…"""
    await _wait_for_a_date(context, asked=True)
    await context.reply(texts.until_when())


async def rest_end(context: Context) -> None:
    """End the rest, or the undo of a new one."""
    if context.person.zone is None:
        await not_there(context)
        return
    holiday = holiday_on(context.person, local_day(context.now, context.zone))
    if holiday is None:
        await context.show(texts.no_rest_on())
        return
    context.visit.person = await context.write(people.end_rest, context.person, context.now)
    undo = button(plain("Undo"), "rest_until", holiday.until.toordinal())
    await context.show(texts.rest_ended(*await _next(context)), keyboard([undo]))


async def type_date(context: Context, text: str) -> bool:
    """A date, typed while we wait for one."""
    if await _read_until(context, text):
        return True
    asked = context.conversation is not None and context.conversation.data.get("asked")
    if answers_something_else(context, text) or not (asked or has_digits(text)):
        return False
    await context.reply(texts.no_date(NotUnderstood(texts.NOTHING)))
    return True


async def _read_until(context: Context, text: str) -> bool:
    """Rest until the date in a text; False where none is in it."""
    if context.person.zone is None:
        return False
    today = local_day(context.now, context.person.zone)
    match read_date(text, today, context.person.language):
        case date() as until:
            await _rest_until(context, until)
        case WhichDate(dates):
            rows = [
                [button(texts.until_label(day), "rest_until", day.toordinal())] for day in dates
            ]
            await context.reply(texts.which_date(), keyboard(*rows))
        case NotUnderstood() as wrong if wrong.reason in texts.ABOUT_DATES:
            await context.reply(texts.no_date(wrong))
        case _:
            return False
    return True


async def read_rest(context: Context, text: str) -> bool:
    """ "Rest until 5 January", at any time."""
    match read_answer(text, context.person.language):
        case Rest(str(until)) if context.person.zone is not None:
            if not await _read_until(context, until):
                await context.reply(texts.no_date(NotUnderstood(texts.NOTHING)))
            return True
        case _:
            return False


COMMANDS = {"rest": rest}
PRESSES = {
    "rests": Press(rest_again),
    "rest_one": Press(rest_one, an_id, an_ordinal),
    "rest_all": Press(rest_all, an_ordinal),
    "rest_none": Press(rest_none, a_moment),
    "rest_until": Press(rest_until, an_ordinal),
    "rest_when": Press(rest_when),
    "rest_end": Press(rest_end),
}
ANSWERS = {UNTIL: type_date}
READERS = [read_rest]
