"""Who may come in: invitations that are good once, and so many newcomers a minute."""

from datetime import timedelta

import pytest

from habits import admissions, inbox, retention
from habits.admissions import INVITATION_LASTS, Admission, InQueue, QueueFull, Uninvited
from habits.inbox import Arrived
from habits.storage.tables import admissions as queue
from habits.storage.tables import invitations
from tests.house import House

INVITED = Admission(by_invitation=True)


async def at_the_door(
    house: House, admission: Admission, word: str = "", number: int = 1, *, waited: bool = False
) -> admissions.TurnedAway | None:
    await house.database.write(inbox.receive, [Arrived(number, number, "{}")], house.now)
    return await house.database.write(
        admissions.turn_away, admission, number, word, house.now, waited=waited
    )


async def test_an_invitation_lets_one_person_in_once(house: House):
    word = await house.database.write(admissions.invite, house.now)
    assert await at_the_door(house, INVITED, word, 1) is None
    assert await at_the_door(house, INVITED, word, 2) == Uninvited()


async def test_of_an_invitation_only_the_hash_is_kept(house: House):
    word = await house.database.write(admissions.invite, house.now)
    [row] = await house.rows(invitations.select())
    assert word not in str(row)
    assert len(word) == 32


@pytest.mark.parametrize("word", ["", "guess", "0" * 4096])
async def test_nobody_comes_in_with_another_word_and_their_update_is_let_go(
    house: House, word: str
):
    await house.database.write(admissions.invite, house.now)
    assert await at_the_door(house, INVITED, word) == Uninvited()
    assert await house.database.read(inbox.waiting, house.now, (), 9) == []


async def test_an_invitation_is_too_old_after_a_week_and_then_forgotten(house: House):
    word = await house.database.write(admissions.invite, house.now)
    house.now += INVITATION_LASTS - timedelta(seconds=1)
    await house.database.write(retention.forget_old, house.now)
    assert len(await house.rows(invitations.select())) == 1
    house.now += timedelta(seconds=1)
    assert await at_the_door(house, INVITED, word) == Uninvited()
    await house.database.write(retention.forget_old, house.now)
    assert await house.rows(invitations.select()) == []


async def test_a_minutes_number_comes_in_at_once_and_the_others_one_after_another(house: House):
    few = Admission(a_minute=6)
    found = [await at_the_door(house, few, number=number) for number in range(1, 10)]
    assert found[:6] == [None] * 6
    tenth = timedelta(seconds=10)
    assert found[6:] == [InQueue(house.now + tenth * place) for place in (1, 2, 3)]


async def test_who_reads_the_clock_first_and_comes_last_still_has_the_last_free_place(house: House):
    two = Admission(a_minute=2)
    assert await at_the_door(house, two, number=1) is None
    house.now -= timedelta(milliseconds=1)
    assert await at_the_door(house, two, number=2) is None
    assert isinstance(await at_the_door(house, two, number=3), InQueue)


async def test_what_the_waiting_sent_comes_round_at_their_turn_and_behind_it_the_rest(house: House):
    one = Admission(a_minute=1)
    assert await at_the_door(house, one, number=1) is None
    await house.database.write(inbox.handled, 1)
    later = await at_the_door(house, one, number=2)
    assert later == InQueue(house.now + timedelta(minutes=1))
    await house.database.write(inbox.receive, [Arrived(3, 2, "{}")], house.now)
    assert await house.database.read(inbox.waiting, house.now, (), 9) == []
    assert await house.database.read(inbox.oldest) == later.until
    house.now = later.until
    [again] = await house.database.read(inbox.waiting, house.now, (), 9)
    assert (again.update_id, again.waited) == (2, True)
    assert await at_the_door(house, one, number=2, waited=again.waited) is None


async def test_after_an_hours_queue_newcomers_are_asked_to_come_again(house: House):
    one = Admission(a_minute=1)
    found = [await at_the_door(house, one, number=number) for number in range(1, 64)]
    assert found[60] == InQueue(house.now + timedelta(hours=1))
    assert found[61:] == [QueueFull()] * 2
    house.now += timedelta(minutes=1)
    assert isinstance(await at_the_door(house, one, number=64), InQueue)


async def test_a_clock_that_goes_back_leaves_nobody_outside(house: House):
    assert await at_the_door(house, Admission(a_minute=1), number=1) is None
    house.now -= timedelta(days=1)
    assert await at_the_door(house, Admission(a_minute=1), number=2) is None
    assert len(await house.rows(queue.select())) == 1
