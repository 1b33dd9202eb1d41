"""Changing one commitment: its name, days, time, rhythm, target, cue, and another way.

A button sets what it says; the same can be typed. What is typed in answer to one question may
well say more ("Fri and Sat 19:30" to the days): then it changes that too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.buttons import Button, Keyboard, Pressed, Row, button, keyboard, read
from bot.commitment_pages import of_page, tell
from bot.context import Context
from bot.language import plain
from bot.phrases import Commitment as CommitmentSaid
from bot.phrases import (
    NotUnderstood,
    Reason,
    read_answer,
    read_commitment,
    read_managed,
    read_rescheduling,
)
from bot.routing import Press, an_id, not_there
from bot.schedule_buttons import (
    a_schedule,
    in_words,
    of_days,
    of_several,
    of_targets,
    of_times,
    of_weeks,
    setting,
    some_days,
)
from bot.texts import commitments as texts
from bot.texts import everywhere, refusals
from bot.texts import ways as way_texts
from bot.typed import Empty, TooLong, clean
from bot.typed_schedules import Choice, read_change
from habits import commitments, edits
from habits.commitments import NotThere
from habits.conversations import Conversation
from habits.edits import ASKING, Stands
from habits.rules.commitment import LONGEST_CUE, LONGEST_TITLE, Commitment, Way
from habits.rules.schedule import Schedule
from habits.storage.rows import commitments_of

TITLE, DAYS, TIME, OFTEN, TARGET, CUE, WAY = (
    "title",
    "days",
    "time",
    "often",
    "target",
    "cue",
    "way",
)
WAITS = timedelta(hours=1)
"""What is typed later than this is no answer to the question any more."""


async def edit_title(context: Context, commitment_id: int) -> None:
    """Name."""
    await _ask(context, commitment_id, TITLE, texts.which_title)


async def edit_days(context: Context, commitment_id: int) -> None:
    """Days; Another day, under a lapse notice."""
    await _ask(context, commitment_id, DAYS, texts.which_days, of_days)


async def edit_time(context: Context, commitment_id: int) -> None:
    """Time."""
    await _ask(context, commitment_id, TIME, texts.which_time, of_times)


async def edit_often(context: Context, commitment_id: int) -> None:
    """How often."""
    await _ask(context, commitment_id, OFTEN, texts.how_often, of_weeks)


async def edit_target(context: Context, commitment_id: int) -> None:
    """How many."""
    await _ask(context, commitment_id, TARGET, texts.how_many, of_targets)


async def edit_cue(context: Context, commitment_id: int) -> None:
    """Cue."""
    await _ask(context, commitment_id, CUE, texts.which_cue, _no_cue)


def _no_cue(commitment: Commitment) -> list[Row]:
    if not commitment.cue:
        return []
    return [[button(plain("Take the cue away"), "cue_off", commitment.id, commitment.version)]]


async def new_way(context: Context, commitment_id: int) -> None:
    """Another way."""
    await _ask(context, commitment_id, WAY, way_texts.which_way)


async def _ask(
    context: Context,
    commitment_id: int,
    what: str,
    words: Callable[[Commitment], str],
    buttons: Callable[[Commitment], Sequence[Row]] = lambda _: (),
) -> None:
    """Ask, and remember what the next typed line is for; to ask is to have them back."""
    waiting = Conversation(
        ASKING, {"what": what, "commitment": commitment_id, "at": context.now.isoformat()}
    )
    match await context.write(edits.ask, context.person, commitment_id, waiting, context.now):
        case Stands(commitment) as stands:
            back = [button(plain("← Back"), "commitment", commitment.id)]
            text = words(commitment) + texts.still_next(stands, context.zone, asked=what == DAYS)
            await context.show(text, keyboard(*buttons(commitment), back))
        case NotThere():
            await not_there(context)


async def tick_days(context: Context, commitment_id: int, ticked: tuple[int, ...]) -> None:
    """Several days: the ones that are ticked now."""
    match await context.read(edits.look, context.person, commitment_id):
        case Stands(commitment):
            back = [button(plain("← Back"), "edit_days", commitment.id)]
            await context.show(
                texts.tick_days(ticked), keyboard(*of_several(commitment, ticked), back)
            )
        case NotThere():
            await not_there(context)


async def set_when(context: Context, commitment_id: int, version: int, schedule: Schedule) -> None:
    """A button that carries a whole schedule."""
    outcome = await context.write(
        edits.edit, context.person, commitment_id, context.now, version=version, schedule=schedule
    )
    await tell(context, outcome, lambda changed: texts.rescheduled(changed, context.person))


async def take_cue_away(context: Context, commitment_id: int, version: int) -> None:
    """Take the cue away."""
    outcome = await context.write(
        edits.edit, context.person, commitment_id, context.now, version=version, cue=""
    )
    await tell(context, outcome, lambda changed: texts.cue_set(changed, context.zone))


async def type_answer(context: Context, text: str) -> bool:
    """What is typed while we wait for it; False where it is about something else."""
    assert context.conversation is not None
    waiting = context.conversation.data
    late = context.now - datetime.fromisoformat(waiting["at"]) > WAITS
    if late or _is_for_another(context) or read_answer(text, context.person.language):
        return False
    commitment_id, what = int(waiting["commitment"]), str(waiting["what"])
    if (wish := read_rescheduling(text, context.person.language)) and wish.what:
        return False
    match what:
        case "title":
            await _type_title(context, commitment_id, text)
        case "cue":
            await _type_cue(context, commitment_id, text)
        case "way":
            await _type_way(context, commitment_id, text)
        case _:
            return await _type_schedule(context, commitment_id, what, text)
    return True


def _is_for_another(context: Context) -> bool:
    """A reply to a message whose buttons are about something else, such as a check-in."""
    message = context.event.effective_message
    replied = message.reply_to_message if message else None
    markup = replied.reply_markup if replied else None
    pressed = (
        [read(each.callback_data) for row in markup.inline_keyboard for each in row]
        if markup
        else []
    )
    verbs = {each.verb for each in pressed if isinstance(each, Pressed)}
    return bool(verbs) and "commitment" not in verbs


async def _type_title(context: Context, commitment_id: int, text: str) -> None:
    title = clean(text, LONGEST_TITLE)
    if isinstance(title, Empty | TooLong):
        await context.reply(everywhere.a_title(title), _back(commitment_id))
        return
    theirs = await context.read(edits.listed, context.person)
    others = {
        each.commitment.title.casefold() for each in theirs if each.commitment.id != commitment_id
    }
    has_twin = title.casefold() in others
    outcome = await context.write(
        edits.edit, context.person, commitment_id, context.now, title=title
    )
    await tell(context, outcome, lambda one: texts.renamed(one, has_twin=has_twin))


async def _type_cue(context: Context, commitment_id: int, text: str) -> None:
    cue = clean(text, LONGEST_CUE)
    if isinstance(cue, Empty | TooLong):
        await context.reply(texts.a_cue(cue), _back(commitment_id))
        return
    outcome = await context.write(edits.edit, context.person, commitment_id, context.now, cue=cue)
    await tell(context, outcome, lambda changed: texts.cue_set(changed, context.zone))


async def _type_way(context: Context, commitment_id: int, text: str) -> None:
    title = clean(text, LONGEST_TITLE)
    if isinstance(title, Empty | TooLong):
        await context.reply(everywhere.a_title(title), _back(commitment_id))
        return
    match await context.write(edits.add_way, context.person, commitment_id, title):
        case Way() as way:
            undo = button(plain("Undo"), "way_drop", commitment_id, way.id)
            more = button(plain("All ways"), "edit_ways", commitment_id)
            await context.reply(way_texts.way_added(way), keyboard([undo, more]))
        case commitments.TooMany(most):
            await context.reply(everywhere.too_many_ways(most), _back(commitment_id))
        case NotThere():
            await context.reply(everywhere.not_there())


def _back(commitment_id: int) -> Keyboard | None:
    return keyboard([button(plain("← Leave it"), "commitment", commitment_id)])


async def read_wish(context: Context, text: str) -> bool:
    """ "Move film to Sunday", typed at any time."""
    wish = read_rescheduling(text, context.person.language)
    if wish is None or context.person.zone is None:
        return False
    theirs = await context.read(commitments_of, context.person.id)
    named = [each for each in theirs if wish.what is None or each.is_called(wish.what)]
    match named:
        case [only]:
            return await _type_schedule(context, only.id, TIME, wish.schedule)
        case [] if not theirs:
            return False
        case _:
            rows = [[_wished(each, wish.schedule, context)] for each in named or theirs]
            await context.reply(
                texts.which_to_change(None if named else wish.what), keyboard(*rows)
            )
            return True


def _wished(commitment: Commitment, typed: str, context: Context) -> Button:
    """A button that changes it as was typed, or asks where that reads in several ways."""
    match read_change(typed, commitment.schedule, TIME, context.person.language):
        case Schedule() as schedule:
            return setting(texts.label(commitment), commitment, schedule)
        case _:
            return button(texts.label(commitment), "edit_time", commitment.id)


async def read_named(context: Context, text: str) -> bool:
    """ "Pause film", or a title and nothing else: everything that can be done with it."""
    if context.person.zone is None:
        return False
    name, whole = read_managed(text, context.person.language), text.strip(" .!").casefold()
    match [
        each.id
        for each in await context.read(commitments_of, context.person.id)
        if (name and each.is_called(name)) or each.title.casefold() == whole
    ]:
        case [only]:
            stands = await context.read(edits.look, context.person, only)
            if isinstance(stands, Stands):
                await context.reply(texts.page(stands, context.zone), of_page(stands))
                return True
    return False


async def _type_schedule(context: Context, commitment_id: int, what: str, text: str) -> bool:
    stands = await context.read(edits.look, context.person, commitment_id)
    if isinstance(stands, NotThere):
        return False
    schedule = stands.commitment.schedule
    match read_change(text, schedule, what, context.person.language):
        case Schedule() as wished:
            outcome = await context.write(
                edits.edit, context.person, commitment_id, context.now, schedule=wished
            )
            await tell(context, outcome, lambda one: texts.rescheduled(one, context.person))
        case Choice(question, schedules):
            back = [button(plain("← Leave it"), "commitment", commitment_id)]
            await context.reply(question, keyboard(*in_words(stands.commitment, schedules), back))
        case NotUnderstood() if _begins_another(text, context.person.language):
            return False
        case NotUnderstood() as outcome:
            problem = _problem(outcome, schedule, what)
            await context.reply(f"{problem} {texts.a_schedule(what)}", _back(commitment_id))
    return True


def _begins_another(text: str, language: str) -> bool:
    """A whole sentence, "yoga every Monday at 8pm"; a slip of the pen names no time."""
    match read_commitment(text, language):
        case CommitmentSaid(time_given=given):
            return given
    return False


def _problem(outcome: NotUnderstood, schedule: Schedule, asked: str) -> str:
    if outcome.reason is Reason.OUT_OF_RANGE:
        return texts.out_of_range(asked, len(schedule.days))
    return refusals.problem(outcome)


PRESSES = {
    "edit_title": Press(edit_title, an_id),
    "edit_days": Press(edit_days, an_id),
    "edit_time": Press(edit_time, an_id),
    "edit_often": Press(edit_often, an_id),
    "edit_target": Press(edit_target, an_id),
    "edit_cue": Press(edit_cue, an_id),
    "new_way": Press(new_way, an_id),
    "tick_days": Press(tick_days, an_id, some_days),
    "set_when": Press(set_when, an_id, an_id, a_schedule),
    "cue_off": Press(take_cue_away, an_id, an_id),
}
ANSWERS = {ASKING: type_answer}
READERS = [read_wish, read_named]
