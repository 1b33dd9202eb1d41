"""What Telegram handed to us, kept before it is confirmed: as opaque text, one row an update."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from habits.sending import ticks
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import inbox, people

P = ParamSpec("P")
T = TypeVar("T")

NEW, DONE, DEAD = "new", "done", "dead"
RETRIES = (timedelta(seconds=0.5), timedelta(seconds=5), timedelta(seconds=60))
LEASE = 20.0
"""Seconds for which an update is one process's to handle."""
HANDLED_WITHIN = timedelta(minutes=2)
"""An update that waits for longer is told: we are not well."""
KEPT_FOR = timedelta(hours=48)
"""Update ids may start anew at random after a week of silence; then an old one must be gone."""


_OLDEST = (
    sa.select(sa.func.min(inbox.c.update_id).label("update_id"))
    .where(inbox.c.state == NEW)
    .group_by(sa.func.coalesce(inbox.c.person_id, -inbox.c.update_id))
    .subquery()
)
_WAITING = (
    sa.select(inbox)
    .join(_OLDEST, _OLDEST.c.update_id == inbox.c.update_id)
    .where(sa.or_(inbox.c.not_before.is_(None), inbox.c.not_before <= sa.bindparam("now")))
    .order_by(inbox.c.update_id)
    .limit(sa.bindparam("most"))
)


_HANDLED = (
    sa.update(inbox)
    .where(inbox.c.update_id == sa.bindparam("the_id"), inbox.c.state == NEW)
    .values(state=DONE, body=None, person_id=None)
)
_CLAIMABLE = _WAITING.where(
    inbox.c.state == NEW,  # asked again of a row that was waited for
    sa.or_(
        inbox.c.lease_until.is_(None),
        inbox.c.lease_until < sa.bindparam("at"),
        inbox.c.process == sa.bindparam("process"),
    ),
).with_for_update(of=inbox, skip_locked=True)
_PUT_OFF = sa.and_(inbox.c.tries == 0, inbox.c.not_before.is_not(None))
_PAUSED = people.c.paused_until > inbox.c.received_at
WAITING_SINCE = (
    sa.select(
        sa.func.min(
            sa.case(
                (_PUT_OFF, inbox.c.not_before),
                (_PAUSED, people.c.paused_until),
                else_=inbox.c.received_at,
            )
        )
    )
    .select_from(inbox)
    .join(_OLDEST, _OLDEST.c.update_id == inbox.c.update_id)
    .outerjoin(people, people.c.id == inbox.c.person_id)
)
"""Of the first in each queue: those behind it wait for it, and not for us. One that came while
Telegram asked us to leave its chat alone may wait behind an answer for as long."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An update on its way in. person_id: whose it is, None where nobody's."""

    update_id: int
    person_id: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that has not been handled. waited: it was put off, or tried, before."""

    update_id: int
    person_id: int | None
    body: str
    tries: int
    waited: bool = False

    @property
    def queue(self) -> int:
        """What it waits in: its person's queue, or one of its own where it is nobody's."""
        return -self.update_id if self.person_id is None else self.person_id


class HandledAlready(Exception):
    """Another process was faster; nothing was changed here."""


def receive(tx: Tx, arrived: Sequence[Arrived], now: datetime) -> None:
    """Keep updates; one that is there already is left alone."""
    rows = [
        {
            "update_id": each.update_id,
            "person_id": each.person_id,
            "body": each.body,
            "received_at": now,
            "state": NEW,
            "tries": 0,
        }
        for each in arrived
    ]
    if rows:
        tx.execute(insert_unless_there(tx, inbox).on_conflict_do_nothing(), rows)


def waiting(tx: Tx, now: datetime, busy: Collection[int], limit: int) -> list[Waiting]:
    """The oldest unhandled update of each queue that is not busy, oldest first."""
    rows = tx.execute(_WAITING, {"now": now, "most": limit + len(busy)})
    return [each for each in _read(rows) if each.queue not in busy][:limit]


def _read(rows: Iterable[Any]) -> list[Waiting]:
    return [
        Waiting(row.update_id, row.person_id, row.body, row.tries, row.not_before is not None)
        for row in rows
    ]


def claim(tx: Tx, now: datetime, busy: Collection[int], limit: int, process: str) -> list[Waiting]:
    """As `waiting`, without what other processes handle; what is given is this process's now.

    A process that says nothing for LEASE seconds loses its claims: `keep` says that it lives.
    """
    asked = {"now": now, "most": limit + len(busy), "at": ticks(tx), "process": process}
    found = [each for each in _read(tx.execute(_CLAIMABLE, asked)) if each.queue not in busy]
    ours = [each.update_id for each in found[:limit]]
    if ours:
        _claimed(tx, process, inbox.c.update_id.in_(ours))
    return found[:limit]


def keep(tx: Tx, process: str) -> None:
    """Hold what this process has claimed for longer."""
    _claimed(tx, process, inbox.c.process == process)


def _claimed(tx: Tx, process: str, which: sa.ColumnElement[bool]) -> None:
    values = {"process": process, "lease_until": ticks(tx) + LEASE}
    tx.execute(sa.update(inbox).where(inbox.c.state == NEW, which).values(values))


def give_back(tx: Tx, process: str) -> None:
    """Leave to others what this process has claimed and not handled."""
    ours = sa.and_(inbox.c.state == NEW, inbox.c.process == process)
    tx.execute(sa.update(inbox).where(ours).values(process=None, lease_until=None))


def handling(
    tx: Tx,
    update_id: int,
    work: Callable[Concatenate[Tx, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a use case as the effect of an update: both are committed together, or neither."""
    if not handled(tx, update_id):
        raise HandledAlready(update_id)
    return work(tx, *args, **kwargs)


def handled(tx: Tx, update_id: int) -> bool:
    """Note that an update had its effect, and keep only its number; False if that was known."""
    return tx.execute(_HANDLED, {"the_id": update_id}).rowcount == 1


def failed(tx: Tx, update_id: int, now: datetime) -> bool:
    """Handling raised: try again later. True when it has been set aside for good instead."""
    tries = tx.scalar(
        sa.select(inbox.c.tries).where(inbox.c.update_id == update_id, inbox.c.state == NEW)
    )
    if tries is None:
        return False
    if tries < len(RETRIES):
        values = {"tries": tries + 1, "not_before": now + RETRIES[tries]}
    else:
        values = {"state": DEAD, "body": None, "person_id": None}
    tx.execute(sa.update(inbox).where(inbox.c.update_id == update_id).values(values))
    return bool(tries >= len(RETRIES))


def put_off(tx: Tx, update_id: int, until: datetime) -> None:
    """Leave an update, and with it all of its person's, waiting until a moment."""
    tx.execute(
        sa.update(inbox)
        .where(inbox.c.update_id == update_id, inbox.c.state == NEW)
        .values(not_before=until)
    )


def bury(tx: Tx, update_id: int, now: datetime) -> None:
    """Set an update aside that cannot be read: only its number is kept."""
    row = {"update_id": update_id, "received_at": now, "state": DEAD, "tries": 0, "body": None}
    statement = insert_unless_there(tx, inbox).values(row)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["update_id"], set_={"state": DEAD, "body": None, "person_id": None}
        )
    )


def forget_old(tx: Tx, now: datetime) -> int:
    """Drop the numbers of updates that Telegram cannot send again."""
    return tx.execute(
        sa.delete(inbox).where(inbox.c.state != NEW, inbox.c.received_at < now - KEPT_FOR)
    ).rowcount


def oldest(tx: Tx) -> datetime | None:
    """Since when the oldest unhandled update has been waiting, for us and not by our wish."""
    since: datetime | None = tx.scalar(WAITING_SINCE)
    return since
