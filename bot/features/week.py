"""/week: what is coming, each turn of this week to be planned; what is open, what rests."""

from bot.asking import current, offer_half_done
from bot.buttons import Keyboard, button, in_rows, keyboard
from bot.context import Context
from bot.language import plain
from bot.texts import weeks as texts
from habits.agenda import Agenda, agenda

MOST_BUTTONS = 20


async def week(context: Context) -> None:
    """/week."""
    if context.person.zone is None:
        await _nothing_ahead(context)
        return
    found = await context.read(agenda, context.person, context.now)
    if found.is_empty:
        await _nothing_ahead(context)
    else:
        await context.reply(texts.ahead(found, context.zone, context.now), _buttons(found))


async def _nothing_ahead(context: Context) -> None:
    draft = current(context)
    if draft is not None and draft.has_begun:
        await offer_half_done(context, draft, texts.nothing_yet())
    else:
        await context.reply(texts.nothing_ahead())


def _buttons(found: Agenda) -> Keyboard | None:
    """Did it for what is open, a plan for what is coming, a way back for what fell silent."""
    did = [
        button(texts.did_it(each, found.week.first), "did", each.occasion_id)
        for each in found.waiting[:MOST_BUTTONS]
    ]
    plans = [
        button(texts.plan_it(each), "plan", each.occasion_id)
        for each in found.this_week[:MOST_BUTTONS]
        if each.occasion_id is not None
    ]
    again = [
        button(texts.speak_again(each), "speak", each.id) for each in found.silent[:MOST_BUTTONS]
    ]
    again += [
        button(texts.speak_again(each), "remind_again", each.id)
        for each in found.fading[:MOST_BUTTONS]
    ]
    rest = [button(plain("🌙 Rest"), "rests")] if found.coming or found.waiting else []
    pick = [button(plain("Pick for me"), "pick")] if found.coming or found.waiting else []
    return keyboard(*in_rows(did, 2), *in_rows(plans, 2), *in_rows(again, 1), [*rest, *pick])


COMMANDS = {"week": week}
