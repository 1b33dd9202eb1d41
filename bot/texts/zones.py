"""What is said about where the person is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.language import say, time_words
from bot.texts.drafts import city_of


def ask(what: str) -> str:
    """Before the first reminder: what time is it there?"""
    return say(
        "So that {what} is <i>yours</i>: what time is it where you are? Tap it, or type your city.",
        what=what,
    )


def nearest(clock: str) -> str:
    """After the time: which city?"""
    return say("{clock}. Which is nearest? Or type your city.", clock=clock)


def stored(zone: ZoneInfo, now: datetime) -> str:
    """The zone that is kept now."""
    clock = time_words(now.astimezone(zone).time())
    return say(
        "Your time zone: <b>{city}</b>, where it is {clock} now.", city=city_of(zone), clock=clock
    )


def which() -> str:
    """There are several of that name."""
    return say("There are several. Which one?")


def unknown() -> str:
    """For a place that is in no list."""
    return say("I do not know that place. Type a bigger city nearby, for example <i>Berlin</i>.")


def ask_again(zone: ZoneInfo | None) -> str:
    """For /timezone."""
    question = say("What time is it where you are? Tap it, type your city, or share your location.")
    if zone is None:
        return question
    return say("You are on {city} time.", city=city_of(zone)) + " " + question


def clock_at(offset_minutes: int, now: datetime) -> str:
    """The time at an offset from Greenwich."""
    return time_words((now + timedelta(minutes=offset_minutes)).time())
