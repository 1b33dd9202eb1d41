"""Claiming what is due, each message for one process.

    pending -- claim, lease, epoch + 1 --> sending -- delivered --> sent
    sending -- not sent, or perhaps --> pending, later        pending -- too late --> expired
    pending -- answered, rest, block --> cancelled            sending -- refused --> failed

Ticks are seconds that no one can step: the database's clock on PostgreSQL, CLOCK_BOOTTIME on
SQLite. What becomes of a claimed message is written in habits/settling.py.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import notices
from habits.clock import boottime
from habits.pauses import moment, paused_for
from habits.reminders import PENDING, SENDING, align
from habits.rules.commitment import Commitment, Way
from habits.rules.person import Person
from habits.rules.touch import FOLLOW_UP, TOUCHES
from habits.storage.among import among
from habits.storage.database import Tx
from habits.storage.rows import YES, commitments_from, each_readable, people_of
from habits.storage.tables import commitments, deliveries, occasions, people

LEASE = 60.0
"""Seconds; a call to Telegram ends after 25."""
LOOKED_AT = 200
SUSPECT = 2
"""Tries that nobody finished, after which a message is sent alone."""
TRIED_WITHIN = timedelta(minutes=5)  # the longest pause between two tries of a message
CHAT_PAUSE = 1.5
"""Seconds between two reminders in one chat: one each second there, half of one on the way."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """An occasion as a message shows it.

    way: the one that was chosen ahead. smaller: what the person planned instead of all of it.
    moved: they put it on another day of the week.
    """

    id: int
    commitment: Commitment
    go_at: datetime
    way: Way | None = None
    smaller: str | None = None
    moved: bool = False

    @property
    def is_planned(self) -> bool:
        """Whether the person said anything of this turn ahead."""
        return self.moved or self.way is not None or self.smaller is not None


@dataclass(frozen=True, slots=True)
class Owed:
    """A claimed message: what it takes to write it and to settle it.

    turn: None for a notice. also: further open occasions that one follow-up asks about.
    claimed_at: the process's CLOCK_BOOTTIME; a claim older than half its lease is not sent.
    maybe_sent: an earlier try may have arrived. quiet: it probably did, so do not ring again.
    plain: Telegram refused our markup. attempts: those that we could not finish, this one
    included. resends: how often it was sent again after a try that may have arrived.
    """

    id: int
    epoch: int
    kind: str
    round: int
    person: Person
    due_at: datetime
    turn: Turn | None = None
    also: tuple[Turn, ...] = ()
    about: Any = None
    maybe_sent: bool = False
    quiet: bool = False
    plain: bool = False
    attempts: int = 1
    resends: int = 0
    claimed_at: float = field(default_factory=boottime)


# What every round asks is put together once, as in habits/storage/rows.py.
_AT = sa.bindparam("at", type_=sa.Float)
_UNDER_WAY = deliveries.alias("under_way")

DUE = (
    sa.select(
        deliveries.c.id,
        deliveries.c.person_id,
        deliveries.c.occasion_id,
        deliveries.c.kind,
        deliveries.c.round,
        deliveries.c.about,
        deliveries.c.due_at,
        deliveries.c.epoch,
        deliveries.c.attempts,
        deliveries.c.resends,
        deliveries.c.maybe_sent,
        deliveries.c.quiet,
        deliveries.c.plain,
    )
    .join(people, people.c.id == deliveries.c.person_id)
    .where(
        deliveries.c.state == PENDING,
        deliveries.c.next_attempt_at <= sa.bindparam("now"),
        deliveries.c.not_after >= sa.bindparam("now"),
        people.c.reachable == YES,
        sa.or_(
            people.c.next_send_at <= _AT,
            people.c.next_send_at > _AT + LEASE,  # ticks of before a restart
        ),
        sa.or_(people.c.paused_until.is_(None), people.c.paused_until <= sa.bindparam("moment")),
        ~sa.exists().where(
            _UNDER_WAY.c.person_id == deliveries.c.person_id, _UNDER_WAY.c.state == SENDING
        ),
    )
    .order_by(deliveries.c.next_attempt_at, deliveries.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(of=[deliveries, people], skip_locked=True)
)
"""What may be claimed, the longest due first: due by `now`, and in no pause at the `moment`; `at`
in ticks.

Nobody is sent a second message while one is under way to them: it may be about the same.
"""
_BY_INDEX = sa.text("SET LOCAL enable_sort = off")
_CLAIM = (
    sa.update(deliveries)
    .where(among(deliveries.c.id))
    .values(state=SENDING, epoch=deliveries.c.epoch + 1, attempts=deliveries.c.attempts + 1)
)
_CHAT_PAUSES = sa.update(people).where(among(people.c.id))
_TURNS = (
    sa.select(
        occasions.c.id.label("turn_id"),
        occasions.c.go_at,
        occasions.c.way_id,
        occasions.c.smaller,
        occasions.c.moved_from,
        commitments,
    )
    .join(commitments, commitments.c.id == occasions.c.commitment_id)
    .where(among(occasions.c.id))
)
_NEXT = sa.select(sa.func.min(deliveries.c.next_attempt_at)).where(deliveries.c.state == PENDING)


def ticks(tx: Tx) -> float:
    """The seconds that leases are counted in."""
    if tx.dialect.name == "postgresql":
        return float(tx.scalars(sa.text("SELECT extract(epoch FROM clock_timestamp())")).one())
    return boottime()


def claim(tx: Tx, now: datetime, limit: int) -> list[Owed]:
    """Take up to `limit` due messages, one a person at a time, for this process to deliver."""
    if limit <= 0 or paused_for(tx, now):
        return []
    at = ticks(tx)
    found = _due(tx, now, at)
    taken = _readable(tx, _one_a_person(_one_suspect(tx, found), limit), now)
    if taken:
        ids, whom = [owed.id for owed in taken], [owed.person.id for owed in taken]
        tx.execute(_CLAIM, {"ids": ids, "lease_until": at + LEASE})
        tx.execute(_CHAT_PAUSES, {"ids": whom, "next_send_at": at + CHAT_PAUSE})
    return taken


def _due(tx: Tx, now: datetime, at: float) -> Sequence[Any]:
    """The first rows of DUE.

    PostgreSQL takes what is due for little until it has counted it again, and would read and sort
    all of it for each claim in place of following the index.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_BY_INDEX)
    asked = {"now": now, "moment": moment(tx, now), "at": at, "most": LOOKED_AT}
    return tx.execute(DUE, asked).all()


def _readable(tx: Tx, rows: Sequence[Any], now: datetime) -> list[Owed]:
    """What these rows owe; where one cannot be read it is set aside, and the others go out."""

    def set_aside(row: Any, error: Exception) -> None:
        told = "what message %d is about cannot be read: it is not sent"
        _log.error(told, row.id, exc_info=error)
        notices.set_aside(tx, row, now)

    return each_readable(
        lambda some: _read_owed(tx, _still_owed(tx, some, now), now), rows, set_aside
    )


def _one_suspect(tx: Tx, rows: Sequence[Any]) -> Sequence[Any]:
    """Of those that several ends of a process cut off, one at a time: the next can blame one."""
    suspects = [row.id for row in rows if row.attempts >= SUSPECT]
    if not suspects:
        return rows
    under_way = sa.exists().where(deliveries.c.state == SENDING, deliveries.c.attempts > SUSPECT)
    waiting = suspects if tx.scalar(sa.select(under_way)) else suspects[1:]
    return [row for row in rows if row.id not in waiting]


def _one_a_person(rows: Iterable[Any], limit: int) -> list[Any]:
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.person_id, row)
        if len(first) == limit:
            break
    return list(first.values())


def _still_owed(tx: Tx, rows: Sequence[Any], now: datetime) -> Sequence[Any]:
    """Those that nothing silenced while an earlier try of them was under way."""
    tried = [row for row in rows if row.epoch and row.occasion_id]
    if not tried:
        return rows
    align_again(tx, [row.occasion_id for row in tried], now)
    silenced = set(
        tx.scalars(
            sa.select(deliveries.c.id).where(
                deliveries.c.id.in_([row.id for row in tried]), deliveries.c.state != PENDING
            )
        )
    )
    return [row for row in rows if row.id not in silenced]


def align_again(tx: Tx, occasion_ids: Sequence[int], now: datetime) -> None:
    """Bring what is owed for these occasions' commitments in line with what is known."""
    rows = tx.execute(
        sa.select(commitments)
        .distinct()
        .join(occasions, occasions.c.commitment_id == commitments.c.id)
        .where(occasions.c.id.in_(occasion_ids))
    ).all()
    whom = people_of(tx, [row.person_id for row in rows])
    for commitment in commitments_from(tx, rows):
        align(tx, whom[commitment.person_id], commitment, now)


def _read_owed(tx: Tx, rows: Sequence[Any], now: datetime) -> list[Owed]:
    if not rows:
        return []
    whom = people_of(tx, [row.person_id for row in rows])
    turns = _turns(tx, [row.occasion_id for row in rows if row.occasion_id is not None])
    also = _also_open(tx, [row for row in rows if row.kind == FOLLOW_UP], now)
    return [
        Owed(
            id=row.id,
            epoch=row.epoch + 1,
            kind=row.kind,
            round=row.round,
            person=whom[row.person_id],
            due_at=row.due_at,
            turn=turns.get(row.occasion_id),
            also=also.get(row.person_id, ()),
            about=row.about,
            maybe_sent=row.maybe_sent,
            quiet=row.quiet,
            plain=row.plain,
            attempts=row.attempts + 1,
            resends=row.resends,
        )
        for row in rows
    ]


def _turns(tx: Tx, occasion_ids: Sequence[int]) -> dict[int, Turn]:
    if not occasion_ids:
        return {}
    rows = tx.execute(_TURNS, {"ids": occasion_ids}).all()
    found = {commitment.id: commitment for commitment in commitments_from(tx, rows)}
    return {row.turn_id: _turn(row, found[row.id]) for row in rows}


def _turn(row: Any, commitment: Commitment) -> Turn:
    way, moved = _way(commitment, row.way_id), row.moved_from is not None
    return Turn(row.turn_id, commitment, row.go_at, way, row.smaller, moved)


def _way(commitment: Commitment, way_id: int | None) -> Way | None:
    """The way that was chosen, where it is still offered."""
    return next((way for way in commitment.open_ways if way.id == way_id), None)


def _also_open(tx: Tx, rows: Sequence[Any], now: datetime) -> dict[int, tuple[Turn, ...]]:
    """The other follow-ups due to the same people: one message asks about them all."""
    if not rows:
        return {}
    others = tx.execute(
        sa.select(deliveries.c.person_id, deliveries.c.occasion_id).where(
            deliveries.c.person_id.in_([row.person_id for row in rows]),
            deliveries.c.id.not_in([row.id for row in rows]),
            deliveries.c.kind == FOLLOW_UP,
            deliveries.c.state == PENDING,
            deliveries.c.next_attempt_at <= now,
        )
    ).all()

    def read(some: Sequence[Any]) -> Iterable[tuple[int, Turn]]:
        found = _turns(tx, [row.occasion_id for row in some])
        return [(row.person_id, found[row.occasion_id]) for row in some]

    # What cannot be read is left to its own claim, which tells of it.
    turns = each_readable(read, others, lambda _row, _error: None)
    return {
        person_id: tuple(turn for whose, turn in turns if whose == person_id)
        for person_id in {row.person_id for row in others}
    }


def due_next(tx: Tx) -> datetime | None:
    """When the next message is owed, if any."""
    due: datetime | None = tx.scalar(_NEXT)
    return due


def due_since(tx: Tx, now: datetime) -> datetime | None:
    """Since when the oldest message that should have left is due, however often it was tried."""
    since: datetime | None = tx.scalar(
        sa.select(sa.func.min(deliveries.c.due_at)).where(
            deliveries.c.state == PENDING,
            deliveries.c.next_attempt_at <= now + TRIED_WITHIN,
            deliveries.c.due_at <= now,
        )
    )
    return since


def next_touch(tx: Tx) -> datetime | None:
    """When the next reminder is due, for whoever wants to move the clock there."""
    due: datetime | None = tx.scalar(
        sa.select(sa.func.min(deliveries.c.next_attempt_at)).where(
            deliveries.c.state == PENDING, deliveries.c.kind.in_(TOUCHES)
        )
    )
    return due
