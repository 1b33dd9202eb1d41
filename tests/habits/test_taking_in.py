"""Taking in what was taken out: any life comes back as it was; no file can do harm."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.files.own_json import read, written
from bot.typed import clean
from habits import answers, check_ins, commitments, edits, occasions, people, plans, taking_in
from habits.belongings import Belongings
from habits.check_ins import Recorded
from habits.rules.commitment import LONGEST_NOTE, LONGEST_TITLE, State
from habits.rules.person import Quiet
from habits.rules.schedule import Part, Schedule
from habits.storage.database import Tx
from habits.storage.rows import commitments_of, person_of
from habits.storage.tables import commitments as commitment_rows
from habits.storage.tables import deliveries, imports
from habits.storage.tables import occasions as occasion_rows
from habits.taking_in import NothingNew, Offered, TakenIn, Undone
from habits.taking_out import belongings
from tests.belongings import as_read, check_in, commitment
from tests.habits.one_commitment import ANNA, House, berlin, empty_database
from tests.habits.test_any_edits import schedules

LISBON, APIA, TEHRAN = ZoneInfo("Europe/Lisbon"), ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Tehran")
MONDAY = berlin("2026-03-16 08:30")
titles = st.text(min_size=1, max_size=20).map(lambda text: clean(text, LONGEST_TITLE))
notes = st.text(min_size=1, max_size=40).map(lambda text: clean(text, LONGEST_NOTE, lines=True))
typed_titles = titles.filter(lambda text: isinstance(text, str))
typed_notes = notes.filter(lambda text: isinstance(text, str))

steps = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 400)),
    st.tuples(st.just("commit"), st.tuples(typed_titles, schedules)),
    st.tuples(st.just("schedule"), schedules),
    st.tuples(st.just("title"), typed_titles),
    st.tuples(st.just("state"), st.sampled_from(list(State))),
    st.tuples(st.just("did"), st.integers(0, 9)),
    st.tuples(st.just("didnt"), st.integers(0, 9)),
    st.tuples(st.just("rest"), st.integers(0, 9)),
    st.tuples(st.just("did unasked"), typed_notes),
    st.tuples(st.just("way"), typed_titles),
    st.tuples(st.just("plan"), st.integers(0, 9)),
    st.tuples(st.just("zone"), st.sampled_from([LISBON, APIA, TEHRAN])),
    st.tuples(st.just("weekday"), st.integers(1, 7)),
    st.tuples(st.just("holiday"), st.integers(1, 30)),
    st.tuples(st.just("wishes"), st.booleans()),
)


@dataclass
class Life:
    """A person to whom things happen."""

    house: House
    schedule: Schedule

    def live(self, steps: list[tuple[str, Any]]) -> None:
        self.house.begin(self.schedule)
        for what, value in steps:
            self.house.now += timedelta(seconds=7)
            getattr(self, f"_{what.replace(' ', '_')}")(value)

    @property
    def _all(self) -> tuple[Tx, Any]:
        return self.house.tx, self.house.person

    def _pass(self, hours: int) -> None:
        self.house.go_on(self.house.now + timedelta(hours=hours))

    def _commit(self, value: tuple[str, Schedule]) -> None:
        commitments.commit(*self._all, value[0], [value[0], "Tea"], value[1], self.house.now)

    def _schedule(self, schedule: Schedule) -> None:
        self.house.edit(schedule=schedule)

    def _title(self, title: str) -> None:
        self.house.edit(title=title, cue=title)

    def _state(self, state: State) -> None:
        self.house.edit(state=state)

    def _occasion(self, place: int) -> int:
        rows = self.house.rows()
        return int(rows[-1 - place % len(rows)].id) if rows else 0

    def _did(self, place: int) -> None:
        done = check_ins.did_it(*self._all, self._occasion(place), self.house.now)
        if isinstance(done, Recorded):
            check_ins.set_fulfilled(*self._all, done.check_in.id, fulfilled=place % 2 == 0)

    def _didnt(self, place: int) -> None:
        answers.not_this_time(*self._all, self._occasion(place), self.house.now)

    def _rest(self, place: int) -> None:
        answers.rest_week(*self._all, self._occasion(place), self.house.now)

    def _did_unasked(self, note: str) -> None:
        done = check_ins.did_it_unasked(*self._all, self.house.id, self.house.now)
        if isinstance(done, Recorded):
            check_ins.set_note(*self._all, done.check_in.id, note)

    def _way(self, title: str) -> None:
        commitments.add_way(*self._all, self.house.id, title)
        ways = self.house.commitment.ways
        commitments.retire_way(*self._all, self.house.id, ways[0].id)

    def _plan(self, place: int) -> None:
        occasion_id = self._occasion(place)
        found = plans.look_with_days(*self._all, occasion_id, self.house.now)
        if isinstance(found, tuple) and found[1]:
            plans.put_on(*self._all, occasion_id, found[1][place % len(found[1])], self.house.now)
        way = self.house.commitment.ways[-1]
        plans.choose_way(*self._all, occasion_id, way.id, self.house.now)

    def _zone(self, zone: ZoneInfo) -> None:
        people.set_zone(*self._all, zone, self.house.now)

    def _weekday(self, weekday: int) -> None:
        people.set_first_weekday(*self._all, weekday, self.house.now)

    def _holiday(self, days: int) -> None:
        until = self.house.now.date() + timedelta(days=days)
        people.rest_until(*self._all, until, self.house.now)

    def _wishes(self, on: bool) -> None:
        quiet = Quiet(self.house.person.parts.morning, self.house.person.parts.evening)
        people.set_touches(*self._all, self.house.now, plan=on, follow_up=not on)
        people.set_numbers(*self._all, shown=on)
        people.set_quiet(*self._all, quiet, self.house.now)
        people.set_part(*self._all, Part.EVENING, quiet.since, self.house.now)


@contextmanager
def a_house() -> Iterator[House]:
    engine = empty_database()
    with engine.connect() as tx:
        yield House(tx, MONDAY)
    engine.dispose()


def out(house: House) -> bytes:
    return written(belongings(house.tx, house.person))


def in_(house: House, content: bytes) -> TakenIn:
    """Read, offered and tapped; it must be possible."""
    found = read(json.loads(content))
    assert isinstance(found, Belongings), found
    offered = taking_in.offer(house.tx, house.person, found, house.now)
    assert isinstance(offered, Offered), offered
    taken = taking_in.take_in(house.tx, house.person, offered.import_id, house.now)
    assert isinstance(taken, TakenIn), taken
    return taken


def begin_anew(house: House) -> None:
    people.forget(house.tx, ANNA)
    people.meet(house.tx, ANNA, "Anna", "en", house.now)
    house.id = 0


several = settings(
    max_examples=30,
    phases=(Phase.explicit, Phase.generate),  # a life is short, to make it shorter takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)


@several
@given(schedules, st.lists(steps, max_size=12))
def test_any_life_comes_back_byte_for_byte_and_undo_leaves_nothing(
    schedule: Schedule, steps: list[tuple[str, Any]]
):
    with a_house() as house:
        Life(house, schedule).live(steps)
        taken = out(house)
        begin_anew(house)
        before = out(house)
        done = in_(house, taken)
        assert out(house) == taken
        found = read(json.loads(taken))
        assert isinstance(found, Belongings)
        again = taking_in.offer(house.tx, house.person, found, house.now)
        assert again == NothingNew()
        undone = taking_in.undo(house.tx, house.person, done.import_id, house.now)
        assert undone == Undone()
        assert out(house) == before


@several
@given(schedules, st.lists(steps, max_size=8), st.integers(0, 30), st.integers(1, 4))
def test_reminders_go_on_after_any_life_was_taken_in(
    schedule: Schedule, steps: list[tuple[str, Any]], later: int, weeks: int
):
    """At once or weeks later: what is ahead is owed once each, nothing of the past is."""
    with a_house() as house:
        Life(house, schedule).live(steps)
        taken = out(house)
        begin_anew(house)
        house.now += timedelta(days=later)
        in_(house, taken)
        since = house.now
        overdue = house.tx.execute(
            sa.select(deliveries).where(deliveries.c.due_at < since - timedelta(hours=13))
        ).all()
        assert [row for row in overdue if row.state == "pending"] == []
        house.go_on(house.now + timedelta(weeks=weeks), sends=False)
        for each in commitments_of(house.tx, ANNA, State.ACTIVE):
            mine = occasion_rows.c.commitment_id == each.id
            days = house.tx.scalars(sa.select(occasion_rows.c.day).where(mine)).all()
            assert len(days) == len(set(days))
            assert each.laid_until > house.now.date()


@several
@given(
    schedules,
    st.lists(steps, max_size=6),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 7),
    st.sampled_from(["Europe/Berlin", "Pacific/Apia", "America/New_York"]),
)
def test_no_file_stops_the_laying_out(
    schedule: Schedule, steps: list[tuple[str, Any]], until: date, weekday: int, zone: str
):
    """A file that says otherwise than we lay out must not stand in the way of anybody's weeks."""
    with a_house() as house:
        Life(house, schedule).live(steps)
        found = json.loads(out(house))
        found["settings"]["zone"] = zone
        found["settings"]["week_beginnings"] = [{"since": "1970-01-05", "weekday": weekday}]
        for each in found["commitments"]:
            each["laid_until"] = until.isoformat()
        begin_anew(house)
        in_(house, json.dumps(found).encode())
        house.go_on(house.now + timedelta(weeks=6), sends=False)
        for each in commitments_of(house.tx, ANNA, State.ACTIVE):
            assert each.laid_until > house.now.date()


@pytest.fixture
def house() -> Iterator[House]:
    with a_house() as house:
        house.begin(Schedule((6,), Part.AFTERNOON))
        yield house


def test_an_occasion_answered_since_keeps_its_answer(house: House):
    house.go_on(berlin("2026-03-21 15:00"))
    [occasion, *_] = house.rows()
    check_ins.did_it(house.tx, house.person, occasion.id, house.now)
    taken = out(house)
    [[check]] = [found["check_ins"] for found in json.loads(taken)["commitments"]]
    assert check["occasion"] == "2026-03-21"
    [kept] = check_ins.check_ins_in(house.tx, house.person, house.commitment, occasion.week)
    check_ins.remove(house.tx, house.person, kept.id, house.now)
    answers.not_this_time(house.tx, house.person, occasion.id, house.now)
    in_(house, taken)
    assert house.row("03-21").answer == "didnt"
    assert len(check_ins.check_ins_in(house.tx, house.person, house.commitment, occasion.week)) == 1


def test_an_occasion_left_open_is_answered_and_undone(house: House):
    house.go_on(berlin("2026-03-21 15:00"))
    [occasion, *_] = house.rows()
    check_ins.did_it(house.tx, house.person, occasion.id, house.now)
    taken = out(house)
    [kept] = check_ins.check_ins_in(house.tx, house.person, house.commitment, occasion.week)
    check_ins.remove(house.tx, house.person, kept.id, house.now)
    open_ = out(house)
    done = in_(house, taken)
    assert out(house) == taken
    taking_in.undo(house.tx, house.person, done.import_id, house.now)
    assert out(house) == open_


def test_a_file_of_before_does_not_bring_back_what_was_changed_since(house: House):
    taken = out(house)
    house.edit(title="Book", schedule=Schedule((7,), Part.EVENING))
    found = read(json.loads(taken))
    assert isinstance(found, Belongings)
    assert taking_in.offer(house.tx, house.person, found, house.now) == NothingNew()


def test_a_way_that_is_not_here_comes_retired(house: House):
    found = json.loads(out(house))
    found["commitments"][0]["ways"].append({"title": "A walk", "retired": False})
    found["commitments"][0]["check_ins"].append(check_in(date(2026, 3, 7), way=2))
    in_(house, json.dumps(found).encode())
    assert [way.title for way in house.commitment.open_ways] == ["A film", "A book"]
    assert "A walk" in {way.title for way in house.commitment.ways}


def test_only_one_file_waits_and_what_waits_is_forgotten_after_a_day(house: House):
    for title in ("Dinner", "Guitar"):
        found = read(as_read(commitment(title)))
        assert isinstance(found, Belongings)
        offered = taking_in.offer(house.tx, house.person, found, house.now)
        assert isinstance(offered, Offered)
    assert len(house.tx.execute(sa.select(imports)).all()) == 1
    taking_in.forget_old(house.tx, house.now + timedelta(hours=25))
    assert house.tx.execute(sa.select(imports)).all() == []


def test_nothing_is_half_taken_in(house: House, monkeypatch: pytest.MonkeyPatch):
    """What fails in the middle leaves nothing, since all of it is one transaction."""
    many = [commitment(f"Film {n}", made_at=f"2026-01-01T09:00:{n:02d}Z") for n in range(5)]
    found = read(as_read(*many))
    assert isinstance(found, Belongings)
    offered = taking_in.offer(house.tx, house.person, found, house.now)
    assert isinstance(offered, Offered)
    before = out(house)
    broken = sa.DDL(
        "CREATE TRIGGER full BEFORE INSERT ON commitments WHEN NEW.title = 'Film 3' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    house.tx.execute(broken)
    point = house.tx.begin_nested()
    with pytest.raises(sa.exc.IntegrityError):
        taking_in.take_in(house.tx, house.person, offered.import_id, house.now)
    point.rollback()
    assert out(house) == before
    house.tx.execute(sa.DDL("DROP TRIGGER full"))
    assert isinstance(
        taking_in.take_in(house.tx, house.person, offered.import_id, house.now), TakenIn
    )
    assert house.tx.scalar(sa.select(sa.func.count()).select_from(commitment_rows)) == 6


def test_another_programs_weeks_are_the_persons(house: House):
    people.set_first_weekday(house.tx, house.person, 7, house.now)
    house.now += timedelta(weeks=3)
    person = person_of(house.tx, ANNA)
    assert person is not None
    sunday = datetime(2026, 4, 5).date()
    found = read(as_read(commitment("Guitar", check_ins=[check_in(sunday)])) | {"settings": None})
    assert isinstance(found, Belongings)
    offered = taking_in.offer(house.tx, house.person, found, house.now)
    assert isinstance(offered, Offered)
    taking_in.take_in(house.tx, house.person, offered.import_id, house.now)
    [guitar] = [each for each in commitments_of(house.tx, ANNA) if each.title == "Guitar"]
    [kept] = check_ins.check_ins_in(house.tx, person, guitar, sunday)
    assert kept.week == sunday
    assert occasions.AHEAD
    assert edits.look(house.tx, house.person, guitar.id)
