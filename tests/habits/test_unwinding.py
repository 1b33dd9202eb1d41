"""Answers are counted for each way, and what is proposed is remembered, on both databases."""

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits import check_ins, commitments, people, unwinding
from habits.check_ins import Recorded
from habits.commitments import Made
from habits.rules.fulfilment import Answers
from habits.rules.person import Person
from habits.rules.schedule import Schedule
from habits.storage.database import Database, Tx
from habits.storage.tables import occasions
from tests.house import BEN, House, berlin

NOW = berlin("2026-11-25 12:00")
SATURDAY = Schedule(days=(6,))


def two_ways(tx: Tx) -> Person:
    met = people.meet(tx, 7, "Anna", "en", NOW)
    person = people.set_zone(tx, met.person, ZoneInfo("Europe/Berlin"), NOW)
    made = commitments.commit(tx, person, "Film or book", ["Film", "Book"], SATURDAY, NOW)
    assert isinstance(made, Made)
    return person


async def test_what_was_answered_is_counted_for_its_way(database: Database):
    def life(tx: Tx) -> list[tuple[str, Answers]]:
        person = two_ways(tx)
        (commitment,) = {
            each.commitment.id: each.commitment for each in unwinding.answered(tx, person)
        }.values()
        film, book = commitment.open_ways
        for way, fulfilled in [(film, True)] * 3 + [(film, False), (book, True)]:
            done = check_ins.did_it_unasked(tx, person, commitment.id, NOW)
            assert isinstance(done, Recorded)
            check_ins.set_way(tx, person, done.check_in.id, way.id)
            check_ins.set_fulfilled(tx, person, done.check_in.id, fulfilled=fulfilled)
        stranger = people.meet(tx, 8, "Bert", "en", NOW).person
        assert unwinding.answered(tx, stranger) == []
        return [(each.way.title, each.answers) for each in unwinding.answered(tx, person)]

    assert await database.write(life) == [("Film", Answers(3, 1)), ("Book", Answers(1, 0))]


async def test_no_way_is_proposed_three_times_in_a_row(database: Database):
    person = await database.write(two_ways)
    drawn = []
    for number in range(40):
        at = NOW + timedelta(minutes=number)
        picked = await database.write(unwinding.pick_for, person, Random(number), at)
        assert picked is not None
        drawn.append(picked.way.title)
    triples = zip(drawn, drawn[1:], drawn[2:], strict=False)
    assert all(len(set(each)) > 1 for each in triples)
    assert any(one != other for one, other in pairwise(drawn))


async def test_who_has_nothing_is_proposed_nothing(database: Database):
    def nobody(tx: Tx) -> Any:
        person = people.meet(tx, 7, "Anna", "en", NOW).person
        return unwinding.pick_for(tx, person, Random(1), NOW)

    assert await database.write(nobody) is None


async def test_a_turn_is_proposed_a_way_of_its_own_commitment_and_only_to_its_person(
    house: House,
):
    person = await house.person()
    commitment = await house.commitment(person, "Film")
    await house.commitment(person, "Guitar")
    occasion = sa.select(occasions.c.id).where(occasions.c.commitment_id == commitment.id)
    turn = (await house.rows(occasion))[0].id

    async def pick(whose: Person, number: int) -> unwinding.Answered | None:
        chance = Random(number)
        return await house.database.write(unwinding.pick_for_turn, whose, turn, chance, house.now)

    for number in range(5):
        picked = await pick(person, number)
        assert picked is not None
        assert picked.way.title == "Film"
    assert await pick(await house.person(BEN), 1) is None
