"""Making, changing, pausing and keeping promises."""

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
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import (
    columns_of,
    commitment_of,
    commitments_of,
    new_id,
    time_from,
    time_to,
)
from habits.storage.tables import changes, commitments, rests, ways
from habits.storage.tables import occasions as occasion_rows


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
class Changed:
    """After an edit. next_go: the next reminder; change_id: what undoes it."""

    commitment: Commitment
    next_go: datetime | None
    change_id: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """It was changed on another device meanwhile; this is how it stands."""

    commitment: Commitment


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
        phase=_first_phase(person, schedule, week.first, now),
        begins_at=now,
        laid_until=week.first,
        made_at=now,
        cue=cue,
    )
    tx.execute(sa.insert(commitments).values(_columns(commitment, now)))
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


def _first_phase(person: Person, schedule: Schedule, first: date, now: datetime) -> date:
    """The first occasion's week fixes the phase: this week, or the next if its day has passed."""
    if schedule.every == 1 or person.zone is None:
        return first
    days = occasion_days(schedule, person.week_of(first), first)
    ahead = any(go_at(day, schedule, person) > now for day in days)
    return first if ahead else person.week_of(first).end


def _columns(commitment: Commitment, heard_at: datetime) -> dict[str, Any]:
    return {
        "id": commitment.id,
        "person_id": commitment.person_id,
        "title": commitment.title,
        **columns_of(commitment.schedule),
        "phase": commitment.phase,
        "cue": commitment.cue,
        "state": commitment.state.value,
        "silent_since": commitment.silent_since,
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


def edit(
    tx: Tx,
    person: Person,
    commitment_id: int,
    now: datetime,
    *,
    version: int | None = None,
    title: str | None = None,
    schedule: Schedule | None = None,
    cue: str | None = None,
    state: State | None = None,
) -> Changed | Elsewhere | NotThere:
    """Change a commitment; an empty cue takes the cue away.

    version: the one the person was looking at; another one in the table gives Elsewhere.
    """
    before = commitment_of(tx, person.id, commitment_id)
    if before is None:
        return NotThere()
    if version is not None and version != before.version:
        return Elsewhere(before)
    after = replace(
        before,
        title=title or before.title,
        cue=before.cue if cue is None else (cue or None),
        silent_since=None,  # a change is a sign of life
    )
    if schedule is not None and schedule != before.schedule:
        after = _rescheduled(person, before, after, schedule, now)
    if state is not None and state is not before.state:
        after = _in_state(tx, person, after, state, now)
    return _store(tx, person, before, after, now)


def _rescheduled(
    person: Person, before: Commitment, after: Commitment, schedule: Schedule, now: datetime
) -> Commitment:
    phase = before.phase
    if schedule.every != before.schedule.every:
        phase = person.week_of(_today(person, now)).first
    return replace(after, schedule=schedule, phase=phase, begins_at=now)


def _in_state(
    tx: Tx, person: Person, commitment: Commitment, state: State, now: datetime
) -> Commitment:
    if state is State.ACTIVE:
        return replace(commitment, state=state, begins_at=now)
    rest_open_week(tx, person, commitment, now)
    return replace(commitment, state=state)


def rest_open_week(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Let this week rest if a reminder of it is out already: a pause is no miss."""
    week = person.week_of(_today(person, now))
    begun = tx.scalar(
        sa.select(sa.func.count()).where(
            occasion_rows.c.commitment_id == commitment.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.week == week.first,
            occasion_rows.c.go_at <= now,
        )
    )
    if begun and not tx.scalar(sa.select(sa.func.count()).where(_rest_of(commitment, week.first))):
        row = {
            "person_id": person.id,
            "commitment_id": commitment.id,
            "week": week.first,
            "made_at": now,
        }
        tx.execute(sa.insert(rests).values(row))


def _rest_of(commitment: Commitment, week: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        rests.c.commitment_id == commitment.id,
        rests.c.person_id == commitment.person_id,
        rests.c.week == week,
    )


def _store(tx: Tx, person: Person, before: Commitment, after: Commitment, now: datetime) -> Changed:
    after = replace(after, version=before.version + 1)
    mine = sa.and_(commitments.c.id == before.id, commitments.c.person_id == person.id)
    tx.execute(sa.update(commitments).where(mine).values(_columns(after, now)))
    change_id = new_id()
    tx.execute(
        sa.insert(changes).values(
            id=change_id,
            person_id=person.id,
            commitment_id=before.id,
            before=_snapshot(before),
            made_at=now,
        )
    )
    if after.schedule != before.schedule or after.state is not before.state:
        occasions.lay_out_again(tx, person, after, now)
    else:
        reminders.align(tx, person, after, now)
    return Changed(after, reminders.next_go(tx, person, after), change_id)


def _snapshot(commitment: Commitment) -> dict[str, Any]:
    schedule = commitment.schedule
    return {
        "title": commitment.title,
        "cue": commitment.cue,
        "state": commitment.state.value,
        "days": list(schedule.days),
        "at": time_to(schedule.at),
        "every": schedule.every,
        "target": schedule.target,
        "once": schedule.once,
    }


def undo(tx: Tx, person: Person, change_id: int, now: datetime) -> Changed | NotThere:
    """Put a commitment back to how it was before a change."""
    row = tx.execute(
        sa.select(changes).where(changes.c.id == change_id, changes.c.person_id == person.id)
    ).one_or_none()
    if row is None:
        return NotThere()
    # a rest that came with a pause goes with it
    tx.execute(
        sa.delete(rests).where(rests.c.person_id == person.id, rests.c.made_at == row.made_at)
    )
    was = row.before
    schedule = Schedule(
        tuple(was["days"]),
        time_from(was["at"]),
        was["every"],
        was["target"],
        was["once"],
    )
    outcome = edit(
        tx,
        person,
        row.commitment_id,
        now,
        title=was["title"],
        cue=was["cue"] or "",
        schedule=schedule,
        state=State(was["state"]),
    )
    return NotThere() if isinstance(outcome, Elsewhere) else outcome


def add_way(tx: Tx, person: Person, commitment_id: int, title: str) -> Way | TooMany | NotThere:
    """Add a way, or find the one that is called so already."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    for way in commitment.ways:
        if way.title.casefold() == title.casefold():
            _set_retired(tx, person, way.id, retired=False)
            return way
    if len(commitment.open_ways) >= MOST_WAYS:
        return TooMany(MOST_WAYS)
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
