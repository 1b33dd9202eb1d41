"""What is told without a button to press: /done, and typed "did it", "not this time", "rest"."""

from datetime import date

from bot.after_check_in import noted
from bot.buttons import button, in_rows, keyboard
from bot.context import Context
from bot.fading_offer import offer_fading
from bot.language import isolated, plain
from bot.phrases import Done, NotThisTime, Rest, read_answer, read_done
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import check_ins as texts
from bot.texts import everywhere
from bot.texts.rests import nothing_to_rest
from bot.texts.schedules import title_of
from habits import answers, check_ins
from habits.answers import Noted
from habits.check_ins import Open, Recorded
from habits.commitments import NotThere
from habits.rules.zone import persons_day


async def done(context: Context) -> None:
    """/done, with or without words."""
    await _check_in_unasked(context, read_done(context.text, context.person.language))


async def read_typed(context: Context, text: str) -> bool:
    """ "Did it", "not this time", "rest", with or without words."""
    match read_answer(text, context.person.language):
        case Done() as said:
            await _check_in_unasked(context, said)
        case NotThisTime() | Rest() as said:
            await _answer_unasked(context, rests=isinstance(said, Rest))
        case _:
            return False
    return True


async def _check_in_unasked(context: Context, said: Done) -> None:
    """Did it, without a reminder to press on: for what is open, or asks which."""
    if context.person.zone is None:
        await context.reply(texts.nothing_to_check_in())
        return
    if said.in_the_past:
        fill = button(plain("Fill in a past week"), "which_weeks")
        await context.reply(texts.a_past_week(), keyboard([fill]))
        return
    way, day = said.way_words, said.on(persons_day(context.now, context.zone))
    possible = await context.read(check_ins.could_mean, context.person, day)
    named = _named(possible, way)
    waiting = [each for each in possible if each.open]
    if not waiting and said == Done() and await _answer_follow_up(context):
        return
    match named or waiting or possible:
        case []:
            await context.reply(texts.nothing_to_check_in())
        case [only] if not only.today or only.open:
            await _record_unasked(context, only.commitment.id, way, day)
        case [only]:
            its = only.commitment.id
            days_ago = _days_ago(context, day)
            more = ("did_on", its, day.toordinal()) if days_ago else ("did_more", its)
            text = texts.once_more(title_of(only.commitment), day, days_ago)
            await context.reply(text, keyboard([button(plain("Once more"), *more)]))
        case several:
            labels = [(isolated(e.commitment.title), e.commitment.id) for e in several]
            rows = in_rows(
                (button(label, "did_on", each, day.toordinal()) for label, each in labels), 1
            )
            await context.reply(texts.which_commitment(), keyboard(*rows))


async def _answer_follow_up(context: Context) -> bool:
    """Did it, of the one that was asked about, though its week is over."""
    match await context.read(answers.followed_up, context.person, context.now):
        case [occasion_id]:
            outcome = await context.write(
                check_ins.did_it, context.person, occasion_id, context.now
            )
            await _reply_noted(context, outcome)
            return True
    return False


def _named(possible: list[Open], way: str | None) -> list[Open]:
    """The commitments that the typed words name, by a way or by their title."""
    return [each for each in possible if way and each.commitment.is_called(way)]


def _days_ago(context: Context, day: date) -> int:
    return max(0, (persons_day(context.now, context.zone) - day).days)


async def _record_unasked(context: Context, commitment_id: int, way: str | None, day: date) -> None:
    outcome = await context.write(
        check_ins.did_it_unasked, context.person, commitment_id, context.now, way=way, day=day
    )
    await _reply_noted(context, outcome)


async def _reply_noted(context: Context, outcome: Recorded | NotThere) -> None:
    match outcome:
        case Recorded(check_in):
            await context.reply(*noted(outcome, _days_ago(context, check_in.day)))
            await offer_fading(context, outcome)
        case NotThere():
            await context.reply(everywhere.not_there())


async def did_more(context: Context, commitment_id: int) -> None:
    """Once more, today."""
    outcome = await context.write(
        check_ins.did_it_unasked, context.person, commitment_id, context.now
    )
    await _tell(context, outcome)


async def did_on(context: Context, commitment_id: int, day: int) -> None:
    """One of several commitments, or once more, on the day that was meant."""
    meant = date.fromordinal(day)
    outcome = await context.write(
        check_ins.did_it_unasked, context.person, commitment_id, context.now, day=meant
    )
    await _tell(context, outcome, _days_ago(context, meant))


async def _tell(context: Context, outcome: Recorded | NotThere, days_ago: int = 0) -> None:
    match outcome:
        case Recorded():
            await context.show(*noted(outcome, days_ago))
            await offer_fading(context, outcome)
        case NotThere():
            await not_there(context)


async def _answer_unasked(context: Context, *, rests: bool) -> None:
    """Typed "rest" or "not this time": for what is open, or else /rest asks."""
    if context.person.zone is None:
        await context.reply(nothing_to_rest() if rests else texts.nothing_to_answer())
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


COMMANDS = {"done": done}
PRESSES = {
    "did_more": Press(did_more, an_id),
    "did_on": Press(did_on, an_id, an_ordinal),
}
READERS = [read_typed]
