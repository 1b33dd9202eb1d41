"""The weeks of a person, and what became of one of them.

Weeks tile the calendar: each day lies in exactly one, also when the person moves to where
weeks begin on another day. The week in which that happens is lengthened, so that none is
ever shorter than seven days and no weekend is lost.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SETTLES_IN = timedelta(hours=24)
"""How long after its end and its last touch a week can still be answered as open."""


@dataclass(frozen=True, slots=True)
class Week:
    """The local dates from `first` up to, not including, `end`: 7 to 13 of them."""

    first: date
    end: date

    @property
    def days(self) -> tuple[date, ...]:
        """Its dates, in order."""
        return tuple(self.first + n * DAY for n in range((self.end - self.first).days))

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end


@dataclass(frozen=True, slots=True)
class Beginning:
    """From `since` on, weeks begin on the ISO weekday `weekday` (1 is Monday).

    The first such weekday on or after `since` opens the first such week. A person's first
    beginning also holds for all time before it.
    """

    since: date
    weekday: int


def week_of(day: date, beginnings: Sequence[Beginning]) -> Week:
    """Return the week that `day` lies in; `beginnings` oldest first, at least one."""
    if len(beginnings) == 1:  # nearly everybody, and asked for whenever a week is laid out
        first = _on_or_before(day, beginnings[0].weekday)
        return Week(first, first + WEEK)
    opened = _opening_days(beginnings)
    current = bisect_right(opened, day) - 1
    first = _on_or_before(day, beginnings[current].weekday)
    if current + 1 == len(opened) or opened[current + 1] >= first + 2 * WEEK:
        return Week(first, first + WEEK)
    change = opened[current + 1]
    return Week(first if first + WEEK <= change else first - WEEK, change)


def _opening_days(beginnings: Sequence[Beginning]) -> list[date]:
    """Return the first day of each beginning's own weeks; the first one always held."""
    if not beginnings:
        raise ValueError("A person's weeks begin on some day: beginnings is empty.")
    opened = [date.min]
    for beginning in beginnings[1:]:
        earliest = max(beginning.since, opened[-1] + WEEK)
        opened.append(_on_or_after(earliest, beginning.weekday))
    return opened


def change_beginning(
    beginnings: Sequence[Beginning], weekday: int, today: date
) -> tuple[Beginning, ...]:
    """Let weeks begin on `weekday` from the next week on; the current one is lengthened.

    A change still ahead is replaced, so changing back in the same week leaves no trace.
    """
    current = week_of(today, beginnings)
    past = tuple(beginnings[: bisect_right(_opening_days(beginnings), current.first)])
    if past[-1].weekday == weekday:
        return past
    return (*past, Beginning(_on_or_after(current.first + WEEK, weekday), weekday))


def next_week(week: Week, beginnings: Sequence[Beginning]) -> Week:
    """Return the week after `week`."""
    return week_of(week.end, beginnings)


def previous_week(week: Week, beginnings: Sequence[Beginning]) -> Week:
    """Return the week before `week`."""
    return week_of(week.first - DAY, beginnings)


def weeks_between(
    first_day: date, last_day: date, beginnings: Sequence[Beginning]
) -> Iterator[Week]:
    """Yield, oldest first, each week with a day from `first_day` to `last_day` inclusive."""
    week = week_of(first_day, beginnings)
    while week.first <= last_day and first_day <= last_day:
        yield week
        week = next_week(week, beginnings)


def _on_or_before(day: date, weekday: int) -> date:
    return day - (day.isoweekday() - weekday) % 7 * DAY


def _on_or_after(day: date, weekday: int) -> date:
    return day + (weekday - day.isoweekday()) % 7 * DAY


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one week of one commitment.

    target: the check-ins that this week asked for, at least 1.
    done: the done check-ins that fell in it or were pressed for its occasions.
    rests: the person chose to skip it, or a holiday covers it.
    neutral: a reminder of it was lost through our fault.
    settled: nothing of it is open any more (see settles_at).
    due: it can be missed; a week that is not counts when kept and never against.
    """

    week: Week
    target: int
    done: int
    rests: bool = False
    neutral: bool = False
    settled: bool = True
    due: bool = True


class Verdict(StrEnum):
    """What became of a week."""

    KEPT = "kept"
    REST = "rest"
    NEUTRAL = "neutral"
    MISSED = "missed"
    OPEN = "open"
    FREE = "free"


def verdict(record: Record) -> Verdict:
    """Say what became of a week: kept comes before rest, rest before neutral, then missed."""
    if record.done >= record.target:
        return Verdict.KEPT
    if record.rests:
        return Verdict.REST
    if record.neutral:
        return Verdict.NEUTRAL
    if not record.due:
        return Verdict.FREE
    return Verdict.MISSED if record.settled else Verdict.OPEN


def first_week_is_due(occasions_at: Collection[datetime], made_at: datetime) -> bool:
    """Tell whether the week in which a commitment is made can be missed.

    occasions_at: the instants of all its occasions, those that have passed already included.
    """
    return bool(occasions_at) and all(at > made_at for at in occasions_at)


def settles_at(week_end_at: datetime, last_touch_at: datetime | None) -> datetime:
    """Return when a week is settled: a day after its end or its last touch, whichever is later."""
    return max(week_end_at, last_touch_at or week_end_at) + SETTLES_IN
