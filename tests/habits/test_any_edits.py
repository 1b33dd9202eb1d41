"""Any order of edits, answers and time, beside a model that knows the rules and not the code."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from habits import answers, check_ins, edits, people, plans
from habits.edits import Changed
from habits.rules.commitment import State
from habits.rules.schedule import Part, Schedule
from habits.storage.tables import check_ins as check_in_rows
from tests.habits.one_commitment import BERLIN, DAY, House, berlin, empty_database

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
        self.engine = empty_database()
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
                    self.expected.setdefault(day, moment(self.schedule, day))
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
            "didnt": answers.not_this_time,
            "rest": answers.rest_week,
            "take back": answers.unanswer,
        }[answer]
        verb(self.tx, self.house.person, row.id, self.house.now)
        if answer in ("did", "didnt"):
            self.fixed.add(row.moved_from or row.day)
        elif answer == "take back" and row.go_at > self.house.now:
            self.fixed.discard(row.moved_from or row.day)

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


class AndPlans(AnyOrderOfEdits):
    """The same with turns moved within their weeks: nothing doubled, nothing dropped."""

    @rule(data=st.data())
    def put_on_another_day(self, data: st.DataObject) -> None:
        rows = self.house.rows()
        if not rows:
            return
        turn = data.draw(st.sampled_from(rows[-5:]))
        past = self.past()
        found = plans.look_with_days(self.tx, self.house.person, turn.id, self.house.now)
        if isinstance(found, tuple) and found[1]:
            day = data.draw(st.sampled_from(found[1]))
            put = plans.put_on(self.tx, self.house.person, turn.id, day, self.house.now)
            assert isinstance(put, plans.Planned)
        assert self.past() == past

    @invariant()
    def what_is_laid_out_is_what_the_rules_ask_for(self) -> None:
        """By the schedule's own days, beyond this week."""
        if hasattr(self, "expected"):
            slots = [row.moved_from or row.day for row in self.house.rows()]
            assert len(slots) == len(set(slots))
            beyond = {slot for slot in slots if monday_of(slot) > self.monday()}
            asked = {day for day in self.expected if monday_of(day) > self.monday()}
            moved = {row.day for row in self.house.rows() if row.moved_from in self.fixed}
            assert beyond - self.fixed == asked - self.fixed - moved

    @invariant()
    def each_occasion_has_one_reminder_at_its_time(self) -> None:
        if hasattr(self, "expected"):
            goes = [touch for touch in self.house.touches() if touch.round == 0]
            rows = self.house.rows()
            assert {touch.day: touch.due_at for touch in goes} == {r.day: r.go_at for r in rows}
            assert len(goes) == len(rows)


ENOUGH = settings(
    max_examples=50,
    stateful_step_count=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes longer than reading
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
AnyOrderOfEdits.TestCase.settings = ENOUGH
AndPlans.TestCase.settings = ENOUGH
test_any_order_of_edits = AnyOrderOfEdits.TestCase
test_any_order_of_edits_and_plans = AndPlans.TestCase
