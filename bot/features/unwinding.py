"""What unwinds me, and Pick for me."""

import secrets
from random import Random

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.markup import fits_caption
from bot.pictures.chart import Bar, draw
from bot.pictures.fonts import can_show
from bot.pictures.palette import palette_of
from bot.routing import Press
from bot.texts import unwinding as texts
from habits import unwinding
from habits.rules.fulfilment import interval, share
from habits.rules.person import Pictures
from habits.unwinding import Answered

MOST_BARS = 8


async def unwinds(context: Context) -> None:
    """What unwinds me: a picture where there is something to draw, and words."""
    found = await context.read(unwinding.answered, context.person)
    if not found:
        await context.reply(texts.none_yet())
        return
    words = texts.unwinds(found, numbers=context.person.shows_numbers)
    buttons = keyboard([button(plain("Pick for me"), "pick")])
    picture = await _picture(context, found)
    short = fits_caption(words)
    if picture is not None and short and await context.reply_picture(picture, words, buttons):
        return
    if picture is not None and not short:
        await context.reply_picture(picture, texts.heading())
    await context.reply(words, buttons)


async def _picture(context: Context, found: list[Answered]) -> bytes | None:
    bars = [bar for each in found if (bar := _bar(each)) is not None][:MOST_BARS]
    person = context.person
    if not bars or person.pictures is Pictures.NONE or not person.shows_numbers:
        return None
    colours = palette_of(person.pictures)
    return await context.draw(draw(texts.heading(), texts.foot(), bars, colours))


def _bar(each: Answered) -> Bar | None:
    known, bounds = share(each.answers), interval(each.answers)
    if known is None or bounds is None or not can_show(each.way.title):
        return None
    return Bar(each.way.title, known, *bounds, texts.counted(each))


async def pick(context: Context) -> None:
    """Pick for me: more often what fulfils, never the same three times in a row."""
    random = Random(secrets.randbits(64))
    drawn = await context.write(unwinding.pick_for, context.person, random, context.now)
    if drawn is None:
        await context.reply(texts.none_yet())
        return
    await context.show(texts.picked(drawn), keyboard([button(plain("Another one"), "pick")]))


PRESSES = {"unwinds": Press(unwinds), "pick": Press(pick)}
