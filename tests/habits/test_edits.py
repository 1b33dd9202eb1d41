"""Edits, pauses, moves between zones: what stands, what is laid out afresh, what never changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from habits import check_ins, commitments, edits, notices, occasions, people
from habits.edits import Changed, Elsewhere
from habits.reminders import next_go, owed
from habits.rules.commitment import MOST_COMMITMENTS, Commitment, State
from habits.rules.person import Person
from habits.rules.schedule import Part, Schedule
from habits.storage.database import Tx, sqlite_engine
from habits.storage.rows import commitment_of, person_of
from habits.storage.tables import check_ins as check_in_rows
from habits.storage.tables import deliveries, metadata
from habits.storage.tables import occasions as occasion_rows

BERLIN = ZoneInfo("Europe/Berlin")
ANNA = 1001
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    engine = sqlite_engine(sa.URL.create("sqlite"), "BEGIN")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def tx(engine: sa.Engine) -> Iterator[Tx]:
    with engine.connect() as tx:
        yield tx


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@dataclass
class House:
    """One person with one commitment, and a clock that the test moves."""

    tx: Tx
    now: datetime
    id: int = 0

    @property
    def person(self) -> Person:
        found = person_of(self.tx, ANNA)
        assert found is not None
        return found

    @property
    def commitment(self) -> Commitment:
        found = commitment_of(self.tx, ANNA, self.id)
        assert found is not None
        return found

    def begin(self, schedule: Schedule, zone: ZoneInfo = BERLIN) -> None:
        people.meet(self.tx, ANNA, "Anna", "en", self.now)
        people.set_zone(self.tx, self.person, zone, self.now)
        made = commitments.commit(
            self.tx, self.person, "Film", ["A film", "A book"], schedule, self.now
        )
        assert isinstance(made, commitments.Made)
        self.id = made.commitment.id

    def edit(self, **wish: Any) -> Changed:
        changed = edits.edit(self.tx, self.person, self.id, self.now, **wish)
        assert isinstance(changed, Changed), changed
        return changed

    def go_on(self, until: datetime, *, sends: bool = True) -> None:
        """Let the time pass: reminders leave, weeks are laid out."""
        while self.now < until:
            self.now = min(until, self.now + timedelta(hours=6))
            while occasions.lay_out_due(self.tx, self.now, 500) == 500:
                pass
            if sends:
                self.send()

    def send(self) -> None:
        due = sa.and_(deliveries.c.state == "pending", deliveries.c.due_at <= self.now)
        self.tx.execute(
            sa.update(deliveries).where(due).values(state="sent", sent_at=deliveries.c.due_at)
        )

    def rows(self) -> list[Any]:
        mine = occasion_rows.c.commitment_id == self.id
        query = sa.select(occasion_rows).where(mine).order_by(occasion_rows.c.day)
        return list(self.tx.execute(query).all())

    def days(self) -> list[str]:
        """The days laid out, as 11-28."""
        return [f"{row.day:%m-%d}" for row in self.rows()]

    def row(self, day: str) -> Any:
        return next(row for row in self.rows() if f"{row.day:%m-%d}" == day)

    def touches(self, kind: str = "go") -> list[Any]:
        query = (
            sa.select(deliveries, occasion_rows.c.day, occasion_rows.c.commitment_id)
            .join(occasion_rows, occasion_rows.c.id == deliveries.c.occasion_id)
            .where(occasion_rows.c.commitment_id == self.id, deliveries.c.kind == kind)
        )
        return list(self.tx.execute(query.order_by(occasion_rows.c.day)).all())

    def done(self) -> int:
        week = self.person.week_of(self.now.astimezone(self.person.zone).date()).first
        counted = sa.select(sa.func.count()).where(
            check_in_rows.c.commitment_id == self.id, check_in_rows.c.week == week
        )
        return self.tx.scalar(counted) or 0


@pytest.fixture
def house(tx: Tx) -> House:
    """It is Wednesday 25 November 2026, noon in Berlin."""
    return House(tx, berlin("2026-11-25 12:00"))


SATURDAY = Schedule((6,), Part.AFTERNOON)


def test_a_new_day_of_this_week_takes_the_old_ones_place(house: House):
    house.begin(SATURDAY)
    changed = house.edit(schedule=Schedule((7,), Part.EVENING))
    assert house.days() == ["11-29", "12-06"]
    assert changed.next_go == berlin("2026-11-29 18:30")


def test_where_the_new_schedule_has_no_day_left_this_week_the_old_one_stands(house: House):
    house.begin(SATURDAY)
    changed = house.edit(schedule=Schedule((1,), time(19, 0)))
    assert house.days() == ["11-28", "11-30"]
    assert changed.next_go == berlin("2026-11-28 14:00")
    assert house.row("11-30").go_at == berlin("2026-11-30 19:00")
    house.edit(schedule=Schedule((2,), time(19, 0)))  # and it goes on standing
    assert house.days() == ["11-28", "12-01"]


def test_an_occasion_that_stays_keeps_its_id_so_that_its_buttons_work(house: House):
    house.begin(SATURDAY)
    before = house.row("11-28").id
    house.edit(schedule=Schedule((6,), time(20, 15)))
    after = house.row("11-28")
    assert (after.id, after.go_at) == (before, berlin("2026-11-28 20:15"))
    assert house.touches()[0].due_at == berlin("2026-11-28 20:15")


def test_a_reminder_that_has_left_is_not_asked_again_for_its_day(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 15:00"))
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert [(str(t.day), t.state) for t in house.touches()][:1] == [("2026-11-28", "sent")]
    assert house.row("11-28").go_at == berlin("2026-11-28 14:00")
    assert house.row("12-05").go_at == berlin("2026-12-05 18:30")


def test_a_kept_week_stays_kept_when_more_is_asked_for(house: House):
    house.begin(Schedule((3,), time(13, 0)))
    house.go_on(berlin("2026-11-25 14:00"))
    check_ins.did_it(house.tx, house.person, house.row("11-25").id, house.now)
    changed = house.edit(schedule=Schedule((3, 5, 6), time(13, 0), target=3))
    assert {row.target for row in house.rows() if row.week == date(2026, 11, 23)} == {1}
    assert changed.next_go == berlin("2026-12-02 13:00")


def test_a_past_week_is_never_rewritten(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-12-10 12:00"))
    past = [row for row in house.rows() if row.week < date(2026, 12, 7)]
    house.edit(schedule=Schedule((1, 4), time(7, 0), target=2))
    house.edit(state=State.PAUSED)
    house.edit(state=State.ACTIVE)
    assert [row for row in house.rows() if row.week < date(2026, 12, 7)] == past
    assert len(past) == 2


def test_every_second_week_begins_with_the_first_occasions_week(house: House):
    house.begin(Schedule((1,), time(19, 0), every=2))  # this Monday has passed
    house.go_on(berlin("2026-12-31 12:00"))
    assert house.days() == ["11-30", "12-14", "12-28"]


def test_another_number_of_weeks_restarts_from_the_current_one(house: House):
    house.begin(SATURDAY)
    house.edit(schedule=Schedule((6,), Part.AFTERNOON, every=3))
    house.go_on(berlin("2027-01-10 12:00"))
    assert house.days() == ["11-28", "12-19", "01-09"]


def test_the_next_reminder_is_told_weeks_before_it_is_laid_out(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=4))
    assert house.days() == ["11-28"]
    house.go_on(berlin("2026-11-29 12:00"))
    assert next_go(house.tx, house.person, house.commitment) == berlin("2026-12-26 14:00")
    people.rest_until(house.tx, house.person, date(2026, 12, 27), house.now)
    assert next_go(house.tx, house.person, house.commitment) == berlin("2027-01-23 14:00")
    house.edit(state=State.PAUSED)
    assert next_go(house.tx, house.person, house.commitment) is None


def test_undo_brings_back_the_rhythm_with_its_weeks(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=2))
    house.go_on(berlin("2026-12-02 12:00"))  # a week off
    changed = house.edit(schedule=Schedule((6,), Part.AFTERNOON, every=3))
    assert changed.next_go == berlin("2026-12-05 14:00")
    undone = edits.undo(house.tx, house.person, changed.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-12-12 14:00")
    assert house.days() == ["11-28", "12-12"]


def test_undo_takes_back_one_change_and_leaves_the_later_ones(house: House):
    house.begin(SATURDAY)
    named = house.edit(title="Cinema")
    house.edit(schedule=Schedule((7,), Part.AFTERNOON))
    edits.undo(house.tx, house.person, named.change_id or 0, house.now)
    assert house.commitment.title == "Film"
    assert house.commitment.schedule.days == (7,)


def test_undo_twice_is_undo_once_and_undo_can_be_undone(house: House):
    house.begin(SATURDAY)
    named = house.edit(title="Cinema")
    for _ in range(2):
        house.now += timedelta(seconds=1)
        undone = edits.undo(house.tx, house.person, named.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert house.commitment.title == "Film"
    edits.undo(house.tx, house.person, undone.change_id or 0, house.now)
    assert house.commitment.title == "Cinema"


def test_a_pause_rests_the_open_week_and_its_undo_takes_the_rest_back(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    paused = house.edit(state=State.PAUSED)
    assert house.days() == ["11-27"]
    assert paused.next_go is None
    undone = edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-11-29 13:00")
    assert {row.due for row in house.rows()} == {True}


def test_resuming_in_the_same_week_asks_again_and_the_week_cannot_be_missed(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    house.edit(state=State.PAUSED)
    resumed = house.edit(state=State.ACTIVE)
    assert resumed.next_go == berlin("2026-11-29 13:00")
    assert {row.due for row in house.rows() if row.week == date(2026, 11, 23)} == {False}


def test_a_rest_that_was_asked_for_outlasts_a_pause(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    check_ins.rest_week(house.tx, house.person, house.row("11-27").id, house.now)
    paused = house.edit(state=State.PAUSED)
    undone = edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-12-04 13:00")


def test_undoing_an_old_pause_leaves_the_week_it_rested_alone(house: House):
    house.begin(Schedule((3,), time(13, 0)))
    house.go_on(berlin("2026-11-25 15:00"))
    paused = house.edit(state=State.PAUSED)
    house.go_on(berlin("2026-12-24 15:00"))
    edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert check_ins.anything_in(house.tx, house.person, house.commitment, date(2026, 11, 23))
    assert house.days() == ["11-25", "12-30"]


def test_resuming_begins_anew_with_the_next_occasion(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=4))
    house.edit(state=State.PAUSED)
    house.go_on(berlin("2026-12-02 12:00"))
    assert house.edit(state=State.ACTIVE).next_go == berlin("2026-12-05 14:00")


def test_a_week_begun_half_over_is_not_due(house: House):
    house.begin(Schedule((1, 6), time(13, 0), target=2))
    assert [(row.due, row.target) for row in house.rows()][:2] == [(False, 1), (True, 2)]
    house.edit(schedule=Schedule((1, 6), time(19, 0), target=2))
    assert [(row.due, row.target) for row in house.rows()][:2] == [(False, 1), (True, 2)]


def test_two_devices_do_not_overwrite_each_other(house: House):
    house.begin(SATURDAY)
    house.edit(version=1, title="Cinema")
    found = edits.edit(
        house.tx, house.person, house.id, house.now, version=1, schedule=Schedule((7,))
    )
    assert isinstance(found, Elsewhere)
    assert found.commitment.title == "Cinema"
    assert found.commitment.schedule.days == (6,)


def test_twenty_taps_on_one_button_are_one_change(house: House):
    house.begin(SATURDAY)
    first = house.edit(version=1, schedule=Schedule((7,)))
    for _ in range(19):
        again = house.edit(version=1, schedule=Schedule((7,)))
    assert again.change_id == first.change_id
    assert house.commitment.version == 2


def test_nobody_edits_what_is_not_theirs(house: House):
    house.begin(SATURDAY)
    mine = house.edit(title="Cinema")
    people.meet(house.tx, 1002, "Ben", "en", house.now)
    ben = person_of(house.tx, 1002)
    assert ben is not None
    theirs = edits.edit(house.tx, ben, house.id, house.now, title="Mine")
    assert isinstance(theirs, commitments.NotThere)
    undone = edits.undo(house.tx, ben, mine.change_id or 0, house.now)
    assert isinstance(undone, commitments.NotThere)
    assert house.commitment.title == "Cinema"


def test_an_archived_one_does_not_come_back_as_the_fifty_first(house: House):
    house.begin(SATURDAY)
    archived = house.edit(state=State.ARCHIVED)
    for _ in range(MOST_COMMITMENTS):
        commitments.commit(house.tx, house.person, "Walk", ["A walk"], SATURDAY, house.now)
    full = commitments.TooMany(MOST_COMMITMENTS)
    assert edits.edit(house.tx, house.person, house.id, house.now, state=State.ACTIVE) == full
    assert edits.undo(house.tx, house.person, archived.change_id or 0, house.now) == full


def test_a_plan_is_asked_once_a_week_whatever_is_edited(house: House):
    house.begin(SATURDAY)
    people.set_touches(house.tx, house.person, house.now, plan=True)
    house.go_on(berlin("2026-11-26 20:00"))  # Thursday, 18:30 has passed
    house.edit(schedule=Schedule((7,), Part.EVENING))
    asked = [str(touch.day) for touch in house.touches("plan")]
    assert asked == ["2026-12-06"]


def test_laying_out_ends_with_many_who_have_no_zone(house: House):
    people.meet(house.tx, ANNA, "Anna", "en", house.now)
    commitments.commit(house.tx, house.person, "Film", ["A film"], SATURDAY, house.now)
    assert occasions.lay_out_due(house.tx, house.now, 1) == 0


def test_laying_out_leaves_nobody_short_on_any_weekday(house: House):
    house.begin(SATURDAY)
    for hours in range(24 * 15):
        now = house.now + timedelta(hours=hours)
        occasions.lay_out_due(house.tx, now, 1)
        assert occasions.lay_out_due(house.tx, now, 1) == 0


# Any order of edits: a model that knows the rules and none of the code.

schedules = st.builds(
    lambda days, at, every, once, target: Schedule(
        tuple(sorted(days)),
        at,
        every,
        1 if once else min(target, len(days)),
        once and len(days) > 1,
    ),
    st.sets(st.integers(1, 7), min_size=1, max_size=4),
    st.sampled_from([Part.MORNING, Part.AFTERNOON, Part.EVENING, time(0, 15), time(23, 45)]),
    st.integers(1, 4),
    st.booleans(),
    st.integers(1, 4),
)


def monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def asked_days(schedule: Schedule, monday: date, phase: date) -> list[date]:
    """The days of a week that a schedule asks for, counted on the fingers."""
    if (monday - phase).days // 7 % schedule.every:
        return []
    days = [monday + n * DAY for n in range(7) if n + 1 in schedule.days]
    return days[:1] if schedule.once else days


def moment(schedule: Schedule, day: date) -> datetime:
    parts = {"morning": time(9), "afternoon": time(14), "evening": time(18, 30)}
    at = parts[schedule.at.value] if isinstance(schedule.at, Part) else schedule.at
    return datetime.combine(day, at, BERLIN).astimezone(UTC)


class AnyOrderOfEdits(RuleBasedStateMachine):
    """What the bot has laid out, beside what a reader of the rules would expect."""

    @initialize(schedule=schedules, hours=st.integers(0, 167))
    def make(self, schedule: Schedule, hours: int) -> None:
        self.engine = sqlite_engine(sa.URL.create("sqlite"), "BEGIN")
        metadata.create_all(self.engine)
        self.tx = self.engine.connect()
        self.house = House(self.tx, berlin("2026-03-16 00:30") + timedelta(hours=hours))
        self.house.begin(schedule)
        self.schedule, self.active = schedule, True
        self.phase = self.first_phase()
        self.begins_at = self.house.now
        self.laid_to = self.monday()
        self.expected: dict[date, datetime] = {}
        self.fixed: set[date] = set()
        self.change_ids: list[int] = []
        self.lay_out()

    def teardown(self) -> None:
        if hasattr(self, "tx"):
            self.tx.close()
            self.engine.dispose()

    def monday(self) -> date:
        return monday_of(self.house.now.astimezone(BERLIN).date())

    def first_phase(self) -> date:
        here = self.monday()
        ahead = [
            day
            for day in asked_days(self.schedule, here, here)
            if moment(self.schedule, day) > self.house.now
        ]
        return here if ahead or self.schedule.every == 1 else here + 7 * DAY

    def lay_out(self) -> None:
        """Everything up to 9 days ahead, by whole weeks."""
        while self.active and self.laid_to <= (self.house.now + 9 * DAY).date():
            for day in asked_days(self.schedule, self.laid_to, self.phase):
                if moment(self.schedule, day) > self.begins_at:
                    self.expected[day] = moment(self.schedule, day)
            self.laid_to += 7 * DAY

    def lay_out_again(self, *, undoing: bool = False) -> None:
        """What an edit changes: the unanswered and ahead, unless no day is left this week."""
        now, here = self.house.now, self.monday()
        open_ones = {d for d, at in self.expected.items() if at > now and d not in self.fixed}
        stuck = set(self.expected) - open_ones
        this_week = [
            day
            for day in asked_days(self.schedule, here, self.phase)
            if moment(self.schedule, day) > now and day not in stuck
        ]
        asked = asked_days(self.schedule, here, self.phase)
        had_its_turn = not asked or any(monday_of(day) == here for day in stuck)
        stands = self.active and not this_week and not (undoing and had_its_turn)
        for day in open_ones:
            if not (stands and monday_of(day) == here):
                del self.expected[day]
        if self.active:
            self.expected |= {day: moment(self.schedule, day) for day in this_week}
        self.laid_to = here + 7 * DAY
        self.lay_out()

    @rule(schedule=schedules)
    def reschedule(self, schedule: Schedule) -> None:
        past, kept = self.past(), self.kept()
        self.note(self.house.edit(schedule=schedule))
        if schedule != self.schedule:
            if schedule.every != self.schedule.every:
                self.phase = self.monday()
            self.schedule, self.begins_at = schedule, self.house.now
            self.lay_out_again()
        assert self.past() == past
        assert self.kept() or not kept

    @rule()
    def pause(self) -> None:
        past, kept = self.past(), self.kept()
        self.note(self.house.edit(state=State.PAUSED))
        if self.active:
            self.active = False
            self.lay_out_again()
        assert self.past() == past
        assert self.kept() or not kept

    @rule()
    def resume(self) -> None:
        past, kept = self.past(), self.kept()
        self.note(self.house.edit(state=State.ACTIVE))
        if not self.active:
            self.active, self.begins_at = True, self.house.now
            self.phase = self.first_phase()
            self.lay_out_again()
        assert self.past() == past
        assert self.kept() or not kept

    @rule(title=st.sampled_from(["Film", "Cinema"]), cue=st.sampled_from(["", "After tea"]))
    def rename(self, title: str, cue: str) -> None:
        before = self.house.rows()
        self.note(self.house.edit(title=title, cue=cue))
        assert self.house.rows() == before

    @rule(plan=st.booleans(), follow_up=st.booleans())
    def touches(self, plan: bool, follow_up: bool) -> None:
        past = self.past()
        people.set_touches(
            self.tx, self.house.person, self.house.now, plan=plan, follow_up=follow_up
        )
        assert self.past() == past

    @precondition(lambda self: self.change_ids)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        past = self.past()
        change_id = data.draw(st.sampled_from(self.change_ids[-4:]))
        self.note(edits.undo(self.tx, self.house.person, change_id, self.house.now))
        stands = self.house.commitment
        unlike = stands.schedule != self.schedule or (stands.state is State.ACTIVE) != self.active
        self.schedule, self.phase = stands.schedule, stands.phase
        self.active = stands.state is State.ACTIVE
        if unlike:
            self.begins_at = self.house.now
            self.lay_out_again(undoing=True)
        assert self.past() == past

    @rule(hours=st.integers(1, 24 * 12), sends=st.booleans())
    def time_passes(self, hours: int, sends: bool) -> None:
        self.house.go_on(self.house.now + timedelta(hours=hours), sends=sends)
        self.lay_out()
        now = self.house.now
        self.fixed |= {day for day, at in self.expected.items() if at <= now}

    @rule(data=st.data(), answer=st.sampled_from(["did", "didnt", "rest", "take back"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        rows = self.house.rows()
        if not rows:
            return
        row = data.draw(st.sampled_from(rows[-6:]))
        verb = {
            "did": check_ins.did_it,
            "didnt": check_ins.not_this_time,
            "rest": check_ins.rest_week,
            "take back": check_ins.unanswer,
        }[answer]
        verb(self.tx, self.house.person, row.id, self.house.now)
        if answer in ("did", "didnt"):
            self.fixed.add(row.day)
        elif answer == "take back" and row.go_at > self.house.now:
            self.fixed.discard(row.day)

    def note(self, changed: Any) -> None:
        assert isinstance(changed, Changed), changed
        if changed.change_id is not None and changed.change_id not in self.change_ids:
            self.change_ids.append(changed.change_id)

    def past(self) -> list[Any]:
        return [row for row in self.house.rows() if row.week < self.monday()]

    def kept(self) -> bool:
        targets = [row.target for row in self.house.rows() if row.week == self.monday()]
        return bool(targets) and self.house.done() >= max(targets)

    @invariant()
    def what_is_laid_out_is_what_the_rules_ask_for(self) -> None:
        if hasattr(self, "expected"):
            assert {row.day: row.go_at for row in self.house.rows()} == self.expected

    @invariant()
    def each_occasion_has_one_reminder_at_its_time(self) -> None:
        if hasattr(self, "expected"):
            goes = [touch for touch in self.house.touches() if touch.round == 0]
            assert {touch.day: touch.due_at for touch in goes} == self.expected
            assert len(goes) == len(self.expected)

    @invariant()
    def what_lies_ahead_is_pending_unless_there_is_a_reason(self) -> None:
        if hasattr(self, "expected"):
            for touch in self.house.touches():
                if touch.due_at > self.house.now:
                    row = next(row for row in self.house.rows() if row.id == touch.occasion_id)
                    assert (touch.state == "pending") is not self.reason(row), touch

    def reason(self, row: Any) -> bool:
        done = self.tx.scalar(
            sa.select(sa.func.count()).where(
                check_in_rows.c.week == row.week, check_in_rows.c.counts
            )
        )
        rests = check_ins.anything_in(self.tx, self.house.person, self.house.commitment, row.week)
        is_kept = (done or 0) >= row.target
        return (
            row.answer is not None
            or is_kept
            or (rests and not done)
            or not self.active
            or self.rests_chosen(row.week)
        )

    def rests_chosen(self, week: date) -> bool:
        found = sa.text("SELECT count(*) FROM rests WHERE week = :week")
        return bool(self.tx.scalar(found, {"week": week.isoformat()}))

    @invariant()
    def it_is_laid_out_at_least_eight_days_ahead(self) -> None:
        if hasattr(self, "expected") and self.active:
            assert self.house.commitment.laid_until > (self.house.now + 8 * DAY).date()

    @invariant()
    def a_week_has_one_target_and_one_plan_at_most(self) -> None:
        if hasattr(self, "expected"):
            weeks: dict[date, set[int]] = {}
            for row in self.house.rows():
                weeks.setdefault(row.week, set()).add(row.target)
            assert all(len(targets) == 1 for targets in weeks.values())
            planned = [monday_of(touch.day) for touch in self.house.touches("plan")]
            assert len(planned) == len(set(planned))


AnyOrderOfEdits.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_any_order_of_edits = AnyOrderOfEdits.TestCase


# Travel.

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
    _pass(house, 24)
    return moved


def _pass(house: House, hours: int) -> None:
    until = house.now + timedelta(hours=hours)
    while house.now < until:
        house.now += timedelta(hours=1)
        occasions.lay_out_due(house.tx, house.now, 500)
        expired = notices.expire(house.tx, house.now - timedelta(hours=1), "x", None, 500)
        assert not expired
        house.send()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    journey=journeys,
    days=st.sets(st.integers(1, 7), min_size=1, max_size=3),
    hour=st.integers(0, 23),
)
def test_travel_skips_no_turn_and_doubles_none(
    engine: sa.Engine, journey: list[tuple[int, str]], days: set[int], hour: int
):
    with engine.connect() as tx:
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
