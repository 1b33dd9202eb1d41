"""Loop Habit Tracker's own score, so that what we hand over to it says what it would say itself.

Ours is another one (strength.py): by the week, so that coming back after a miss never lowers it.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

DAY = timedelta(days=1)
MONTHS = (30, 31)
"""As a denominator they mean a month, whatever its length."""


def next_score(frequency: float, before: float, value: float) -> float:
    """The score a day later; value: between 0 and 1, how much of what was wanted was done."""
    kept = 0.5 ** (frequency**0.5 / 13)
    return float(before * kept + value * (1 - kept))


def scores(
    done: Collection[date],
    skipped: Collection[date],
    numerator: int,
    denominator: int,
    days: Sequence[date],
) -> list[float]:
    """The score on each of the consecutive days, oldest first, for a yes-or-no habit.

    done: days checked by hand, none before the first of `days`. skipped: days that leave the
    score as it is.
    """
    wanted, window = _rhythm(numerator, denominator)
    found, score, count = [], 0.0, 0
    for day in days:
        count += (day in done) - (day - window * DAY in done)
        if day not in skipped:
            score = next_score(numerator / denominator, score, min(1.0, count / wanted))
        found.append(score)
    return found


def _rhythm(numerator: int, denominator: int) -> tuple[int, int]:
    """How many in how many days are looked at: twice the period, unless it is every day."""
    if numerator == denominator:
        return 1, 1
    return (2 * numerator, 2 * denominator) if numerator < denominator else (numerator, denominator)


def automatic(done: Collection[date], numerator: int, denominator: int) -> set[date]:
    """The days that Loop marks by itself: those that a check covers without one of their own."""
    if numerator >= denominator:
        return set()
    spans = _spans(sorted(done), numerator, denominator)
    for place in range(len(spans) - 2, -1, -1):
        spans[place] = _slid(spans[place], spans[place + 1][0])
    covered = {
        first + ahead * DAY for first, _, last in spans for ahead in range((last - first).days + 1)
    }
    return covered - set(done)


_Span = tuple[date, date, date]
"""First day, day of its last check, last day."""


def _spans(done: Sequence[date], numerator: int, denominator: int) -> list[_Span]:
    """The stretch that each group of checks covers, where it is done in time."""
    spans = []
    for first, last in zip(done, done[numerator - 1 :], strict=False):
        length = _month(first) if denominator in MONTHS else denominator
        if (last - first).days < length:
            spans.append((first, last, first + (length - 1) * DAY))
    return spans


def _month(day: date) -> int:
    following = (day.replace(day=28) + 4 * DAY).replace(day=1)
    return (following - DAY).day


def _slid(span: _Span, following: date) -> _Span:
    """Moved into the past where it overlaps the next, at most until its last check ends it."""
    first, check, last = span
    overlap = (last - following).days
    if overlap < 0:
        return span
    back = min((last - check).days, overlap + 1) * DAY
    return first - back, check, last - back
