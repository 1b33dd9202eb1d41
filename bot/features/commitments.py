"""/commitments: the list, one commitment, pause, archive, ways, undo."""

from collections.abc import Callable, Sequence

from bot.buttons import Keyboard, Row, button, in_rows, keyboard
from bot.commitment_pages import of_page, tell
from bot.context import Context
from bot.language import plain
from bot.routing import Press, an_id, not_there
from bot.texts import commitments as texts
from bot.texts import everywhere
from bot.texts import ways as way_texts
from habits import commitments, edits
from habits.commitments import NotThere
from habits.edits import ASKING, Changed, Stands
from habits.rules.commitment import Commitment, State, Way

A_PAGE = 8
MOST_RETIRED = 24
"""So many ways that were taken out are offered again, the newest ones."""


async def commitments_command(context: Context) -> None:
    """/commitments."""
    text, buttons = await _list(context, 0)
    await context.reply(text, buttons)


async def show_list(context: Context, page: int) -> None:
    """A page of the list."""
    await _stop_asking(context)
    await context.show(*await _list(context, page))


async def _stop_asking(context: Context) -> None:
    if context.conversation is not None and context.conversation.step == ASKING:
        await context.forget()


async def _list(context: Context, page: int) -> tuple[str, Keyboard | None]:
    found = await context.read(edits.listed, context.person)
    archived = await context.read(edits.listed, context.person, State.ARCHIVED)
    kept = [button(plain("🗄 Archive"), "archived", 0)] if archived else []
    if not found or context.person.zone is None:
        return texts.none_yet(archived=len(archived)), keyboard(kept)
    pages, page = _pages(found, page)
    shown = found[page * A_PAGE : (page + 1) * A_PAGE]
    text = texts.listed(shown, context.zone, page, pages)
    return text, keyboard(*_each(shown), _turns("commitments", page, pages), kept)


def _pages(found: Sequence[Stands], page: int) -> tuple[int, int]:
    """How many pages there are, and the asked one or the last of them."""
    pages = max(1, -(-len(found) // A_PAGE))
    return pages, min(page, pages - 1)


def _each(shown: Sequence[Stands]) -> Sequence[Row]:
    buttons = [
        button(texts.label(each.commitment), "commitment", each.commitment.id) for each in shown
    ]
    return in_rows(buttons, 2)


def _turns(verb: str, page: int, pages: int) -> Row:
    earlier = [button(plain("←"), verb, page - 1)] if page else []
    later = [button(plain("→"), verb, page + 1)] if page + 1 < pages else []
    return [*earlier, *later]


async def show_archive(context: Context, page: int) -> None:
    """A page of the archived ones."""
    found = await context.read(edits.listed, context.person, State.ARCHIVED)
    pages, page = _pages(found, page)
    shown = found[page * A_PAGE : (page + 1) * A_PAGE]
    back = [button(plain("← All commitments"), "commitments", 0)]
    await context.show(
        texts.archive(len(found)),
        keyboard(*_each(shown), _turns("archived", page, pages), back),
    )


async def show_one(context: Context, commitment_id: int) -> None:
    """One commitment, with everything that can be done with it."""
    await _stop_asking(context)
    match await context.read(edits.look, context.person, commitment_id):
        case Stands() as stands:
            await context.show(texts.page(stands, context.zone), of_page(stands))
        case NotThere():
            await not_there(context)


async def set_state(context: Context, commitment_id: int, version: int, state: State) -> None:
    """Pause, Resume, Archive, Bring it back."""
    outcome = await context.write(
        edits.edit, context.person, commitment_id, context.now, version=version, state=state
    )
    await tell(context, outcome, lambda changed: _words(context, changed))


def _words(context: Context, changed: Changed) -> str:
    match changed.commitment.state:
        case State.ACTIVE:
            return texts.goes_on(changed, context.zone)
        case State.PAUSED:
            return texts.paused(changed)
        case State.ARCHIVED:
            return texts.archived(changed)


async def undo(context: Context, change_id: int) -> None:
    """Undo, under any change."""
    outcome = await context.write(edits.undo, context.person, change_id, context.now)
    await tell(context, outcome, lambda changed: texts.undone(changed, context.person))


async def edit_ways(context: Context, commitment_id: int) -> None:
    """The ways, to take out, to put back or to add to."""
    await _stop_asking(context)
    match await context.read(edits.look, context.person, commitment_id):
        case Stands(commitment):
            await context.show(way_texts.ways(commitment), _of_ways(commitment))
        case NotThere():
            await not_there(context)


def _of_ways(commitment: Commitment, *undoes: Row) -> Keyboard | None:
    retired = [way for way in commitment.ways if way.retired][-MOST_RETIRED:]
    outs = [
        button(way_texts.out(way), "way_out", commitment.id, way.id) for way in commitment.open_ways
    ]
    ins = [button(way_texts.back_in(way), "way_back", commitment.id, way.id) for way in retired]
    add = button(plain("+ Another way"), "new_way", commitment.id)
    back = button(plain("← Back"), "commitment", commitment.id)
    return keyboard(*in_rows([*outs, *ins], 2), *undoes, [add, back])


async def take_way_out(context: Context, commitment_id: int, way_id: int) -> None:
    """✕ on a way; the last one stays."""
    outcome = await context.write(commitments.retire_way, context.person, commitment_id, way_id)
    match outcome:
        case Commitment() if way_id in {way.id for way in outcome.open_ways}:
            await context.toast(way_texts.one_has_to_stay(), alert=True)
        case Commitment():
            await _show_ways(context, outcome, way_id, way_texts.way_out, "way_back")
        case NotThere():
            await not_there(context)


async def put_way_back(context: Context, commitment_id: int, way_id: int) -> None:
    """↩ on a way that was taken out."""
    outcome = await context.write(commitments.bring_way_back, context.person, commitment_id, way_id)
    match outcome:
        case Commitment():
            await _show_ways(context, outcome, way_id, way_texts.way_back, "way_out")
        case commitments.TooMany(most):
            await context.toast(everywhere.too_many_ways(most), alert=True)
        case NotThere():
            await not_there(context)


async def drop_way(context: Context, commitment_id: int, way_id: int) -> None:
    """Undo, under a way that was added."""
    outcome = await context.write(commitments.drop_way, context.person, commitment_id, way_id)
    match outcome:
        case Commitment():
            await context.show(way_texts.ways(outcome), _of_ways(outcome))
        case NotThere():
            await not_there(context)


async def _show_ways(
    context: Context,
    commitment: Commitment,
    way_id: int,
    words: Callable[[Way], str],
    undo_verb: str,
) -> None:
    """What was done to a way, above the others, with the way back from it."""
    way = next(way for way in commitment.ways if way.id == way_id)
    back = [button(plain("Undo"), undo_verb, commitment.id, way.id)]
    text = f"{words(way)}\n\n{way_texts.ways(commitment)}"
    await context.show(text, _of_ways(commitment, back))


COMMANDS = {"commitments": commitments_command}
PRESSES = {
    "commitments": Press(show_list, an_id),
    "archived": Press(show_archive, an_id),
    "commitment": Press(show_one, an_id),
    "set_state": Press(set_state, an_id, an_id, State),
    "undo": Press(undo, an_id),
    "edit_ways": Press(edit_ways, an_id),
    "way_out": Press(take_way_out, an_id, an_id),
    "way_back": Press(put_way_back, an_id, an_id),
    "way_drop": Press(drop_way, an_id, an_id),
}
