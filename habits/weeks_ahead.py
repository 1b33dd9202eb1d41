"""One week of a commitment as rows: its occasions, and the touches owed for them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from habits.reminders import (
    BLOCKED,
    CANCELLED,
    FADED,
    PENDING,
    REST,
    SILENT,
    excuse_for,
    owed,
)
from habits.rules.commitment import Commitment
from habits.rules.fading import is_faded
from habits.rules.person import Person
from habits.rules.schedule import occasion_days
from habits.rules.touch import GO, PLAN, days_end, follow_up_at, go_at, plan_at
from habits.rules.week import Week, first_week_is_due, settles_at
from habits.storage.ids import new_id


def week_of_occasions(person: Person, commitment: Commitment, week: Week) -> list[dict[str, Any]]:
    """The rows of one week's occasions: those that lie after the schedule began to hold."""
    days = occasion_days(commitment.schedule, week, commitment.phase)
    instants = {day: go_at(day, commitment.schedule, person) for day in days}
    ahead = {day: at for day, at in instants.items() if at > commitment.begins_at}
    due = first_week_is_due(instants.values(), commitment.begins_at)
    target = min(commitment.schedule.target, len(ahead))
    return [
        _occasion(person, commitment, week, day, at, target=target, due=due)
        for day, at in ahead.items()
    ]


def _occasion(
    person: Person,
    commitment: Commitment,
    week: Week,
    day: date,
    at: datetime,
    *,
    target: int,
    due: bool,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": person.id,
        "commitment_id": commitment.id,
        "day": day,
        "week": week.first,
        "week_end": week.end,
        "target": target,
        "due": due,
        "go_at": at,
        "excuse": excuse_for(person, commitment, day),
        "settles_at": occasion_settles_at(person, week.end, at),
        "settled": False,
    }


def occasion_settles_at(person: Person, week_end: date, at: datetime) -> datetime:
    """When an occasion's week is settled as far as this occasion is concerned."""
    assert person.zone is not None
    last_touch = follow_up_at(at, person) if person.asks_follow_up else at
    return settles_at(days_end(week_end, person.zone), last_touch)


def faded(
    commitment: Commitment, week: Week, owing: Iterable[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    """The touches of a week, those that would speak cancelled where its reminders have faded."""
    silent = is_faded(commitment.fades_from, week.first, commitment.schedule.every)
    for touch in owing:
        speaks = touch["state"] == PENDING
        yield touch | {"state": CANCELLED, "reason": FADED} if silent and speaks else touch


def touches(
    person: Person, rows: Sequence[dict[str, Any]], now: datetime
) -> Iterable[dict[str, Any]]:
    """A `go` for each occasion of one week; a `plan` before the first for who wants it."""
    for row in rows:
        yield go_of(person, row)
    if rows and (plan := plan_of(person, min(rows, key=lambda row: row["day"]), now)):
        yield plan


def go_of(person: Person, row: dict[str, Any]) -> dict[str, Any]:
    """The `go` of an occasion, silent from the start where the occasion is excused."""
    silence = {"holiday": REST, SILENT: SILENT if person.reachable else BLOCKED}
    if row["excuse"] is None:
        return owed(person, GO, row["go_at"], occasion_id=row["id"])
    reason = silence[row["excuse"]]
    return owed(person, GO, row["go_at"], occasion_id=row["id"], state=CANCELLED, reason=reason)


def plan_of(person: Person, first: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """The `plan` before a week's first occasion, if it is wanted and still lies ahead."""
    if not person.asks_plan or first["excuse"] is not None:
        return None
    due = plan_at(first["day"], person)
    if not now < due < first["go_at"]:
        return None
    return owed(person, PLAN, due, occasion_id=first["id"], not_after=first["go_at"])
