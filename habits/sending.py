"""Claiming what is due, settling what became of it, and the send budget.

    pending -- claim, lease, epoch + 1 --> sending -- delivered --> sent
    sending -- not sent, or perhaps --> pending, later        pending -- too late --> expired
    pending -- answered, rest, block --> cancelled            sending -- refused --> failed

Ticks are seconds that no one can step: the database's clock on PostgreSQL, CLOCK_BOOTTIME on
SQLite. Every write after a claim names its epoch, so that a late one matches no row.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import people as people_cases
from habits.clock import boottime
from habits.reminders import (
    CANCELLED,
    EXPIRED,
    FAILED,
    PENDING,
    SENDING,
    SENT,
    owed,
)
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.touch import FOLLOW_UP, GO, TOUCHES, after_quiet, follow_up_at
from habits.rules.week import SETTLES_IN
from habits.storage.database import Tx
from habits.storage.rows import YES, commitments_from, insert_unless_there, people_of
from habits.storage.tables import commitments, deliveries, occasions, people, send_budget

LEASE = 60.0
"""Seconds; a call to Telegram ends after 25."""
LOOKED_AT = 200
CHAT_PAUSE = 1.1
"""Seconds between two reminders in one chat."""
MOST_RESENDS = 2
MOST_ATTEMPTS = 3
LONGEST_BACKOFF = timedelta(minutes=5)
OUTAGE = "outage"
"""The notice that tells what we did not send."""
NOTICE_LASTS = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Turn:
    """An occasion as a message shows it."""

    id: int
    commitment: Commitment
    go_at: datetime


@dataclass(frozen=True, slots=True)
class Owed:
    """A claimed message: what it takes to write it and to settle it.

    turn: None for a notice. also: further open occasions that one follow-up asks about.
    claimed_at: the process's CLOCK_BOOTTIME; a claim older than half its lease is not sent.
    maybe_sent: an earlier try may have arrived. quiet: it probably did, so do not ring again.
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
    claimed_at: float = field(default_factory=boottime)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """Telegram never got it; try again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have arrived. quiet: it most likely did."""

    why: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Telegram asks us to wait so many seconds (429)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """They blocked us ("blocked") or are gone ("gone")."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not take the message as we wrote it: our mistake."""

    why: str


@dataclass(frozen=True, slots=True)
class Idle:
    """There is nothing to say any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """Writing the message raised: our mistake, tried a few times."""

    why: str


Outcome = Sent | NotSent | Unsure | Wait | OutOfReach | Refused | Idle | Crashed


def ticks(tx: Tx) -> float:
    """The seconds that leases are counted in."""
    if tx.dialect.name == "postgresql":
        return float(tx.scalars(sa.text("SELECT extract(epoch FROM clock_timestamp())")).one())
    return boottime()


def claim(tx: Tx, now: datetime, limit: int) -> list[Owed]:
    """Take up to `limit` due messages, at most one a person, for this process to deliver."""
    if limit <= 0 or _paused(tx, now):
        return []
    at = ticks(tx)
    rows = _one_a_person(tx.execute(_due(now, at)), limit)
    if not rows:
        return []
    tx.execute(
        sa.update(deliveries)
        .where(deliveries.c.id.in_([row.id for row in rows]))
        .values(
            state=SENDING,
            epoch=deliveries.c.epoch + 1,
            attempts=deliveries.c.attempts + 1,
            lease_until=at + LEASE,
        )
    )
    tx.execute(
        sa.update(people)
        .where(people.c.id.in_([row.person_id for row in rows]))
        .values(next_send_at=at + CHAT_PAUSE)
    )
    return _read_owed(tx, rows, now)


def _paused(tx: Tx, now: datetime) -> bool:
    until = tx.scalar(sa.select(send_budget.c.paused_until).where(send_budget.c.id == 1))
    return until is not None and until > now


def _due(now: datetime, at: float) -> sa.Select[Any]:
    return (
        sa.select(deliveries)
        .join(people, people.c.id == deliveries.c.person_id)
        .where(
            deliveries.c.state == PENDING,
            deliveries.c.next_attempt_at <= now,
            people.c.reachable == YES,
            people.c.next_send_at <= at,
            sa.or_(people.c.paused_until.is_(None), people.c.paused_until <= now),
        )
        .order_by(deliveries.c.next_attempt_at, deliveries.c.id)
        .limit(LOOKED_AT)
        .with_for_update(of=[deliveries, people], skip_locked=True)
    )


def _one_a_person(rows: Iterable[Any], limit: int) -> list[Any]:
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.person_id, row)
        if len(first) == limit:
            break
    return list(first.values())


def _read_owed(tx: Tx, rows: Sequence[Any], now: datetime) -> list[Owed]:
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
        )
        for row in rows
    ]


def _turns(tx: Tx, occasion_ids: Sequence[int]) -> dict[int, Turn]:
    if not occasion_ids:
        return {}
    rows = tx.execute(
        sa.select(occasions.c.id.label("turn_id"), occasions.c.go_at, commitments)
        .join(commitments, commitments.c.id == occasions.c.commitment_id)
        .where(occasions.c.id.in_(occasion_ids))
    ).all()
    found = {commitment.id: commitment for commitment in commitments_from(tx, rows)}
    return {row.turn_id: Turn(row.turn_id, found[row.id], row.go_at) for row in rows}


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
    turns = _turns(tx, [row.occasion_id for row in others])
    return {
        person_id: tuple(turns[row.occasion_id] for row in others if row.person_id == person_id)
        for person_id in {row.person_id for row in others}
    }


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed message, and when."""

    owed: Owed
    outcome: Outcome
    at: datetime


def settle(tx: Tx, settlements: Sequence[Settlement]) -> None:
    """Write down what became of claimed messages; stale epochs match nothing."""
    sent = [each for each in settlements if isinstance(each.outcome, Sent)]
    if sent:
        _settle_sent(tx, sent)
    for each in settlements:
        _settle_one(tx, each)


def _settle_sent(tx: Tx, sent: Sequence[Settlement]) -> None:
    tx.execute(
        sa.update(deliveries).where(
            deliveries.c.id == sa.bindparam("the_id"),
            deliveries.c.epoch == sa.bindparam("the_epoch"),
            deliveries.c.state == SENDING,
        ),
        [
            {
                "the_id": each.owed.id,
                "the_epoch": each.owed.epoch,
                "state": SENT,
                "message_id": each.outcome.message_id,
                "sent_at": each.at,
                "lease_until": None,
            }
            for each in sent
            if isinstance(each.outcome, Sent)
        ],
    )
    _ask_afterwards(tx, [each for each in sent if each.owed.kind == GO and not each.owed.round])
    for each in sent:
        if each.owed.also:
            _asked_together(tx, each)


def _ask_afterwards(tx: Tx, goes: Sequence[Settlement]) -> None:
    """A follow-up for each reminder that has left, and the week open until a day after it."""
    asking = [each for each in goes if each.owed.turn and each.owed.person.asks_follow_up]
    if not asking:
        return
    due = {each.owed.id: _follow_up_due(each) for each in asking}
    rows = [
        owed(each.owed.person, FOLLOW_UP, due[each.owed.id], occasion_id=each.owed.turn.id)
        for each in asking
        if each.owed.turn
    ]
    tx.execute(insert_unless_there(tx, deliveries).on_conflict_do_nothing(), rows)
    moved = [
        {"the_id": row["occasion_id"], "settles": row["due_at"] + SETTLES_IN}
        for row, each in zip(rows, asking, strict=True)
        if each.owed.turn and row["due_at"] > follow_up_at(each.owed.turn.go_at, each.owed.person)
    ]
    if moved:
        tx.execute(
            sa.update(occasions)
            .where(
                occasions.c.id == sa.bindparam("the_id"),
                occasions.c.settles_at < sa.bindparam("settles"),
            )
            .values(settles_at=sa.bindparam("settles")),
            moved,
        )


def _follow_up_due(each: Settlement) -> datetime:
    """As planned, or counted from when a late reminder really left."""
    assert each.owed.turn is not None
    planned = follow_up_at(each.owed.turn.go_at, each.owed.person)
    return planned if planned > each.at else follow_up_at(each.at, each.owed.person)


def _asked_together(tx: Tx, each: Settlement) -> None:
    tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.person_id == each.owed.person.id,
            deliveries.c.occasion_id.in_([turn.id for turn in each.owed.also]),
            deliveries.c.kind == FOLLOW_UP,
            deliveries.c.state == PENDING,
        )
        .values(state=CANCELLED, reason="together")
    )


def _settle_one(tx: Tx, each: Settlement) -> None:
    match each.outcome:
        case Sent():
            return
        case NotSent(why):
            _back_to_pending(tx, each, why, counted=False)
        case Unsure(why, quiet):
            _resend(tx, each, why, quiet=quiet)
        case Wait(seconds):
            _wait(tx, each, seconds)
        case OutOfReach(why):
            _finish(tx, each, FAILED, why)
            people_cases.out_of_reach(tx, each.owed.person.id, why, each.at)
        case Refused(why):
            if each.owed.plain:
                _finish(tx, each, FAILED, why)
            else:
                _back_to_pending(tx, each, why, counted=True, plain=True)
        case Idle(why):
            _finish(tx, each, CANCELLED, why)
        case Crashed(why):
            _back_to_pending(tx, each, why, counted=True)


def _mine(each: Settlement) -> sa.ColumnElement[bool]:
    return sa.and_(
        deliveries.c.id == each.owed.id,
        deliveries.c.epoch == each.owed.epoch,
        deliveries.c.state == SENDING,
    )


def _finish(tx: Tx, each: Settlement, state: str, reason: str) -> None:
    tx.execute(
        sa.update(deliveries)
        .where(_mine(each))
        .values(state=state, reason=reason, lease_until=None)
    )


def _back_to_pending(tx: Tx, each: Settlement, why: str, *, counted: bool, **more: Any) -> None:
    values = {
        "state": PENDING,
        "reason": why,
        "lease_until": None,
        "attempts": each.owed.attempts if counted else each.owed.attempts - 1,
        "next_attempt_at": each.at + backoff(each.owed.epoch),
    }
    if counted and each.owed.attempts >= MOST_ATTEMPTS and not more:
        values |= {"state": FAILED, "reason": "poison"}
    tx.execute(sa.update(deliveries).where(_mine(each)).values(values | more))


def backoff(tries: int) -> timedelta:
    """2, 4, 8 … seconds, five minutes at most."""
    return min(timedelta(seconds=2 ** min(tries, 10)), LONGEST_BACKOFF)


def _resend(tx: Tx, each: Settlement, why: str, *, quiet: bool) -> None:
    resends = tx.scalar(sa.select(deliveries.c.resends).where(_mine(each)))
    if resends is None:
        return
    if resends >= MOST_RESENDS:
        _finish(tx, each, SENT, "unconfirmed")
        return
    _back_to_pending(
        tx, each, why, counted=False, resends=resends + 1, maybe_sent=True, quiet=quiet
    )


def _wait(tx: Tx, each: Settlement, seconds: float) -> None:
    """A 429 pauses the chat; if another chat is pausing already, the whole bot."""
    until = each.at + timedelta(seconds=seconds + 0.5)
    another = tx.scalar(
        sa.select(sa.func.count()).where(
            people.c.paused_until > each.at, people.c.id != each.owed.person.id
        )
    )
    tx.execute(
        sa.update(people).where(people.c.id == each.owed.person.id).values(paused_until=until)
    )
    if another:
        pause(tx, until)
    _back_to_pending(tx, each, "429", counted=False, next_attempt_at=until)


def pause(tx: Tx, until: datetime) -> None:
    """Send nothing at all before a moment; survives a restart."""
    row = {"id": 1, "paused_until": until}
    statement = insert_unless_there(tx, send_budget).values(row)
    tx.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row))


def expire(tx: Tx, now: datetime, subject: str, about: Any) -> int:
    """Set aside what is too late to be worth sending; whoever missed a reminder is told once.

    subject, about: the outage that it is counted to; one notice a person for each.
    """
    rows = tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.state == PENDING,
            deliveries.c.next_attempt_at <= now,
            deliveries.c.not_after < now,
        )
        .values(state=EXPIRED, reason="late")
        .returning(
            deliveries.c.kind,
            deliveries.c.round,
            deliveries.c.occasion_id,
            deliveries.c.person_id,
        )
    ).all()
    goes = [row for row in rows if row.kind == GO and row.round == 0]
    if goes:
        tx.execute(
            sa.update(occasions)
            .where(
                occasions.c.id.in_([row.occasion_id for row in goes]),
                occasions.c.answer.is_(None),
            )
            .values(excuse="late")
        )
        owe_notice(tx, {row.person_id for row in goes}, OUTAGE, subject, now, about)
    return len(rows)


def owe_notice(
    tx: Tx, person_ids: Iterable[int], kind: str, subject: str, now: datetime, about: Any = None
) -> None:
    """Owe people a notice, once for each subject, outside their quiet hours."""
    whom = people_of(tx, list(person_ids))
    rows = [
        owed(
            person,
            kind,
            after_quiet(now, person),
            subject=subject,
            about=about,
            not_after=now + NOTICE_LASTS,
        )
        for person in whom.values()
        if person.zone is not None and person.reachable
    ]
    if rows:
        tx.execute(insert_unless_there(tx, deliveries).on_conflict_do_nothing(), rows)


def reap(tx: Tx) -> int:
    """Give back what was claimed and never settled within its lease."""
    return _free(tx, deliveries.c.lease_until < ticks(tx))


def free_all(tx: Tx) -> int:
    """At the start of the only process: whatever was under way may have been sent.

    The machine may have started anew as well, and its ticks with it.
    """
    tx.execute(sa.update(people).where(people.c.next_send_at > ticks(tx)).values(next_send_at=0.0))
    return _free(tx, sa.true())


def _free(tx: Tx, which: sa.ColumnElement[bool]) -> int:
    stuck = sa.and_(deliveries.c.state == SENDING, which)
    poison = deliveries.c.attempts >= MOST_ATTEMPTS
    tx.execute(
        sa.update(deliveries)
        .where(stuck, poison)
        .values(state=FAILED, reason="poison", lease_until=None)
    )
    return tx.execute(
        sa.update(deliveries)
        .where(stuck)
        .values(
            state=PENDING,
            maybe_sent=True,
            resends=deliveries.c.resends + 1,
            lease_until=None,
        )
    ).rowcount


def due_next(tx: Tx) -> datetime | None:
    """When the next message is owed, if any."""
    due: datetime | None = tx.scalar(
        sa.select(sa.func.min(deliveries.c.next_attempt_at)).where(deliveries.c.state == PENDING)
    )
    return due


def next_touch(tx: Tx) -> datetime | None:
    """When the next reminder is due, for whoever wants to move the clock there."""
    due: datetime | None = tx.scalar(
        sa.select(sa.func.min(deliveries.c.next_attempt_at)).where(
            deliveries.c.state == PENDING, deliveries.c.kind.in_(TOUCHES)
        )
    )
    return due


BURST = 5

reminding: ContextVar[bool] = ContextVar("reminding", default=False)
"""Set in the task that delivers a claimed message; everything else is an answer to somebody."""


class Budget:
    """The send budget of this process: `rate` messages a second, in any second at most rate + 5.

    Whoever sends waits for a token; answers to people get theirs first, reminders in their
    order after them. Counted on a clock that nobody can step.
    """

    def __init__(self, rate: float, seconds: Callable[[], float] = boottime) -> None:
        self.rate = rate
        self._seconds = seconds
        self._tokens = 0.0  # a restart brings no burst of its own
        self._at = seconds()
        self._held_until = 0.0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def token(self) -> None:
        """Wait until one more message may leave."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (reminding.get(), next(self._numbers), turn))
        self._release()
        await turn

    def hold(self, seconds: float) -> None:
        """Let nothing leave for a while: Telegram asked the whole bot to wait."""
        self._held_until = max(self._held_until, self._seconds() + seconds)

    @property
    def held(self) -> bool:
        """Whether everything waits."""
        return self._seconds() < self._held_until

    def _release(self) -> None:
        wait = self._held_until - self._seconds()
        self._fill()
        while wait <= 0 and self._waiting and self._tokens >= 1:
            turn = heapq.heappop(self._waiting)[-1]
            if not turn.done():  # it may have been cancelled while it waited
                self._tokens -= 1
                turn.set_result(None)
        if self._waiting and self._timer is None:
            wait = max(wait, (1 - self._tokens) / self.rate, 0.001)
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._release()

    def _fill(self) -> None:
        at = self._seconds()
        self._tokens = min(float(BURST), self._tokens + (at - self._at) * self.rate)
        self._at = at
