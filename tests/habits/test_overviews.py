"""What lies ahead and what lies behind, on both databases, without the chat."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, commitments, corrections, overviews, people, retention
from habits.agenda import Agenda, agenda
from habits.check_ins import Recorded
from habits.commitments import Made
from habits.corrections import Cleared, Looked, Page
from habits.rules.commitment import Commitment
from habits.rules.person import Person, Quiet
from habits.rules.schedule import FRIDAY, SATURDAY, WEDNESDAY, Part, Schedule
from habits.rules.streak import Standing
from habits.storage.database import Database
from habits.storage.rows import BLOCKED, person_of
from habits.storage.tables import deliveries, holidays
from habits.storage.tables import people as people_rows

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
THIS_WEEK, LAST_WEEK = date(2026, 11, 23), date(2026, 11, 16)
ANNA = 1001


@dataclass
class Anna:
    """A person in a database of her own, and her clock."""

    database: Database
    person: Person
    now: datetime = MONDAY

    async def promises(self, title: str, schedule: Schedule) -> Commitment:
        made = await self.database.write(
            commitments.commit, self.person, title, [title], schedule, self.now
        )
        assert isinstance(made, Made)
        return made.commitment

    async def agenda(self) -> Agenda:
        return await self.database.read(agenda, self.person, self.now)

    async def rests_until(self, until: date) -> people.Away:
        away = await self.database.write(people.rest_until, self.person, until, self.now)
        self.person = away.person
        return away

    async def fills_in(self, commitment: Commitment, week: date, wanted: int = 1) -> object:
        return await self.database.write(
            corrections.fill_up_to, self.person, commitment.id, week, wanted, self.now
        )

    async def looks(self, commitment: Commitment, week: date) -> Looked:
        looked = await self.database.read(
            corrections.look, self.person, commitment.id, week, self.now
        )
        assert isinstance(looked, Looked)
        return looked


@pytest.fixture
async def anna(database: Database) -> Anna:
    met = await database.write(people.meet, ANNA, "Anna", "en", MONDAY)
    person = await database.write(people.set_zone, met.person, ZoneInfo("Europe/Berlin"), MONDAY)
    return Anna(database, person)


SATURDAYS = Schedule((SATURDAY,), time(20, 0))
TWICE = Schedule((WEDNESDAY, FRIDAY), time(19, 30), target=2)
EVERY_FOURTH = Schedule((SATURDAY,), time(10, 0), every=4)


async def test_each_week_waits_once_for_its_earliest_occasion(anna: Anna):
    guitar = await anna.promises("Guitar", TWICE)
    anna.now = MONDAY + timedelta(days=5)
    [waiting] = (await anna.agenda()).waiting
    assert (waiting.commitment.id, waiting.day, waiting.asked) == (
        guitar.id,
        date(2026, 11, 25),
        True,
    )


async def test_a_week_that_is_over_waits_until_it_is_settled(anna: Anna):
    await anna.promises("Film", SATURDAYS)
    anna.now = datetime(2026, 11, 30, 8, tzinfo=UTC)
    before = [each.week for each in (await anna.agenda()).waiting]
    anna.now = datetime(2026, 12, 2, 8, tzinfo=UTC)
    after = [each.week for each in (await anna.agenda()).waiting]
    assert THIS_WEEK in before
    assert THIS_WEEK not in after


async def test_what_is_coming_spans_a_holiday_of_months(anna: Anna):
    await anna.promises("Chess", EVERY_FOURTH)
    await anna.rests_until(date(2027, 6, 1))
    [coming] = (await anna.agenda()).coming
    assert coming.day >= date(2027, 6, 1)
    assert (coming.day - date(2026, 11, 28)).days % 28 == 0


async def test_a_holiday_is_one_row_however_often_it_is_chosen(anna: Anna):
    await anna.promises("Film", SATURDAYS)
    for _ in range(20):
        await anna.rests_until(date(2026, 12, 7))
    moved = await anna.rests_until(date(2026, 12, 14))
    assert moved.before == date(2026, 12, 7)
    rows = await anna.database.read(lambda tx: tx.execute(sa.select(holidays)).all())
    assert [(row.first, row.until) for row in rows] == [(THIS_WEEK, date(2026, 12, 14))]


async def test_days_rested_so_far_stay_rested_when_a_rest_ends_early(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    await anna.rests_until(date(2026, 12, 14))
    anna.now = MONDAY + timedelta(days=8)
    anna.person = await anna.database.write(people.end_rest, anna.person, anna.now)
    anna.now = MONDAY + timedelta(days=20)
    kept = await anna.database.read(overviews.kept_of, anna.person, film, anna.now)
    standings = [each.standing for each in kept.streak.weeks]
    assert standings[:2] == [Standing.REST, Standing.MISSED]


async def test_filling_in_takes_the_occasion_of_its_week(anna: Anna):
    guitar = await anna.promises("Guitar", TWICE)
    anna.now = MONDAY + timedelta(days=14)
    for wanted in (1, 1, 2, 2, 3):
        await anna.fills_in(guitar, THIS_WEEK, wanted)
    looked = await anna.looks(guitar, THIS_WEEK)
    assert [each.day.isoweekday() for each in looked.check_ins] == [WEDNESDAY, WEDNESDAY, FRIDAY]
    assert looked.past.standing is Standing.KEPT


async def test_a_week_before_the_first_one_can_be_kept_and_never_missed(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    assert isinstance(await anna.fills_in(film, date(2024, 1, 1)), Recorded)
    looked = await anna.looks(film, date(2024, 1, 1))
    assert looked.kept.streak.best == 1
    assert looked.check_ins[0].day == date(2024, 1, 6)
    await anna.database.write(corrections.clear, anna.person, film.id, date(2024, 1, 1), anna.now)
    weeks = (await anna.looks(film, date(2024, 1, 1))).kept.streak.weeks
    assert [each.standing for each in weeks] == [Standing.OPEN]


async def test_no_week_ahead_and_no_day_inside_a_week_can_be_filled_in(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    for day in (date(2026, 11, 30), date(2026, 11, 17), date(1900, 1, 1)):
        assert isinstance(await anna.fills_in(film, day), check_ins.NotThere)


async def test_pages_go_back_without_a_gap_or_a_repeat(anna: Anna):
    chess = await anna.promises("Chess", EVERY_FOURTH)
    before, seen = None, []
    for _ in range(5):
        page = await anna.database.read(
            corrections.page, anna.person, chess.id, anna.now, before=before, count=8
        )
        assert isinstance(page, Page)
        seen += [past.week.first for past in page.weeks]
        before = seen[-1]
    gaps = {(later - earlier).days for later, earlier in pairwise(seen)}
    assert len(seen) == 40
    assert gaps == {28}


async def test_clearing_takes_everything_and_restoring_brings_all_of_it_back(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    anna.now = MONDAY + timedelta(days=7)
    recorded = await anna.fills_in(film, THIS_WEEK)
    assert isinstance(recorded, Recorded)
    told = recorded.check_in.id
    await anna.database.write(check_ins.set_note, anna.person, told, note="Stalker, twice")
    await anna.database.write(check_ins.set_fulfilled, anna.person, told, fulfilled=True)
    await anna.database.write(answers.rest, anna.person, film.id, THIS_WEEK, anna.now)
    before = await anna.looks(film, THIS_WEEK)

    cleared = await anna.database.write(
        corrections.clear, anna.person, film.id, THIS_WEEK, anna.now
    )
    assert isinstance(cleared, Cleared)
    assert cleared.change_id is not None
    empty = await anna.looks(film, THIS_WEEK)
    assert (empty.check_ins, empty.past.rests) == ((), False)

    for _ in range(2):
        await anna.database.write(corrections.restore, anna.person, cleared.change_id, anna.now)
    after = await anna.looks(film, THIS_WEEK)
    assert (after.check_ins, after.past) == (before.check_ins, before.past)


async def test_clearing_what_is_empty_changes_nothing(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    cleared = await anna.database.write(
        corrections.clear, anna.person, film.id, LAST_WEEK, anna.now
    )
    assert cleared == Cleared(None)


async def test_nobody_changes_the_past_of_somebody_else(anna: Anna):
    film = await anna.promises("Film", SATURDAYS)
    met = await anna.database.write(people.meet, 1002, "Ben", "en", MONDAY)
    ben = await anna.database.write(people.set_zone, met.person, ZoneInfo("Europe/Berlin"), MONDAY)
    await anna.fills_in(film, LAST_WEEK)
    cleared = await anna.database.write(
        corrections.clear, anna.person, film.id, LAST_WEEK, anna.now
    )
    assert isinstance(cleared, Cleared)
    for attempt in (
        anna.database.write(corrections.fill_up_to, ben, film.id, LAST_WEEK, 1, anna.now),
        anna.database.write(corrections.clear, ben, film.id, LAST_WEEK, anna.now),
        anna.database.write(corrections.restore, ben, cleared.change_id or 0, anna.now),
        anna.database.read(corrections.look, ben, film.id, LAST_WEEK, anna.now),
    ):
        assert isinstance(await attempt, check_ins.NotThere)


async def due(anna: Anna, kind: str) -> list[tuple[str, datetime]]:
    rows = await anna.database.read(
        lambda tx: tx.execute(
            sa.select(deliveries.c.state, deliveries.c.due_at)
            .where(deliveries.c.kind == kind)
            .order_by(deliveries.c.due_at)
        ).all()
    )
    return [(row.state, row.due_at) for row in rows]


async def test_plans_come_and_go_with_the_wish_and_keep_to_quiet_hours(anna: Anna):
    await anna.promises("Film", Schedule((SATURDAY,), Part.EVENING))
    assert await due(anna, "plan") == []
    for wanted in (True, False, True):
        anna.person = await anna.database.write(
            people.set_touches, anna.person, anna.now, plan=wanted
        )
        states = {state for state, _ in await due(anna, "plan")}
        assert states == {"pending" if wanted else "cancelled"}
    quiet = Quiet(time(18, 0), time(8, 0))
    anna.person = await anna.database.write(people.set_quiet, anna.person, quiet, anna.now)
    state, at = (await due(anna, "plan"))[0]
    assert (state, at) == ("pending", datetime(2026, 11, 27, 7, tzinfo=UTC))


async def test_a_year_out_of_reach_is_counted_from_the_block(anna: Anna):
    blocked_at = MONDAY + timedelta(days=800)
    await anna.database.write(people.out_of_reach, ANNA, BLOCKED, blocked_at)
    await anna.database.write(retention.forget_old, blocked_at + timedelta(days=360))
    await anna.database.write(people.out_of_reach, ANNA, BLOCKED, blocked_at + timedelta(days=361))
    assert await anna.database.read(person_of, ANNA)
    await anna.database.write(retention.forget_old, blocked_at + timedelta(days=366))
    left = await anna.database.read(lambda tx: tx.execute(sa.select(people_rows)).all())
    assert left == []
