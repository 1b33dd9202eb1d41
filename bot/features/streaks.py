"""/streaks: what was kept, and how that is counted."""

from telegram import InlineKeyboardMarkup

from bot.buttons import button, in_rows, keyboard
from bot.context import Context
from bot.language import isolated, plain
from bot.routing import Press, an_id, not_there
from bot.texts import streaks as texts
from habits import overviews
from habits.overviews import Kept
from habits.rules.zone import persons_day

MOST_LINES = 20


async def streaks(context: Context) -> None:
    """What was kept, a line for each commitment."""
    found = await _kept(context)
    if not found:
        await context.reply(texts.none_yet())
        return
    today = persons_day(context.now, context.zone)
    lines = [texts.kept(one, context.person, today) for one in found[:MOST_LINES]]
    await context.reply("\n\n".join(lines), _buttons(context, found))


async def _kept(context: Context) -> list[Kept]:
    if context.person.zone is None:
        return []
    return await context.read(overviews.kept, context.person, context.now)


def _buttons(context: Context, found: list[Kept]) -> InlineKeyboardMarkup | None:
    """One commitment is meant at once; of several it is asked which."""
    only = found[0].commitment.id if len(found) == 1 else None
    how, fill = plain("How is this counted?"), plain("Fill in a past week")
    if only is None:
        counted, past = button(how, "which_counted"), button(fill, "which_weeks")
    else:
        counted, past = button(how, "counted", only), button(fill, "weeks", only, 0)
    return keyboard([counted] if context.person.shows_numbers else [], [past])


async def counted(context: Context, commitment_id: int) -> None:
    """How is this counted?"""
    if not context.person.shows_numbers:
        await context.reply(texts.just_fun())
        return
    one = await context.read(overviews.kept_one, context.person, commitment_id, context.now)
    if one is None:
        await not_there(context)
    else:
        today = persons_day(context.now, context.zone)
        await context.reply(texts.counted(one, context.person, today))


async def which_counted(context: Context) -> None:
    """How is this counted, of several?"""
    await _which(context, "counted")


async def which_weeks(context: Context) -> None:
    """Fill in a past week, of several?"""
    await _which(context, "weeks", 0)


async def _which(context: Context, verb: str, *more: int) -> None:
    found = await _kept(context)
    if not found:
        await not_there(context)
        return
    rows = in_rows(
        (button(isolated(one.commitment.title), verb, one.commitment.id, *more) for one in found),
        2,
    )
    await context.reply(texts.which_one(), keyboard(*rows))


COMMANDS = {"streaks": streaks}
PRESSES = {
    "counted": Press(counted, an_id),
    "which_counted": Press(which_counted),
    "which_weeks": Press(which_weeks),
}
