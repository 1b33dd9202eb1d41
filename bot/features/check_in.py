"""Under a reminder: Did it, Later, Rest, Not this time. Then which way, fulfilled, a note."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.after_check_in import noted, question, thanked, undo_button
from bot.buttons import Keyboard, Pressed, button, keyboard, read
from bot.context import Context
from bot.fading_offer import offer_fading
from bot.language import plain
from bot.phrases import read_name, read_yes
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import check_ins as texts
from bot.texts import everywhere
from bot.texts.schedules import title_of
from bot.typed import Empty, TooLong, clean
from habits import answers, check_ins, commitments, diary, rounds
from habits.answers import Noted
from habits.check_ins import CheckIn, Recorded
from habits.commitments import NotThere
from habits.rounds import Later, NothingOpen, Postponed
from habits.rules.commitment import LONGEST_NOTE, LONGEST_TITLE

ASKED_FOR = timedelta(hours=1)
"""So long what is typed may answer what was asked about a check-in."""


async def did(context: Context, occasion_id: int) -> None:
    """Did it, under a reminder."""
    match await context.write(check_ins.did_it, context.person, occasion_id, context.now):
        case Recorded() as outcome:
            await _show_answer(context, occasion_id, *noted(outcome))
            await offer_fading(context, outcome)
        case NotThere():
            await not_there(context)


async def _show_answer(
    context: Context, occasion_id: int, text: str, shown: Keyboard | None
) -> None:
    """In the place of the message, or below one that asks about others too, which it goes on to."""
    message = context.pressed_message
    markup = message.reply_markup if message else None
    rows = markup.inline_keyboard if markup else ()
    others = [row for row in rows if _asked_about(row) != occasion_id]
    if not any(_asked_about(row) for row in others):
        await context.show(text, shown)
        return
    await context.leave(keyboard(*([each.to_dict() for each in row] for row in others)))
    await context.reply(text, shown)


def _asked_about(row: Sequence[InlineKeyboardButton]) -> int | None:
    """The occasion that a row's first button says was done."""
    pressed = read(row[0].callback_data)
    if not isinstance(pressed, Pressed) or pressed.verb != "did":
        return None
    values = PRESSES["did"].read(pressed.arguments)
    return None if values is None else int(values[0])


async def choose_way(context: Context, check_in_id: int, way_id: int) -> None:
    """One of the ways, after a check-in."""
    await _go_on(
        context, await context.write(check_ins.set_way, context.person, check_in_id, way_id)
    )


async def _go_on(context: Context, outcome: CheckIn | NotThere) -> None:
    match outcome:
        case CheckIn() if outcome.fulfilled is None:
            _, rows = question(outcome)
            text = f"✅ {_what(outcome)} {texts.fulfilled()}"
            await context.show(text, keyboard(*rows, [undo_button(outcome)]))
        case CheckIn():
            await context.show(*thanked(context.person, outcome))
        case NotThere():
            await not_there(context)


def _what(check_in: CheckIn) -> str:
    titles = {way.id: way.title for way in check_in.commitment.ways}
    return texts.this_one(titles.get(check_in.way_id or 0, check_in.commitment.title))


async def other_way(context: Context, check_in_id: int) -> None:
    """Something else: the next line that is typed becomes a way."""
    if await context.read(check_ins.find, context.person, check_in_id) is None:
        await not_there(context)
        return
    await context.remember("other_way", check_in=check_in_id)
    await context.reply(texts.what_else())


async def name_other_way(context: Context, text: str) -> bool:
    """The typed line after Something else."""
    assert context.conversation is not None
    title = clean(text, LONGEST_TITLE)
    if isinstance(title, Empty | TooLong):
        await context.reply(everywhere.a_title(title))
        return True
    check_in_id = int(context.conversation.data["check_in"])
    outcome = await context.write(check_ins.add_way_to, context.person, check_in_id, title)
    await context.forget()
    match outcome:
        case CheckIn():
            await context.reply(texts.way_added(title))
            await _go_on(context, outcome)
        case commitments.TooMany(most):
            await context.reply(everywhere.too_many_ways(most))
        case NotThere():
            await context.reply(everywhere.not_there())
    return True


async def fulfil(context: Context, check_in_id: int, answer: int) -> None:
    """Yes (1) or Not really (0)."""
    outcome = await context.write(
        check_ins.set_fulfilled, context.person, check_in_id, fulfilled=bool(answer)
    )
    await _go_on(context, outcome)


async def undo(context: Context, check_in_id: int) -> None:
    """Take a check-in back."""
    outcome = await context.write(check_ins.remove, context.person, check_in_id, context.now)
    await _show_undone(context, outcome)


async def _show_undone(context: Context, outcome: Noted | NotThere) -> None:
    match outcome:
        case Noted(occasion_id=int(occasion_id)):
            again = button(plain("✅ Did it"), "did", occasion_id)
            await context.show(texts.undone(outcome, context.zone), keyboard([again]))
        case Noted():
            await context.show(texts.undone(outcome, context.zone))
        case NotThere():
            await not_there(context)


async def not_this_time(context: Context, occasion_id: int) -> None:
    """Not this time, under a follow-up."""
    outcome = await context.write(answers.not_this_time, context.person, occasion_id, context.now)
    match outcome:
        case Noted():
            back = button(plain("Undo"), "unanswer", occasion_id)
            told = texts.not_this_time(outcome, context.zone)
            await _show_answer(context, occasion_id, told, keyboard([back]))
        case NotThere():
            await not_there(context)


async def unanswer(context: Context, occasion_id: int) -> None:
    """Undo of Not this time."""
    await _show_undone(
        context, await context.write(answers.unanswer, context.person, occasion_id, context.now)
    )


async def rest(context: Context, occasion_id: int) -> None:
    """Rest this week, under a reminder."""
    outcome = await context.write(answers.rest_week, context.person, occasion_id, context.now)
    match outcome:
        case Noted():
            week = outcome.week.toordinal()
            back = button(plain("Undo"), "unrest", outcome.commitment.id, week)
            told = texts.rests(outcome, context.zone)
            await _show_answer(context, occasion_id, told, keyboard([back]))
        case NotThere():
            await not_there(context)


async def unrest(context: Context, commitment_id: int, week: int) -> None:
    """Undo of Rest this week."""
    outcome = await context.write(
        answers.rest_not, context.person, commitment_id, date.fromordinal(week), context.now
    )
    await _show_undone(context, outcome)


async def later(context: Context, occasion_id: int) -> None:
    """Later, under a reminder: when?"""
    commitment = await context.read(check_ins.commitment_at, context.person, occasion_id)
    if commitment is None:
        await not_there(context)
        return
    labels = {
        Later.HOUR: plain("In an hour"),
        Later.EVENING: plain("This evening"),
        Later.TOMORROW: plain("Tomorrow, same time"),
    }
    offers = rounds.later_times(context.person, commitment, context.now)
    rows = [[button(labels[which], "later_at", occasion_id, which.value)] for which, _ in offers]
    done = [button(plain("✅ Did it"), "did", occasion_id)]
    await context.show(texts.when_else(title_of(commitment)), keyboard(*rows, done))


async def later_at(context: Context, occasion_id: int, which: Later) -> None:
    """In an hour, this evening, tomorrow."""
    outcome = await context.write(rounds.postpone, context.person, occasion_id, which, context.now)
    match outcome:
        case Postponed():
            done = button(plain("✅ Did it"), "did", occasion_id)
            await context.show(texts.postponed(outcome, context.zone), keyboard([done]))
        case NothingOpen():
            await context.show(texts.nothing_open_there())
        case NotThere():
            await not_there(context)


async def read_note(context: Context, text: str) -> bool:
    """A reply to one of our messages about a check-in is a note to it."""
    message = context.event.effective_message
    answered = message.reply_to_message if message else None
    if answered is None or answered.from_user is None or answered.from_user.id != context.bot.id:
        return False
    check_in_id = _check_in_of(answered.reply_markup)
    if check_in_id is None:
        return False
    note = clean(text, LONGEST_NOTE, lines=True)
    if isinstance(note, Empty | TooLong):
        await context.reply(texts.a_note(LONGEST_NOTE))
        return True
    match await context.write(check_ins.set_note, context.person, check_in_id, note):
        case CheckIn() as kept:
            await context.reply(texts.note_kept(kept), keyboard([undo_button(kept)]))
        case NotThere():
            await context.reply(everywhere.not_there())
    return True


async def read_more(context: Context, text: str) -> bool:
    """Which way it was, whether it left them fulfilled, whether it happened: typed, not pressed."""
    asked = await context.read(diary.noted_last, context.person, context.now - ASKED_FOR)
    if asked is not None and len(asked.commitment.open_ways) > 1 and asked.way_id is None:
        return await _name_way(context, asked, text)
    yes = read_yes(text, context.person.language)
    if yes is None:
        return False
    if asked is not None and asked.fulfilled is None:
        await fulfil(context, asked.id, yes)
        return True
    match await context.read(answers.followed_up, context.person, context.now):
        case [occasion_id]:
            await (did if yes else not_this_time)(context, occasion_id)
            return True
    return False


async def _name_way(context: Context, check_in: CheckIn, text: str) -> bool:
    said = re.escape(read_name(text, context.person.language))
    whole = re.compile(rf"\b{said}\b", flags=re.IGNORECASE)  # "no" is none of "Noodles"
    named = [way for way in check_in.commitment.open_ways if whole.search(way.title)]
    if len(named) == 1:
        await choose_way(context, check_in.id, named[0].id)
        return True
    if read_yes(text, context.person.language) is None:
        return False
    asked, rows = question(check_in)
    await context.reply(asked, keyboard(*rows, [undo_button(check_in)]))
    return True


def _check_in_of(markup: InlineKeyboardMarkup | None) -> int | None:
    """The check-in that a message's buttons are about."""
    for row in markup.inline_keyboard if markup else ():
        for each in row:
            pressed = read(each.callback_data)
            if isinstance(pressed, Pressed) and pressed.verb in ABOUT_A_CHECK_IN:
                values = PRESSES[pressed.verb].read(pressed.arguments)
                return None if values is None else int(values[0])
    return None


ABOUT_A_CHECK_IN = ("undo_check_in", "fulfilled", "way", "other_way")

PRESSES = {
    "did": Press(did, an_id),
    "didnt": Press(not_this_time, an_id),
    "unanswer": Press(unanswer, an_id),
    "rest": Press(rest, an_id),
    "unrest": Press(unrest, an_id, an_ordinal),
    "later": Press(later, an_id),
    "later_at": Press(later_at, an_id, Later),
    "way": Press(choose_way, an_id, an_id),
    "other_way": Press(other_way, an_id),
    "fulfilled": Press(fulfil, an_id, ("n", "y").index),
    "undo_check_in": Press(undo, an_id),
}
ANSWERS = {"other_way": name_other_way}
READERS = [read_note, read_more]
