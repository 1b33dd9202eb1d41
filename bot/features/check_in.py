"""Did it, Later, Rest, Not this time; which way, fulfilled or not, a note; /done and "did it"."""

from datetime import date

from telegram import InlineKeyboardMarkup

from bot.after_check_in import thanked, undo_button
from bot.buttons import Pressed, Row, button, in_rows, keyboard, read
from bot.context import Context
from bot.fading_offer import offer_fading
from bot.language import isolated, plain
from bot.phrases import Done, NotThisTime, Rest, read_answer
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import check_ins as texts
from bot.texts import diary, everywhere
from bot.texts.schedules import title_of
from bot.typed import Empty, TooLong, clean
from habits import answers, check_ins, commitments, rounds
from habits.answers import Noted
from habits.check_ins import CheckIn, Open, Recorded
from habits.commitments import NotThere
from habits.rounds import Later, Postponed
from habits.rules.commitment import LONGEST_NOTE, LONGEST_TITLE, Way


async def did(context: Context, occasion_id: int) -> None:
    """Did it, under a reminder."""
    outcome = await context.write(check_ins.did_it, context.person, occasion_id, context.now)
    await _tell(context, outcome)


async def _tell(context: Context, outcome: Recorded | NotThere) -> None:
    match outcome:
        case Recorded():
            await context.show(*_afterwards(outcome))
            await offer_fading(context, outcome)
        case NotThere():
            await not_there(context)


def _afterwards(recorded: Recorded) -> tuple[str, InlineKeyboardMarkup | None]:
    """Noted, and the next optional question."""
    question, rows = _question(recorded.check_in)
    text = f"{texts.noted(recorded)} {question}"
    opens = [] if recorded.counts else [button(diary.label(), "diary")]
    return text.rstrip(), keyboard(*rows, [undo_button(recorded.check_in), *opens])


def _question(check_in: CheckIn) -> tuple[str, list[Row]]:
    ways = check_in.commitment.open_ways
    if len(ways) > 1 and check_in.way_id is None:
        return texts.which_way(), _ways(check_in, ways)
    if check_in.fulfilled is None:
        return texts.fulfilled(), [_fulfilled(check_in)]
    return "", []


def _ways(check_in: CheckIn, ways: tuple[Way, ...]) -> list[Row]:
    buttons = [button(isolated(way.title), "way", check_in.id, way.id) for way in ways]
    return [*in_rows(buttons, 2), [button(plain("Something else"), "other_way", check_in.id)]]


def _fulfilled(check_in: CheckIn) -> Row:
    return [
        button(texts.yes(), "fulfilled", check_in.id, "y"),
        button(texts.not_really(), "fulfilled", check_in.id, "n"),
    ]


async def choose_way(context: Context, check_in_id: int, way_id: int) -> None:
    """One of the ways, after a check-in."""
    await _go_on(
        context, await context.write(check_ins.set_way, context.person, check_in_id, way_id)
    )


async def _go_on(context: Context, outcome: CheckIn | NotThere) -> None:
    match outcome:
        case CheckIn() if outcome.fulfilled is None:
            _, rows = _question(outcome)
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
            await context.show(texts.not_this_time(outcome, context.zone), keyboard([back]))
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
            await context.show(texts.rests(outcome, context.zone), keyboard([back]))
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
        case NotThere():
            await not_there(context)


async def done(context: Context) -> None:
    """/done, with or without words."""
    await _check_in_unasked(context, context.text or None)


async def read_typed(context: Context, text: str) -> bool:
    """A note in reply to a check-in, or "did it" and the like."""
    if await _read_note(context, text):
        return True
    match read_answer(text, context.person.language):
        case Done(way):
            await _check_in_unasked(context, way)
        case NotThisTime() | Rest() as said:
            await _answer_unasked(context, rests=isinstance(said, Rest))
        case _:
            return False
    return True


async def _check_in_unasked(context: Context, way: str | None) -> None:
    """Did it, without a reminder to press on: for what is open, or asks which."""
    if context.person.zone is None:
        await context.reply(texts.nothing_to_check_in())
        return
    possible = await context.read(check_ins.could_mean, context.person, context.now)
    named = _named(possible, way)
    waiting = [each for each in possible if each.open]
    match named or waiting or possible:
        case []:
            await context.reply(texts.nothing_to_check_in())
        case [only] if not only.today or only.open:
            await _record_unasked(context, only.commitment.id, way)
        case [only]:
            more = button(plain("Once more"), "did_more", only.commitment.id)
            await context.reply(texts.once_more(title_of(only.commitment)), keyboard([more]))
        case several:
            rows = in_rows(
                (
                    button(isolated(e.commitment.title), "did_more", e.commitment.id)
                    for e in several
                ),
                1,
            )
            await context.reply(texts.which_commitment(), keyboard(*rows))


def _named(possible: list[Open], way: str | None) -> list[Open]:
    """The commitments that the typed words name, by a way or by their title."""
    if not way:
        return []
    word = way.casefold()
    return [
        each
        for each in possible
        if word in each.commitment.title.casefold()
        or any(word in one.title.casefold() for one in each.commitment.open_ways)
    ]


async def _record_unasked(context: Context, commitment_id: int, way: str | None) -> None:
    outcome = await context.write(
        check_ins.did_it_unasked, context.person, commitment_id, context.now, way=way
    )
    match outcome:
        case Recorded():
            await context.reply(*_afterwards(outcome))
            await offer_fading(context, outcome)
        case NotThere():
            await context.reply(everywhere.not_there())


async def did_more(context: Context, commitment_id: int) -> None:
    """One of several commitments, or once more."""
    outcome = await context.write(
        check_ins.did_it_unasked, context.person, commitment_id, context.now
    )
    await _tell(context, outcome)


async def _answer_unasked(context: Context, *, rests: bool) -> None:
    """Typed "rest" or "not this time": for what is open, or else /rest asks."""
    if context.person.zone is None:
        await context.reply(texts.nothing_to_check_in())
        return
    outcome = await context.write(answers.answer_unasked, context.person, context.now, rests=rests)
    match outcome:
        case Noted() if rests:
            back = button(plain("Undo"), "unrest", outcome.commitment.id, outcome.week.toordinal())
            await context.reply(texts.rests(outcome, context.zone), keyboard([back]))
        case Noted(occasion_id=int(occasion_id)):
            back = button(plain("Undo"), "unanswer", occasion_id)
            await context.reply(texts.not_this_time(outcome, context.zone), keyboard([back]))
        case _:
            await context.reply(texts.nothing_open())


async def _read_note(context: Context, text: str) -> bool:
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

COMMANDS = {"done": done}
PRESSES = {
    "did": Press(did, an_id),
    "did_more": Press(did_more, an_id),
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
READERS = [read_typed]
