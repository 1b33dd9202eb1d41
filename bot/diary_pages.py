"""The pages of the diary: some entries, and one of them with what can be done to it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.context import Context
from bot.language import plain
from bot.texts import check_ins as check_in_texts
from bot.texts import diary as texts
from habits import diary
from habits.check_ins import CheckIn
from habits.diary import Place
from habits.rules.zone import persons_day

A_PAGE = 5
SEARCH, LINE = "diary_search", "diary_line"
"""The steps of a conversation that wait for words to look for, and for a note."""
WAITS = timedelta(hours=1)
"""What is typed later than this is no answer to the question any more."""


async def show_page(context: Context, at: Place | None) -> None:
    """The page that begins at a place, or the newest one."""
    await stop_waiting(context)
    shown = await context.read(diary.page, context.person, at, A_PAGE)
    turns = [
        *([] if shown.older is None else [diary_at(plain("← Older"), shown.older)]),
        *([] if shown.newer is None else [diary_at(plain("Newer →"), shown.newer)]),
    ]
    ends = [] if shown.newest else [button(plain("Newest"), "diary")]
    search = [button(plain("Search"), "diary_search")] if shown.entries else []
    fill = [button(plain("Fill in a past week"), "which_weeks")] if shown.promises else []
    buttons = keyboard(*entries_of(context, shown.entries), [*turns, *ends], search, fill)
    await context.show(texts.page(shown, today_of(context)), buttons)


def diary_at(label: str, place: Place) -> Button:
    """To the page that begins at a place."""
    return button(label, "diary_at", place.day.toordinal(), place.id)


def today_of(context: Context) -> date:
    """The person's day; anyone's where we do not know their zone."""
    zone = context.person.zone
    return context.now.date() if zone is None else persons_day(context.now, zone)


def entries_of(context: Context, entries: Sequence[CheckIn]) -> list[Row]:
    """A button for each of some entries."""
    today = today_of(context)
    return in_rows((button(texts.entry_label(e, today), "entry", e.id) for e in entries), 2)


async def stop_waiting(context: Context) -> None:
    """Whoever looks at something else answers no question of ours any more."""
    if context.conversation is not None and context.conversation.step in (SEARCH, LINE):
        await context.forget()


def is_answer(context: Context) -> bool:
    """Whether what was typed answers our question: soon after it, and not to another message."""
    assert context.conversation is not None
    asked_at = datetime.fromisoformat(context.conversation.data["at"])
    message = context.event.effective_message
    return context.now - asked_at <= WAITS and not (message and message.reply_to_message)


async def gone(context: Context) -> None:
    """One answer for what is not theirs and for what is gone: the diary as it stands."""
    await context.toast(texts.gone(), alert=True)
    await show_page(context, None)


def one_entry(
    context: Context, found: CheckIn, change_id: int | None = None
) -> tuple[str, Keyboard | None]:
    """One entry and what can be done to it. change_id: what was just done, to be undone."""
    undo = [] if change_id is None else [button(plain("Undo"), "entry_undo", change_id)]
    back = diary_at(plain("← Diary"), Place(found.day, found.id))
    buttons = keyboard(
        _felt(found), _details(context, found), _line(found), _whole(found), [*undo, back]
    )
    return texts.one(found), buttons


def _felt(found: CheckIn) -> Row:
    """The answers that it does not have."""
    fulfilled = plain("Fulfilled") if found.fulfilled is False else check_in_texts.yes()
    yes = button(fulfilled, "entry_felt", found.id, "y")
    no = button(check_in_texts.not_really(), "entry_felt", found.id, "n")
    return [
        *([] if found.fulfilled is True else [yes]),
        *([] if found.fulfilled is False else [no]),
    ]


def _details(context: Context, found: CheckIn) -> Row:
    ways = [way for way in found.commitment.open_ways if way.id != found.way_id]
    days = diary.possible_days(found, context.person, context.now)
    return [
        *([button(plain("Which one"), "entry_ways", found.id)] if ways else []),
        *([button(plain("Another day"), "entry_days", found.id)] if len(days) > 1 else []),
    ]


def _line(found: CheckIn) -> Row:
    line = button(texts.line_label(found), "entry_line", found.id)
    out = button(plain("Without the line"), "entry_no_line", found.id)
    return [line] if found.note is None else [line, out]


def _whole(found: CheckIn) -> Row:
    return [
        button(plain("The whole week"), "past", found.commitment.id, found.week.toordinal()),
        button(plain("Take it out"), "entry_out", found.id),
    ]
