"""The inbox: nothing lost, nothing doubled, in order within a person, people side by side."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habits import inbox, pauses, people
from habits.inbox import DEAD, DONE, NEW, Arrived, HandledAlready, Waiting
from habits.storage.database import Tx, sqlite_engine
from habits.storage.tables import inbox as rows
from habits.storage.tables import people as people_rows
from habits.storage.tables import program
from tests.house import ANNA, BEN, CARA, MONDAY, House

ROOT = Path(__file__).parent.parent.parent
SECOND = timedelta(seconds=1)


def update(number: int, person_id: int | None = ANNA) -> Arrived:
    return Arrived(number, person_id, json.dumps({"update_id": number}))


async def receive(house: House, *numbers: int, person_id: int | None = ANNA) -> None:
    arrived = [update(number, person_id) for number in numbers]
    await house.database.write(inbox.receive, arrived, house.now)


async def waiting(
    house: House, busy: Sequence[int] = (), limit: int = 100, later: timedelta = timedelta(0)
) -> list[Waiting]:
    return await house.database.read(inbox.waiting, house.now + later, busy, limit)


async def row(house: House, number: int):
    [found] = await house.rows(sa.select(rows).where(rows.c.update_id == number))
    return found


async def test_an_update_that_comes_twice_is_kept_once(house: House):
    await receive(house, 1, 2, 3)
    await receive(house, 2, 3, 4)
    await receive(house, 1)
    assert len(await house.rows(sa.select(rows))) == 4


async def test_an_update_that_comes_again_after_it_was_handled_stays_handled(house: House):
    await receive(house, 1)
    assert await house.database.write(inbox.handled, 1)
    await receive(house, 1)
    assert await waiting(house) == []
    found = await row(house, 1)
    assert (found.state, found.body, found.person_id) == (DONE, None, None)


async def test_nothing_arriving_is_no_trouble(house: House):
    await receive(house)
    assert await waiting(house) == []


async def test_the_oldest_of_each_person_is_handed_out_however_they_arrived(house: House):
    numbers = list(range(1, 31))
    random.Random(7).shuffle(numbers)
    for number in numbers:  # with gaps: every third belongs to nobody here
        if number % 3:
            await receive(house, number, person_id=(ANNA, BEN, CARA)[number % 3])
    assert [(each.person_id, each.update_id) for each in await waiting(house)] == [
        (BEN, 1),
        (CARA, 2),
    ]


async def test_a_persons_next_one_waits_for_the_one_before(house: House):
    await receive(house, 1, 2, 3)
    order = []
    while found := await waiting(house):
        [only] = found
        order.append(only.update_id)
        await house.database.write(inbox.handled, only.update_id)
    assert order == [1, 2, 3]


async def test_who_is_busy_is_passed_over_and_hides_nobody(house: House):
    for number, person_id in enumerate((ANNA, BEN, CARA), start=1):
        await receive(house, number, person_id=person_id)
    found = await waiting(house, busy=[ANNA, BEN], limit=1)
    assert [each.person_id for each in found] == [CARA]


async def test_nobodys_updates_wait_for_no_other(house: House):
    await receive(house, 1, 2, 3, person_id=None)
    assert [each.update_id for each in await waiting(house)] == [1, 2, 3]
    found = await waiting(house, busy=[(await waiting(house))[0].queue])
    assert [each.update_id for each in found] == [2, 3]


async def test_numbers_that_begin_anew_lower_are_new_updates(house: House):
    """Telegram may do so after a week without any."""
    await receive(house, 900_000_001)
    await house.database.write(inbox.handled, 900_000_001)
    await receive(house, 17, 18)
    assert [each.update_id for each in await waiting(house)] == [17]


async def test_what_fails_is_tried_again_after_half_a_second_five_and_sixty(house: House):
    await receive(house, 1, 2)
    pauses = (0.5, 5, 60)
    for tries, seconds in enumerate(pauses):
        assert (await waiting(house))[0].tries == tries
        assert not await house.database.write(inbox.failed, 1, house.now)
        almost = timedelta(seconds=seconds) - timedelta(milliseconds=1)
        assert await waiting(house, later=almost) == []  # the second one keeps its place behind
        house.now += timedelta(seconds=seconds)
    assert await house.database.write(inbox.failed, 1, house.now)
    dead = await row(house, 1)
    assert (dead.state, dead.body, dead.person_id) == (DEAD, None, None)
    assert [each.update_id for each in await waiting(house)] == [2]


async def test_a_failure_told_after_it_was_handled_after_all_changes_nothing(house: House):
    await receive(house, 1)
    await house.database.write(inbox.handled, 1)
    assert not await house.database.write(inbox.failed, 1, house.now)
    assert (await row(house, 1)).state == DONE


async def test_one_that_cannot_be_read_is_buried_with_nothing_but_its_number(house: House):
    await receive(house, 1, 2)
    await house.database.write(inbox.bury, 1, house.now)
    await house.database.write(inbox.bury, 5, house.now)  # it never got in
    for number in (1, 5):
        assert (await row(house, number)).state == DEAD
        assert (await row(house, number)).body is None
    await receive(house, 5)
    assert [each.update_id for each in await waiting(house)] == [2]


async def test_an_effect_and_the_note_of_it_are_committed_together_or_neither(house: House):
    await receive(house, 1)

    def raises(tx: Tx) -> None:
        people.meet(tx, ANNA, "Anna", "en", MONDAY)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await house.database.write(inbox.handling, 1, raises)
    assert (await row(house, 1)).state == NEW
    assert await house.rows(sa.select(people_rows)) == []


async def test_of_many_that_handle_the_same_update_one_has_the_effect(house: House):
    await receive(house, 1)

    def count(tx: Tx) -> None:
        tx.execute(sa.insert(program).values(key="effect", value="had"))

    tries = [house.database.write(inbox.handling, 1, count) for _ in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, HandledAlready) for result in results) == 19


HANDLES_ALL = """
import json, sys
import sqlalchemy as sa
import habits
from asyncio import run
from datetime import datetime
from habits import inbox
from habits.storage.database import connect
from habits.storage.tables import program

def effect(tx, number, who):
    tx.execute(sa.insert(program).values(key=f"effect {number}", value=who))

async def handle_all(url, now, who):
    database = connect(sa.make_url(url))
    print("ready", flush=True)
    sys.stdin.readline()
    order = []
    while found := await database.read(inbox.waiting, now, [], 5):
        for each in found:
            try:
                await database.write(inbox.handling, each.update_id, effect, each.update_id, who)
            except inbox.HandledAlready:
                continue
            order.append([each.person_id, each.update_id])
    database.close()
    print(json.dumps(order))

run(handle_all(sys.argv[1], datetime.fromisoformat(sys.argv[2]), sys.argv[3]))
"""


async def test_two_processes_handle_each_update_exactly_once_and_in_order(
    house: House, database_url: sa.URL
):
    owners = {number: (ANNA, BEN, CARA)[number % 3] for number in range(1, 121)}
    for person_id in (ANNA, BEN, CARA):
        numbers = [number for number, owner in owners.items() if owner == person_id]
        await receive(house, *numbers, person_id=person_id)
    command = [sys.executable, "-c", HANDLES_ALL]
    command += [database_url.render_as_string(hide_password=False), MONDAY.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    both = [subprocess.Popen([*command, who], **pipes) for who in ("one", "other")]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in both:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    orders = [json.loads(each.communicate(timeout=60)[0]) for each in both]
    handled = [tuple(pair) for order in orders for pair in order]
    assert sorted(handled) == sorted((owner, number) for number, owner in owners.items())
    for order in orders:
        for person_id in (ANNA, BEN, CARA):
            mine = [number for owner, number in order if owner == person_id]
            assert mine == sorted(mine)
    effects = await house.rows(sa.select(program.c.key).where(program.c.key.like("effect %")))
    assert len(effects) == 120


async def test_numbers_are_forgotten_after_two_days_and_what_waits_is_not(house: House):
    await receive(house, 1, 2, 3, 4)
    await house.database.write(inbox.handled, 1)
    await house.database.write(inbox.bury, 2, house.now)
    assert await house.database.write(inbox.forget_old, house.now + timedelta(hours=48)) == 0
    later = house.now + timedelta(hours=48) + SECOND
    assert await house.database.write(inbox.forget_old, later) == 2
    assert [each.update_id for each in await house.rows(sa.select(rows))] == [3, 4]


async def test_since_when_the_oldest_has_been_waiting(house: House):
    assert await house.database.read(inbox.oldest) is None
    await receive(house, 1)
    house.now += SECOND
    await receive(house, 2)
    assert await house.database.read(inbox.oldest) == MONDAY
    await house.database.write(inbox.handled, 1)
    assert await house.database.read(inbox.oldest) == MONDAY + SECOND


@pytest.mark.usefixtures("by_the_houses_clock")
async def test_who_waits_behind_an_answer_that_telegram_asked_to_wait_with_waits_for_that(
    house: House,
):
    await house.person(ANNA)
    await receive(house, 1)
    until = await house.database.write(pauses.told_to_wait, ANNA, house.now, 600)
    assert await house.database.read(inbox.oldest) == until
    house.now += SECOND
    await receive(house, 2, person_id=BEN)
    assert await house.database.read(inbox.oldest) == house.now


# Any order of arrivals, handlings, failures and repetitions.

events = st.lists(
    st.tuples(st.sampled_from(["arrive", "handle", "fail", "arrive again"]), st.integers(0, 11)),
    max_size=60,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(happening=events)
def test_whatever_happens_each_update_is_handled_once_and_in_its_persons_order(
    migrated_file: Path, happening: list[tuple[str, int]]
):
    engine = sqlite_engine(sa.URL.create("sqlite", database=str(migrated_file)), "BEGIN IMMEDIATE")
    now = MONDAY
    effects: dict[int, list[int]] = {0: [], 1: [], 2: []}
    arrived: set[int] = set()
    with engine.connect() as tx, tx.begin() as transaction:
        for what, number in happening:
            now += timedelta(minutes=2)
            if what.startswith("arrive"):
                inbox.receive(tx, [update(number, number % 3)], now)
                arrived.add(number)
            elif what == "handle":
                for each in inbox.waiting(tx, now, [], 100):
                    if each.update_id % 4 == number % 4 and inbox.handled(tx, each.update_id):
                        effects[each.update_id % 3].append(each.update_id)
            elif found := inbox.waiting(tx, now, [], 1):
                inbox.failed(tx, found[0].update_id, now)
        dead = set(tx.scalars(sa.select(rows.c.update_id).where(rows.c.state == DEAD)))
        while found := inbox.waiting(tx, now + timedelta(hours=1), [], 100):
            for each in found:
                assert inbox.handled(tx, each.update_id)
                effects[each.update_id % 3].append(each.update_id)
        transaction.rollback()
    engine.dispose()
    together = [number for order in effects.values() for number in order]
    assert sorted(together) == sorted(arrived - dead)
