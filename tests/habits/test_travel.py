"""Moves between zones: one reminder for each turn, nothing skipped, nothing doubled."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from habits import answers, check_ins, notices, occasions, people
from habits.reminders import owed
from habits.rules.schedule import Part, Schedule
from habits.storage.tables import deliveries
from tests.habits.one_commitment import BERLIN, DAY, SATURDAY, House, berlin, empty_database


@pytest.fixture
def house() -> Iterator[House]:
    """It is Wednesday 25 November 2026, noon in Berlin."""
    engine = empty_database()
    with engine.connect() as tx:
        yield House(tx, berlin("2026-11-25 12:00"))
    engine.dispose()


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Asia/Jerusalem",
    "Asia/Tehran",
    "Asia/Kathmandu",
]
journeys = st.lists(
    st.tuples(st.integers(1, 24 * 4), st.sampled_from(ZONES)), min_size=1, max_size=4
)


def travel(house: House, journey: list[tuple[int, str]]) -> list[datetime]:
    """Let the time pass between the zones, reminders leaving when they are due, as told."""
    moved = []
    for hours, zone in [*journey, (24 * 10, "Europe/Berlin")]:
        _pass(house, hours)
        people.set_zone(house.tx, house.person, ZoneInfo(zone), house.now)
        moved.append(house.now)
        house.send()  # what the new zone puts into the past leaves at once
    _pass(house, 24)
    return moved


def _pass(house: House, hours: int) -> None:
    until = house.now + timedelta(hours=hours)
    while house.now < until:
        house.now = min(until, house.now + timedelta(hours=6), _due_after(house) or until)
        occasions.lay_out_due(house.tx, house.now, 500)
        expired = notices.expire(house.tx, house.now - timedelta(hours=1), "x", None, 500)
        assert not expired
        house.send()


def _due_after(house: House) -> datetime | None:
    due = sa.select(sa.func.min(deliveries.c.due_at)).where(deliveries.c.state == "pending")
    found: datetime | None = house.tx.scalar(due.where(deliveries.c.due_at > house.now))
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    journey=journeys,
    days=st.sets(st.integers(1, 7), min_size=1, max_size=3),
    hour=st.integers(0, 23),
)
@example(
    journey=[(19, "America/New_York"), (96, "Europe/Berlin"), (96, "Pacific/Auckland")],
    days={5},
    hour=11,
)
def test_travel_skips_no_turn_and_doubles_none(
    journey: list[tuple[int, str]], days: set[int], hour: int
):
    with empty_database().connect() as tx:
        house = House(tx, berlin("2026-10-21 12:00"))
        house.begin(Schedule(tuple(sorted(days)), time(hour, 0), target=len(days)))
        moves = travel(house, journey)
        rows = house.rows()
        first, last = rows[0].day, house.now.astimezone(BERLIN).date() - DAY
        span = [first + n * DAY for n in range((last - first).days + 1)]
        assert [row.day for row in rows if row.day <= last] == [
            day for day in span if day.isoweekday() in days
        ]
        goes = [touch for touch in house.touches() if touch.day <= last]
        assert [touch.day for touch in goes] == [row.day for row in rows if row.day <= last]
        assert {(touch.round, touch.state) for touch in goes} <= {(0, "sent")}
        for touch in goes:
            assert _left_in_time(touch, rows, moves), touch


def _left_in_time(touch: Any, rows: list[Any], moves: list[datetime]) -> bool:
    """At its clock time, at once after a move, or when the quiet hours after one end."""
    row = next(row for row in rows if row.id == touch.occasion_id)
    return touch.due_at == row.go_at or any(
        at <= touch.due_at <= at + timedelta(hours=10) for at in moves
    )


def test_a_reminder_in_the_past_of_the_new_zone_leaves_at_once(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 08:00"))  # 16:00 in Tokyo
    people.set_zone(house.tx, house.person, ZoneInfo("Asia/Tokyo"), house.now)
    assert house.touches()[0].due_at == house.now


def test_or_when_quiet_hours_end_also_after_a_second_move_in_the_night(house: House):
    house.begin(Schedule((6,), Part.EVENING))
    house.go_on(berlin("2026-11-28 16:00"))  # midnight in Tokyo
    for minutes, zone in ((0, "Asia/Tokyo"), (5, "Asia/Seoul"), (5, "Asia/Tokyo")):
        house.now += timedelta(minutes=minutes)
        people.set_zone(house.tx, house.person, ZoneInfo(zone), house.now)
    touch = house.touches()[0]
    assert touch.due_at == datetime(2026, 11, 29, 8, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert touch.not_after > touch.due_at
    assert house.days()[0] == "11-28"


def test_what_may_have_arrived_is_not_put_off_to_ring_again(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 14:00"), sends=False)
    house.tx.execute(sa.update(deliveries).values(maybe_sent=True))
    people.set_zone(house.tx, house.person, ZoneInfo("America/New_York"), house.now)
    assert house.touches()[0].due_at == berlin("2026-11-28 14:00")


def test_a_follow_up_keeps_to_the_new_quiet_hours(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 15:00"))
    about = {"occasion_id": house.row("11-28").id}
    house.tx.execute(
        sa.insert(deliveries),
        [owed(house.person, "follow_up", berlin("2026-11-28 20:30"), **about)],
    )
    people.set_zone(house.tx, house.person, ZoneInfo("Asia/Tokyo"), house.now)
    asked = house.touches("follow_up")[0]
    assert asked.due_at == datetime(2026, 11, 29, 8, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_move_back_over_the_date_line_asks_for_no_day_twice(house: House):
    house.begin(Schedule((1,), time(7, 0)), ZoneInfo("Pacific/Auckland"))
    house.go_on(berlin("2026-11-29 20:00"))  # Monday 08:00 in Auckland: it has left
    people.set_zone(house.tx, house.person, ZoneInfo("Pacific/Honolulu"), house.now)
    house.edit(schedule=Schedule((1,), time(19, 0)))  # Sunday in Honolulu
    assert house.days()[:2] == ["11-30", "12-07"]
    assert [touch.state for touch in house.touches()][:1] == ["sent"]


def test_an_answered_turn_keeps_its_clock_when_the_answer_is_taken_back(house: House):
    house.begin(SATURDAY)
    turn = house.row("11-28").id
    check_ins.did_it(house.tx, house.person, turn, house.now)
    house.edit(schedule=Schedule((1,), time(19, 0)))
    answers.unanswer(house.tx, house.person, turn, house.now)
    people.set_zone(house.tx, house.person, ZoneInfo("America/New_York"), house.now)
    assert house.row("11-28").go_at == berlin("2026-11-28 20:00")  # 14:00 in New York
