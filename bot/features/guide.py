"""/help: how it works."""

from bot.context import Context
from bot.texts import help as texts


async def how_it_works(context: Context) -> None:
    """/help."""
    await context.reply(texts.how_it_works())


COMMANDS = {"help": how_it_works}
