"""What became of claimed messages, written down by whoever holds the claim; and giving back
what was claimed and never settled."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import ledger, notices, pauses
from habits import people as people_cases
from habits.outcomes import Crashed, Idle, NotSent, Outcome, OutOfReach, Refused, Sent, Unsure, Wait
from habits.reminders import BLOCKED, CANCELLED, FAILED, PENDING, SENDING, SENT, owed
from habits.rules.touch import FOLLOW_UP, GO, follow_up_at
from habits.rules.week import SETTLES_IN
from habits.sending import LEASE, SUSPECT, Owed, align_again, ticks
from habits.storage.among import among
from habits.storage.database import Tx
from habits.storage.rows import YES
from habits.storage.tables import check_ins, deliveries, occasions, people, rests

MOST_RESENDS = 2
MOST_ATTEMPTS = 3
MOST_ENDS = 8
"""Ends of a process that one message was under way at: a kill is seldom the message's fault."""
UNCONFIRMED = "unconfirmed"
"""Sent as often as we dare; it may have arrived each time or never."""
LONGEST_BACKOFF = timedelta(minutes=5)
LATE = timedelta(minutes=1)
"""A reminder that leaves later than this keeps its week open for longer."""


# What every settlement asks is put together once, as in habits/storage/rows.py.
_HELD = (
    sa.select(deliveries.c.id, deliveries.c.epoch)
    .where(among(deliveries.c.id), deliveries.c.state == SENDING)
    .order_by(deliveries.c.id)
    .with_for_update()
)
_SENT = sa.update(deliveries).where(deliveries.c.id == sa.bindparam("the_id"))
_KEEPS_OPEN = (
    sa.update(occasions)
    .where(
        occasions.c.id == sa.bindparam("the_id"),
        occasions.c.settles_at < sa.bindparam("settles"),
    )
    .values(settles_at=sa.bindparam("settles", type_=occasions.c.settles_at.type))
)
_POSTPONED = sa.select(deliveries.c.occasion_id).where(
    among(deliveries.c.occasion_id), deliveries.c.kind == GO, deliveries.c.round > 0
)
_TOUCHED = sa.select(occasions.c.id).where(
    among(occasions.c.id),
    sa.or_(
        occasions.c.answer.is_not(None),
        *(
            sa.exists().where(
                table.c.commitment_id == occasions.c.commitment_id,
                table.c.week == occasions.c.week,
            )
            for table in (check_ins, rests)
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed message, and when."""

    owed: Owed
    outcome: Outcome
    at: datetime


def settle(tx: Tx, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Write down what became of claimed messages, and give those that were.

    Whose claim has passed on to another changes nothing.
    """
    held = _held(tx, settlements)
    sent = [each for each in held if _counts_as_sent(each)]
    if sent:
        _settle_sent(tx, sent)
    others = [each for each in held if not _counts_as_sent(each)]
    for each in others:
        _settle_one(tx, each)
    if others:
        silence_unreachable(tx, {each.owed.person.id for each in others})
    return held


def _held(tx: Tx, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Those whose claim still stands; nobody else changes them before we commit."""
    rows = tx.execute(_HELD, {"ids": [each.owed.id for each in settlements]}).all()
    epochs = {row.id: row.epoch for row in rows}
    return [each for each in settlements if epochs.get(each.owed.id) == each.owed.epoch]


def _counts_as_sent(each: Settlement) -> bool:
    """Telegram took it, or may have taken it as often as we dare to send it again."""
    likely = isinstance(each.outcome, Unsure) and each.outcome.likely
    return isinstance(each.outcome, Sent) or (likely and each.owed.resends >= MOST_RESENDS)


def _settle_sent(tx: Tx, sent: Sequence[Settlement]) -> None:
    rows = [{"the_id": each.owed.id} | _as_sent(each) for each in sent]
    tx.execute(_SENT, rows)
    for each, row in zip(sent, rows, strict=True):
        ledger.became(tx, SENT, each.owed.kind, row["reason"])
    goes = [each for each in sent if each.owed.kind == GO and each.owed.round == 0]
    if goes:
        _keep_open(tx, goes)
        _ask_afterwards(tx, goes)
    for each in sent:
        if each.owed.also:
            _asked_together(tx, each)


def _as_sent(each: Settlement) -> dict[str, Any]:
    confirmed = each.outcome if isinstance(each.outcome, Sent) else None
    return {
        "state": SENT,
        "reason": None if confirmed else UNCONFIRMED,
        "message_id": confirmed and confirmed.message_id,
        "sent_at": each.at,
        "lease_until": None,
    }


def _keep_open(tx: Tx, goes: Sequence[Settlement]) -> None:
    """A week stays open until a day after its last touch, also where that was late."""
    moved = [
        {"the_id": each.owed.turn.id, "settles": _last_touch(each) + SETTLES_IN}
        for each in goes
        if each.owed.turn and each.at > each.owed.turn.go_at + LATE
    ]
    if moved:
        tx.execute(_KEEPS_OPEN, moved)


def _last_touch(each: Settlement) -> datetime:
    return _follow_up_due(each) if each.owed.person.asks_follow_up else each.at


def _follow_up_due(each: Settlement) -> datetime:
    """As planned, or counted from when a late reminder really left."""
    assert each.owed.turn is not None
    planned = follow_up_at(each.owed.turn.go_at, each.owed.person)
    return planned if planned > each.at else follow_up_at(each.at, each.owed.person)


def _ask_afterwards(tx: Tx, goes: Sequence[Settlement]) -> None:
    """A follow-up for each reminder that has left, silenced where an answer was faster."""
    asking = {
        each.owed.turn.id: each
        for each in goes
        if each.owed.turn and each.owed.person.asks_follow_up
    }
    if not asking:
        return
    postponed = _postponed(tx, asking)
    rows = [
        owed(
            each.owed.person,
            FOLLOW_UP,
            _follow_up_due(each),
            occasion_id=turn_id,
            **({"state": CANCELLED, "reason": "later"} if turn_id in postponed else {}),
        )
        for turn_id, each in asking.items()
    ]
    ledger.owe(tx, rows, unless_there=True)
    if touched := _touched(tx, asking):
        align_again(tx, touched, max(each.at for each in goes))


def _postponed(tx: Tx, turn_ids: Iterable[int]) -> set[int]:
    """Those that *Later* was pressed for while their reminder was still being settled."""
    return set(tx.scalars(_POSTPONED, {"ids": list(turn_ids)}))


def _touched(tx: Tx, turn_ids: Iterable[int]) -> list[int]:
    """Those whose week has an answer, a check-in or a rest already."""
    return list(tx.scalars(_TOUCHED, {"ids": list(turn_ids)}))


def _asked_together(tx: Tx, each: Settlement) -> None:
    others = sa.and_(
        deliveries.c.person_id == each.owed.person.id,
        deliveries.c.occasion_id.in_([turn.id for turn in each.owed.also]),
        deliveries.c.kind == FOLLOW_UP,
    )
    ledger.cancel(tx, others, "together")


def _settle_one(tx: Tx, each: Settlement) -> None:
    match each.outcome:
        case NotSent(why):
            _again(tx, each, why)
        case Unsure(why, quiet, likely):
            resends = each.owed.resends + likely
            ledger.became(tx, ledger.COPY, each.owed.kind, count=int(likely))
            _again(tx, each, why, resends=resends, maybe_sent=True, quiet=quiet)
        case Wait(seconds):
            _wait(tx, each, seconds)
        case OutOfReach(why):
            _finish(tx, each, FAILED, why)
            people_cases.out_of_reach(tx, each.owed.person.id, why, each.at)
        case Refused(why) if not each.owed.plain:
            _again(tx, each, why, plain=True)
        case Refused(why):
            _lose(tx, each, why)
        case Idle(why):
            _finish(tx, each, CANCELLED, why)
        case Crashed() if each.owed.attempts >= MOST_ATTEMPTS:
            _lose(tx, each, "poison")
        case Crashed(why):
            _again(tx, each, why, attempts=each.owed.attempts)


def _again(tx: Tx, each: Settlement, why: str, **more: Any) -> None:
    """Back to pending; only a crash of ours counts as an attempt."""
    values = {
        "state": PENDING,
        "reason": why,
        "lease_until": None,
        "attempts": each.owed.attempts - 1,
        "next_attempt_at": each.at + backoff(each.owed.epoch),
    }
    tx.execute(sa.update(deliveries).where(deliveries.c.id == each.owed.id).values(values | more))
    ledger.became(tx, ledger.AGAIN, each.owed.kind, why)


def backoff(tries: int) -> timedelta:
    """2, 4, 8 … seconds, five minutes at most."""
    return min(timedelta(seconds=2 ** min(tries, 10)), LONGEST_BACKOFF)


def _finish(tx: Tx, each: Settlement, state: str, reason: str) -> None:
    tx.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == each.owed.id)
        .values(state=state, reason=reason, lease_until=None)
    )
    ledger.became(tx, state, each.owed.kind, reason)


def _lose(tx: Tx, each: Settlement, why: str) -> None:
    """It will never leave, through our fault."""
    _finish(tx, each, FAILED, why)
    lost = tx.execute(sa.select(*notices.WHOSE).where(deliveries.c.id == each.owed.id)).all()
    notices.excuse_lost(tx, lost, f"{each.at:%Y-%m-%d}", each.at, None)


def _wait(tx: Tx, each: Settlement, seconds: float) -> None:
    until = pauses.told_to_wait(tx, each.owed.person.id, each.at, seconds)
    _again(tx, each, "429", next_attempt_at=until)


def reap(tx: Tx, now: datetime, held: Collection[int] = ()) -> int:
    """Give back what was claimed and never settled within its lease.

    held: what whoever asks is about to settle, however late.
    """
    overdue = deliveries.c.lease_until < ticks(tx)
    return _free(tx, sa.and_(overdue, deliveries.c.id.not_in(held)), now)


def free_all(tx: Tx, now: datetime) -> int:
    """At the start of the only process: whatever was under way may have been sent."""
    return _free(tx, sa.true(), now)


def _free(tx: Tx, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Back to pending; what was under way at too many ends may be what ends us.

    An end is no resend: most of what it cut off had not left yet.
    """
    stuck = sa.and_(deliveries.c.state == SENDING, which)
    poison = tx.execute(
        sa.update(deliveries)
        .where(stuck, deliveries.c.attempts >= MOST_ENDS)
        .values(state=FAILED, reason="poison", lease_until=None)
        .returning(*notices.WHOSE)
    ).all()
    notices.excuse_lost(tx, poison, f"{now:%Y-%m-%d}", now, None)
    unconfirmed = tx.scalars(
        sa.update(deliveries)
        .where(stuck, deliveries.c.resends >= MOST_RESENDS)
        .values(state=SENT, reason=UNCONFIRMED, lease_until=None)
        .returning(deliveries.c.kind)
    ).all()
    freed = tx.execute(
        sa.update(deliveries)
        .where(stuck)
        .values(state=PENDING, maybe_sent=True, lease_until=None)
        .returning(deliveries.c.person_id, deliveries.c.kind, deliveries.c.attempts)
    ).all()
    _let_rest(tx, [row for row in freed if row.attempts >= SUSPECT])
    ledger.all_became(tx, FAILED, [row.kind for row in poison], "poison")
    ledger.all_became(tx, SENT, unconfirmed, UNCONFIRMED)
    ledger.all_became(tx, ledger.AGAIN, [row.kind for row in freed], "cut off")
    silence_unreachable(tx, {row.person_id for row in freed})
    return len(freed)


def _let_rest(tx: Tx, suspects: Sequence[Any]) -> None:
    """Ends in a row should not all meet the same message; the others go out between them.

    In ticks, since nobody knows yet whether the time of day is right.
    """
    if not suspects:
        return
    at = ticks(tx)
    for row in suspects:
        rests_for = min(backoff(row.attempts).total_seconds(), LEASE)
        tx.execute(
            sa.update(people)
            .where(people.c.id == row.person_id)
            .values(next_send_at=at + rests_for)
        )


def silence_unreachable(tx: Tx, person_ids: Iterable[int]) -> None:
    """Cancel what came back to be sent to people who have gone out of reach meanwhile."""
    out_of_reach = sa.select(people.c.id).where(
        people.c.id.in_(person_ids), people.c.reachable != YES
    )
    ledger.cancel(tx, deliveries.c.person_id.in_(out_of_reach), BLOCKED)
