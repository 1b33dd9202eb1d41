"""/export: everything about the person, as one file."""

import asyncio

from bot.buttons import button, keyboard
from bot.context import EXPORT_NAME, Context
from bot.language import plain
from bot.routing import Press, is_on
from bot.texts import export as texts
from bot.texts import feed
from habits import monthly, taking_out
from habits.taking_out import TooSoon


async def export(context: Context) -> None:
    """/export; one an hour."""
    outcome = await context.write(taking_out.ask, context.person, context.now)
    if isinstance(outcome, TooSoon):
        await context.reply(texts.too_soon(outcome.last, context.person.zone))
        return
    from bot.files import bundle  # noqa: PLC0415 - what reads and writes files is long in loading

    found = await context.read(taking_out.everything, context.person, context.now)
    content = await asyncio.to_thread(bundle.bundle, found, context.now)
    offered = [button(texts.monthly_label(), "monthly")]
    if context.house.public_url:
        offered.append(button(feed.label(), "feed"))
    await context.send_file(EXPORT_NAME, content, texts.export(), keyboard(offered))


async def look(context: Context) -> None:
    """The page of the monthly export, in /settings and under /export."""
    await _show(context, wanted=await context.read(monthly.wants, context.person))


async def set_monthly(context: Context, wanted: bool) -> None:
    """Switch the monthly export on or off."""
    await context.write(monthly.set_monthly, context.person, context.now, wanted=wanted)
    await _show(context, wanted=wanted)


async def _show(context: Context, *, wanted: bool) -> None:
    other = button(texts.switch(on=not wanted), "set_monthly", "off" if wanted else "on")
    back = button(plain("← Settings"), "settings")
    await context.show(texts.monthly_page(wanted=wanted), keyboard([other], [back]))


COMMANDS = {"export": export}
PRESSES = {"monthly": Press(look), "set_monthly": Press(set_monthly, is_on)}
