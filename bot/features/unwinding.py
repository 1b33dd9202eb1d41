"""What unwinds me, and Pick for me."""

import secrets
from collections.abc import Sequence
from random import Random

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.markup import fits_caption
from bot.pictures.chart import Bar, draw
from bot.pictures.palette import palette_of
from bot.reminder_buttons import of_picked
from bot.routing import Press, an_id, not_there
from bot.texts import unwinding as texts
from habits import unwinding
from habits.rules.fulfilment import interval, share
from habits.rules.person import Person, Pictures
from habits.unwinding import Answered

MOST_BARS = 8


async def unwinds(context: Context) -> None:
    """What unwinds me: a picture where there is something to draw, and words."""
    found = await context.read(unwinding.answered, context.person)
    if not found:
        await context.reply(texts.none_yet())
        return
    buttons = keyboard([button(plain("Pick for me"), "pick")])
    bars = _bars(context.person, found)
    picture = await _picture(context, bars)
    drawn = 0 if picture is None else len(bars)
    words = texts.unwinds(found, numbers=context.person.shows_numbers, drawn=drawn)
    short = fits_caption(words)
    if picture is not None and short and await context.reply_picture(picture, words, buttons):
        return
    if picture is not None and not short:
        await context.reply_picture(picture, texts.heading())
    await context.reply(words, buttons)


def _bars(person: Person, found: Sequence[Answered]) -> list[Bar]:
    """What there is to draw; nothing for who wants no picture or no numbers."""
    if person.pictures is Pictures.NONE or not person.shows_numbers:
        return []
    known = [each for each in found if share(each.answers) is not None][:MOST_BARS]
    return [_bar(each, place) for place, each in enumerate(known, 1)]


def _bar(each: Answered, place: int) -> Bar:
    known, bounds = share(each.answers), interval(each.answers)
    assert known is not None
    assert bounds is not None
    return Bar(texts.drawn_title(each, place), known, *bounds, texts.counted(each))


async def _picture(context: Context, bars: Sequence[Bar]) -> bytes | None:
    if not bars:
        return None
    colours = palette_of(context.person.pictures)
    return await context.draw(draw(texts.heading(), texts.foot(), bars, colours))


async def pick(context: Context) -> None:
    """Pick for me: more often what fulfils, never the same three times in a row."""
    random = Random(secrets.randbits(64))
    drawn = await context.write(unwinding.pick_for, context.person, random, context.now)
    if drawn is None:
        await context.reply(texts.none_yet())
        return
    await context.show(texts.picked(drawn), keyboard([button(plain("Another one"), "pick")]))


async def pick_now(context: Context, occasion_id: int) -> None:
    """Pick for me, under a reminder: one of its ways, which can be answered like the reminder."""
    random = Random(secrets.randbits(64))
    drawn = await context.write(
        unwinding.pick_for_turn, context.person, occasion_id, random, context.now
    )
    if drawn is None:
        await not_there(context)
        return
    await context.show(texts.picked(drawn), of_picked(occasion_id))


PRESSES = {
    "unwinds": Press(unwinds),
    "pick": Press(pick),
    "pick_now": Press(pick_now, an_id),
}
