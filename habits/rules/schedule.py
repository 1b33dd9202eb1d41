"""When a commitment asks: its days, its time, every how many weeks."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from habits.rules.week import WEEK, Week

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(1, 8)
"""ISO weekdays."""


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
    whole_week, added = week.days[:7], week.days[7:]
    asked = _asked(schedule, whole_week, phase) + _asked(schedule, added, phase)
    return asked[:1] if schedule.once else asked


def _asked(schedule: Schedule, days: tuple[date, ...], phase: date) -> tuple[date, ...]:
    """Return the chosen ones of `days`, at most seven, unless they are in a week off.

    Weeks off are counted from the phase to the first chosen day and not between first
    weekdays, which may have changed since: each weekday then keeps its own rhythm.
    """
    chosen = tuple(day for day in days if day.isoweekday() in schedule.days)
    if not chosen:
        return ()
    turn = (chosen[0] - phase) // WEEK
    return chosen if turn % schedule.every == 0 else ()
