"""/why: what speaks for doing it this way, a page for each reason."""

from bot.buttons import Keyboard, button, keyboard
from bot.context import Context
from bot.routing import Press, an_id, not_there
from bot.texts import why as texts


async def why(context: Context) -> None:
    """/why: the first reason."""
    await context.reply(texts.page(0), _turns(0))


async def turn(context: Context, number: int) -> None:
    """Another reason, in the place of the one before."""
    if number >= len(texts.REASONS):
        await not_there(context)
        return
    await context.show(texts.page(number), _turns(number))


def _turns(number: int) -> Keyboard | None:
    last = len(texts.REASONS) - 1
    before = [button(texts.another(forwards=False), "why", number - 1)] if number else []
    after = [button(texts.another(forwards=True), "why", number + 1)] if number < last else []
    return keyboard([*before, *after])


COMMANDS = {"why": why}
PRESSES = {"why": Press(turn, an_id)}
