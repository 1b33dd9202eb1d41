"""/export: everything about the person, as one file."""

import asyncio

from bot.buttons import button, keyboard
from bot.context import Context
from bot.texts import export as texts
from bot.texts import feed
from habits import taking_out
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
    offered = [button(feed.label(), "feed")] if context.house.public_url else []
    await context.send_file(bundle.NAME, content, texts.export(), keyboard(offered))


COMMANDS = {"export": export}
