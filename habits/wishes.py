"""A person's settings as a whole: read for taking along, and set in one go."""

from typing import Any

import sqlalchemy as sa

from habits.belongings import Holiday, WeekBeginning, Wishes
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.tables import holidays, people, week_beginnings

_IN_LISTS = {"week_beginnings", "holidays"}


def wishes_of(tx: Tx, person_id: int) -> Wishes:
    """What the person set."""
    row = tx.execute(sa.select(people).where(people.c.id == person_id)).one()._mapping
    own = {name: row[name] for name in Wishes.model_fields.keys() - _IN_LISTS}
    return Wishes.model_construct(
        **own,
        week_beginnings=tuple(
            WeekBeginning.model_construct(since=each.since, weekday=each.weekday)
            for each in _mine(tx, week_beginnings, person_id, "since")
        ),
        holidays=tuple(
            Holiday.model_construct(first=each.first, until=each.until)
            for each in _mine(tx, holidays, person_id, "first", "until")
        ),
    )


def _mine(tx: Tx, table: sa.Table, person_id: int, *order: str) -> Any:
    query = sa.select(table).where(table.c.person_id == person_id)
    return tx.execute(query.order_by(*(table.c[name] for name in order))).all()


def set_wishes(tx: Tx, person_id: int, wishes: Wishes) -> None:
    """Set everything at once; for a person who has no commitment that would have to follow."""
    values = {name: getattr(wishes, name) for name in Wishes.model_fields.keys() - _IN_LISTS}
    tx.execute(sa.update(people).where(people.c.id == person_id).values(values))
    _replace(tx, week_beginnings, person_id, wishes.week_beginnings)
    _replace(tx, holidays, person_id, wishes.holidays)


def _replace(tx: Tx, table: sa.Table, person_id: int, shapes: Any) -> None:
    tx.execute(sa.delete(table).where(table.c.person_id == person_id))
    ids = [{"id": new_id()} if "id" in table.c else {} for _ in shapes]
    rows = [
        {"person_id": person_id, **each_id, **shape.model_dump()}
        for each_id, shape in zip(ids, shapes, strict=True)
    ]
    if rows:
        tx.execute(sa.insert(table), rows)
