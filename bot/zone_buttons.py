"""Buttons for telling where one is: current local times, then cities, or a location."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from telegram import KeyboardButton, ReplyKeyboardMarkup

from bot.buttons import Keyboard, button, in_rows, keyboard
from bot.cities import City
from bot.language import plain, time_words
from bot.places import cities_at, full_name, short_name, times_now
from bot.texts import zones
from habits.rules.person import Person

T = TypeVar("T")

A_PAGE = 6
LEAST_OFFSET, GREATEST_OFFSET = -12 * 60, 14 * 60


def an_offset(word: str) -> int:
    """Minutes east of Greenwich as buttons carry them; ValueError for what no clock keeps."""
    minutes = int(word)
    if not LEAST_OFFSET <= minutes <= GREATEST_OFFSET:
        raise ValueError(word)
    return minutes


def times(now: datetime, person: Person, page: int = 0) -> Keyboard | None:
    """The times that it may be where they are, from west to east; the last page leads back.

    The likeliest are on the first page.
    """
    likeliest, following = _page(times_now(now, person.language), page)
    shown = sorted(likeliest, key=lambda each: each.offset_minutes)
    rows = in_rows((button(time_words(t.clock), "time", t.offset_minutes, 0) for t in shown), 3)
    last = [button(plain("More…"), "times", following), button(zones.share(), "share_place")]
    return keyboard(*rows, last)


def cities(offset_minutes: int, now: datetime, person: Person, page: int = 0) -> Keyboard | None:
    """The cities where it is that time now; None where there are none."""
    every = cities_at(offset_minutes, now, person.language)
    if not every:
        return None
    shown, following = _page(every, page)
    rows = in_rows(
        (button(short_name(city, person.language), "zone", _key(city)) for city in shown), 3
    )
    last = [button(plain("← Other times"), "times", 0)]
    if len(every) > A_PAGE:
        last = [button(plain("More…"), "time", offset_minutes, following), *last]
    return keyboard(*rows, last)


def _page(every: Sequence[T], page: int) -> tuple[Sequence[T], int]:
    """What a page shows, and the number of the one after it."""
    pages = -(-len(every) // A_PAGE)
    at = page % pages
    return every[at * A_PAGE : (at + 1) * A_PAGE], (at + 1) % pages


def _key(city: City) -> str:
    return city.zone.key.replace("/", ".")


def several(found: Sequence[City], person: Person) -> Keyboard | None:
    """Cities of one name, told apart."""
    buttons = (button(full_name(city, person.language), "zone", _key(city)) for city in found)
    return keyboard(*in_rows(buttons, 1))


def sharing() -> ReplyKeyboardMarkup:
    """The keyboard that shares a location; the only kind of button that can."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(zones.share(), request_location=True)], [zones.rather_not()]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )
