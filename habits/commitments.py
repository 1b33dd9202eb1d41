"""Making promises, the ways of keeping them, and waking those that fell silent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import conversations, occasions, reminders
from habits.rules.commitment import (
    MOST_COMMITMENTS,
    MOST_WAYS,
    Commitment,
    State,
    Way,
)
from habits.rules.person import Person
from habits.rules.schedule import Schedule, occasion_days
from habits.rules.touch import go_at, plan_at
from habits.rules.week import WEEK
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import (
    columns_of,
    commitment_of,
    commitments_of,
)
from habits.storage.tables import check_ins, commitments, ways


@dataclass(frozen=True, slots=True)
class Made:
    """A new commitment. first: when its first reminder is due (None without a zone).

    is_first: they had none before.
    """

    commitment: Commitment
    first: datetime | None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class TooMany:
    """The person has as many as we can keep."""

    most: int


@dataclass(frozen=True, slots=True)
class NotThere:
    """Not yours or does not exist; which of the two is not told."""


def commit(
    tx: Tx,
    person: Person,
    title: str,
    way_titles: Sequence[str],
    schedule: Schedule,
    now: datetime,
    *,
    cue: str | None = None,
    commitment_id: int | None = None,
) -> Made | TooMany:
    """Take a commitment and lay out its first weeks."""
    kept = len(commitments_of(tx, person.id))
    if kept >= MOST_COMMITMENTS:
        return TooMany(MOST_COMMITMENTS)
    today = _today(person, now)
    week = person.week_of(today)
    commitment = Commitment(
        id=commitment_id or new_id(),
        person_id=person.id,
        title=title,
        schedule=schedule,
        phase=first_phase(person, schedule, now),
        begins_at=now,
        laid_until=week.first,
        made_at=now,
        cue=cue,
    )
    tx.execute(sa.insert(commitments).values(columns(commitment, now)))
    commitment = replace(commitment, ways=_insert_ways(tx, commitment, way_titles))
    occasions.lay_out(tx, person, commitment, now)
    reminders.align(tx, person, commitment, now)
    return Made(commitment, reminders.next_go(tx, person, commitment), is_first=not kept)


def commit_draft(
    tx: Tx,
    person: Person,
    title: str,
    way_titles: Sequence[str],
    schedule: Schedule,
    now: datetime,
    *,
    cue: str | None = None,
    commitment_id: int | None = None,
) -> Made | TooMany:
    """Take the commitment that the conversation was about, and end the conversation.

    commitment_id: given beforehand, so that a second tap finds what the first one made. Where
    there is no room, the conversation waits until there is.
    """
    outcome = commit(
        tx, person, title, way_titles, schedule, now, cue=cue, commitment_id=commitment_id
    )
    if isinstance(outcome, Made):
        conversations.end(tx, person.id)
    return outcome


def found(tx: Tx, person: Person, commitment_id: int) -> Made | NotThere:
    """A commitment of theirs as it was made, with its next reminder."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    return Made(commitment, reminders.next_go(tx, person, commitment))


def has_twin(tx: Tx, person: Person, title: str) -> bool:
    """Whether one of theirs is called so already."""
    folded = title.casefold()
    return any(each.title.casefold() == folded for each in commitments_of(tx, person.id))


def is_full(tx: Tx, person: Person) -> bool:
    """Whether they have as many as we can keep."""
    return len(commitments_of(tx, person.id)) >= MOST_COMMITMENTS


def usual_plan(person: Person, commitment: Commitment, now: datetime) -> datetime:
    """When the `plan` of its next whole week would be due: before the first of all its days."""
    week = person.week_of(person.week_of(_today(person, now)).end)
    days = occasion_days(commitment.schedule, week, commitment.phase)
    while not days:
        week = person.week_of(week.end)
        days = occasion_days(commitment.schedule, week, commitment.phase)
    return plan_at(days[0], person)


def _today(person: Person, now: datetime) -> date:
    return local_day(now, person.zone) if person.zone else now.date()


def first_phase(person: Person, schedule: Schedule, now: datetime) -> date:
    """The first occasion's week fixes the phase: this week, or the next if its day has passed."""
    week = person.week_of(_today(person, now))
    if schedule.every == 1 or person.zone is None:
        return week.first
    for start in (week.first, week.first + WEEK):  # a lengthened week asks twice
        days = occasion_days(schedule, week, start)
        if start < week.end and any(go_at(day, schedule, person) > now for day in days):
            return start
    return week.end


def columns(commitment: Commitment, heard_at: datetime) -> dict[str, Any]:
    """The columns of a commitment; heard_at: when the person last had to do with it."""
    return {
        "id": commitment.id,
        "person_id": commitment.person_id,
        "title": commitment.title,
        **columns_of(commitment.schedule),
        "phase": commitment.phase,
        "cue": commitment.cue,
        "state": commitment.state.value,
        "silent_since": commitment.silent_since,
        "fades_from": commitment.fades_from,
        "begins_at": commitment.begins_at,
        "heard_at": heard_at,
        "laid_until": commitment.laid_until,
        "version": commitment.version,
        "made_at": commitment.made_at,
    }


def _insert_ways(tx: Tx, commitment: Commitment, titles: Sequence[str]) -> tuple[Way, ...]:
    made = tuple(Way(new_id(), title) for title in titles[:MOST_WAYS])
    rows = [
        {
            "id": way.id,
            "person_id": commitment.person_id,
            "commitment_id": commitment.id,
            "title": way.title,
            "position": position,
            "retired": False,
        }
        for position, way in enumerate(made, start=len(commitment.ways))
    ]
    if rows:
        tx.execute(sa.insert(ways), rows)
    return made


def add_way(tx: Tx, person: Person, commitment_id: int, title: str) -> Way | TooMany | NotThere:
    """Add a way, or find the one that is called so already."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    known = next((w for w in commitment.ways if w.title.casefold() == title.casefold()), None)
    if known is not None and not known.retired:
        return known
    if len(commitment.open_ways) >= MOST_WAYS:
        return TooMany(MOST_WAYS)
    if known is not None:
        _set_retired(tx, person, known.id, retired=False)
        return replace(known, retired=False)
    return _insert_ways(tx, commitment, [title])[0]


def retire_way(
    tx: Tx, person: Person, commitment_id: int, way_id: int, *, retired: bool = True
) -> Commitment | NotThere:
    """Offer a way no longer (or again); its check-ins stay. The last one stays offered."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or way_id not in {way.id for way in commitment.ways}:
        return NotThere()
    if not retired or len(commitment.open_ways) > 1:
        _set_retired(tx, person, way_id, retired=retired)
    return commitment_of(tx, person.id, commitment_id) or NotThere()


def bring_way_back(
    tx: Tx, person: Person, commitment_id: int, way_id: int
) -> Commitment | TooMany | NotThere:
    """Offer a way again that was taken out, where there is room for it."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    others = [way for way in commitment.open_ways if way.id != way_id]
    if len(others) >= MOST_WAYS:
        return TooMany(MOST_WAYS)
    return retire_way(tx, person, commitment_id, way_id, retired=False)


def drop_way(tx: Tx, person: Person, commitment_id: int, way_id: int) -> Commitment | NotThere:
    """Take an addition back: the way goes, or is offered no longer where it was used."""
    found = retire_way(tx, person, commitment_id, way_id)
    if isinstance(found, NotThere) or way_id in {way.id for way in found.open_ways}:
        return found
    used = sa.exists().where(check_ins.c.way_id == way_id, check_ins.c.person_id == person.id)
    tx.execute(sa.delete(ways).where(ways.c.id == way_id, ways.c.person_id == person.id, ~used))
    return commitment_of(tx, person.id, commitment_id) or NotThere()


def _set_retired(tx: Tx, person: Person, way_id: int, *, retired: bool) -> None:
    tx.execute(
        sa.update(ways)
        .where(ways.c.id == way_id, ways.c.person_id == person.id)
        .values(retired=retired)
    )


def wake(tx: Tx, person: Person, now: datetime) -> list[Commitment]:
    """The person is back: every commitment that fell silent speaks again. Gives those."""
    silent = [c for c in commitments_of(tx, person.id, State.ACTIVE) if c.silent_since]
    return [speak_again(tx, person, commitment, now) for commitment in silent]


def speak_again(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> Commitment:
    """End the silence of one commitment."""
    tx.execute(
        sa.update(commitments)
        .where(commitments.c.id == commitment.id, commitments.c.person_id == person.id)
        .values(silent_since=None, heard_at=now)
    )
    speaking = replace(commitment, silent_since=None)
    reminders.align(tx, person, speaking, now)
    return speaking
