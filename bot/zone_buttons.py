"""Buttons for telling where one is: current local times, then cities."""

from collections.abc import Sequence
from datetime import datetime

from telegram import InlineKeyboardMarkup

from bot.buttons import button, in_rows, keyboard
from bot.cities import City
from bot.language import plain, time_words
from bot.places import cities_at, full_name, short_name, times_now
from habits.rules.person import Person

A_PAGE = 6


def times(now: datetime, person: Person, page: int = 0) -> InlineKeyboardMarkup | None:
    """The times that it may be where they are, likeliest first."""
    every = times_now(now, person.language)
    shown = every[page * A_PAGE : (page + 1) * A_PAGE]
    rows = in_rows((button(time_words(t.clock), "time", t.offset_minutes, 0) for t in shown), 3)
    more = [button(plain("More…"), "times", page + 1)] if every[(page + 1) * A_PAGE :] else []
    return keyboard(*rows, more)


def cities(
    offset_minutes: int, now: datetime, person: Person, page: int = 0
) -> InlineKeyboardMarkup | None:
    """The cities where it is that time now."""
    every = cities_at(offset_minutes, now, person.language)
    shown = every[page * A_PAGE : (page + 1) * A_PAGE]
    rows = in_rows(
        (
            button(short_name(city, person.language), "zone", city.zone.key.replace("/", "."))
            for city in shown
        ),
        3,
    )
    more = (
        [button(plain("More…"), "time", offset_minutes, page + 1)]
        if every[(page + 1) * A_PAGE :]
        else []
    )
    return keyboard(*rows, more)


def several(found: Sequence[City], person: Person) -> InlineKeyboardMarkup | None:
    """Cities of one name, told apart."""
    return keyboard(
        *in_rows(
            (
                button(full_name(city, person.language), "zone", city.zone.key.replace("/", "."))
                for city in found
            ),
            1,
        )
    )
