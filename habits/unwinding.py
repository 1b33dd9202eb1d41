"""What unwinds a person: what they answered about each way, and one of them to propose."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from habits.answers import occasion_of
from habits.rules.commitment import Commitment, Way
from habits.rules.feelings import Facet
from habits.rules.fulfilment import IN_A_ROW, Answers, fulfilling, pick
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitments_of
from habits.storage.tables import check_ins, picks

NONE = Answers(0, 0)


@dataclass(frozen=True, slots=True)
class Answered:
    """A way and how often it left the person fulfilled, and how often not.

    calmer: how often they were less tense after it than before, and how often not.
    facets: what it was how often, out of `described`.
    """

    commitment: Commitment
    way: Way
    answers: Answers
    calmer: Answers = NONE
    facets: Mapping[Facet, int] = field(default_factory=dict)
    described: int = 0


def answered(tx: Tx, person: Person) -> list[Answered]:
    """Every way that is still offered: what can be said of first, most often fulfilling first."""
    told = _told(tx, person)
    found = [
        _answered(each, way, told[way.id])
        for each in commitments_of(tx, person.id)
        for way in each.open_ways
    ]
    said = fulfilling({each.way.id: each.answers for each in found})
    places = {each.way_id: place for place, each in enumerate(said)}
    return sorted(found, key=lambda each: places.get(each.way.id, len(places)))


def _told(tx: Tx, person: Person) -> Mapping[int, Sequence[Any]]:
    """What was told about check-ins, by way."""
    anything = (check_ins.c.fulfilled, check_ins.c.tension_after, check_ins.c.facets)
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(
        sa.select(check_ins.c.way_id, check_ins.c.tension_before, *anything).where(
            check_ins.c.person_id == person.id,
            check_ins.c.way_id.is_not(None),
            sa.or_(*(column.is_not(None) for column in anything)),
        )
    ):
        rows[row.way_id].append(row)
    return rows


def _answered(commitment: Commitment, way: Way, told: Sequence[Any]) -> Answered:
    both = [each for each in told if each.tension_before and each.tension_after]
    described = [each.facets for each in told if each.facets]
    return Answered(
        commitment,
        way,
        _answers(each.fulfilled for each in told if each.fulfilled is not None),
        _answers(each.tension_after < each.tension_before for each in both),
        Counter(Facet(one) for facets in described for one in facets),
        len(described),
    )


def _answers(said: Iterable[bool]) -> Answers:
    counted = Counter(said)
    return Answers(counted[True], counted[False])


def pick_for(tx: Tx, person: Person, random: Random, now: datetime) -> Answered | None:
    """Draw a way and remember it, so that none comes three times in a row; None without any."""
    return _pick(tx, person, answered(tx, person), random, now)


def pick_for_turn(
    tx: Tx, person: Person, occasion_id: int, random: Random, now: datetime
) -> Answered | None:
    """The same among the ways of the commitment that an occasion is a turn of."""
    turn = occasion_of(tx, person, occasion_id)
    if turn is None:
        return None
    _, commitment = turn
    found = [each for each in answered(tx, person) if each.commitment.id == commitment.id]
    return _pick(tx, person, found, random, now)


def _pick(
    tx: Tx, person: Person, ways: Sequence[Answered], random: Random, now: datetime
) -> Answered | None:
    found = {each.way.id: each for each in ways}
    if not found:
        return None
    before = tx.execute(
        sa.select(picks.c.id, picks.c.way_id)
        .where(picks.c.person_id == person.id)
        .order_by(picks.c.made_at)
    ).all()
    last = [row.way_id for row in before]
    drawn = pick({way_id: each.answers for way_id, each in found.items()}, last, random)
    gone = [row.id for row in before][: len(before) + 1 - IN_A_ROW]
    tx.execute(sa.delete(picks).where(picks.c.person_id == person.id, picks.c.id.in_(gone)))
    tx.execute(sa.insert(picks).values(id=new_id(), person_id=person.id, way_id=drawn, made_at=now))
    return found[drawn]
