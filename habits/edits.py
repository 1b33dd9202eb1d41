"""Changing, pausing, archiving and resuming promises; each change can be undone.

A change keeps what it replaced and nothing else, so that undoing it leaves later changes alone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import commitments as ways
from habits import conversations, occasions, reminders
from habits.commitments import NotThere, TooMany, columns, first_phase, speak_again
from habits.conversations import Conversation
from habits.rules.commitment import MOST_COMMITMENTS, Commitment, State, Way
from habits.rules.person import Person
from habits.rules.schedule import Schedule
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitment_of, commitments_of, time_from, time_to
from habits.storage.tables import changes, commitments, rests
from habits.storage.tables import occasions as occasion_rows

ASKING = "edit"
"""The step of a conversation that waits for a title, a time, a cue or a way."""


@dataclass(frozen=True, slots=True)
class Stands:
    """A commitment as it stands, with its next reminder, if one is coming."""

    commitment: Commitment
    next_go: datetime | None


@dataclass(frozen=True, slots=True)
class Changed(Stands):
    """After an edit. change_id: what undoes it, if anything does."""

    change_id: int | None


@dataclass(frozen=True, slots=True)
class Elsewhere(Stands):
    """It was changed on another device meanwhile; this is how it stands."""


def listed(tx: Tx, person: Person, *states: State) -> list[Stands]:
    """The person's commitments in these states (all but the archived if none is named)."""
    return [
        Stands(each, reminders.next_go(tx, person, each))
        for each in commitments_of(tx, person.id, *states)
    ]


def look(tx: Tx, person: Person, commitment_id: int) -> Stands | NotThere:
    """One commitment as it stands."""
    found = commitment_of(tx, person.id, commitment_id)
    return NotThere() if found is None else Stands(found, reminders.next_go(tx, person, found))


def ask(
    tx: Tx, person: Person, commitment_id: int, waiting: Conversation, now: datetime
) -> Stands | NotThere:
    """Remember what is asked about a commitment; one that fell silent speaks again."""
    found = commitment_of(tx, person.id, commitment_id)
    if found is None:
        return NotThere()
    conversations.keep(tx, person.id, waiting, now)
    if found.silent_since is not None:
        found = speak_again(tx, person, found, now)
    return Stands(found, reminders.next_go(tx, person, found))


def add_way(tx: Tx, person: Person, commitment_id: int, title: str) -> Way | TooMany | NotThere:
    """Add the way that was typed when we asked for one; nothing more is expected then."""
    added = ways.add_way(tx, person, commitment_id, title)
    if not isinstance(added, TooMany):
        stop_asking(tx, person)
    return added


def stop_asking(tx: Tx, person: Person) -> None:
    """Nothing more is expected to be typed about a commitment; a draft is left alone."""
    conversation = conversations.read(tx, person.id)
    if conversation is not None and conversation.step == ASKING:
        conversations.end(tx, person.id)


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
) -> Changed | Elsewhere | TooMany | NotThere:
    """Change a commitment; an empty cue takes the cue away.

    version: the one the person was looking at; another one in the table gives Elsewhere,
    unless what is asked for stands there already. TooMany: where an archived one would come
    back as the fifty-first.
    """
    stop_asking(tx, person)
    before = commitment_of(tx, person.id, commitment_id)
    if before is None:
        return NotThere()
    wished = replace(
        before,
        title=title or before.title,
        cue=before.cue if cue is None else (cue or None),
        schedule=schedule or before.schedule,
        state=state or before.state,
        silent_since=None,  # a change is a sign of life
    )
    if wished == before:
        return _as_it_was(tx, person, before)
    if version is not None and version != before.version:
        return Elsewhere(before, reminders.next_go(tx, person, before))
    if _would_be_too_many(tx, person, before, wished):
        return TooMany(MOST_COMMITMENTS)
    return _change(tx, person, before, wished, now)


def _as_it_was(tx: Tx, person: Person, commitment: Commitment) -> Changed:
    """Twenty taps are one change: the last one can still be undone."""
    last = tx.scalar(
        sa.select(changes.c.id)
        .where(changes.c.commitment_id == commitment.id, changes.c.person_id == person.id)
        .order_by(changes.c.made_at.desc())
        .limit(1)
    )
    return Changed(commitment, reminders.next_go(tx, person, commitment), last)


def _would_be_too_many(tx: Tx, person: Person, before: Commitment, after: Commitment) -> bool:
    comes_back = before.state is State.ARCHIVED and after.state is not State.ARCHIVED
    return comes_back and len(commitments_of(tx, person.id)) >= MOST_COMMITMENTS


def _change(
    tx: Tx, person: Person, before: Commitment, wished: Commitment, now: datetime
) -> Changed:
    after, rested = wished, None
    if wished.schedule != before.schedule or wished.state is not before.state:
        after = replace(after, fades_from=None)  # another time is a new beginning
    if wished.schedule != before.schedule:
        after = replace(after, phase=_phase_after(person, before, wished, now), begins_at=now)
    if wished.state is not before.state:
        if wished.state is State.ACTIVE:
            after = _begun_anew(tx, person, after, now)
        else:
            rested = rest_open_week(tx, person, after, now)
    return _store(tx, person, before, after, now, rested=rested)


def _phase_after(person: Person, before: Commitment, wished: Commitment, now: datetime) -> date:
    """Another number of weeks restarts from the current one."""
    if wished.schedule.every == before.schedule.every:
        return before.phase
    return _this_week(person, now) or before.phase


def _this_week(person: Person, now: datetime) -> date | None:
    return person.week_of(local_day(now, person.zone)).first if person.zone else None


def _begun_anew(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> Commitment:
    """Resumed: as if it were promised now, in a week that may be under way already."""
    week = _this_week(person, now)
    if week and _lift_own_rest(tx, person, commitment, week):
        tx.execute(
            sa.update(occasion_rows)
            .where(
                occasion_rows.c.commitment_id == commitment.id,
                occasion_rows.c.person_id == person.id,
                occasion_rows.c.week == week,
            )
            .values(due=False)
        )
    phase = first_phase(person, commitment.schedule, now)
    return replace(commitment, begins_at=now, phase=phase)


def _lift_own_rest(tx: Tx, person: Person, commitment: Commitment, week: date) -> bool:
    """Take back the rest that a pause brought to this week; one that was asked for stays."""
    made = tx.scalars(
        sa.select(changes.c.before).where(
            changes.c.commitment_id == commitment.id, changes.c.person_id == person.id
        )
    )
    if week.isoformat() not in {each.get("rested") for each in made}:
        return False
    return bool(tx.execute(sa.delete(rests).where(_rest_of(commitment, week))).rowcount)


def _rest_of(commitment: Commitment, week: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        rests.c.commitment_id == commitment.id,
        rests.c.person_id == commitment.person_id,
        rests.c.week == week,
    )


def rest_open_week(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> date | None:
    """Let this week rest if a reminder of it is out already: a pause is no miss.

    Gives the first day of the week where it did not rest before.
    """
    week = _this_week(person, now)
    if week is None:
        return None
    begun = tx.scalar(
        sa.select(sa.func.count()).where(
            occasion_rows.c.commitment_id == commitment.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.week == week,
            occasion_rows.c.go_at <= now,
        )
    )
    resting = tx.scalar(sa.select(sa.func.count()).where(_rest_of(commitment, week)))
    if not begun or resting:
        return None
    row = {"person_id": person.id, "commitment_id": commitment.id, "week": week, "made_at": now}
    tx.execute(sa.insert(rests).values(row))
    return week


def _store(
    tx: Tx,
    person: Person,
    before: Commitment,
    after: Commitment,
    now: datetime,
    *,
    rested: date | None = None,
    undoing: bool = False,
) -> Changed:
    kept = _what_differs(before, after)
    if rested is not None:
        kept["rested"] = rested.isoformat()
    after = replace(after, version=before.version + (1 if kept else 0))
    mine = sa.and_(commitments.c.id == before.id, commitments.c.person_id == person.id)
    stored = columns(after, now)
    del stored["laid_until"]  # laying out may be ahead of what was read here
    tx.execute(sa.update(commitments).where(mine).values(stored))
    if after.schedule != before.schedule or after.state is not before.state:
        occasions.lay_out_again(tx, person, after, now, undoing=undoing)
    else:
        reminders.align(tx, person, after, now)
    change_id = _keep(tx, before, kept, now) if kept else None
    return Changed(after, reminders.next_go(tx, person, after), change_id)


def _keep(tx: Tx, before: Commitment, kept: dict[str, Any], now: datetime) -> int:
    change_id = new_id()
    tx.execute(
        sa.insert(changes).values(
            id=change_id,
            person_id=before.person_id,
            commitment_id=before.id,
            before=kept,
            made_at=now,
        )
    )
    return change_id


def _what_differs(before: Commitment, after: Commitment) -> dict[str, Any]:
    was, is_now = _groups(before), _groups(after)
    return {name: value for name, value in was.items() if is_now[name] != value}


def _groups(commitment: Commitment) -> dict[str, Any]:
    """What is put back together: the days make no sense without how they are joined."""
    schedule = commitment.schedule
    return {
        "title": commitment.title,
        "cue": commitment.cue or "",
        "state": commitment.state.value,
        "days": [list(schedule.days), schedule.target, schedule.once],
        "at": time_to(schedule.at),
        "weeks": [schedule.every, commitment.phase.isoformat()],
    }


def undo(tx: Tx, person: Person, change_id: int, now: datetime) -> Changed | TooMany | NotThere:
    """Take one change back; what was changed since stays, and this can be undone as well."""
    row = tx.execute(
        sa.select(changes).where(changes.c.id == change_id, changes.c.person_id == person.id)
    ).one_or_none()
    before = None if row is None else commitment_of(tx, person.id, row.commitment_id)
    if row is None or before is None:
        return NotThere()
    after = _restored(before, row.before)
    if after == before:
        return _as_it_was(tx, person, before)
    if _would_be_too_many(tx, person, before, after):
        return TooMany(MOST_COMMITMENTS)
    rested, week = None, _this_week(person, now)
    if week and row.before.get("rested") == week.isoformat():  # a past week is left alone
        tx.execute(sa.delete(rests).where(_rest_of(before, week)))
    if before.state is State.ACTIVE and after.state is not State.ACTIVE:
        rested = rest_open_week(tx, person, after, now)
    if after.schedule != before.schedule or after.state is not before.state:
        after = replace(after, begins_at=now)
    after = replace(after, silent_since=None)
    return _store(tx, person, before, after, now, rested=rested, undoing=True)


def _restored(commitment: Commitment, kept: dict[str, Any]) -> Commitment:
    was = _groups(commitment) | kept
    days, target, once = was["days"]
    every, phase = was["weeks"]
    return replace(
        commitment,
        title=was["title"],
        cue=was["cue"] or None,
        state=State(was["state"]),
        schedule=Schedule(tuple(days), time_from(was["at"]), every, target, once),
        phase=date.fromisoformat(phase),
    )
