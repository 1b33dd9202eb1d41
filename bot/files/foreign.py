"""What other programs' files have in common: habits with a rhythm and days that were done."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.files.own_json import checked
from bot.files.unreadable import Unreadable, Why
from bot.typed import Empty, TooLong, clean
from habits.belongings import FORMAT, MOST_KEPT, VERSION, Belongings
from habits.rules.commitment import LONGEST_CUE, LONGEST_NOTE, LONGEST_TITLE
from habits.rules.schedule import SATURDAY, SUNDAY

WEEK = 7
LONGEST_TURN = 4
NOON = time(12, tzinfo=UTC)
MOST_DIGITS = 6
_LIKELIEST = (SATURDAY, SUNDAY, 5, 4, 3, 2, 1)
"""Which days are taken where nothing tells: the weekend first."""


@dataclass
class Habit:
    """One habit of another program.

    times, days: so many times in so many days. done: the days, with a note where there is one.
    skipped: days that the person set aside. at, weekdays: its reminder, if it had one.
    """

    name: str
    times: float = 1
    days: float = WEEK
    cue: str = ""
    archived: bool = False
    done: dict[date, str] = field(default_factory=dict)
    skipped: set[date] = field(default_factory=set)
    at: time | None = None
    weekdays: tuple[int, ...] = ()


def belongings_of(habits: Sequence[Habit], now: datetime) -> Belongings | Unreadable:
    """The habits as commitments; without a time of its own one is paused until it has one."""
    if len(habits) > MOST_KEPT:
        return Unreadable(Why.WRONG, "habits", f"should be {MOST_KEPT} at most")
    commitments = [_commitment(place, habit, now) for place, habit in enumerate(habits)]
    return checked(
        {"format": FORMAT, "version": VERSION, "settings": None, "commitments": commitments}
    )


def _commitment(place: int, habit: Habit, now: datetime) -> dict[str, Any]:
    made_at = _made_at(place, habit, now)
    title = _fitting(habit.name, LONGEST_TITLE) or ""
    return {
        "title": title,
        "cue": _fitting(habit.cue, LONGEST_CUE),
        "state": _state(habit),
        "made_at": made_at.isoformat(),
        "begins_at": now.isoformat(),
        "silent_since": None,
        "laid_until": now.date().isoformat(),
        "schedule": _schedule(habit, now),
        "ways": [{"title": title, "retired": False}],
        "occasions": [],
        "rests": _rests(habit, made_at),
        "check_ins": [_check_in(day, note) for day, note in sorted(habit.done.items())],
    }


def _made_at(place: int, habit: Habit, now: datetime) -> datetime:
    """The same for the same file: its first day; the place tells apart those of one day."""
    first = min(habit.done, default=now.date())
    return datetime.combine(first, NOON) + timedelta(microseconds=place)


def _fitting(text: str, limit: int) -> str | None:
    """The text, cut where it is longer than what can be typed here; None for an empty one."""
    match clean(text, limit):
        case str(kept):
            return kept
        case Empty():
            return None
        case TooLong():
            return _fitting(text[: min(limit, len(text) - 1)], limit)


def _state(habit: Habit) -> str:
    if habit.archived:
        return "archived"
    return "paused" if habit.at is None else "active"


def _schedule(habit: Habit, now: datetime) -> dict[str, Any]:
    every, target = _rhythm(habit)
    weekdays = habit.weekdays
    if not weekdays or (len(weekdays) == WEEK and target < WEEK):
        weekdays = _usual_days(habit.done, target)
    return {
        "days": list(weekdays),
        "at": habit.at.strftime("%H:%M") if habit.at else "evening",
        "every": every,
        "target": min(target, len(weekdays)),
        "once": False,
        "phase": now.date().isoformat(),
    }


def _rhythm(habit: Habit) -> tuple[int, int]:
    """Every how many weeks, and how often in one that asks."""
    a_week = habit.times / habit.days * WEEK
    if a_week >= 1:
        return 1, min(WEEK, round(a_week))
    return min(LONGEST_TURN, round(1 / a_week)), 1


def _usual_days(done: Mapping[date, str], count: int) -> tuple[int, ...]:
    """The weekdays on which it was done most."""
    times = Counter(day.isoweekday() for day in done)
    liked = sorted(_LIKELIEST, key=lambda day: (-times[day], _LIKELIEST.index(day)))
    return tuple(sorted(liked[:count]))


def _rests(habit: Habit, made_at: datetime) -> list[dict[str, str]]:
    """A week in which something was skipped and nothing done."""
    weeks = {_monday(day) for day in habit.skipped} - {_monday(day) for day in habit.done}
    return [{"week": week.isoformat(), "made_at": made_at.isoformat()} for week in sorted(weeks)]


def _check_in(day: date, note: str) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "week": _monday(day).isoformat(),
        "counts": True,
        "occasion": None,
        "way": None,
        "fulfilled": None,
        "note": _fitting(note, LONGEST_NOTE),
        "made_at": datetime.combine(day, NOON).isoformat(),
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def wrong(where: str, what: str) -> Unreadable:
    """A place in the file that says something it cannot mean."""
    return Unreadable(Why.WRONG, where, what)


def frequency(times: float, days: float) -> tuple[float, float] | None:
    """So many times in so many days, where that can be."""
    can_be = 0 < times < 10**MOST_DIGITS and 0 < days < 10**MOST_DIGITS
    return (times, days) if can_be else None


def named(habits: Iterable[Habit]) -> list[Habit]:
    """Those that have a name that can be seen."""
    return [habit for habit in habits if _fitting(habit.name, LONGEST_TITLE)]
