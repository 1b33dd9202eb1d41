"""Who may come in: everybody, so many a minute, or only whoever has an invitation."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from habits import inbox
from habits.storage import tally
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import admissions, invitations

NEWCOMERS, PUT_OFF, SENT_AWAY = "newcomers", "put off", "sent away"
"""What is counted of them: see habits/storage/tally.py."""
BYTES = 24
"""192 bits: nobody finds one by trying."""
INVITATION_LASTS = timedelta(days=7)
A_MINUTE = timedelta(minutes=1)
LONGEST_QUEUE = timedelta(hours=1)
"""Who would have to wait for longer is asked to come again, so that the queue has an end."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is let in. by_invitation: nobody else. a_minute: newcomers at once, and in a minute."""

    by_invitation: bool = False
    a_minute: int = 300


@dataclass(frozen=True, slots=True)
class Uninvited:
    """They have no invitation, or one that was used or is too old."""


@dataclass(frozen=True, slots=True)
class InQueue:
    """Too many come at once: what they sent is kept, and comes round again by itself."""

    until: datetime


@dataclass(frozen=True, slots=True)
class QueueFull:
    """Far too many come at once: what they sent is not kept."""


TurnedAway = Uninvited | InQueue | QueueFull


def invite(tx: Tx, now: datetime) -> str:
    """The word of an invitation that lets one person in, once; only its hash is kept."""
    word = secrets.token_urlsafe(BYTES)
    tx.execute(sa.insert(invitations).values(digest=_digest(word), made_at=now))
    return word


def _digest(word: str) -> str:
    """So much chance is in the word that a plain hash of it can be undone by nobody."""
    return hashlib.sha256(word.encode()).hexdigest()


def turn_away(
    tx: Tx, admission: Admission, update_id: int, word: str, now: datetime, *, waited: bool
) -> TurnedAway | None:
    """Why a newcomer may not come in, or None where they may; it is settled with their update.

    word: what stood behind their /start. waited: they had their place in the queue.
    """
    refused = _refused(tx, admission, word, now, waited=waited)
    match refused:
        case InQueue(until):
            inbox.put_off(tx, update_id, until)
        case Uninvited() | QueueFull():
            inbox.handled(tx, update_id)
    tally.note(tx, NEWCOMERS, _COUNTED_AS[type(refused)])
    return refused


_COUNTED_AS: Mapping[type[TurnedAway | None], str] = {
    type(None): "let in",
    Uninvited: "uninvited",
    InQueue: PUT_OFF,
    QueueFull: SENT_AWAY,
}


def _refused(
    tx: Tx, admission: Admission, word: str, now: datetime, *, waited: bool
) -> TurnedAway | None:
    if admission.by_invitation:
        return None if _redeem(tx, word, now) else Uninvited()
    return None if waited else _queue(tx, admission.a_minute, now)


def _redeem(tx: Tx, word: str, now: datetime) -> bool:
    """Use an invitation up; False where there is none, or not any more."""
    used = sa.delete(invitations).where(
        invitations.c.digest == _digest(word), invitations.c.made_at > now - INVITATION_LASTS
    )
    return tx.execute(used).rowcount == 1


def _queue(tx: Tx, a_minute: int, now: datetime) -> InQueue | QueueFull | None:
    """Take the next free place; of a quiet minute's places all are free at once.

    Who comes side by side may get here in another order than they read the clock in: a place is
    free a little early, and never so early that there would be one more.
    """
    apart = A_MINUTE / a_minute
    place = max(_next_place(tx, now), now - A_MINUTE + apart)
    if place > now + LONGEST_QUEUE:
        return QueueFull()
    tx.execute(sa.update(admissions).values(next_at=place + apart))
    return None if place <= now + apart / 2 else InQueue(place)


def _next_place(tx: Tx, now: datetime) -> datetime:
    """The place that is given next; one far ahead was given by a clock that has gone back."""
    first = {"id": 1, "next_at": now - A_MINUTE}
    tx.execute(insert_unless_there(tx, admissions).values(first).on_conflict_do_nothing())
    place = tx.scalars(sa.select(admissions.c.next_at).with_for_update()).one()
    return place if place <= now + LONGEST_QUEUE + A_MINUTE else now - A_MINUTE


def forget_old(tx: Tx, now: datetime) -> None:
    """Drop invitations that nobody can use any more."""
    tx.execute(sa.delete(invitations).where(invitations.c.made_at <= now - INVITATION_LASTS))
