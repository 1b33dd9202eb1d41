"""How tense before and after, and what it was: told after a check-in, and asked for if wanted."""

from bot.after_check_in import thanked
from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import Press, an_id, is_on, not_there
from bot.texts import feelings as texts
from habits import feelings
from habits.check_ins import CheckIn
from habits.commitments import NotThere
from habits.rules.feelings import Facet, Moment, Tension


def a_tension(word: str) -> Tension:
    """A face as buttons carry it; ValueError for what is none."""
    return Tension(int(word))


async def tension(context: Context, check_in_id: int, moment: Moment, how: Tension) -> None:
    """One of the faces, before or after."""
    outcome = await context.write(feelings.set_tension, context.person, check_in_id, moment, how)
    await _show_told(context, outcome)


async def facet(context: Context, check_in_id: int, which: Facet, fits: bool) -> None:
    """What it was, or was not."""
    outcome = await context.write(feelings.set_facet, context.person, check_in_id, which, fits=fits)
    await _show_told(context, outcome)


async def _show_told(context: Context, outcome: CheckIn | NotThere) -> None:
    match outcome:
        case CheckIn():
            await context.show(*thanked(context.person, outcome))
        case NotThere():
            await not_there(context)


async def look(context: Context) -> None:
    """The page in /settings."""
    person = context.person
    tense, was = not person.asks_tension, not person.asks_facets
    rows = [
        [button(texts.tension_switch(on=tense), "set_tension", "on" if tense else "off")],
        [button(texts.facets_switch(on=was), "set_facets", "on" if was else "off")],
    ]
    await context.show(texts.page(), keyboard(*rows, [button(plain("← Settings"), "settings")]))


async def set_tension(context: Context, on: bool) -> None:
    """Ask how tense they were, or not."""
    context.visit.person = await context.write(feelings.ask, context.person, tension=on)
    await look(context)


async def set_facets(context: Context, on: bool) -> None:
    """Ask what it was, or not."""
    context.visit.person = await context.write(feelings.ask, context.person, facets=on)
    await look(context)


PRESSES = {
    "tension": Press(tension, an_id, Moment, a_tension),
    "facet": Press(facet, an_id, Facet, is_on),
    "feelings": Press(look),
    "set_tension": Press(set_tension, is_on),
    "set_facets": Press(set_facets, is_on),
}
