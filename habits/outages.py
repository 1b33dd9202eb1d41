"""When we were away, by a heartbeat; and what people are told about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from habits import notices
from habits.notices import OUTAGE
from habits.reminders import SENT
from habits.rules.commitment import State
from habits.rules.touch import WORTH_SENDING_FOR
from habits.storage import tally
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there, put_row
from habits.storage.tables import (
    check_ins,
    commitments,
    deliveries,
    heartbeats,
    occasions,
    outages,
    rests,
)

BEATS_EVERY = timedelta(seconds=30)
AN_OUTAGE = timedelta(seconds=120)
PRESSES_LIVE = timedelta(seconds=150)
"""Telegram keeps a press so long; those made in a longer outage may be lost."""
AWAY = timedelta(days=14)
"""After more than this nobody wants a list."""
MADE_UP_WITHIN = WORTH_SENDING_FOR + timedelta(hours=1)
"""So long after an outage what was due in it is either sent or set aside."""
PROMPTS_LOOK_BACK = timedelta(hours=24)
RUNNING, READY = "running", "ready"
"""Who beats: the whole bot; whoever was asked whether anything can be kept."""
_LAST_BEAT = sa.select(heartbeats.c.at).where(heartbeats.c.name == RUNNING)
OUTAGES, SECONDS_AWAY = "outages", "seconds away"
"""What is counted of them: see habits/storage/tally.py."""


@dataclass(frozen=True, slots=True)
class Outage:
    """We were away from one instant to another."""

    began_at: datetime
    ended_at: datetime

    @property
    def subject(self) -> str:
        """What its notice is called, once for each person."""
        return self.began_at.isoformat(timespec="seconds")


def beat(tx: Tx, now: datetime, name: str = RUNNING) -> None:
    """Note that we are there."""
    put_row(tx, heartbeats, name=name, at=now)


def beating(tx: Tx, now: datetime) -> bool:
    """Whether somebody was there just now."""
    last = tx.scalar(_LAST_BEAT)
    return last is not None and now - last <= AN_OUTAGE


def back_again(tx: Tx, now: datetime) -> Outage | None:
    """At the start: how long nobody beat, if that was an outage; tells whom it concerns."""
    last = _last_beat_before_ours(tx, now)
    if last is None or now - last <= AN_OUTAGE:
        return None
    return note(tx, Outage(last, now))


def absent(tx: Tx, now: datetime, away: timedelta) -> Outage | None:
    """What a process slept through, unless another was there meanwhile or it is noted."""
    last = _last_beat_before_ours(tx, now)
    if (last is not None and now - last <= AN_OUTAGE) or _is_noted(tx, now - away):
        return None
    return note(tx, Outage(now - away, now))


def unheard(tx: Tx, now: datetime, silence: timedelta) -> Outage | None:
    """We were there, and nothing came from Telegram for longer than presses live: they are lost."""
    tx.execute(_LAST_BEAT.with_for_update())  # one after the other with `absent`
    if _is_noted(tx, now - silence):
        return None
    return note(tx, Outage(now - silence, now))


def _is_noted(tx: Tx, since: datetime) -> bool:
    return bool(tx.scalar(sa.select(sa.exists().where(outages.c.ended_at > since))))


def _last_beat_before_ours(tx: Tx, now: datetime) -> datetime | None:
    """Locked: of several that come back at once, the first finds that nobody was there."""
    last: datetime | None = tx.scalar(_LAST_BEAT.with_for_update())
    beat(tx, now)
    return last


def note(tx: Tx, outage: Outage) -> Outage:
    """Keep an outage, and owe a notice to whoever may have pressed a button in vain."""
    row = {"began_at": outage.began_at, "ended_at": outage.ended_at}
    tx.execute(insert_unless_there(tx, outages).values(row).on_conflict_do_nothing())
    length = outage.ended_at - outage.began_at
    tally.note(tx, OUTAGES)
    tally.note(tx, SECONDS_AWAY, count=int(length.total_seconds()))
    if length > AWAY:
        concerned = tx.scalars(
            sa.select(commitments.c.person_id)
            .distinct()
            .where(commitments.c.state == State.ACTIVE.value, commitments.c.silent_since.is_(None))
        ).all()
    elif length >= PRESSES_LIVE:
        concerned = _with_open_prompts(tx, outage)
    else:
        concerned = []
    notices.owe(tx, concerned, OUTAGE, outage.subject, outage.ended_at, about(outage))
    return outage


def _with_open_prompts(tx: Tx, outage: Outage) -> list[int]:
    query = (
        sa.select(occasions.c.person_id)
        .distinct()
        .join(deliveries, deliveries.c.occasion_id == occasions.c.id)
        .where(
            still_asked(),
            deliveries.c.state == SENT,
            deliveries.c.sent_at >= outage.began_at - PROMPTS_LOOK_BACK,
        )
    )
    return list(tx.scalars(query))


def still_asked() -> sa.ColumnElement[bool]:
    """Whether an occasion that was asked about still waits for an answer.

    It does not after an answer, in a week that rests or is kept without it, or once excused.
    """
    done = (
        sa.select(sa.func.count())
        .where(
            check_ins.c.commitment_id == occasions.c.commitment_id,
            check_ins.c.week == occasions.c.week,
            check_ins.c.counts,
        )
        .scalar_subquery()
    )
    rested = sa.exists().where(
        rests.c.commitment_id == occasions.c.commitment_id, rests.c.week == occasions.c.week
    )
    return sa.and_(
        occasions.c.answer.is_(None),
        occasions.c.excuse.is_(None),
        ~rested,
        done < occasions.c.target,
    )


def about(outage: Outage) -> dict[str, str]:
    """What the notice needs to know of it."""
    return {"began_at": outage.began_at.isoformat(), "ended_at": outage.ended_at.isoformat()}


def expire(tx: Tx, now: datetime, limit: int) -> int:
    """Set aside what is too late by now; gives how much that was (<= limit)."""
    outage = _latest(tx, now)
    if outage is None:
        return notices.expire(tx, now, f"{now:%Y-%m-%d}", None, limit)
    return notices.expire(tx, now, outage.subject, about(outage), limit)


def _latest(tx: Tx, now: datetime) -> Outage | None:
    """The outage that what expires now may have fallen into."""
    row = tx.execute(
        sa.select(outages)
        .where(outages.c.ended_at >= now - MADE_UP_WITHIN)
        .order_by(outages.c.ended_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Outage(row.began_at, row.ended_at)
