"""What happens by the calendar: at the start, by the hour, and after a jump of the clock."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from app import backing_up
from app.settings import Settings
from habits import inbox, notices
from habits.clock import Clock
from habits.erasures import Erasures
from habits.reminders import SENT
from habits.storage.database import Busy, Database
from habits.storage.tables import changes, commitments, deliveries, people
from habits.storage.tables import inbox as inbox_rows
from scheduler.timetable import AGAIN_IN, LATER, LATER_BY, Timetable
from tests.conftest import on_sqlite
from tests.house import ANNA, MONDAY, House

A_SECOND = timedelta(seconds=1)
NAMES = {"lay out", "settle weeks", "old updates", *LATER}


def clock_at(moment: datetime) -> Clock:
    clock = Clock()
    clock.offset = moment - clock.now()
    return clock


@pytest.fixture
async def timetable(house: House) -> AsyncIterator[Timetable]:
    timetable = Timetable(house.database, clock_at(MONDAY))
    yield timetable
    timetable.stop()


async def test_what_people_wait_for_is_done_once_at_the_start_and_the_rest_soon_after(
    house: House, timetable: Timetable
):
    person = await house.person()
    commitment = await house.commitment(person)
    house.now = timetable._clock.now() - timedelta(weeks=4)
    before = len(await house.occasions(commitment))
    timetable._clock.offset += timedelta(weeks=2)
    assert not timetable.running
    await timetable.start()
    assert timetable.running
    assert set(timetable.done_at) == NAMES - set(LATER)
    await timetable.catch_up()
    assert set(timetable.done_at) == NAMES
    assert len(await house.occasions(commitment)) >= before + 2


@on_sqlite
async def test_what_failed_comes_again_soon_and_then_less_and_less_often(
    timetable: Timetable,
):
    async def fails() -> None:
        raise Busy("the database is away")

    async def succeeds() -> None:
        pass

    hour = timetable.jobs["lay out"][0]
    timetable.jobs = {**timetable.jobs, "lay out": (hour, fails)}
    await timetable.start()
    assert "lay out" not in timetable.done_at

    def waits(name: str) -> timedelta:
        return timetable._calendar.get_job(name).next_run_time - datetime.now(UTC)

    assert timedelta() < waits("lay out") <= AGAIN_IN
    assert waits("settle weeks") > AGAIN_IN
    await timetable.catch_up()
    assert AGAIN_IN < waits("lay out") <= 2 * AGAIN_IN
    for _ in range(20):
        timetable._calendar.modify_job("lay out", next_run_time=datetime.now(UTC) + hour)
        await timetable._run("lay out", fails)
    assert waits("lay out") > hour - A_SECOND
    await timetable._run("lay out", succeeds)
    await timetable._run("lay out", fails)
    assert timedelta() < waits("lay out") <= AGAIN_IN


@on_sqlite
async def test_each_job_keeps_to_its_hours(timetable: Timetable):
    hours = {name: every for name, (every, _) in timetable.jobs.items()}
    assert hours == {
        "new zones": timedelta(days=1),
        "lay out": timedelta(hours=1),
        "settle weeks": timedelta(minutes=15),
        "old updates": timedelta(days=1),
        "retention": timedelta(days=1),
        "monthly exports": timedelta(hours=1),
        "monthly cards": timedelta(minutes=2),
    }
    await timetable.start()
    began = datetime.now(UTC)
    due = {job.id: job.next_run_time - began for job in timetable._calendar.get_jobs()}
    assert due.keys() == hours.keys()
    for name, waits in due.items():
        first_in = LATER_BY if name in LATER else hours[name]
        assert abs(waits - first_in) < timedelta(seconds=5)


class Counter:
    """A job that counts how often it has been done."""

    def __init__(self, *, fails: bool = False) -> None:
        self.done = 0
        self.fails = fails

    async def __call__(self) -> None:
        self.done += 1
        if self.fails:
            raise RuntimeError("the database is away")


@on_sqlite
async def test_a_job_that_raises_comes_round_again_and_keeps_no_other(
    timetable: Timetable, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("CRITICAL")
    good, bad = Counter(), Counter(fails=True)
    timetable.jobs = {"bad": (A_SECOND, bad), "good": (A_SECOND, good)}
    await timetable.start()
    assert (good.done, bad.done) == (1, 1)
    await asyncio.sleep(2.5)
    assert good.done >= 3
    assert bad.done >= 3
    assert "bad" not in timetable.done_at
    assert "good" in timetable.done_at


async def test_rows_that_cannot_be_read_keep_nobody_elses_weeks_from_being_laid_out_and_settled(
    house: House, timetable: Timetable, caplog: pytest.LogCaptureFixture
):
    hers = await house.commitment(await house.person(2001))
    his = await house.commitment(await house.person(2002))
    before = len(await house.occasions(his))
    (_, lay_out), (_, settle_weeks) = (timetable.jobs[each] for each in ("lay out", "settle weeks"))

    def asks_at(time: str) -> sa.Update:
        return sa.update(commitments).where(commitments.c.id == hers.id).values(at=time)

    await house.change(asks_at("half past never"))
    timetable._clock.offset += timedelta(weeks=2)
    await lay_out()
    assert len(await house.occasions(his)) > before
    assert len(await house.occasions(hers)) == before
    assert f"commitment {hers.id} is not laid out" in caplog.text
    assert f"commitment {his.id} is not laid out" not in caplog.text
    await lay_out()
    told = await house.rows(sa.select(deliveries).where(deliveries.c.kind == notices.STUCK))
    assert [row.person_id for row in told] == [hers.person_id]  # once, and nobody else

    timetable._clock.offset += timedelta(weeks=3)
    await settle_weeks()
    assert all(occasion.settled for occasion in await house.occasions(his))
    assert not any(occasion.settled for occasion in await house.occasions(hers))
    assert f"commitment {hers.id} is not settled" in caplog.text

    await house.change(asks_at("18:15"))
    await settle_weeks()
    assert all(occasion.settled for occasion in await house.occasions(hers))
    await lay_out()
    assert len(await house.occasions(hers)) > before


async def test_a_row_that_cannot_be_read_keeps_nobody_elses_month_from_being_looked_through(
    house: House, timetable: Timetable
):
    hers = await house.commitment(await house.person(2001))
    await house.commitment(await house.person(2002))
    damaged = sa.update(commitments).where(commitments.c.id == hers.id).values(at="half past never")
    await house.change(damaged)
    timetable._clock.offset += timedelta(weeks=5)
    _, owe_cards = timetable.jobs["monthly cards"]
    await owe_cards()
    looked_through = sa.select(people.c.id).where(people.c.card_month >= "2026-11")
    assert [row.id for row in await house.rows(looked_through)] == [2002]


@on_sqlite
@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(weeks=-1)])
async def test_a_step_back_of_the_wall_clock_stops_the_hours_only_until_it_is_followed(
    timetable: Timetable, step: timedelta
):
    job = Counter()
    timetable.jobs = {"job": (A_SECOND, job)}
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        await timetable.start()
        await asyncio.sleep(1.3)
        assert job.done == 2
        traveller.shift(step)
        await asyncio.sleep(1.5)
        stood_still_at = job.done
        await asyncio.sleep(1.5)
        assert job.done == stood_still_at  # APScheduler waits for the wall clock to come round
        await timetable.catch_up()
        assert job.done == stood_still_at + 1
        await asyncio.sleep(2.3)
        assert job.done >= stood_still_at + 3


@on_sqlite
async def test_a_step_forward_and_back_again_leaves_the_hours_as_they_were(timetable: Timetable):
    job = Counter()
    timetable.jobs = {"job": (A_SECOND, job)}
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        await timetable.start()
        traveller.shift(timedelta(weeks=1))
        await asyncio.sleep(1.3)
        traveller.shift(-timedelta(weeks=1))
        await timetable.catch_up()
        done = job.done
        await asyncio.sleep(2.3)
        assert job.done >= done + 2


async def test_what_telegram_cannot_send_again_is_forgotten_and_the_rest_kept(
    house: House, timetable: Timetable
):
    now = timetable._clock.now()
    for number, age in enumerate((timedelta(hours=49), timedelta(hours=47))):
        arrived = [inbox.Arrived(number, 1, "{}")]
        await house.database.write(inbox.receive, arrived, now - age)
        await house.database.write(inbox.handled, number)
    await timetable.catch_up()
    assert [row.update_id for row in await house.rows(sa.select(inbox_rows))] == [1]


async def test_what_is_older_than_we_promised_to_keep_it_is_forgotten(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("scheduler.timetable.PAGE", 1)
    erasures = Erasures(tmp_path / "letloose.erasures", 4242)
    timetable = Timetable(house.database, clock_at(MONDAY), erasures=erasures)
    commitment = await house.commitment(await house.person())
    long_ago = MONDAY - timedelta(days=91)
    ids = [row.id for row in await house.deliveries()]
    old = {"state": SENT, "due_at": long_ago}
    await house.change(sa.update(deliveries).where(deliveries.c.id == ids[-1]).values(old))
    whose = {"person_id": ANNA, "commitment_id": commitment.id}
    await house.change(sa.insert(changes).values(**whose, id=1, before={}, made_at=long_ago))
    erasures.note(ANNA, long_ago, long_ago)

    await timetable.catch_up()
    assert len(ids) > 1
    assert [row.id for row in await house.deliveries() if row.id in ids] == ids[:-1]
    assert await house.rows(sa.select(changes)) == []
    assert erasures.read().when(ANNA, long_ago) is None


@on_sqlite
async def test_the_days_backup_is_taken_by_the_guarded_clock(database: Database):
    asked: list[datetime] = []
    clock = Clock(offset=timedelta(days=3))
    await Timetable(database, clock, asked.append).back_up()
    [at] = asked
    assert abs(at - clock.now()) < timedelta(minutes=1)


@on_sqlite
@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(days=-3)])
async def test_after_a_jump_the_backup_is_looked_after_at_once(database: Database, jump: timedelta):
    timetable = Timetable(database, clock_at(MONDAY), lambda _: None)
    await timetable.start()
    with time_machine.travel(datetime.now(UTC) + jump):
        await timetable.catch_up()
        due = timetable._calendar.get_job("backup").next_run_time
        assert timedelta() < due - datetime.now(UTC) <= timedelta(minutes=1)
    timetable.stop()


@pytest.mark.parametrize(
    ("url", "name", "backed_up"),
    [
        (None, "letloose", True),
        (None, "playground", False),
        ("postgresql://h/b", "letloose", False),
    ],
)
def test_the_real_sqlite_file_is_backed_up_and_nothing_else(
    tmp_path: Path, url: str | None, name: str, backed_up: bool
):
    settings = Settings(data_dir=tmp_path, database_url=url)
    assert (backing_up.daily(settings, name) is not None) is backed_up
