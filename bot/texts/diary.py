"""The diary in words: pages of entries by week, and one entry. Nothing in it is counted."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from bot.language import Theirs, date_words, isolated, plain, say
from bot.texts.weeks import day_words
from bot.typed import Empty, TooLong, clean
from habits.check_ins import CheckIn
from habits.diary import Page

ON_A_PAGE = 120
"""Characters of a note on a page; the whole of it is with the entry."""
IN_ONE_ENTRY = 1500
"""More than a note has, unless somebody piled up what cannot be seen."""
ON_A_BUTTON = 20


def label() -> str:
    """The button that opens it."""
    return plain("Diary")


def page(shown: Page, today: date) -> str:
    """A page, newest first."""
    if not shown.entries:
        return _empty(promises=shown.promises)
    return "\n\n".join([say("<b>Your diary</b>"), *_by_week(shown.entries, today)])


def _empty(*, promises: bool) -> str:
    head = say(
        "Nothing here yet. Whenever you tell me that you did it, it finds its place here, with a "
        "line about it if you like: reply to what I say then."
    )
    more = (
        say("What was before can be filled in as well.")
        if promises
        else say("Begin with a sentence, for example <i>film every Saturday at 8pm</i>.")
    )
    return f"{head}\n\n{more}"


def _by_week(entries: Sequence[CheckIn], today: date) -> list[str]:
    return [
        "\n".join([say("<i>Week of {day}</i>", day=day_words(week, today)), *map(_line, theirs)])
        for week, theirs in groupby(entries, lambda each: each.week)
    ]


def _line(entry: CheckIn) -> str:
    """Sat 21 Nov: A book with tea, fulfilled. “The note.”"""
    what = Theirs(shortened(what_it_was(entry), ON_A_PAGE))
    if entry.fulfilled is None:
        line = say("{day}: <b>{what}</b>", day=date_words(entry.day), what=what)
    elif entry.fulfilled:
        line = say("{day}: <b>{what}</b>, fulfilled", day=date_words(entry.day), what=what)
    else:
        line = say("{day}: <b>{what}</b>, not really", day=date_words(entry.day), what=what)
    return line if entry.note is None else f"{line}\n{_note(entry.note, ON_A_PAGE)}"


def what_it_was(entry: CheckIn) -> str:
    """The way, or the commitment where that is not told."""
    ways = {way.id: way.title for way in entry.commitment.ways}
    return ways.get(entry.way_id or 0, entry.commitment.title)


def _note(note: str, most: int) -> str:
    return say("“{note}”", note=Theirs(shortened(note, most)))


def shortened(text: str, most: int) -> str:
    """At most so many characters of what somebody typed, cut between words and still safe."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    cut = clean(start.rpartition(" ")[0] or start, most, lines=True)
    return "…" if isinstance(cut, Empty | TooLong) else f"{cut}…"


def entry_label(entry: CheckIn, today: date) -> str:
    """21 Nov: A book with tea. A button's label."""
    what = isolated(shortened(what_it_was(entry), ON_A_BUTTON))
    return plain("{day}: {what}", day=day_words(entry.day, today), what=what)


def found(words: str, entries: Sequence[CheckIn], today: date, *, more: bool) -> str:
    """What holds the words."""
    head = say("<b>Your diary</b>, with “{words}”", words=Theirs(words))
    further = [say("There is more of it further back.")] if more else []
    return "\n\n".join([head, *_by_week(entries, today), *further])


def found_nothing(words: str) -> str:
    """For words that are nowhere."""
    return say(
        "Nothing in your diary says “{words}”. I look through your lines and what you did; the "
        "beginning of a word is enough.",
        words=Theirs(words),
    )


def which_words() -> str:
    """After Search."""
    return say(
        "Which word shall I look for? I go through your lines and what you did. "
        "At any time, <i>diary tea</i> does the same."
    )


def too_long(most: int) -> str:
    """For more than can be looked for."""
    return say(
        "That is a lot to look for. Please take one word, or a few: {most} characters at most.",
        most=most,
    )


def one(entry: CheckIn) -> str:
    """One entry, with everything that is kept of it."""
    title, what = entry.commitment.title, what_it_was(entry)
    head = say("<b>{title}</b>, {day}", title=Theirs(title), day=date_words(entry.day))
    way = [say("{way}", way=Theirs(what))] if what != title else []
    note = [] if entry.note is None else [_note(entry.note, IN_ONE_ENTRY)]
    return "\n".join([head, *way, _felt(entry), *note])


def _felt(entry: CheckIn) -> str:
    if entry.fulfilled is None:
        return say("Did it leave you fulfilled?")
    if entry.fulfilled:
        return say("It left you fulfilled.")
    return say("It did not really leave you fulfilled.")


def which_way(entry: CheckIn) -> str:
    """Which one, of the ways."""
    return say("<b>{title}</b>, {day}: which one was it?", **_which(entry))


def which_day(entry: CheckIn) -> str:
    """Which day, of the same week."""
    return say(
        "<b>{title}</b>, {day}: which day of that week was it? What belongs to another week goes "
        "there by <i>The whole week</i>.",
        **_which(entry),
    )


def which_line(entry: CheckIn) -> str:
    """Asks for a note."""
    return say("<b>{title}</b>, {day}: type the line that I shall keep.", **_which(entry))


def _which(entry: CheckIn) -> dict[str, object]:
    return {"title": Theirs(entry.commitment.title), "day": date_words(entry.day)}


def line_label(entry: CheckIn) -> str:
    """A button's label."""
    return plain("Add a line") if entry.note is None else plain("Another line")


def taken_out(entry: CheckIn) -> str:
    """After Take it out."""
    return say("<b>{title}</b> of {day} is out of the diary.", **_which(entry))


def gone() -> str:
    """For a button of an entry that is not there; a toast."""
    return plain("That is not in your diary, or not any more. Here is how it stands.")
