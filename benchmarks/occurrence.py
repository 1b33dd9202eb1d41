"""B10: the next occurrence of a weekly schedule, against APScheduler's CronTrigger.

Two questions. How long does it take to go from one occurrence to the next? And how often is
the answer wrong, in every zone, around every change of its clock in three years? What is
right is found without the rule under test: only by asking which instants show the wanted
time on that zone's clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger

from benchmarks.report import Row, Scale
from habits.rules.schedule import Parts, Schedule, clock_time, occasion_days
from habits.rules.week import Beginning, next_week, week_of
from habits.rules.zone import instant, local_day, zone_named

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
A_MONDAY = date(2025, 12, 29)
FROM_MONDAY = (Beginning(A_MONDAY, 1),)
HALF_A_WEEK = timedelta(days=3, hours=12)
CLOCK_TIMES = [time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30)]
QUIET_DAYS = (date(2026, 3, 29), date(2026, 10, 25))
"""Looked at in zones whose clock never changes: days on which Europe's does."""

FOLLOWED = 2_000
ROUNDS = 5


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Measure both questions; the sweep takes about half a minute."""
    yield how_long()
    yield how_often_wrong(every_zone()[:: scale.pick(40, 1)])


def how_long() -> Row:
    """Follow one schedule from occurrence to occurrence, in turns; the best turn counts."""
    zone = ZoneInfo("Europe/Berlin")
    schedule = Schedule(at=time(18, 30))
    trigger = CronTrigger(day_of_week="sat", hour=18, minute=30, timezone=zone)
    ours = peer = float("inf")
    for _ in range(ROUNDS):
        ours = min(ours, _microseconds_each(occurrences(schedule, zone, FIRST)))
        peer = min(peer, _microseconds_each(fired(trigger, FIRST)))
    return Row(
        bar="B10",
        what="next occurrence of a weekly schedule",
        ours=ours,
        unit="µs",
        peer=peer,
        ratio=ours / peer,
        limit=1 / 15,
        better="lower",
    )


def _microseconds_each(found: Iterator[datetime]) -> float:
    began = perf_counter()
    assert len(list(islice(found, FOLLOWED))) == FOLLOWED
    return (perf_counter() - began) / FOLLOWED * 1e6


def occurrences(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the instants at which a schedule asks, as the weeks ahead are laid out."""
    week, parts = week_of(local_day(after, zone), FROM_MONDAY), Parts()
    while True:
        for day in occasion_days(schedule, week, A_MONDAY):
            at = instant(day, clock_time(schedule.at, parts), zone)
            if at > after:
                yield at
        week = next_week(week, FROM_MONDAY)


def fired(trigger: CronTrigger, after: datetime) -> Iterator[datetime]:
    """Yield the instants at which APScheduler would run such a job."""
    before, now = None, after
    while True:
        before = now = trigger.get_next_fire_time(before, now)
        yield now


@dataclass(frozen=True, slots=True)
class Change:
    """A zone's clock changes its distance from UTC at an instant."""

    at: datetime
    before: timedelta
    after: timedelta


def how_often_wrong(zones: list[ZoneInfo]) -> Row:
    """Ask for each half-hour of the day of each change and of the day after it."""
    asked = ours_wrong = peer_wrong = 0
    for zone in zones:
        changes = list(changes_of(zone))
        for day in sorted(days_to_look_at(changes)):
            for at in CLOCK_TIMES:
                right = meant(day, at, zone, changes)
                weekday = day.isoweekday()
                ours = occurrences(Schedule(days=(weekday,), at=at), zone, right - HALF_A_WEEK)
                peer = fired(_trigger(weekday, at, zone), right - HALF_A_WEEK)
                asked += 1
                ours_wrong += _within_the_week(ours, right) != [right]
                peer_wrong += _within_the_week(peer, right) != [right]
        _trigger.cache_clear()
    return Row(
        bar="B10",
        what=f"wrong of {asked:,} weekly occurrences around clock changes, {len(zones)} zones",
        ours=ours_wrong,
        unit="",
        peer=peer_wrong,
        ratio=ours_wrong / peer_wrong if peer_wrong else float(ours_wrong),
        limit=0.0,
        better="lower",
    )


def every_zone() -> list[ZoneInfo]:
    """Return every zone that a person can have."""
    named = (zone_named(name) for name in sorted(available_timezones()))
    return [zone for zone in named if zone is not None]


def changes_of(zone: ZoneInfo) -> Iterator[Change]:
    """Yield the changes of a zone's clock, found to the second by halving days."""
    day = timedelta(days=1)
    early = FIRST - 7 * day
    while early < LAST + 7 * day:
        late = early + day
        if offset(early, zone) != offset(late, zone):
            at = _turning_point(early, late, zone)
            yield Change(at, offset(early, zone), offset(late, zone))
        early = late


def _turning_point(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    before = offset(early, zone)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (middle, late) if offset(middle, zone) == before else (early, middle)
    return late


def offset(at: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far the zone's clock is ahead of UTC at an instant."""
    return at.astimezone(zone).replace(tzinfo=UTC) - at


def days_to_look_at(changes: list[Change]) -> set[date]:
    """Return the local dates of the changes in the three years, and the days after them."""
    within = [change for change in changes if FIRST <= change.at < LAST]
    dates = {(change.at + shift).date() for change in within for shift in _shifts(change)}
    return dates | {day + timedelta(days=1) for day in dates} or set(QUIET_DAYS)


def _shifts(change: Change) -> tuple[timedelta, timedelta]:
    return change.before, change.after


def meant(day: date, at: time, zone: ZoneInfo, changes: list[Change]) -> datetime:
    """Return the instant that a local date and time mean, from the zone's clock alone.

    The first instant that shows them; if none does, they lie in a gap, which moves them on
    by its length: as if the clock had not been changed yet.
    """
    wanted = datetime.combine(day, at, UTC)
    near = [each for each in changes if abs(each.at - wanted) < timedelta(days=2)]
    shifts = {shift for each in near for shift in _shifts(each)} or {offset(wanted, zone)}
    showing = [wanted - shift for shift in shifts if offset(wanted - shift, zone) == shift]
    if showing:
        return min(showing)
    gap = next(each for each in near if each.at + each.before <= wanted < each.at + each.after)
    return wanted - gap.before


@cache
def _trigger(weekday: int, at: time, zone: ZoneInfo) -> CronTrigger:
    return CronTrigger(day_of_week=weekday - 1, hour=at.hour, minute=at.minute, timezone=zone)


def _within_the_week(found: Iterator[datetime], around: datetime) -> list[datetime]:
    instants = []
    for at in found:
        if at >= around + HALF_A_WEEK:
            break
        instants.append(at.astimezone(UTC))
    return instants
