"""Following a new tzdata: what was laid out by the old rules of a zone is put where it is now."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import tzdata  # type: ignore[import-untyped]

from habits.occasions import move
from habits.placing import turn_at
from habits.rules.commitment import State
from habits.storage.database import Tx
from habits.storage.rows import commitments_from, people_of, put_row
from habits.storage.tables import commitments, occasions, program

VERSION: str = tzdata.IANA_VERSION
"""Whose rules this program goes by, "2026f"; a later one is a greater word."""
_KEY = "tzdata"


def are_followed(tx: Tx) -> bool:
    """Whether everything has been put by these rules, or by later ones of another process."""
    known = tx.scalar(sa.select(program.c.value).where(program.c.key == _KEY))
    return known is not None and known >= VERSION


def follow(tx: Tx) -> None:
    """Note that everything has been put by these rules."""
    put_row(tx, program, key=_KEY, value=VERSION)


def concerned(tx: Tx) -> list[int]:
    """The ids of the commitments for which something is laid out."""
    return list(
        tx.scalars(sa.select(commitments.c.id).where(commitments.c.state == State.ACTIVE.value))
    )


def misplaced(tx: Tx, ids: Sequence[int], now: datetime) -> list[int]:
    """Those of these commitments with a turn ahead that is elsewhere by today's rules."""
    found = commitments_from(tx, _rows(tx, ids))
    whom = people_of(tx, [each.person_id for each in found])
    by_id = {each.id: each for each in found}
    ahead = sa.select(occasions).where(
        occasions.c.commitment_id.in_(ids), occasions.c.go_at > now, occasions.c.answer.is_(None)
    )
    wrong = set()
    for row in tx.execute(ahead):
        person, commitment = whom[row.person_id], by_id[row.commitment_id]
        if person.zone and turn_at(row, commitment.schedule, person) != row.go_at:
            wrong.add(row.commitment_id)
    return sorted(wrong)


def put_right(tx: Tx, now: datetime, _: int, only: int) -> int:
    """Put what has not left of one commitment by today's rules, as after a change of zone."""
    found = commitments_from(tx, _rows(tx, [only]))
    for commitment in found:
        move(tx, people_of(tx, [commitment.person_id])[commitment.person_id], commitment, now)
    return len(found)


def _rows(tx: Tx, ids: Sequence[int]) -> Sequence[Any]:
    return tx.execute(sa.select(commitments).where(commitments.c.id.in_(ids))).all()
