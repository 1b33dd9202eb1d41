"""What unwinds a person: what they answered about each way, and one of them to propose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

import sqlalchemy as sa

from habits.answers import occasion_of
from habits.rules.commitment import Commitment, Way
from habits.rules.fulfilment import IN_A_ROW, Answers, fulfilling, pick
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.rows import commitments_of, new_id
from habits.storage.tables import check_ins, picks


@dataclass(frozen=True, slots=True)
class Answered:
    """A way and how often it left the person fulfilled, and how often not."""

    commitment: Commitment
    way: Way
    answers: Answers


def answered(tx: Tx, person: Person) -> list[Answered]:
    """Every way that is still offered: what can be said of first, most often fulfilling first."""
    counted: Counter[tuple[int, bool]] = Counter()
    mine = sa.and_(check_ins.c.person_id == person.id, check_ins.c.way_id.is_not(None))
    for way_id, fulfilled in tx.execute(
        sa.select(check_ins.c.way_id, check_ins.c.fulfilled).where(
            mine, check_ins.c.fulfilled.is_not(None)
        )
    ):
        counted[way_id, fulfilled] += 1
    found = [
        Answered(each, way, Answers(counted[way.id, True], counted[way.id, False]))
        for each in commitments_of(tx, person.id)
        for way in each.open_ways
    ]
    said = fulfilling({each.way.id: each.answers for each in found})
    places = {each.way_id: place for place, each in enumerate(said)}
    return sorted(found, key=lambda each: places.get(each.way.id, len(places)))


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
