"""When a commitment asks: its days, its time, every how many weeks."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from habits.rules.week import WEEK, Week

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(1, 8)
"""ISO weekdays."""

_DAYS = tuple(timedelta(days=days) for days in range(7))


class Part(StrEnum):
    """A part of the day; each person can move when it begins."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days a commitment asks for and the local time at which it does.

    days: ISO weekdays 1 (Monday) to 7, ascending, at least one.
    at: a part of the day, or an exact local clock time (naive, minutes).
    every: 1 to 4 weeks.
    target: the check-ins that make a week kept, 1 to len(days); 1 when asking once.
    once: the days are joined by "or" (or are "the weekend"): one occasion a week, on the
        first of them.
    """

    days: tuple[int, ...] = (SATURDAY,)
    at: Part | time = Part.AFTERNOON
    every: int = 1
    target: int = 1
    once: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """When the parts of a person's day begin, in local clock time."""

    morning: time = time(9, 0)
    afternoon: time = time(14, 0)
    evening: time = time(18, 30)


def clock_time(at: Part | time, parts: Parts) -> time:
    """Return the local clock time at which a schedule asks."""
    match at:
        case Part.MORNING:
            return parts.morning
        case Part.AFTERNOON:
            return parts.afternoon
        case Part.EVENING:
            return parts.evening
        case time():
            return at


def occasion_days(schedule: Schedule, week: Week, phase: date) -> tuple[date, ...]:
    """Return the days of `week` on which the schedule asks, none in a week off.

    phase: the first day of any week in which it asks.

    A week lengthened because weeks now begin on another day asks twice where it holds a
    weekday twice (unless asking once): the series goes on as if nothing had changed.
    """
    asked = _asked(schedule, week.first, min(week.first + WEEK, week.end), phase)
    if week.first + WEEK < week.end:
        asked += _asked(schedule, week.first + WEEK, week.end, phase)
    return asked[:1] if schedule.once else asked


def _asked(schedule: Schedule, first: date, end: date, phase: date) -> tuple[date, ...]:
    """Return the chosen days from `first` up to `end`, at most seven days, unless in a week off.

    Weeks off are counted from the phase to the first chosen day and not between first
    weekdays, which may have changed since: each weekday then keeps its own rhythm.
    """
    begins_on = first.isoweekday()
    all_days = [first + _DAYS[(weekday - begins_on) % 7] for weekday in schedule.days]
    chosen = sorted([day for day in all_days if day < end])
    if not chosen or (chosen[0] - phase) // WEEK % schedule.every:
        return ()
    return tuple(chosen)
