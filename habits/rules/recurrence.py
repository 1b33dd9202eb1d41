"""A schedule as calendars write it: an RRULE with its first day, local time and zone."""

from datetime import date

from habits.rules.person import Person
from habits.rules.schedule import Schedule, clock_time, occasion_days

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def recurrence(schedule: Schedule, phase: date, person: Person) -> dict[str, str]:
    """The schedule as RFC 5545's RRULE: what it repeats by, from when on, and at what time where.

    A calendar knows no week that was lengthened by a journey; the occasions tell of those.
    """
    if person.zone is None:
        raise ValueError("a calendar needs a zone")
    first = _first_day(schedule, phase, person)
    days = (first.isoweekday(),) if schedule.once else schedule.days
    parts = ["FREQ=WEEKLY"]
    if schedule.every > 1:
        parts.append(f"INTERVAL={schedule.every}")
    parts.append(f"BYDAY={','.join(_DAYS[day - 1] for day in days)}")
    parts.append(f"WKST={_DAYS[person.beginnings[-1].weekday - 1]}")
    return {
        "rrule": ";".join(parts),
        "from": first.isoformat(),
        "time": clock_time(schedule.at, person.parts).strftime("%H:%M"),
        "zone": person.zone.key,
    }


def _first_day(schedule: Schedule, phase: date, person: Person) -> date:
    """The first day on which it asks, counted from its phase."""
    week = person.week_of(phase)
    while True:  # a schedule has a day in every fourth week at the latest
        days = [day for day in occasion_days(schedule, week, phase) if day >= phase]
        if days:
            return days[0]
        week = person.week_of(week.end)
