"""What is said about where the person is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.language import Theirs, day_name, moment_words, plain, say, time_words
from bot.texts.drafts import city_of
from bot.texts.questions import day_and_part_label
from bot.texts.schedules import title_of
from habits.overviews import Listed
from habits.rules.schedule import Part, Schedule


def ask(schedule: Schedule) -> str:
    """Before the first reminder: what time is it there?"""
    if len(schedule.days) > 1:
        return say(
            "So that I ask at the right hour: what time is it where you are? "
            "Tap it, or type your city."
        )
    if isinstance(schedule.at, Part):
        what = day_and_part_label(schedule.days[0], schedule.at)
    else:
        what = day_name(schedule.days[0])
    return say(
        "So that {what} is <i>yours</i>: what time is it where you are? Tap it, or type your city.",
        what=what,
    )


def ask_again(zone: ZoneInfo | None) -> str:
    """For /timezone."""
    question = say("What time is it where you are? Tap it, or type your city.")
    if zone is None:
        return question
    return say("You are on {city} time.", city=city_of(zone)) + " " + question


def nearest(clock: str) -> str:
    """After the time: which city?"""
    return say("{clock}. Which is nearest? Or type your city.", clock=clock)


def offset(typed: str, clock: str, *, sign_reversed: bool) -> str:
    """For GMT+3 and the like: it says nothing about summer time."""
    if sign_reversed:
        return say(
            "By an old custom {typed} lies the other way round: it is {clock} there now, and it "
            "knows no summer time. Which city keeps your time?",
            typed=Theirs(typed),
            clock=clock,
        )
    return say(
        "With {typed} it is {clock} now; whether clocks change in summer depends on the place. "
        "Which city keeps your time?",
        typed=Theirs(typed),
        clock=clock,
    )


def stored(zone: ZoneInfo, now: datetime) -> str:
    """The zone that is kept now."""
    clock = time_words(now.astimezone(zone).time())
    return say(
        "Your time zone: <b>{city}</b>, where it is {clock} now.", city=city_of(zone), clock=clock
    )


def next_one(listed: Listed, zone: ZoneInfo, now: datetime) -> str:
    """After a move: when the next reminder comes."""
    assert listed.next_go is not None
    title = title_of(listed.commitment)
    if listed.next_go <= now:
        return say("The reminder of <b>{title}</b> is on its way.", title=title)
    return say(
        "Next: <b>{title}</b>, <b>{when}</b>.",
        title=title,
        when=moment_words(listed.next_go, zone),
    )


def from_location(zone: ZoneInfo) -> str:
    """After a shared location."""
    return say("Stored: {zone}. Your position was not kept.", zone=zone.key)


def how_to_share() -> str:
    """Above the keyboard that shares a location."""
    return say(
        "Tap the button below your keyboard, once. I look up the time zone and keep nothing else. "
        "(It works on a phone.)"
    )


def share() -> str:
    """The label that shares, also on the keyboard itself."""
    return plain("📍 Share location")


def rather_not() -> str:
    """The label that puts the keyboard away."""
    return plain("Rather not")


def not_shared() -> str:
    """After that label."""
    return say("Fine; then by the clock or by name.")


def disputed() -> str:
    """For a position in two zones or more."""
    return say("Two clocks are in use there. Which one is yours? Your position was not kept.")


def at_sea(clock: str) -> str:
    """For a position outside every country."""
    return say(
        "That is at sea, where it is about {clock}. Which city keeps your time? "
        "Your position was not kept.",
        clock=clock,
    )


def nowhere() -> str:
    """For a position without any zone."""
    return say("I know no time for that place. Your position was not kept.")


def which() -> str:
    """There are several of that name."""
    return say("There are several. Which one?")


def unknown() -> str:
    """For a place that is in no list."""
    return say(
        "I do not know that place. Type a bigger city nearby, for example <i>Berlin</i>, "
        "or tap the time where you are."
    )


def no_such_clock(typed: str) -> str:
    """For an offset that no clock on earth keeps at the moment."""
    return say(
        "No clock on earth shows {typed} at the moment. Tap the time where you are.",
        typed=Theirs(typed),
    )


def clock_at(offset_minutes: int, now: datetime) -> str:
    """The time at an offset from Greenwich."""
    return time_words((now + timedelta(minutes=offset_minutes)).time())
