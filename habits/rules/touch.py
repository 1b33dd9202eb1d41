"""When the messages about an occasion are due: `plan`, `go`, `follow_up`; quiet hours; too late."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from habits.rules.person import Person
from habits.rules.schedule import Schedule, clock_time
from habits.rules.zone import instant

PLAN = "plan"
GO = "go"
FOLLOW_UP = "follow_up"
TOUCHES = (PLAN, GO, FOLLOW_UP)

PLAN_TIME = time(18, 30)
PLAN_DAYS_BEFORE = timedelta(days=2)
EVENING_FOLLOW_UP = time(20, 30)
MORNING_FOLLOW_UP = time(9, 30)
AFTERNOON_ENDS = time(17, 0)
"""A `go` before this is followed up the same evening, a later one the next morning."""

WORTH_SENDING_FOR = timedelta(hours=6)
AT_LEAST_FOR = timedelta(hours=1)
DAY_IS_OVER = time(22, 0)


def go_at(day: date, schedule: Schedule, person: Person) -> datetime:
    """The instant of the `go` on a day, by the person's zone and parts of the day."""
    return instant(day, clock_time(schedule.at, person.parts), _zone(person))


def plan_at(first_day: date, person: Person) -> datetime:
    """The evening two days before the week's first occasion, moved by quiet hours."""
    return after_quiet(instant(first_day - PLAN_DAYS_BEFORE, PLAN_TIME, _zone(person)), person)


def follow_up_at(go: datetime, person: Person) -> datetime:
    """20:30 of the same day if the `go` was before 17:00, else 09:30 of the next."""
    local = go.astimezone(_zone(person))
    if local.time() < AFTERNOON_ENDS:
        due = instant(local.date(), EVENING_FOLLOW_UP, _zone(person))
    else:
        due = instant(local.date() + timedelta(days=1), MORNING_FOLLOW_UP, _zone(person))
    return after_quiet(due, person)


def after_quiet(moment: datetime, person: Person) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into."""
    zone, quiet = _zone(person), person.quiet
    local = moment.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    if quiet.since <= quiet.until:
        in_quiet = quiet.since <= clock < quiet.until
        ends_next_day = False
    else:
        in_quiet = clock >= quiet.since or clock < quiet.until
        ends_next_day = clock >= quiet.since
    if not in_quiet:
        return moment
    day = local.date() + timedelta(days=1 if ends_next_day else 0)
    return instant(day, quiet.until, zone)


def not_after(due: datetime, zone: ZoneInfo) -> datetime:
    """Until when a late touch is still worth sending.

    Six hours or until 22:00 of its day, whichever is earlier, but at least one hour.
    """
    day = due.astimezone(zone).date()
    latest = min(due + WORTH_SENDING_FOR, instant(day, DAY_IS_OVER, zone))
    return max(latest, due + AT_LEAST_FOR)


def days_end(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the local date begins, as the end of the days before it."""
    return instant(day, time(0, 0), zone).astimezone(UTC)


def _zone(person: Person) -> ZoneInfo:
    if person.zone is None:
        raise ValueError("nothing is due for a person without a zone")
    return person.zone
