"""/streaks: what was kept."""

from bot.context import Context
from bot.texts import streaks as texts
from habits import overviews


async def streaks(context: Context) -> None:
    """What was kept, a line for each commitment."""
    if context.person.zone is None:
        await context.reply(texts.none_yet())
        return
    found = await context.read(overviews.kept, context.person, context.now)
    lines = [texts.kept(one, numbers=context.person.shows_numbers) for one in found]
    await context.reply("\n".join(lines) or texts.none_yet())


COMMANDS = {"streaks": streaks}
