"""What is said about one week's turn while it is planned."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bot.language import Markup, Theirs, date_words, day_name, moment_words, plain, say
from bot.texts.schedules import title_of
from habits.plans import Planned
from habits.rules.commitment import Way


def how(planned: Planned, zone: ZoneInfo) -> str:
    """Asks how this turn will be."""
    return say("This week: {when} How will it be?", when=_when(planned, zone))


def as_always(planned: Planned, zone: ZoneInfo) -> str:
    """After As always."""
    return say("Good. {when}", when=_when(planned, zone))


def _when(planned: Planned, zone: ZoneInfo) -> Markup:
    title, when = title_of(planned.commitment), moment_words(planned.at, zone)
    if planned.way is None:
        return Markup(say("<b>{title}</b>: {when}.", title=title, when=when))
    way = Theirs(planned.way.title)
    return Markup(say("<b>{title}</b>: {way}, {when}.", title=title, way=way, when=when))


def which_day(planned: Planned, days: Sequence[date], zone: ZoneInfo) -> str:
    """Asks for another day of this week."""
    if not days:
        return say(
            "No other day of this week is left for <b>{title}</b>. It stays {when}.",
            title=title_of(planned.commitment),
            when=moment_words(planned.at, zone),
        )
    return say("<b>{title}</b>: which day this week?", title=title_of(planned.commitment))


def day_label(day: date) -> str:
    """Sun 29 Nov, on its button."""
    return date_words(day)


def put_on(planned: Planned, zone: ZoneInfo) -> str:
    """After another day."""
    if planned.instead_of is None:
        return say("As always, then. {when}", when=_when(planned, zone))
    return say(
        "This week it is {day}. {when} The other weeks stay as they are.",
        day=day_name(planned.day.isoweekday()),
        when=_when(planned, zone),
    )


def day_gone(planned: Planned, days: Sequence[date], zone: ZoneInfo) -> str:
    """For a day that has passed meanwhile, or has a turn of its own."""
    return say("That day is gone.") + " " + which_day(planned, days, zone)


def which_way(planned: Planned) -> str:
    """Asks which way it will be."""
    title = title_of(planned.commitment)
    if len(planned.commitment.open_ways) < 2:
        return say("<b>{title}</b> has one way so far. Add another?", title=title)
    return say("<b>{title}</b>: which one this week?", title=title)


def way_chosen(planned: Planned, zone: ZoneInfo) -> str:
    """After a way was chosen, or left open again."""
    if planned.way is None:
        return say("Left open. {when}", when=_when(planned, zone))
    return say("I will remind you of it. {when}", when=_when(planned, zone))


def left_open() -> str:
    """The label that leaves the way open."""
    return plain("I'll see")


def way_label(way: Way) -> str:
    """A way as it stands in other sentences."""
    return way.title


def too_late() -> str:
    """For a turn whose reminder has left; a toast."""
    return plain(
        "Too late to plan this one: its reminder has left, or you answered it. "
        "Later, under the reminder, moves it; /week shows what can still be planned."
    )
