"""The checker finds each breach that is planted, and nothing where there is none."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.campaign.checker import Said, Slot, Verdict, bans_of, check, most_in_a_second

HOUR = 3600.0
OWED = [Slot(chat, due=100.0 + chat, until=100.0 + chat + HOUR) for chat in range(30)]
KEPT = [Said(slot.chat, slot.due + 0.5) for slot in OWED]


def breaches(verdict: Verdict, copies: int = 0, fastest: int = 30) -> list[str]:
    return verdict.breaches(copies=copies, fastest=fastest)


def test_where_everything_came_in_time_nothing_is_found():
    verdict = check(OWED, KEPT)
    assert breaches(verdict) == []
    assert (verdict.owed, verdict.extra, verdict.late, verdict.worst) == (30, (), (), 0.5)


def test_a_reminder_that_never_came_is_missed():
    verdict = check(OWED, KEPT[1:])
    assert verdict.missed == (OWED[0],)
    assert len(breaches(verdict)) == 1


def test_one_that_telegram_refused_is_missed_as_well():
    assert check(OWED, [replace(KEPT[0], arrived=False), *KEPT[1:]]).missed == (OWED[0],)


def test_a_copy_is_extra_and_allowed_only_where_something_excuses_it():
    copy = replace(KEPT[3], at=KEPT[3].at + 9)
    verdict = check(OWED, [*KEPT, copy])
    assert verdict.extra == (copy,)
    assert len(breaches(verdict)) == 1
    assert breaches(verdict, copies=1) == []


def test_an_answer_that_was_lost_excuses_one_copy():
    lost = replace(KEPT[3], told=False)
    again = replace(KEPT[3], at=KEPT[3].at + 9)
    said = [each for each in KEPT if each != KEPT[3]]
    assert breaches(check(OWED, [*said, lost, again])) == []
    twice = [replace(again, at=again.at + 9)]
    assert len(breaches(check(OWED, [*said, lost, again, *twice]))) == 1


def test_one_that_came_before_its_time_is_extra_and_its_slot_missed():
    verdict = check(OWED, [replace(KEPT[0], at=OWED[0].due - 1), *KEPT[1:]])
    assert (len(verdict.missed), len(verdict.extra)) == (1, 1)


def test_one_that_came_after_its_window_is_extra_and_its_slot_missed():
    verdict = check(OWED, [replace(KEPT[0], at=OWED[0].until + 1), *KEPT[1:]])
    assert (len(verdict.missed), len(verdict.extra)) == (1, 1)


def test_one_that_nobody_was_owed_is_extra():
    assert len(check(OWED, [*KEPT, Said(77, 200.0)]).extra) == 1


def test_a_late_one_is_told_with_how_late_it_was():
    (late,) = check(OWED, [replace(KEPT[0], at=OWED[0].due + 90), *KEPT[1:]]).late
    assert (late.slot, late.seconds) == (OWED[0], 90)


def test_two_slots_of_one_chat_need_two_messages():
    slots = [Slot(1, 100, 900), Slot(1, 200, 900)]
    assert check(slots, [Said(1, 300)]).missed == (slots[1],)
    assert check(slots, [Said(1, 300), Said(1, 301)]).missed == ()


def test_a_message_during_the_ban_of_its_chat_is_found_and_one_of_another_chat_is_not():
    refused = Said(7, 200.0, arrived=False, pause=5)
    assert check([], [refused, Said(8, 202.0)]).banned == ()
    assert check([], [refused, Said(7, 205.5)]).banned == ()
    verdict = check([], [refused, Said(7, 202.0, reminds=False)])
    assert [each.at for each in verdict.banned] == [202.0]
    assert len(breaches(verdict)) == 1


def test_a_second_chats_ban_holds_for_everybody():
    refused = [Said(chat, 200.0 + chat, arrived=False, pause=5) for chat in (1, 2)]
    assert [ban.chat for ban in bans_of(refused)] == [1, 2, None]
    assert len(check([], [*refused, Said(8, 204.0, reminds=False)]).banned) == 1


def test_a_ban_that_went_down_with_who_heard_of_it_is_not_held_against_us():
    refused = Said(7, 200.0, arrived=False, pause=5)
    again = Said(7, 202.0, reminds=False)
    assert check([], [refused, again], ends=[200.3]).banned == ()
    assert len(check([], [refused, again], ends=[199.0, 203.0]).banned) == 1


def test_a_second_with_too_many_is_found_wherever_it_begins():
    slow = [Said(each, 10 + each * 0.1, reminds=False) for each in range(50)]
    verdict = check([], slow)
    assert (verdict.fastest, breaches(verdict, fastest=10)) == (10, [])
    burst = [Said(each, 12.95 + each / 1000, reminds=False) for each in range(5)]
    assert len(breaches(check([], slow + burst), fastest=10)) == 1


moments = st.lists(st.floats(0, 20, allow_nan=False), max_size=40)


@given(moments)
def test_the_fullest_second_is_that_of_counting_every_one(moments: list[float]):
    every = [sum(moment - 1.0 < each <= moment for each in moments) for moment in moments]
    assert most_in_a_second(moments) == max(every, default=0)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 50)), max_size=12),
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 120)), max_size=25),
)
def test_every_slot_and_every_message_is_accounted_for_once(due, sent):
    slots = [Slot(chat, at, at + 60) for chat, at in due]
    said = [Said(chat, at) for chat, at in sent]
    verdict = check(slots, said)
    kept = len(slots) - len(verdict.missed)
    assert kept + len(verdict.extra) == len(said)
    assert not {id(slot) for slot in verdict.missed} - {id(slot) for slot in slots}
