"""The reminders to come over the next weeks, laid out already or not: for calendars."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from habits.agenda import Coming, laid_out
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.schedule import occasion_days
from habits.rules.touch import go_at
from habits.rules.week import weeks_between
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitments_of
from habits.storage.tables import rests

LOOKS_AHEAD = timedelta(weeks=12)


def ahead(tx: Tx, person: Person, now: datetime) -> list[Coming]:
    """Every turn of the next twelve weeks that nothing known will silence, soonest first.

    Those whose reminders have faded out are told as well: a calendar may hold them all the same.
    """
    if person.zone is None or not person.reachable:
        return []
    active = [
        each for each in commitments_of(tx, person.id, State.ACTIVE) if each.silent_since is None
    ]
    resting = _resting(tx, person, local_day(now, person.zone))
    found = [each for each in laid_out(tx, person, active, now) if each.at > now]
    for commitment in active:
        found += _planned(person, commitment, resting, now)
    return sorted(found, key=lambda each: (each.at, each.commitment.made_at))


def _resting(tx: Tx, person: Person, today: date) -> set[tuple[int, date]]:
    rows = tx.execute(
        sa.select(rests.c.commitment_id, rests.c.week).where(
            rests.c.person_id == person.id, rests.c.week >= today - LOOKS_AHEAD
        )
    )
    return {(row.commitment_id, row.week) for row in rows}


def _planned(
    person: Person, commitment: Commitment, resting: Collection[tuple[int, date]], now: datetime
) -> Iterable[Coming]:
    """By the schedule, after what is laid out."""
    last = local_day(now + LOOKS_AHEAD, person.zone) if person.zone else commitment.laid_until
    for week in weeks_between(commitment.laid_until, last, person.beginnings):
        if (commitment.id, week.first) in resting:
            continue
        for day in occasion_days(commitment.schedule, week, commitment.phase):
            at = go_at(day, commitment.schedule, person)
            is_near = commitment.laid_until <= day and now < at <= now + LOOKS_AHEAD
            if is_near and not person.on_holiday(day):
                yield Coming(commitment, at, day)
