"""Whom we talk to: zone, week, parts of the day, quiet hours, how much nudging, numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from habits.rules.schedule import Parts
from habits.rules.week import Beginning, Week, week_of

EVER_SINCE = date(1970, 1, 5)
"""A Monday before anyone's first week."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The local hours in which only a `go` may ring; equal times mean none."""

    since: time = time(22, 0)
    until: time = time(8, 0)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A rest for all commitments: local dates from `first` up to, not including, `until`."""

    first: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.until


class Pictures(StrEnum):
    """How a person wants pictures; none: the same in words."""

    LIGHT = "light"
    DARK = "dark"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the rules see them.

    id: Telegram's user id, which is also the id of the private chat with them.
    zone: None until they have told us; nothing is laid out before.
    asks_plan, asks_follow_up: which touches they want beside the `go`.
    asks_tension, asks_facets: which questions they want after a check-in.
    first_weekday: the ISO weekday they chose for their weeks to begin, or None: by territory.
    reachable: False after Telegram said that they blocked us or are gone.
    """

    id: int
    name: str
    language: str = "en"
    zone: ZoneInfo | None = None
    parts: Parts = field(default=Parts())
    quiet: Quiet = field(default=Quiet())
    asks_plan: bool = False
    asks_follow_up: bool = True
    asks_tension: bool = False
    asks_facets: bool = False
    shows_numbers: bool = True
    pictures: Pictures = Pictures.LIGHT
    first_weekday: int | None = None
    reachable: bool = True
    beginnings: Sequence[Beginning] = (Beginning(EVER_SINCE, 1),)
    holidays: Sequence[Holiday] = field(default=())

    def week_of(self, day: date) -> Week:
        """The week of theirs that the day lies in."""
        return week_of(day, self.beginnings)

    def on_holiday(self, day: date) -> bool:
        """Whether a holiday of theirs covers the day."""
        return any(day in holiday for holiday in self.holidays)
