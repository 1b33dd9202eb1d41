"""Telling how a check-in felt, and whether to be asked."""

from dataclasses import replace

import sqlalchemy as sa

from habits import check_ins
from habits.check_ins import CheckIn
from habits.commitments import NotThere
from habits.rules.feelings import Facet, Moment, Tension
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.tables import people


def set_tension(
    tx: Tx, person: Person, check_in_id: int, moment: Moment, tension: Tension
) -> CheckIn | NotThere:
    """Say how tense they were before or after."""
    values = {f"tension_{moment.value}": tension.value}
    return check_ins.change(tx, person, check_in_id, **values)


def set_facet(
    tx: Tx, person: Person, check_in_id: int, facet: Facet, *, fits: bool
) -> CheckIn | NotThere:
    """Say that it was this, or was not; the others stay."""
    found = check_ins.find(tx, person, check_in_id)
    if found is None:
        return NotThere()
    kept = (found.facets | {facet}) if fits else (found.facets - {facet})
    return check_ins.change(tx, person, check_in_id, facets=sorted(kept))


def ask(
    tx: Tx, person: Person, *, tension: bool | None = None, facets: bool | None = None
) -> Person:
    """Whether to be asked for one or the other; None leaves it as it is."""
    changed = replace(
        person,
        asks_tension=person.asks_tension if tension is None else tension,
        asks_facets=person.asks_facets if facets is None else facets,
    )
    mine = sa.update(people).where(people.c.id == person.id)
    tx.execute(mine.values(asks_tension=changed.asks_tension, asks_facets=changed.asks_facets))
    return changed
