"""After two quiet weeks, or when we were away: go on, a little less, another day, rest."""

from bot.buttons import button, keyboard
from bot.commitment_pages import tell
from bot.context import Context
from bot.language import plain
from bot.routing import Press, an_id, not_there
from bot.schedule_buttons import in_words, smaller
from bot.texts import commitments as texts
from habits import edits, lapses
from habits.commitments import NotThere
from habits.edits import Changed
from habits.rules.commitment import State


async def speak(context: Context, commitment_id: int) -> None:
    """Same as before; Wake it up."""
    outcome = await context.write(
        edits.edit, context.person, commitment_id, context.now, state=State.ACTIVE
    )
    await tell(context, outcome, lambda changed: texts.goes_on(changed, context.zone))


async def offer_smaller(context: Context, commitment_id: int) -> None:
    """Smaller: it speaks again, and here is what would be less."""
    outcome = await context.write(edits.edit, context.person, commitment_id, context.now)
    match outcome:
        case Changed(commitment):
            offers = smaller(commitment.schedule)
            others = [
                button(plain("Another day"), "edit_days", commitment.id),
                button(plain("Let it rest"), "pause", commitment.id),
            ]
            same = [button(plain("Same as before"), "speak", commitment.id)]
            await context.show(
                texts.how_much_smaller(outcome, offers, context.zone),
                keyboard(*in_words(commitment, offers), others, same),
            )
        case _:
            await not_there(context)


async def pause(context: Context, commitment_id: int) -> None:
    """Let it rest."""
    outcome = await context.write(lapses.pause, context.person, commitment_id, context.now)
    if isinstance(outcome, lapses.InArchive):
        await context.toast(texts.is_archived(), alert=True)
    else:
        await tell(context, outcome, texts.paused)


async def pause_all(context: Context) -> None:
    """Pause everything."""
    paused = await context.write(lapses.pause_all, context.person, context.now)
    undoes = [each.change_id for each in paused if each.change_id is not None]
    undo = [button(plain("Undo"), "undo_all", undoes[0])] if undoes else []
    await context.show(texts.all_paused(len(paused)), keyboard(undo))


async def undo_all(context: Context, change_id: int) -> None:
    """Undo, under Pause everything."""
    match await context.write(lapses.undo_all, context.person, change_id, context.now):
        case list() as back:
            await context.show(texts.all_back(len(back)))
        case NotThere():
            await not_there(context)


async def close(context: Context) -> None:
    """No, or Yes, go on: the message stays, its buttons go."""
    message = context.pressed_message
    said = message.text_html if message else ""
    await context.show(f"{said}\n\n{texts.closed()}".lstrip())


PRESSES = {
    "speak": Press(speak, an_id),
    "smaller": Press(offer_smaller, an_id),
    "pause": Press(pause, an_id),
    "pause_all": Press(pause_all),
    "undo_all": Press(undo_all, an_id),
    "close": Press(close),
}
