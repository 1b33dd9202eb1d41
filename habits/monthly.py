"""A person's own export, sent to them on the first of each month: off until they want it."""

from datetime import datetime

import sqlalchemy as sa

from habits import notices
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.rows import YES
from habits.storage.tables import deliveries, people

EXPORT = "export"
"""The notice that is a file."""


def wants(tx: Tx, person: Person) -> bool:
    """Whether they want it."""
    since = tx.scalar(sa.select(people.c.exports_since).where(people.c.id == person.id))
    return since is not None


def set_monthly(tx: Tx, person: Person, now: datetime, *, wanted: bool) -> None:
    """Switch it on or off; what is owed already is still sent."""
    since = people.c.exports_since
    value = sa.func.coalesce(since, now, type_=since.type) if wanted else None
    tx.execute(sa.update(people).where(people.c.id == person.id).values(exports_since=value))


def owe_due(tx: Tx, now: datetime, limit: int) -> int:
    """Owe this month's export to whoever wanted it before the month began; gives to how many."""
    month = f"{now:%Y-%m}"
    begun = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    owed = sa.exists().where(
        deliveries.c.person_id == people.c.id,
        deliveries.c.kind == EXPORT,
        deliveries.c.subject == month,
    )
    found = tx.scalars(
        sa.select(people.c.id)
        .where(
            people.c.exports_since < begun,
            people.c.reachable == YES,
            people.c.zone.is_not(None),
            ~owed,
        )
        .limit(limit)
    ).all()
    notices.owe(tx, found, EXPORT, month, now)
    return len(found)
