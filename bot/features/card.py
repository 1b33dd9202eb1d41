"""The monthly card, on or off."""

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import Press, is_on
from bot.texts import cards as texts
from bot.texts import export
from habits import cards


async def look(context: Context) -> None:
    """The page of the monthly card, in /settings."""
    await _show(context, wanted=await context.read(cards.wants, context.person))


async def set_card(context: Context, wanted: bool) -> None:
    """Switch the monthly card on or off."""
    await context.write(cards.set_wanted, context.person, wanted=wanted)
    await _show(context, wanted=wanted)


async def _show(context: Context, *, wanted: bool) -> None:
    other = button(export.switch(on=not wanted), "set_card", "off" if wanted else "on")
    back = button(plain("← Settings"), "settings")
    await context.show(texts.page(wanted=wanted), keyboard([other], [back]))


PRESSES = {"card": Press(look), "set_card": Press(set_card, is_on)}
