"""Claiming: who gets what is due, and who does not, on both databases."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from habits import check_ins, notices, outcomes, pauses, sending, settling
from habits.outcomes import NotSent
from habits.people import meet
from habits.reminders import PENDING, SENDING, owed
from habits.rules.touch import GO as GO_KIND
from habits.sending import LEASE
from habits.storage.database import Tx
from habits.storage.rows import BLOCKED
from habits.storage.tables import deliveries, people
from tests.house import ANNA, BEN, BERLIN, CARA, GO, House

ROOT = Path(__file__).parent.parent.parent
MINUTE = timedelta(minutes=1)


async def test_a_due_message_is_claimed_with_a_lease_and_an_epoch(house: House):
    anna = await house.person()
    await house.commitment(anna)
    house.now = GO
    claimed = await house.claim_one()
    assert (claimed.kind, claimed.epoch, claimed.attempts) == (GO_KIND, 1, 1)
    assert claimed.turn is not None
    assert claimed.turn.commitment.title == "Film"
    row = await house.delivery(claimed)
    ticks = await house.database.read(sending.ticks)
    assert row.state == SENDING
    assert row.epoch == 1
    assert ticks + LEASE - 5 < row.lease_until <= ticks + LEASE
    assert await house.claim() == []


async def test_nothing_is_claimed_before_its_time_and_everything_at_it(house: House):
    await house.commitment(await house.person())
    house.now = GO - timedelta(microseconds=1)
    assert await house.claim() == []
    house.now = GO
    assert len(await house.claim()) == 1


async def test_the_longest_due_come_first_and_no_more_than_asked_for(house: House):
    for person_id, minute in ((ANNA, 30), (BEN, 10), (CARA, 20)):
        await owe(house, person_id, due=GO + minute * MINUTE)
    house.now = GO + timedelta(hours=1)
    assert [each.person.id for each in await house.claim(2)] == [BEN, CARA]
    assert [each.person.id for each in await house.claim(2)] == [ANNA]
    assert await house.claim(0) == []


async def owe(house: House, person_id: int, due=GO, **more) -> int:
    """A notice owed to a person of the house."""
    found = {person.id: person for person in [await house.person(person_id)]}

    def write(tx: Tx) -> int:
        row = owed(found[person_id], "note", due, **more)
        return tx.scalars(sa.insert(deliveries).values(row).returning(deliveries.c.id)).one()

    return await house.database.write(write)


async def test_one_message_a_person_at_a_time_with_a_pause_between_two(house: House):
    first = await owe(house, ANNA)
    second = await owe(house, ANNA, due=GO + MINUTE)
    house.now = GO + timedelta(hours=1)
    claimed = await house.claim_one()
    assert claimed.id == first
    await house.let_chats_rest()
    assert await house.claim() == []  # the first may be about the same, and is still under way
    await house.send(claimed)
    await house.change(sa.update(people).values(next_send_at=people.c.next_send_at + LEASE))
    assert await house.claim() == []
    await house.let_chats_rest()
    assert (await house.claim_one()).id == second


async def test_a_message_that_is_too_late_is_not_claimed(house: House):
    await owe(house, ANNA, not_after=GO + MINUTE)
    house.now = GO + MINUTE
    assert len(await house.claim()) == 1
    await owe(house, BEN, not_after=GO + MINUTE)
    house.now = GO + MINUTE + timedelta(seconds=1)
    assert await house.claim() == []


@pytest.mark.usefixtures("by_the_houses_clock")
async def test_a_paused_chat_waits_and_the_others_do_not(house: House):
    await owe(house, ANNA)
    await owe(house, BEN)
    await house.change(
        sa.update(people).where(people.c.id == ANNA).values(paused_until=GO + MINUTE)
    )
    house.now = GO
    assert [each.person.id for each in await house.claim()] == [BEN]
    house.now = GO + MINUTE
    assert [each.person.id for each in await house.claim()] == [ANNA]


async def test_a_paused_bot_sends_nothing_until_the_pause_is_over(house: House):
    await owe(house, ANNA)
    house.now = GO
    await house.database.write(pauses.pause, GO, 60.0)
    await house.database.write(pauses.pause, GO, 0.0)  # a shorter one does not shorten it
    assert 30 < await house.database.read(pauses.paused_for, GO) <= 60
    assert await house.claim() == []
    await house.database_clock_moves(60.0)
    assert len(await house.claim()) == 1


async def test_nothing_is_claimed_for_whoever_is_out_of_reach(house: House):
    await owe(house, ANNA)
    await house.change(sa.update(people).values(reachable=BLOCKED))
    house.now = GO
    assert await house.claim() == []


async def test_a_reminder_answered_while_it_was_being_tried_is_not_tried_again(house: House):
    anna = await house.person()
    await house.commitment(anna)
    house.now = GO
    claimed = await house.claim_one()
    assert claimed.turn is not None
    await house.database.write(check_ins.did_it, anna, claimed.turn.id, house.now)
    await house.settle(claimed, NotSent("no way to Telegram"))
    house.now += timedelta(hours=1)
    await house.let_chats_rest()
    assert await house.claim() == []
    row = await house.delivery(claimed)
    assert (row.state, row.reason) == ("cancelled", "answered")


async def test_a_burst_of_one_person_does_not_keep_the_others_waiting(house: House):
    for minute in range(sending.LOOKED_AT + 10):
        await owe(house, ANNA, due=GO + minute * MINUTE / 60)
    await owe(house, BEN, due=GO + timedelta(hours=5))
    house.now = GO + timedelta(hours=5)
    assert [each.person.id for each in await house.claim()] == [ANNA]
    assert [each.person.id for each in await house.claim()] == [BEN]


CLAIMS_ALL = """
import json, sys
import sqlalchemy as sa
import habits
from datetime import datetime
from habits import pauses, sending
from habits.storage.database import Postgres, Sqlite, connect
from asyncio import run

async def claim_all(url, now):
    database = connect(sa.make_url(url))
    print("ready", flush=True)
    sys.stdin.readline()
    claimed = []
    while some := await database.write(sending.claim, now, 3):
        claimed += [each.id for each in some]
    database.close()
    print(json.dumps(claimed))

run(claim_all(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
"""


async def test_three_processes_at_once_claim_each_message_once(house: House, database_url: sa.URL):
    owing = {await owe(house, person_id) for person_id in range(2000, 2090)}
    command = [sys.executable, "-c", CLAIMS_ALL]
    command += [database_url.render_as_string(hide_password=False), GO.isoformat()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    claimants = [subprocess.Popen(command, **pipes) for _ in range(3)]
    for claimant in claimants:
        assert claimant.stdout is not None
        assert claimant.stdout.readline() == "ready\n"
    for claimant in claimants:
        assert claimant.stdin is not None
        claimant.stdin.write("go\n")
        claimant.stdin.flush()
    shares = [json.loads(claimant.communicate(timeout=60)[0]) for claimant in claimants]
    together = [each for share in shares for each in share]
    assert len(together) == len(set(together))
    left = {each.id for each in await house.rows(sa.select(deliveries)) if each.state == PENDING}
    assert set(together) | left == owing
    assert set(together).isdisjoint(left)
    house.now = GO
    later = await house.claim()  # whom a claimant passed over because another had them locked
    assert {each.id for each in later} == left


async def test_many_claims_in_one_process_claim_each_message_once(house: House):
    for person_id in range(2000, 2040):
        await owe(house, person_id)
    house.now = GO
    rounds = await asyncio.gather(*(house.claim(7) for _ in range(12)))
    claimed = [each.id for some in rounds for each in some] + [e.id for e in await house.claim()]
    assert len(claimed) == len(set(claimed)) == 40


async def test_what_nobody_settles_goes_out_again_when_its_lease_is_over(house: House):
    await owe(house, ANNA)
    house.now = GO
    claimed = await house.claim_one()
    assert await house.database.write(settling.reap, house.now) == 0
    await house.change(sa.update(deliveries).values(lease_until=deliveries.c.lease_until - LEASE))
    assert await house.database.write(settling.reap, house.now) == 1
    row = await house.delivery(claimed)
    assert (row.state, row.maybe_sent, row.resends, row.lease_until) == (PENDING, True, 0, None)
    await house.let_chats_rest()
    again = await house.claim_one()
    assert again.epoch == claimed.epoch + 1
    assert again.maybe_sent


async def test_at_the_start_everything_under_way_is_free_again_whatever_its_lease(house: House):
    await owe(house, ANNA)
    house.now = GO
    claimed = await house.claim_one()
    # the machine started anew: its ticks count from zero, and those that are stored do not
    await house.change(
        sa.update(people).values(next_send_at=(await house.database.read(sending.ticks)) + 10**6)
    )
    assert await house.database.write(settling.free_all, house.now) == 1
    again = await house.claim_one()
    assert (again.id, again.epoch, again.maybe_sent) == (claimed.id, 2, True)


async def test_a_message_that_ends_the_process_again_and_again_is_set_aside_and_told(house: House):
    anna = await house.person()
    await house.commitment(anna)
    house.now = GO
    for _ in range(settling.MOST_ENDS):
        [claimed] = await house.claim()
        await house.database.write(settling.free_all, house.now)
        await house.let_chats_rest()
    row = await house.delivery(claimed)
    assert (row.state, row.reason) == ("failed", "poison")
    [occasion, *_] = await house.occasions()
    assert occasion.excuse == "late"
    [notice] = await house.deliveries(notices.OUTAGE)
    assert notice.due_at == house.now


async def test_ends_in_a_row_do_not_all_meet_the_same_message(house: House):
    await owe(house, ANNA)
    house.now = GO
    rests = []
    for _ in range(settling.MOST_ENDS - 1):
        await house.claim_one()
        await house.database.write(settling.free_all, house.now)
        assert await house.claim() == []
        person = (await house.rows(sa.select(people)))[0]
        rests.append(round(person.next_send_at - await house.database.read(sending.ticks)))
        await house.let_chats_rest()
    assert rests == [1, 4, 8, 16, 32, 60, 60]


async def test_what_two_ends_have_in_common_goes_out_one_by_one(house: House):
    for person_id in (2001, 2002, 2003):
        await owe(house, person_id)
    house.now = GO
    for _ in range(2):
        assert len(await house.claim()) == 3
        await house.database.write(settling.free_all, house.now)
        await house.let_chats_rest()
    await owe(house, ANNA)
    first, innocent = await house.claim()
    assert (first.attempts, innocent.attempts) == (3, 1)
    assert await house.claim() == []
    await house.settle(first, outcomes.Sent(7))
    [second] = await house.claim()
    assert second.attempts == 3


async def test_a_message_is_never_sent_a_fourth_time_however_its_tries_ended(house: House):
    await owe(house, ANNA)
    house.now = GO
    for _ in range(2):
        await house.settle(await house.claim_one(), outcomes.Unsure("read timeout"))
        house.now += timedelta(minutes=5)
        await house.let_chats_rest()
    claimed = await house.claim_one()
    await house.database.write(settling.free_all, house.now)
    row = await house.delivery(claimed)
    assert (row.state, row.reason) == ("sent", settling.UNCONFIRMED)


async def test_what_is_freed_for_somebody_who_left_meanwhile_is_cancelled(house: House):
    await owe(house, ANNA)
    house.now = GO
    claimed = await house.claim_one()
    await house.change(sa.update(people).values(reachable=BLOCKED))
    await house.database.write(settling.free_all, house.now)
    row = await house.delivery(claimed)
    assert (row.state, row.reason) == ("cancelled", "blocked")
    assert await house.database.read(sending.due_next) is None


async def test_the_next_message_owed_is_the_earliest_pending_one(house: House):
    assert await house.database.read(sending.due_next) is None
    await owe(house, ANNA, due=GO + MINUTE)
    await owe(house, BEN, due=GO)
    assert await house.database.read(sending.due_next) == GO
    assert await house.database.read(sending.next_touch) is None  # notices are no touches
    await house.commitment(await house.person(CARA))
    assert await house.database.read(sending.next_touch) == GO


@pytest.fixture
async def crowded(house: House) -> House:
    """So many messages that reading them all would show in the plan."""

    def fill(tx: Tx) -> None:
        for number in range(500):
            met = meet(tx, 2000 + number, "Somebody", "en", house.now).person
            somebody = replace(met, zone=BERLIN)
            ago = [GO - timedelta(days=day, minutes=number) for day in range(1, 31)]
            rows = [owed(somebody, "note", due, state="sent") for due in ago]
            rows.append(owed(somebody, "note", GO + number * MINUTE))
            tx.execute(sa.insert(deliveries), rows)

    await house.database.write(fill)
    await house.change(sa.text("ANALYZE"))
    return house


async def plan_of(house: House, query) -> str:
    explain = "EXPLAIN QUERY PLAN " if house.database.is_sqlite else "EXPLAIN "

    def look(tx: Tx) -> str:
        text = str(query.compile(tx.engine, compile_kwargs={"literal_binds": True}))
        return "\n".join(str(row[-1]) for row in tx.exec_driver_sql(explain + text))

    return await house.database.write(look)


async def test_claiming_reads_along_the_index_of_what_is_pending(crowded: House):
    ticks = await crowded.database.read(sending.ticks)
    asked = sending.DUE.params(
        now=GO + 60 * MINUTE, moment=GO + 60 * MINUTE, at=ticks, most=sending.LOOKED_AT
    )
    plan = await plan_of(crowded, asked)
    assert "ix_deliveries_pending" in plan
    assert "TEMP B-TREE" not in plan  # SQLite's sort
    assert "Seq Scan on deliveries " not in plan


async def test_whether_something_is_under_way_to_a_person_is_read_by_person(crowded: House):
    asked = sending.DUE.params(
        now=GO + 60 * MINUTE, moment=GO + 60 * MINUTE, at=0.0, most=sending.LOOKED_AT
    )
    plan = await plan_of(crowded, asked)
    assert "ix_deliveries_under_way" in plan
    assert "ix_deliveries_sending" not in plan  # all that is under way, for each that is due


async def test_looking_when_to_look_again_reads_one_entry_of_that_index(crowded: House):
    plan = await plan_of(
        crowded,
        sa.select(sa.func.min(deliveries.c.next_attempt_at)).where(deliveries.c.state == PENDING),
    )
    assert "ix_deliveries_pending" in plan
    assert "Seq Scan" not in plan
