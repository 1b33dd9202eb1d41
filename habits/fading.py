"""Reminders that step back once a commitment is steady, and come back when they are wanted."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from habits import notices, reminders
from habits.agenda import next_reminder
from habits.answers import heard
from habits.commitments import NotThere
from habits.overviews import records
from habits.rules.commitment import Commitment, State
from habits.rules.fading import STEADY_WEEKS, is_steady
from habits.rules.person import Person
from habits.rules.streak import walk
from habits.rules.week import WEEK, Verdict, verdict
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitment_of
from habits.storage.tables import commitments

FADED_OUT = "faded"
"""The one notice after a week was missed without reminders: shall they come back?"""
OFFERED_AGAIN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reminded:
    """How a commitment's reminders stand. before: from when they faded until now, if they did."""

    commitment: Commitment
    next_go: datetime | None
    before: date | None = None


def could_be_steady(commitment: Commitment, now: datetime) -> bool:
    """Whether it is old enough to have had eight weeks; asked of nearly every check-in."""
    is_plain = commitment.state is State.ACTIVE and commitment.fades_from is None
    return is_plain and commitment.made_at <= now - (STEADY_WEEKS - 1) * WEEK


def wants_offer(tx: Tx, person: Person, commitment_id: int, now: datetime) -> bool:
    """Whether to ask now: it is steady, was not asked in this run, and nothing was in a month."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None or not could_be_steady(commitment, now):
        return False
    offered = _last_offers(tx, person)
    latest = max((at for at in offered.values() if at), default=None)
    if latest is not None and latest > now - OFFERED_AGAIN_AFTER:
        return False
    found = records(tx, person, commitment, now)
    if not is_steady(verdict(each) for each in found):
        return False
    since, asked = walk(found).since, offered.get(commitment_id)
    return asked is None or (since is not None and local_day(asked, person.zone) < since)


def _last_offers(tx: Tx, person: Person) -> dict[int, datetime | None]:
    rows = tx.execute(
        sa.select(commitments.c.id, commitments.c.fading_offered_at).where(
            commitments.c.person_id == person.id
        )
    )
    return {row.id: row.fading_offered_at for row in rows}


def offer(tx: Tx, person: Person, commitment_id: int, now: datetime) -> bool:
    """Note that it is asked now; False where it need not be (any more)."""
    if not wants_offer(tx, person, commitment_id, now):
        return False
    _set(tx, person, commitment_id, fading_offered_at=now)
    return True


def fade(
    tx: Tx,
    person: Person,
    commitment_id: int,
    now: datetime,
    *,
    since: date | None = None,
) -> Reminded | NotThere:
    """Let the reminders fade from the next week on; where they do already, nothing changes.

    since: from which week they did before, to undo that they came back.
    """
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return NotThere()
    next_week = person.week_of(local_day(now, person.zone)).end
    fades_from = commitment.fades_from or since or next_week
    return _keep(tx, person, commitment, fades_from, now)


def remind_again(tx: Tx, person: Person, commitment_id: int, now: datetime) -> Reminded | NotThere:
    """The reminders come back, those of this week too that still lie ahead."""
    commitment = commitment_of(tx, person.id, commitment_id)
    return NotThere() if commitment is None else _keep(tx, person, commitment, None, now)


def _keep(
    tx: Tx, person: Person, commitment: Commitment, fades_from: date | None, now: datetime
) -> Reminded:
    _set(tx, person, commitment.id, fades_from=fades_from, heard_at=now)
    changed = replace(commitment, fades_from=fades_from)
    heard(tx, person, changed, now)
    changed = replace(changed, silent_since=None)
    coming = next_reminder(tx, person, changed, now)
    return Reminded(changed, coming, commitment.fades_from)


def _set(tx: Tx, person: Person, commitment_id: int, **values: object) -> None:
    tx.execute(
        sa.update(commitments)
        .where(commitments.c.id == commitment_id, commitments.c.person_id == person.id)
        .values(**values)
    )


def ask_after_a_miss(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Owe the question whether to remind again, once for each fading, after a missed week."""
    fades_from = commitment.fades_from
    if fades_from is None or person.zone is None:
        return
    found = records(tx, person, commitment, now)
    missed = [each for each in found if verdict(each) is Verdict.MISSED]
    if any(each.week.first >= fades_from for each in missed):
        about = {"commitment": commitment.id}
        subject = f"{commitment.id}:{fades_from}"
        notices.owe(tx, [person.id], FADED_OUT, subject, now, about)


def end(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Nobody answered for two weeks: whoever comes back then is reminded again."""
    _set(tx, person, commitment.id, fades_from=None)
    reminders.align(tx, person, replace(commitment, fades_from=None), now)
