"""The question whether reminders shall fade out, below a check-in that makes it steady."""

from bot.buttons import Keyboard, button, keyboard
from bot.context import Context
from bot.texts import fading as texts
from habits import fading
from habits.check_ins import Recorded
from habits.rules.commitment import Commitment


async def offer_fading(context: Context, recorded: Recorded) -> None:
    """Ask, at most once in a run; most check-ins are told apart without looking anything up."""
    commitment = recorded.check_in.commitment
    if recorded.again or not fading.could_be_steady(commitment, context.now):
        return
    wanted = context.person, commitment.id, context.now
    if await context.read(fading.wants_offer, *wanted) and await context.write(
        fading.offer, *wanted
    ):
        await context.reply(texts.offer(commitment), of_offer(commitment))


def of_offer(commitment: Commitment) -> Keyboard | None:
    """Yes, or as it is."""
    return keyboard(
        [button(texts.fade_them_out(), "fade", commitment.id)],
        [button(texts.keep_them(), "remind_again", commitment.id)],
    )
