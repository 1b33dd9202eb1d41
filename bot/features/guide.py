"""/help: how it works; and a word for who greets, thanks, turns away, or wants a button's work."""

from bot.asking import OF_A_DRAFT, current, put_aside
from bot.context import Context
from bot.phrases import SmallTalk, read_small_talk
from bot.texts import everywhere
from bot.texts import help as texts


async def how_it_works(context: Context) -> None:
    """/help."""
    await context.reply(texts.how_it_works())


async def chat(context: Context, text: str) -> bool:
    """Answer what asks for nothing that we could do; False for anything else."""
    meant = read_small_talk(text, context.person.language)
    match meant:
        case None:
            return False
        case SmallTalk.HELP:
            await how_it_works(context)
        case SmallTalk.CANCEL:
            await _turn_away(context)
        case _:
            said = texts.small_talk(meant)
            waits = current(context) is not None and meant is not SmallTalk.CRISIS
            await context.reply(f"{said}\n{texts.set_up_waits()}" if waits else said)
    return True


async def _turn_away(context: Context) -> None:
    """Ask no more; a commitment that was begun waits for its buttons or for /new."""
    draft, conversation = current(context), context.conversation
    if conversation is None:
        await context.reply(texts.nothing_to_leave_off())
    elif draft is not None and conversation.step in OF_A_DRAFT:
        await put_aside(context, draft)
    else:
        await context.forget()
        await context.reply(everywhere.left_off())


COMMANDS = {"help": how_it_works}
READERS = [chat]
