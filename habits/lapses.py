"""After a silence or an absence: pausing one commitment, or everything, from an old message."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from habits.commitments import NotThere, TooMany
from habits.edits import Changed, Elsewhere, edit, undo
from habits.rules.commitment import State
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.rows import commitment_of, commitments_of
from habits.storage.tables import changes


@dataclass(frozen=True, slots=True)
class InArchive:
    """It was archived meanwhile; nothing was changed."""


def pause_all(tx: Tx, person: Person, now: datetime) -> list[Changed]:
    """Pause everything that is active; the changes are undone together by any one of them."""
    outcomes = [
        edit(tx, person, each.id, now, state=State.PAUSED)
        for each in commitments_of(tx, person.id, State.ACTIVE)
    ]
    return [outcome for outcome in outcomes if isinstance(outcome, Changed)]


def undo_all(tx: Tx, person: Person, change_id: int, now: datetime) -> list[Changed] | NotThere:
    """Take back a change and all those that were made in the same moment."""
    mine = changes.c.person_id == person.id
    made_at = tx.scalar(sa.select(changes.c.made_at).where(mine, changes.c.id == change_id))
    if made_at is None:
        return NotThere()
    together = tx.scalars(sa.select(changes.c.id).where(mine, changes.c.made_at == made_at))
    outcomes = [undo(tx, person, each, now) for each in together.all()]
    return [outcome for outcome in outcomes if isinstance(outcome, Changed)]


def pause(
    tx: Tx, person: Person, commitment_id: int, now: datetime
) -> Changed | InArchive | Elsewhere | TooMany | NotThere:
    """Pause a commitment from a message of long ago: an archived one stays where it is."""
    found = commitment_of(tx, person.id, commitment_id)
    if found is not None and found.state is State.ARCHIVED:
        return InArchive()
    return edit(tx, person, commitment_id, now, state=State.PAUSED)
