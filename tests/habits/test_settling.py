"""What becomes of a claimed message: every outcome, the bounds, and the touches that follow."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, notices, pauses, people, rounds, settling
from habits.outcomes import Crashed, Idle, NotSent, Outcome, OutOfReach, Refused, Sent, Unsure, Wait
from habits.reminders import CANCELLED, FAILED, PENDING, SENDING, SENT
from habits.rounds import Later
from habits.rules.schedule import FRIDAY, SATURDAY, SUNDAY, Part
from habits.rules.touch import FOLLOW_UP
from habits.rules.touch import GO as GO_KIND
from habits.sending import Owed
from habits.storage.tables import commitments as commitment_rows
from habits.storage.tables import deliveries, occasions, send_budget
from habits.storage.tables import people as people_rows
from tests.house import ANNA, BEN, CARA, GO, House, berlin

MINUTE = timedelta(minutes=1)


async def claimed_go(
    house: House,
    person_id: int = ANNA,
    at: datetime = GO,
    days: tuple[int, ...] = (SATURDAY,),
    schedule_at: time | Part = Part.AFTERNOON,
) -> Owed:
    """A claimed reminder of one commitment of somebody."""
    await house.commitment(await house.person(person_id), days=days, at=schedule_at)
    house.now = at
    return await house.claim_one()


BACK = {"state": PENDING, "lease_until": None}
OUTCOMES: list[tuple[Outcome, dict[str, Any]]] = [
    (Sent(77), {"state": SENT, "message_id": 77, "sent_at": GO, "reason": None}),
    (NotSent("no way"), BACK | {"reason": "no way", "attempts": 0, "maybe_sent": False}),
    (Unsure("cut"), BACK | {"maybe_sent": True, "resends": 1, "quiet": False, "attempts": 0}),
    (Unsure("slow", quiet=True), BACK | {"maybe_sent": True, "resends": 1, "quiet": True}),
    (Wait(30), BACK | {"attempts": 0, "next_attempt_at": GO + timedelta(seconds=30.5)}),
    (OutOfReach("blocked"), {"state": FAILED, "reason": "blocked"}),
    (OutOfReach("gone"), {"state": FAILED, "reason": "gone"}),
    (Refused("can't parse"), BACK | {"plain": True, "attempts": 0}),
    (Idle("answered"), {"state": CANCELLED, "reason": "answered"}),
    (Crashed("KeyError"), BACK | {"reason": "KeyError", "attempts": 1}),
]


@pytest.mark.parametrize(("outcome", "expected"), OUTCOMES, ids=lambda each: str(each)[:28])
async def test_each_outcome_is_written_down(
    house: House, outcome: Outcome, expected: dict[str, Any]
):
    owed = await claimed_go(house)
    await house.settle(owed, outcome)
    row = await house.delivery(owed)
    assert {name: getattr(row, name) for name in expected} == expected
    assert row.lease_until is None
    if row.state == PENDING and not isinstance(outcome, Wait):
        assert row.next_attempt_at == GO + timedelta(seconds=2)


@pytest.mark.parametrize("outcome", [outcome for outcome, _ in OUTCOMES], ids=str)
async def test_whoever_comes_late_to_settle_changes_nothing(house: House, outcome: Outcome):
    owed = await claimed_go(house)
    await house.database.write(settling.free_all, house.now)
    await house.let_chats_rest()
    again = await house.claim_one()
    before = [await house.rows(sa.select(table)) for table in (deliveries, occasions, people_rows)]
    await house.settle(owed, outcome)
    after = [await house.rows(sa.select(table)) for table in (deliveries, occasions, people_rows)]
    assert before == after
    assert (await house.delivery(again)).state == SENDING


async def test_tries_that_never_left_may_be_many_and_come_ever_more_seldom(house: House):
    owed = await claimed_go(house)
    pauses = []
    for _ in range(12):
        await house.settle(owed, NotSent("no way"))
        row = await house.delivery(owed)
        pauses.append((row.next_attempt_at - house.now).total_seconds())
        house.now = row.next_attempt_at
        await house.let_chats_rest()
        owed = await house.claim_one()
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    await house.send(owed)
    assert (await house.delivery(owed)).state == SENT


async def test_a_message_that_may_have_arrived_is_sent_again_twice_and_then_counts_as_sent(
    house: House,
):
    owed = await claimed_go(house)
    for resent in (1, 2):
        await house.settle(owed, Unsure("read timeout"))
        assert (await house.delivery(owed)).resends == resent
        house.now += timedelta(minutes=5)
        await house.let_chats_rest()
        owed = await house.claim_one()
        assert owed.maybe_sent
    await house.settle(owed, Unsure("read timeout"))
    row = await house.delivery(owed)
    assert (row.state, row.reason, row.message_id) == (SENT, settling.UNCONFIRMED, None)
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert follow_up.state == PENDING


async def test_a_message_we_cannot_write_is_tried_three_times_and_set_aside(house: House):
    owed = await claimed_go(house)
    for _ in range(2):
        await house.settle(owed, Crashed("KeyError"))
        house.now += timedelta(minutes=5)
        await house.let_chats_rest()
        owed = await house.claim_one()
    await house.settle(owed, Crashed("KeyError"))
    row = await house.delivery(owed)
    assert (row.state, row.reason) == (FAILED, "poison")
    assert (await house.occasions())[0].excuse == "late"
    assert len(await house.deliveries(notices.OUTAGE)) == 1


async def test_a_message_refused_without_markup_too_has_failed_and_counts_for_nobody(house: House):
    owed = await claimed_go(house)
    await house.settle(owed, Refused("can't parse entities"))
    house.now += MINUTE
    await house.let_chats_rest()
    plain = await house.claim_one()
    assert plain.plain
    await house.settle(plain, Refused("message is empty"))
    row = await house.delivery(owed)
    assert (row.state, row.reason) == (FAILED, "message is empty")
    assert (await house.occasions())[0].excuse == "late"


@pytest.mark.usefixtures("by_the_houses_clock")
async def test_a_429_pauses_the_chat_and_that_of_a_second_chat_the_bot(house: House):
    for person_id in (ANNA, BEN):
        await house.commitment(await house.person(person_id))
        await house.commitment(await house.person(person_id), "Walk", at=time(13, 0))
    house.now = GO
    claimed = {each.person.id: each for each in await house.claim()}
    await house.settle(claimed[ANNA], Wait(30))
    assert await paused_chats(house) == {ANNA: GO + timedelta(seconds=30.5), BEN: None}
    assert await house.rows(sa.select(send_budget)) == []
    await house.settle(claimed[BEN], Wait(10))
    assert 5 < await house.database.read(pauses.paused_for, GO) <= 10.5
    await house.let_chats_rest()
    house.now = GO + timedelta(seconds=10)
    assert await house.claim() == []
    await house.database_clock_moves(11.0)
    house.now = GO + timedelta(seconds=11)
    assert [each.person.id for each in await house.claim()] == [BEN]


async def paused_chats(house: House) -> dict[int, datetime | None]:
    rows = await house.rows(sa.select(people_rows))
    return {row.id: row.paused_until for row in rows}


@pytest.mark.usefixtures("by_the_houses_clock")
async def test_a_shorter_429_does_not_shorten_a_longer_one(house: House):
    first = await claimed_go(house)
    await house.settle(first, Wait(30))
    await house.change(
        sa.update(deliveries).where(deliveries.c.id == first.id).values(state=SENDING)
    )
    await house.settle(first, Wait(3))
    assert await paused_chats(house) == {ANNA: GO + timedelta(seconds=30.5)}


async def test_who_blocked_us_is_owed_nothing_more_until_they_are_back(house: House):
    anna = await house.person()
    await house.commitment(anna)
    await house.commitment(anna, "Walk", days=(SUNDAY,), at=Part.MORNING)
    await house.database.write(
        notices.owe, [anna.id], "note", "x", house.now + timedelta(days=6), None
    )
    house.now = GO
    owed = await house.claim_one()
    await house.settle(owed, OutOfReach("blocked"))
    states = {(row.state, row.reason) for row in await house.deliveries() if row.id != owed.id}
    assert states == {(CANCELLED, "blocked")}
    assert not (await house.again(anna)).reachable
    await house.database.write(people.meet, anna.id, "Anna", "en", house.now)
    waiting = [row for row in await house.deliveries() if row.state == PENDING]
    assert {row.kind for row in waiting} == {GO_KIND}
    assert all(row.due_at > house.now for row in waiting)
    assert waiting


async def test_whoever_has_left_for_good_meanwhile_is_nobodys_trouble(house: House):
    owed = await claimed_go(house)
    await house.database.write(people.forget, ANNA)
    await house.send(owed)
    assert await house.deliveries() == []


async def test_several_settle_at_once_and_each_is_written_down(house: House):
    commitments = {}
    for person_id in (ANNA, BEN, CARA):
        commitments[person_id] = await house.commitment(await house.person(person_id))
    house.now = GO
    claimed = {each.person.id: each for each in await house.claim()}
    outcomes = {ANNA: Sent(1), BEN: Unsure("cut"), CARA: OutOfReach("gone")}
    together = [
        settling.Settlement(claimed[person_id], outcome, GO)
        for person_id, outcome in outcomes.items()
    ]
    await house.database.write(settling.settle, together)
    states = {who: (await house.delivery(each)).state for who, each in claimed.items()}
    assert states == {ANNA: SENT, BEN: PENDING, CARA: FAILED}
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert follow_up.person_id == ANNA


# The follow-up.


@pytest.mark.parametrize(
    ("at", "follow_up"),
    [
        (time(14, 0), "2026-11-28 20:30"),
        (time(16, 59), "2026-11-28 20:30"),
        (time(17, 0), "2026-11-29 09:30"),
        (time(23, 30), "2026-11-29 09:30"),
    ],
)
async def test_the_follow_up_comes_the_same_evening_or_the_next_morning(
    house: House, at: time, follow_up: str
):
    await house.send(await claimed_go(house, at=berlin(f"2026-11-28 {at:%H:%M}"), schedule_at=at))
    [asked] = await house.deliveries(FOLLOW_UP)
    assert asked.due_at == berlin(follow_up)


async def test_nothing_is_asked_after_a_reminder_that_never_left(house: House):
    owed = await claimed_go(house)
    await house.settle(owed, NotSent("no way"))
    assert await house.deliveries(FOLLOW_UP) == []
    house.now = berlin("2026-11-28 23:00")
    assert await house.database.write(notices.expire, house.now, "x", None, 100) == 1
    assert await house.deliveries(FOLLOW_UP) == []


async def test_whoever_wants_no_follow_up_gets_none(house: House):
    anna = await house.person()
    await house.change(sa.update(people_rows).values(asks_follow_up=False))
    await house.commitment(await house.again(anna))
    house.now = GO
    await house.send(await house.claim_one())
    assert await house.deliveries(FOLLOW_UP) == []


async def test_an_answer_that_was_faster_than_our_settling_is_not_asked_after(house: House):
    owed = await claimed_go(house)
    assert owed.turn is not None
    await house.database.write(check_ins.did_it, owed.person, owed.turn.id, house.now)
    await house.send(owed)
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert (follow_up.state, follow_up.reason) == (CANCELLED, "answered")


async def test_a_rest_that_was_faster_than_our_settling_is_not_asked_after(house: House):
    owed = await claimed_go(house)
    assert owed.turn is not None
    await house.database.write(answers.rest_week, owed.person, owed.turn.id, house.now)
    await house.send(owed)
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert (follow_up.state, follow_up.reason) == (CANCELLED, "rest")


async def test_later_that_was_faster_than_our_settling_takes_the_follow_up_away(house: House):
    owed = await claimed_go(house)
    assert owed.turn is not None
    await house.database.write(rounds.postpone, owed.person, owed.turn.id, Later.HOUR, house.now)
    await house.send(owed)
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert (follow_up.state, follow_up.reason) == (CANCELLED, "later")
    house.now = GO + timedelta(hours=1)
    await house.let_chats_rest()
    round_two = await house.claim_one()
    assert (round_two.kind, round_two.round) == (GO_KIND, 1)
    await house.send(round_two)
    assert len(await house.deliveries(FOLLOW_UP)) == 1


async def test_a_late_reminder_is_followed_up_counted_from_when_it_left(house: House):
    owed = await claimed_go(house)
    [before, *_] = await house.occasions()
    await house.settle(owed, Sent(1), at=berlin("2026-11-28 21:00"))
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert follow_up.due_at == berlin("2026-11-29 09:30")
    [after, *_] = await house.occasions()
    assert after.settles_at == before.settles_at  # the week's end is later still


async def test_a_late_last_touch_keeps_the_week_open_for_a_day_after_it(house: House):
    owed = await claimed_go(
        house, at=berlin("2026-11-29 16:30"), days=(SUNDAY,), schedule_at=time(16, 30)
    )
    [before, *_] = await house.occasions()
    assert before.settles_at == berlin("2026-12-01 00:00")
    await house.settle(owed, Sent(1), at=berlin("2026-11-29 21:30"))
    [after, *_] = await house.occasions()
    assert after.settles_at == berlin("2026-12-01 09:30")


async def test_one_message_asks_about_everything_that_is_open(house: House):
    anna = await house.person()
    await house.commitment(anna)
    await house.commitment(anna, "Walk", at=time(15, 0))
    await house.commitment(anna, "Dinner", at=time(19, 0))
    house.now = berlin("2026-11-28 19:00")
    sent = await house.send_due()
    assert [each.kind for each in sent] == [GO_KIND] * 3
    # each left late, together, in the evening: they are asked about together in the morning
    house.now = berlin("2026-11-29 09:30")
    [asked, *more] = await house.send_due()
    assert more == []
    assert asked.turn is not None
    titles = {turn.commitment.title for turn in (asked.turn, *asked.also)}
    assert titles == {"Film", "Walk", "Dinner"}
    states = sorted((row.state, row.reason) for row in await house.deliveries(FOLLOW_UP))
    assert states == [(CANCELLED, "together"), (CANCELLED, "together"), (SENT, None)]


async def test_what_cannot_be_read_is_left_out_of_the_question_about_the_others(house: House):
    anna = await house.person()
    await house.commitment(anna)
    walk = await house.commitment(anna, "Walk", at=time(15, 0))
    house.now = berlin("2026-11-28 15:00")
    assert len(await house.send_due()) == 2
    damaged = sa.update(commitment_rows).where(commitment_rows.c.id == walk.id)
    await house.change(damaged.values(days="never"))
    house.now = berlin("2026-11-28 20:30")
    asked = await house.claim_one()
    assert asked.turn is not None
    assert (asked.turn.commitment.title, asked.also) == ("Film", ())
    await house.send(asked)
    await house.let_chats_rest()
    assert await house.claim() == []
    states = sorted((row.state, row.reason) for row in await house.deliveries(FOLLOW_UP))
    assert states == [(FAILED, "unreadable"), (SENT, None)]


async def test_what_is_asked_in_one_message_is_not_asked_again_while_that_is_under_way(
    house: House,
):
    anna = await house.person()
    await house.commitment(anna, at=time(10, 0))
    await house.commitment(anna, "Walk", at=time(11, 0))
    for hour in (10, 11):
        house.now = berlin(f"2026-11-28 {hour}:00")
        await house.send_due()
    house.now = berlin("2026-11-28 20:30")
    asked = await house.claim_one()
    assert len(asked.also) == 1
    await house.let_chats_rest()  # Telegram takes its time
    assert await house.claim() == []
    await house.send(asked)
    await house.let_chats_rest()
    assert await house.claim() == []


async def test_an_occasion_has_at_most_three_touches_and_an_answer_ends_them(house: House):
    anna = await house.person()
    await house.change(sa.update(people_rows).values(asks_plan=True))
    commitment = await house.commitment(await house.again(anna))
    await house.pass_time(berlin("2026-11-29 12:00"))
    [first, *_] = await house.occasions(commitment)
    mine = [row for row in await house.deliveries() if row.occasion_id == first.id]
    assert [(row.kind, row.due_at, row.state) for row in mine] == [
        ("plan", berlin("2026-11-26 18:30"), SENT),
        ("go", berlin("2026-11-28 14:00"), SENT),
        ("follow_up", berlin("2026-11-28 20:30"), SENT),
    ]


async def test_a_week_once_kept_is_not_asked_about_any_more(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna, days=(FRIDAY, SATURDAY), target=1)
    await house.pass_time(berlin("2026-11-27 15:00"))
    [friday, saturday, *_] = await house.occasions(commitment)
    await house.database.write(check_ins.did_it, anna, friday.id, house.now)
    rows = {row.occasion_id: row for row in await house.deliveries(GO_KIND)}
    assert (rows[saturday.id].state, rows[saturday.id].reason) == (CANCELLED, "kept")
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert follow_up.state == CANCELLED
    await house.database.write(answers.unanswer, anna, friday.id, house.now)
    rows = {row.occasion_id: row for row in await house.deliveries(GO_KIND)}
    assert rows[saturday.id].state == PENDING


async def test_quiet_hours_move_a_follow_up_and_never_a_go(house: House):
    await house.send(
        await claimed_go(house, at=berlin("2026-11-28 23:30"), schedule_at=time(23, 30))
    )
    [follow_up] = await house.deliveries(FOLLOW_UP)
    assert follow_up.due_at == berlin("2026-11-29 09:30")
    go = next(row for row in await house.deliveries(GO_KIND) if row.state == SENT)
    assert go.due_at == berlin("2026-11-28 23:30")
