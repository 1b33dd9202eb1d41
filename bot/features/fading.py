"""Reminders that fade out by a tap, and come back by another."""

from datetime import date

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import Press, an_id, an_ordinal, not_there
from bot.texts import fading as texts
from habits import fading
from habits.commitments import NotThere
from habits.fading import Reminded


async def fade(context: Context, commitment_id: int) -> None:
    """Yes, fade them out."""
    await _tell_fading(
        context, await context.write(fading.fade, context.person, commitment_id, context.now)
    )


async def fade_again(context: Context, commitment_id: int, since: int) -> None:
    """Undo, under reminders that came back: they fade from the same week as before."""
    outcome = await context.write(
        fading.fade, context.person, commitment_id, context.now, since=date.fromordinal(since)
    )
    await _tell_fading(context, outcome)


async def _tell_fading(context: Context, outcome: Reminded | NotThere) -> None:
    match outcome:
        case Reminded() as reminded:
            undo = button(plain("Undo"), "remind_again", reminded.commitment.id)
            await context.show(texts.fading(reminded), keyboard([undo]))
        case NotThere():
            await not_there(context)


async def remind_again(context: Context, commitment_id: int) -> None:
    """Keep them; Remind me again."""
    match await context.write(fading.remind_again, context.person, commitment_id, context.now):
        case Reminded(before=date() as before) as reminded:
            undo = button(plain("Undo"), "fade_again", reminded.commitment.id, before.toordinal())
            await context.show(texts.reminding(reminded, context.zone), keyboard([undo]))
        case Reminded() as reminded:
            await context.show(texts.reminding(reminded, context.zone))
        case NotThere():
            await not_there(context)


PRESSES = {
    "fade": Press(fade, an_id),
    "fade_again": Press(fade_again, an_id, an_ordinal),
    "remind_again": Press(remind_again, an_id),
}
