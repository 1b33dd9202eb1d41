"""What a phrase states about days and times, one fact at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.phrases.outcomes import Reason
from bot.phrases.words import Word
from habits.rules.schedule import SATURDAY, SUNDAY

WEEKEND = (SATURDAY, SUNDAY)
WORKDAYS = (1, 2, 3, 4, 5)
ALL_DAYS = (1, 2, 3, 4, 5, 6, 7)
DAYS_OF_A_WEEK = 7
MOST_WEEKS = 4
HALF_DAY = 12 * 60


@dataclass(frozen=True, slots=True)
class Days:
    """Named days.

    once: joined by "or", or the weekend. plural: "Saturdays", which says every. unsure:
    joined by a slash, which says neither "and" nor "or".
    """

    days: tuple[int, ...]
    once: bool = False
    plural: bool = False
    unsure: bool = False


def within_the_weekend(named: Sequence[Days]) -> Days | None:
    """The day that is asked on in "every weekend, on Saturdays"; None for anything else."""
    weekends = [days for days in named if days.once and days.days == WEEKEND]
    within = [days for days in named if set(days.days) < set(WEEKEND)]
    is_one = len({days.days for days in within}) == 1
    return within[0] if weekends and is_one and len(weekends + within) == len(named) else None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every n weeks; implied: it was "every Saturday", which "every two weeks" may narrow."""

    weeks: int
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """So many times a week."""

    number: int


class Certainty(Enum):
    """How sure we are of which half of the day a clock time is in."""

    SURE = "18:30, 7pm, noon"
    WRITTEN = "7:30: by the 24-hour clock unless a part of the day says otherwise"
    OPEN = "6, half past six"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, in minutes from midnight.

    meridiem: am or pm was said. weak: written or said like something else ("2.10",
    "midnight"), and a time only where nothing speaks against it. ends: an end was said
    too, which a schedule has no place for.
    """

    minutes: int
    certainty: Certainty
    about: bool = False
    meridiem: bool = False
    weak: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Bare:
    """A number with nothing to say what it counts: perhaps an hour."""

    word: Word


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """The mark of a part: "morning", "afternoon", "evening" or "night"."""

    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Something a schedule cannot hold. weak: or else words of a title ("2 or 3 friends")."""

    reason: Reason
    weak: bool = False


Fact = Days | Rhythm | Target | Clock | Bare | PartOfDay | Refused
Facts = tuple[Fact, ...]
