"""/help: how it works; and a word for who greets, thanks, or wants what has buttons of its own."""

from bot.asking import current
from bot.context import Context
from bot.phrases import read_small_talk
from bot.texts import help as texts


async def how_it_works(context: Context) -> None:
    """/help."""
    await context.reply(texts.how_it_works())


async def chat(context: Context, text: str) -> bool:
    """Answer what asks for nothing that we could do; False for anything else."""
    meant = read_small_talk(text, context.person.language)
    if meant is None:
        return False
    text = texts.small_talk(meant)
    if current(context) is not None:
        text = f"{text}\n{texts.set_up_waits()}"
    await context.reply(text)
    return True


COMMANDS = {"help": how_it_works}
READERS = [chat]
