"""/start: a newcomer's first question, a half-done set-up, or the way back in."""

from dataclasses import replace

from bot import drafting
from bot.asking import ask, current, offer_half_done, wanted
from bot.context import Context
from bot.routing import Press, an_id
from bot.texts import start as texts
from habits import commitments, overviews
from habits.overviews import Listed


async def start(context: Context) -> None:
    """/start; whatever a link put behind it is neither read nor repeated."""
    woken = await context.write(commitments.wake, context.person, context.now)
    listed = await context.read(overviews.listed, context.person)
    draft = current(context)
    if listed:
        await context.reply(_home(context, listed, woken=bool(woken)))
    if draft is not None and draft.has_begun:
        await offer_half_done(context, draft, "" if listed else texts.again(context.person))
    elif not listed:
        await ask(context, drafting.blank(greets=True))


def _home(context: Context, listed: list[Listed], *, woken: bool) -> str:
    coming = [each for each in listed if each.next_go is not None]
    first = min(coming, key=lambda each: each.next_go or context.now, default=None)
    return texts.home(context.person, first, woken=woken)


async def resume(context: Context, draft_id: int) -> None:
    """Go on with what is half done."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, draft)


async def begin_anew(context: Context, draft_id: int) -> None:
    """Leave what is half done and begin with the first question."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, replace(drafting.blank(), behind=draft.behind))


COMMANDS = {"start": start}
PRESSES = {"draft_resume": Press(resume, an_id), "draft_anew": Press(begin_anew, an_id)}
