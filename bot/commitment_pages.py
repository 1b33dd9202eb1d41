"""How one commitment is shown, and what every change of one says and offers."""

from collections.abc import Callable, Sequence

from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import not_there
from bot.texts import commitments as texts
from bot.texts import drafts, fading
from habits.commitments import NotThere, TooMany
from habits.edits import Changed, Elsewhere, Stands
from habits.rules.commitment import Commitment, State

Outcome = Changed | Elsewhere | TooMany | NotThere


def of_page(stands: Stands) -> Keyboard | None:
    """Everything that can be done with a commitment."""
    commitment = stands.commitment
    back = [button(plain("← All commitments"), "commitments", 0)]
    if commitment.state is State.ARCHIVED:
        return keyboard([_state(plain("Bring it back"), commitment, State.ACTIVE)], back)
    return keyboard(*_first(commitment), *_parts(commitment), _ends(commitment), back)


def _first(commitment: Commitment) -> list[Row]:
    if commitment.state is State.PAUSED:
        return [[_state(plain("▶ Resume"), commitment, State.ACTIVE)]]
    if commitment.silent_since is not None:
        return [[button(plain("Wake it up"), "speak", commitment.id)]]
    if commitment.fades_from is not None:
        return [[button(fading.remind_again(), "remind_again", commitment.id)]]
    return []


def _parts(commitment: Commitment) -> Sequence[Row]:
    labels = {
        "edit_title": plain("Name"),
        "edit_days": plain("Days"),
        "edit_time": plain("Time"),
        "edit_often": plain("How often"),
        **({"edit_target": plain("How many")} if len(commitment.schedule.days) > 1 else {}),
        "edit_ways": plain("Ways"),
        "edit_cue": plain("Cue") if commitment.cue else plain("Add a cue"),
    }
    return in_rows((button(label, verb, commitment.id) for verb, label in labels.items()), 3)


def _ends(commitment: Commitment) -> Row:
    pause = [_state(plain("⏸ Pause"), commitment, State.PAUSED)]
    archive = _state(plain("🗄 Archive"), commitment, State.ARCHIVED)
    return [*(pause if commitment.state is State.ACTIVE else []), archive]


def _state(label: str, commitment: Commitment, state: State) -> Button:
    return button(label, "set_state", commitment.id, commitment.version, state.value)


async def tell(context: Context, outcome: Outcome, words: Callable[[Changed], str]) -> None:
    """Say what a change means, with the way back; or how it stands where nothing was changed."""
    match outcome:
        case Changed():
            await context.show(words(outcome), keyboard(*_afterwards(outcome)))
        case Elsewhere():
            text = f"{texts.elsewhere()}\n\n{texts.page(outcome, context.zone)}"
            await context.show(text, of_page(outcome))
        case TooMany(most):
            await context.show(drafts.too_many(most))
        case NotThere():
            await not_there(context)


def _afterwards(changed: Changed) -> list[Row]:
    more = button(plain("Change more"), "commitment", changed.commitment.id)
    if changed.change_id is None:
        return [[more]]
    return [[button(plain("Undo"), "undo", changed.change_id), more]]
