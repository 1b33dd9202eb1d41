"""Making a commitment step by step: /new, and the buttons of each question."""

from collections.abc import Callable

from bot import drafting
from bot.asking import (
    ask,
    begin,
    current,
    offer_changes,
    offer_half_done,
    put_aside,
    take_sentence,
    wanted,
)
from bot.context import Context
from bot.draft import Asked, Cue, Days, Draft, Name, Often, Time
from bot.drafting import Full
from bot.phrases import Change, WhatToDo
from bot.questions import options_of
from bot.routing import Press, an_id, not_there
from bot.texts import drafts as texts
from bot.texts import everywhere
from bot.typed import Empty, TooLong
from habits.rules.commitment import MOST_WAYS
from habits.rules.schedule import Part

TICKED = "y"


def a_weekday(word: str) -> int:
    """An ISO weekday as buttons carry it; ValueError for what is none."""
    return range(1, 8)[range(1, 8).index(int(word))]


def a_rhythm(word: str) -> int:
    """Every how many weeks, 1 to 4, as buttons carry it; ValueError for anything else."""
    return range(1, 5)[range(1, 5).index(int(word))]


async def new(context: Context) -> None:
    """/new, with a sentence or a way, or alone."""
    text, draft = context.text, current(context)
    if text:
        if not await take_sentence(context, text):
            await _new_ways(context, text)
    elif draft is not None and draft.has_begun:
        await offer_half_done(context, draft)
    else:
        await begin(context, drafting.blank())


async def _new_ways(context: Context, text: str) -> None:
    match drafting.with_ways(text):
        case Draft() as draft:
            await begin(context, draft)
        case Full(draft):
            await begin(context, draft, everywhere.too_many_ways(MOST_WAYS))
        case Empty() | TooLong() as wrong:
            await context.reply(everywhere.a_title(wrong))


async def tick_way(context: Context, draft_id: int, mark: int, tick: str) -> None:
    """Choose one of the ways, or not."""
    draft = await wanted(context, draft_id)
    if draft is None:
        return
    if tick == TICKED and draft.is_full:
        await context.toast(everywhere.too_many_ways(MOST_WAYS), alert=True)
        return
    changed = drafting.with_tick(draft, mark, ticked=tick == TICKED)
    if changed is None:
        await not_there(context)
    else:
        await ask(context, changed)


async def ways_chosen(context: Context, draft_id: int) -> None:
    """Next, below the ways."""
    draft = await wanted(context, draft_id)
    if draft is None:
        return
    if not draft.ways:
        await context.toast(texts.one_at_least(), alert=True)
    else:
        await ask(context, drafting.past(draft, WhatToDo))


async def usual_time(context: Context, draft_id: int, day: int, part: Part) -> None:
    """One of the usual times."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, drafting.amended(draft, Change((day,), part, once=False)))


async def another_time(context: Context, draft_id: int) -> None:
    """Another time: days, then the time, then how often."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, drafting.at_another_time(draft))


async def tick_day(context: Context, draft_id: int, day: int, tick: str) -> None:
    """Choose a day, or not."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, drafting.with_day(draft, day, ticked=tick == TICKED))


async def days_chosen(context: Context, draft_id: int) -> None:
    """Next, below the days."""
    draft = await wanted(context, draft_id)
    if draft is None:
        return
    match draft.questions:
        case (Days(ticked=()), *_):
            await context.toast(texts.one_day_at_least(), alert=True)
        case (Days() as days, *_):
            await ask(context, drafting.with_days(draft, days))
        case _:
            await ask(context, draft)


async def choose_part(context: Context, draft_id: int, revision: int, part: Part) -> None:
    """A part of the day."""
    draft = await wanted(context, draft_id, revision)
    if draft is not None:
        await ask(context, drafting.answered(draft, Change(at=part)))


async def choose_often(context: Context, draft_id: int, revision: int, weeks: int) -> None:
    """Every how many weeks."""
    draft = await wanted(context, draft_id, revision)
    if draft is not None:
        await ask(context, drafting.answered(draft, Change(every=weeks)))


async def choose_option(context: Context, draft_id: int, revision: int, place: int) -> None:
    """One of the answers to a question about a sentence."""
    draft = await wanted(context, draft_id, revision)
    if draft is None:
        return
    changes = [change for asked in draft.questions[:1] for _, change in options_of(draft, asked)]
    if place >= len(changes):
        await not_there(context)
        return
    await ask(context, drafting.chosen(draft, changes[place]))


async def change(context: Context, draft_id: int) -> None:
    """Change, below what was understood."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await offer_changes(context, draft)


async def not_now(context: Context, draft_id: int) -> None:
    """Not now, below what could be different."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await put_aside(context, draft)


QUESTIONS: dict[str, Callable[[Draft], Asked]] = {
    "title": lambda _: Name(),
    "ways": lambda _: WhatToDo(),
    "days": lambda draft: Days(draft.schedule.days),
    "time": lambda _: Time(),
    "often": lambda _: Often(),
    "cue": lambda _: Cue(),
}


async def redo(context: Context, draft_id: int, what: str) -> None:
    """One thing to be different."""
    draft = await wanted(context, draft_id)
    if draft is not None and what in QUESTIONS:
        await ask(context, drafting.asking(draft, QUESTIONS[what](draft)))


async def leave(context: Context, draft_id: int) -> None:
    """Leave it as it is."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, drafting.as_it_was(draft) if draft.alters else draft)


async def no_cue(context: Context, draft_id: int) -> None:
    """Take the cue away."""
    draft = await wanted(context, draft_id)
    if draft is not None:
        await ask(context, drafting.with_cue(draft, ""))


COMMANDS = {"new": new}
PRESSES = {
    "draft_way": Press(tick_way, an_id, an_id, str),
    "draft_ways": Press(ways_chosen, an_id),
    "draft_when": Press(usual_time, an_id, a_weekday, Part),
    "draft_other": Press(another_time, an_id),
    "draft_day": Press(tick_day, an_id, a_weekday, str),
    "draft_days": Press(days_chosen, an_id),
    "draft_part": Press(choose_part, an_id, an_id, Part),
    "draft_often": Press(choose_often, an_id, an_id, a_rhythm),
    "draft_option": Press(choose_option, an_id, an_id, an_id),
    "draft_change": Press(change, an_id),
    "draft_redo": Press(redo, an_id, str),
    "draft_back": Press(leave, an_id),
    "draft_aside": Press(not_now, an_id),
    "draft_no_cue": Press(no_cue, an_id),
}
