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
    """The turn as it is planned; and that nothing is said then, where nothing will be."""
    own = [planned.way and planned.way.title, planned.smaller]
    words = [say("{words}", words=Theirs(each)) for each in own if each]
    said = say(
        "<b>{title}</b>: {plan}.",
        title=title_of(planned.commitment),
        plan=Markup(", ".join([*words, moment_words(planned.at, zone)])),
    )
    silence = "" if planned.reminds else " " + say("No reminder comes for it.")
    return Markup(said + silence)


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
    return _kept(planned, zone)


def _kept(planned: Planned, zone: ZoneInfo) -> str:
    if not planned.reminds:
        return say("Noted. {when}", when=_when(planned, zone))
    return say("I will remind you of it. {when}", when=_when(planned, zone))


def how_small(planned: Planned) -> str:
    """Asks for a smaller version of this turn."""
    return say(
        "<b>{title}</b>: what is enough this week? Tap, or type it, for example "
        "<i>one chapter</i>.",
        title=title_of(planned.commitment),
    )


def small_ones() -> Sequence[str]:
    """What is small enough for many."""
    return (plain("ten minutes"), plain("half an hour"), plain("just beginning it"))


def made_smaller(planned: Planned, zone: ZoneInfo) -> str:
    """After a smaller version was planned, or all of it again."""
    if planned.smaller is None:
        return say("All of it, then. {when}", when=_when(planned, zone))
    return say("Small is fine, and counts as a whole. {when}", when=_when(planned, zone))


def what_is_small() -> str:
    """For words that are too long or empty."""
    return plain("A few words, please, such as: one chapter.")


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
