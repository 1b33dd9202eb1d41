"""Past weeks, one by one: what is known of each, and what changed."""

from datetime import date

from bot.language import Theirs, date_words, plain, say
from bot.texts.schedules import title_of
from bot.texts.weeks import day_words
from habits.check_ins import CheckIn
from habits.corrections import Looked, Page, PastWeek
from habits.rules.commitment import Way
from habits.rules.streak import KEPT_STANDINGS, Standing

HELD = frozenset({Standing.COVERED, Standing.REPAIRED})
"""Weeks without a check-in that do not end the run."""


def which_week(page: Page) -> str:
    """Over the buttons of a page of weeks."""
    return say(
        "<b>{title}</b>: which week, by its first day?\n✅ kept · 🛟 covered · 🌙 rest",
        title=title_of(page.commitment),
    )


def label(past: PastWeek, today: date) -> str:
    """16 Nov ✅"""
    return f"{day_words(past.week.first, today)} {_sign(past)}".rstrip()


def _sign(past: PastWeek) -> str:
    if past.standing in KEPT_STANDINGS:
        return "✅"
    if past.done:
        return "◐"
    if past.standing in HELD:
        return "🛟"
    return "🌙" if past.rests or past.standing is Standing.REST else ""


def one_week(looked: Looked, today: date, *, numbers: bool) -> str:
    """What is known of a week."""
    head = say(
        "<b>{title}</b>, the week of {week}: {state}.",
        title=title_of(looked.kept.commitment),
        week=day_words(looked.past.week.first, today),
        state=_state(looked.past, numbers=numbers),
    )
    return "\n".join([head, *(_line(each) for each in looked.check_ins)])


def _state(past: PastWeek, *, numbers: bool) -> str:
    if past.standing in KEPT_STANDINGS:
        return plain("kept")
    if past.done and numbers:
        return plain("{done} of {target}", done=past.done, target=past.target)
    if past.done:
        return plain("under way")
    words = {
        Standing.COVERED: plain("covered by a reserve"),
        Standing.REPAIRED: plain("mended by the weeks after it"),
        Standing.REST: plain("rest"),
        Standing.NEUTRAL: plain("not counted, since a reminder was lost"),
        Standing.MENDABLE: plain("nothing noted, and it can still be mended"),
        Standing.OPEN: plain("still open"),
    }
    if past.standing in words:
        return words[past.standing]
    return plain("rest") if past.rests else plain("nothing noted")


def _line(each: CheckIn) -> str:
    """Sat 14 Nov: A book with tea."""
    ways = {way.id: way for way in each.commitment.ways}
    way: Way | None = ways.get(each.way_id or 0)
    if way is None or way.title == each.commitment.title:
        return say("✓ {day}", day=date_words(each.day))
    return say("✓ {day}: {way}", day=date_words(each.day), way=Theirs(way.title))


def one_more() -> str:
    """A button's label."""
    return plain("One check-in more")


def did_it() -> str:
    """The same, for a week without any."""
    return plain("✅ I did it")


def rest() -> str:
    """A button's label."""
    return plain("🌙 Rest")


def rest_not() -> str:
    """A button's label, for a week that rests."""
    return plain("No rest")


def clear() -> str:
    """A button's label."""
    return plain("Clear")
