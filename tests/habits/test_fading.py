"""Reminders that step back from what is steady, and come back after a miss or when wanted."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, fading, people, weeks
from habits.agenda import agenda, next_reminder
from habits.fading import Reminded
from habits.overviews import kept_of
from habits.rules.fading import is_faded, is_steady
from habits.rules.schedule import Part, Schedule
from habits.rules.streak import Standing
from habits.rules.week import Verdict
from habits.storage.tables import deliveries
from tests.habits.one_commitment import ANNA, DAY, SATURDAY, House, berlin, empty_database

K, M, R, N, U = Verdict.KEPT, Verdict.MISSED, Verdict.REST, Verdict.NEUTRAL, Verdict.OPEN
WEEK = 7 * DAY


@pytest.mark.parametrize(
    ("verdicts", "steady"),
    [
        ([K] * 8, True),
        ([K] * 7, False),
        ([M] + [K] * 8, True),
        ([K] * 8 + [M], False),
        ([K] * 4 + [M] + [K] * 7, False),
        ([K] * 4 + [R, N, U] + [K] * 4 + [U], True),
        ([], False),
    ],
)
def test_steady_is_eight_decided_weeks_kept_in_a_row(verdicts: list[Verdict], steady: bool):
    assert is_steady(verdicts) is steady


def test_every_second_turn_is_still_reminded_of_over_four_and_then_none():
    first = date(2026, 11, 30)
    silent = [is_faded(first, first + n * WEEK, 1) for n in range(-1, 7)]
    assert silent == [False, True, False, True, False, True, True, True]
    every_second = [is_faded(first, first + 2 * n * WEEK, 2) for n in range(6)]
    assert every_second == [True, False, True, False, True, True]
    assert not is_faded(None, first, 1)


@pytest.fixture
def house() -> Iterator[House]:
    """It is Monday 23 November 2026, nine in Berlin; a film is promised for Saturdays."""
    engine = empty_database()
    with engine.connect() as tx:
        house = House(tx, berlin("2026-11-23 09:00"))
        house.begin(SATURDAY)
        yield house
    engine.dispose()


def live(house: House, number: int, *, keeps: bool = True) -> None:
    """Weeks, each from Monday to Monday, settled on the Wednesday after."""
    for _ in range(number):
        monday = house.now
        house.go_on(monday + 5 * DAY + timedelta(hours=12))
        if keeps:
            check_ins.did_it_unasked(house.tx, house.person, house.id, house.now)
        house.go_on(monday + WEEK)
        weeks.settle_due(house.tx, house.now, 500)


def offered(house: House) -> bool:
    return fading.offer(house.tx, house.person, house.id, house.now)


def fade(house: House, **since: Any) -> Reminded:
    outcome = fading.fade(house.tx, house.person, house.id, house.now, **since)
    assert isinstance(outcome, Reminded)
    return outcome


def remind_again(house: House) -> Reminded:
    outcome = fading.remind_again(house.tx, house.person, house.id, house.now)
    assert isinstance(outcome, Reminded)
    return outcome


def states(house: House) -> list[str]:
    return [touch.reason or touch.state for touch in house.touches()]


def notices(house: House) -> list[str]:
    told = sa.select(deliveries.c.kind).where(deliveries.c.occasion_id.is_(None))
    return list(house.tx.scalars(told))


def test_it_is_offered_once_in_a_run_and_not_before_eight_weeks(house: House):
    live(house, 7)
    assert not offered(house)
    live(house, 1)
    assert offered(house)
    assert not offered(house)
    live(house, 8)
    assert not offered(house)  # they said nothing to it, which is an answer in this run


def test_it_is_offered_again_in_the_next_run(house: House):
    live(house, 8)
    assert offered(house)
    live(house, 1, keeps=False)
    live(house, 1)
    for _ in range(3):
        live(house, 1, keeps=False)
        house.edit(cue="When the dishes are done, I dim the light")  # still there
    live(house, 7)
    assert not offered(house)
    live(house, 1)
    assert offered(house)


def test_the_reminders_step_back_and_the_weeks_count_as_ever(house: House):
    live(house, 8)
    house.now += timedelta(hours=1)
    fade(house)
    live(house, 8)
    assert states(house)[8:17] == [
        "sent", "faded", "sent", "faded", "sent", "faded", "faded", "faded", "faded",
    ]  # fmt: skip
    kept = kept_of(house.tx, house.person, house.commitment, house.now)
    assert kept.streak.run == 16
    assert notices(house) == []
    assert next_reminder(house.tx, house.person, house.commitment, house.now) is None


def test_what_comes_is_still_told_with_a_word_that_nobody_reminds_of_it(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    found = agenda(house.tx, house.person, house.now)
    assert [each.reminds for each in found.coming] == [False]
    assert [each.title for each in found.fading] == ["Film"]


def test_what_is_kept_or_rests_is_not_told_as_coming_and_is_again_when_taken_back(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    this_week = agenda(house.tx, house.person, house.now).coming
    done = check_ins.did_it_unasked(house.tx, house.person, house.id, house.now)
    assert isinstance(done, check_ins.Recorded)
    assert agenda(house.tx, house.person, house.now).this_week == ()
    check_ins.remove(house.tx, house.person, done.check_in.id, house.now)
    assert agenda(house.tx, house.person, house.now).coming == this_week
    week = house.person.week_of(house.now.date()).first
    answers.rest(house.tx, house.person, house.id, week, house.now)
    assert agenda(house.tx, house.person, house.now).this_week == ()
    answers.rest_not(house.tx, house.person, house.id, week, house.now)
    assert agenda(house.tx, house.person, house.now).coming == this_week


def test_twenty_taps_fade_once_and_one_brings_them_back(house: House):
    live(house, 8)
    first = fade(house)
    house.now += WEEK
    for _ in range(19):
        assert fade(house).commitment.fades_from == first.commitment.fades_from
    back = remind_again(house)
    assert back.before == first.commitment.fades_from
    assert "faded" not in states(house)
    assert remind_again(house).before is None
    assert fade(house, since=back.before).commitment.fades_from == back.before


def test_a_missed_week_brings_one_question_and_two_bring_silence_without_another(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    live(house, 2, keeps=False)
    weeks.settle_due(house.tx, house.now + 2 * DAY, 500)
    assert notices(house) == ["faded"]
    live(house, 3, keeps=False)
    assert notices(house) == ["faded"]
    assert house.commitment.silent_since is not None
    standings = [
        each.standing
        for each in kept_of(house.tx, house.person, house.commitment, house.now).streak.weeks
    ]
    assert standings[-1] in (Standing.REST, Standing.OPEN)
    check_ins.did_it_unasked(house.tx, house.person, house.id, house.now)
    assert house.commitment.silent_since is None
    assert house.commitment.fades_from is None  # whoever comes back is reminded again
    live(house, 2, keeps=False)
    assert "sent" in states(house)[-3:]


def test_a_week_of_rest_is_no_miss_and_brings_no_question(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    week = house.person.week_of(house.now.date()).first
    answers.rest(house.tx, house.person, house.id, week, house.now)
    live(house, 2, keeps=False)
    assert notices(house) == []


def test_another_time_is_a_new_beginning_with_reminders(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    house.edit(title="A long film")
    assert house.commitment.fades_from is not None
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert house.commitment.fades_from is None
    assert "faded" not in states(house)


def test_what_is_laid_out_later_has_faded_from_the_start(house: House):
    live(house, 8)
    fade(house, since=date(2026, 11, 30))
    live(house, 1)
    assert states(house)[-1] == "faded"
    found = house.rows()[-1]
    assert (found.excuse, found.due) == (None, True)


def test_nobody_fades_what_is_not_theirs(house: House):
    ben = people.meet(house.tx, ANNA + 1, "Ben", "en", house.now).person
    outcome = fading.fade(house.tx, ben, house.id, house.now)
    assert not isinstance(outcome, Reminded)
    assert house.commitment.fades_from is None
