"""A turn planned, from the evening two days before or from /week. For this week only."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.asides import answers_something_else
from bot.buttons import Row, button, in_rows, keyboard
from bot.context import Context
from bot.language import isolated, plain
from bot.reminder_buttons import of_plan
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import everywhere, reminders
from bot.texts import plans as texts
from bot.texts.commitments import shortened
from bot.typed import Empty, TooLong, clean
from habits import plans
from habits.commitments import NotThere
from habits.plans import DayGone, Planned, TooLate
from habits.rules.commitment import LONGEST_TITLE

ANY_WAY = 0
SMALLER = "plan_smaller"
"""The step of a conversation that waits for what is enough this week."""
WAITS = timedelta(hours=1)
"""What is typed later than this is no answer to the question any more."""


async def look(context: Context, occasion_id: int) -> None:
    """A turn in /week; Change, under what was planned: how will it be?"""
    match await context.read(plans.look, context.person, occasion_id, context.now):
        case Planned() as planned:
            await context.show(texts.how(planned, context.zone), of_plan(occasion_id))
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


async def same(context: Context, occasion_id: int) -> None:
    """As always."""
    match await context.write(plans.same, context.person, occasion_id, context.now):
        case Planned() as planned:
            change = button(plain("Change"), "plan", occasion_id)
            await context.show(texts.as_always(planned, context.zone), keyboard([change]))
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


async def _nothing_to_plan(context: Context, outcome: TooLate | NotThere) -> None:
    said = texts.too_late() if isinstance(outcome, TooLate) else everywhere.not_there()
    if context.event.callback_query is None:
        await context.reply(said)
    else:
        await context.toast(said, alert=True)


async def which_day(context: Context, occasion_id: int) -> None:
    """Another day: the days that are left in this week."""
    match await context.read(plans.look_with_days, context.person, occasion_id, context.now):
        case (Planned() as planned, days):
            text = texts.which_day(planned, days, context.zone)
            await context.show(text, keyboard(*_days(planned, days), _or(planned)))
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


def _days(planned: Planned, days: Sequence[date]) -> Sequence[Row]:
    turn = planned.occasion_id
    buttons = [button(texts.day_label(day), "plan_put", turn, day.toordinal()) for day in days]
    return in_rows(buttons, 2)


def _or(planned: Planned) -> Row:
    return [
        button(plain("As always"), "plan_same", planned.occasion_id),
        button(reminders.rest_this_week(), "rest", planned.occasion_id),
    ]


async def put_on(context: Context, occasion_id: int, ordinal: int) -> None:
    """One of the days."""
    day = date.fromordinal(ordinal)
    match await context.write(plans.put_on, context.person, occasion_id, day, context.now):
        case Planned() as planned:
            await context.show(texts.put_on(planned, context.zone), keyboard(*_put(planned)))
        case DayGone(planned, days):
            text = texts.day_gone(planned, days, context.zone)
            await context.show(text, keyboard(*_days(planned, days), _or(planned)))
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


def _put(planned: Planned) -> list[Row]:
    """The way back, where the usual day has not passed."""
    turn, usual = planned.occasion_id, planned.instead_of
    back = [button(plain("Undo"), "plan_put", turn, usual.toordinal())] if usual else []
    way = button(plain("Another way"), "plan_way", turn)
    return [[*back, way] if len(planned.commitment.open_ways) > 1 else back]


async def which_way(context: Context, occasion_id: int) -> None:
    """Another way: one of them for this week."""
    match await context.read(plans.look, context.person, occasion_id, context.now):
        case Planned() as planned:
            await context.show(texts.which_way(planned), keyboard(*_ways(planned), _or(planned)))
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


def _ways(planned: Planned) -> Sequence[Row]:
    ways, turn = planned.commitment.open_ways, planned.occasion_id
    if len(ways) < 2:
        return [[button(plain("+ Another way"), "new_way", planned.commitment.id)]]
    buttons = [button(isolated(shortened(way.title)), "plan_with", turn, way.id) for way in ways]
    return in_rows([*buttons, button(texts.left_open(), "plan_with", turn, ANY_WAY)], 2)


async def choose_way(context: Context, occasion_id: int, way_id: int) -> None:
    """One of the ways, or none yet."""
    outcome = await context.write(
        plans.choose_way, context.person, occasion_id, way_id or None, context.now
    )
    match outcome:
        case Planned() as planned:
            undo = [button(plain("Undo"), "plan_with", occasion_id, ANY_WAY)]
            buttons = keyboard(undo) if planned.way else None
            await context.show(texts.way_chosen(planned, context.zone), buttons)
        case TooLate() | NotThere():
            await _nothing_to_plan(context, outcome)


async def ask_smaller(context: Context, occasion_id: int) -> None:
    """Smaller: a few to tap, or their own words."""
    match await context.read(plans.look, context.person, occasion_id, context.now):
        case Planned() as planned:
            await context.remember(SMALLER, occasion=occasion_id, at=context.now.isoformat())
            offers = [
                button(words, "plan_small", occasion_id, place)
                for place, words in enumerate(texts.small_ones())
            ]
            await context.show(
                texts.how_small(planned), keyboard(*in_rows(offers, 2), _or(planned))
            )
        case TooLate() | NotThere() as outcome:
            await _nothing_to_plan(context, outcome)


async def make_smaller(context: Context, occasion_id: int, place: int) -> None:
    """One of those to tap."""
    offers = texts.small_ones()
    if place >= len(offers):
        await not_there(context)
        return
    await _tell_smaller(context, await _smaller(context, occasion_id, offers[place]))


async def make_whole(context: Context, occasion_id: int) -> None:
    """Undo of a smaller version."""
    await _tell_smaller(context, await _smaller(context, occasion_id, None))


async def type_smaller(context: Context, text: str) -> bool:
    """Their own words for what is enough, while we wait for them."""
    assert context.conversation is not None
    waiting = context.conversation.data
    late = context.now - datetime.fromisoformat(waiting["at"]) > WAITS
    if late or answers_something_else(context, text):
        return False
    words = clean(text, LONGEST_TITLE)
    if isinstance(words, Empty | TooLong):
        await context.reply(texts.what_is_small())
        return True
    await _tell_smaller(context, await _smaller(context, int(waiting["occasion"]), words))
    return True


async def _smaller(
    context: Context, occasion_id: int, words: str | None
) -> Planned | TooLate | NotThere:
    outcome = await context.write(
        plans.make_smaller, context.person, occasion_id, words, context.now
    )
    if context.conversation is not None and context.conversation.step == SMALLER:
        await context.forget()
    return outcome


async def _tell_smaller(context: Context, outcome: Planned | TooLate | NotThere) -> None:
    match outcome:
        case Planned(smaller=str()) as planned:
            undo = button(plain("Undo"), "plan_whole", planned.occasion_id)
            await context.show(texts.made_smaller(planned, context.zone), keyboard([undo]))
        case Planned() as planned:
            await context.show(texts.made_smaller(planned, context.zone))
        case TooLate() | NotThere():
            await _nothing_to_plan(context, outcome)


PRESSES = {
    "plan": Press(look, an_id),
    "plan_same": Press(same, an_id),
    "plan_day": Press(which_day, an_id),
    "plan_put": Press(put_on, an_id, an_ordinal),
    "plan_way": Press(which_way, an_id),
    "plan_with": Press(choose_way, an_id, an_id),
    "plan_smaller": Press(ask_smaller, an_id),
    "plan_small": Press(make_smaller, an_id, an_id),
    "plan_whole": Press(make_whole, an_id),
}
ANSWERS = {SMALLER: type_smaller}
