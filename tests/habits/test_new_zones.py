"""A new tzdata moves a zone's clock: what is laid out goes with it, once."""

from collections.abc import AsyncIterator
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from habits import new_zones
from habits.clock import Clock
from habits.storage.tables import commitments, deliveries, occasions
from scheduler.timetable import Timetable
from tests.house import BERLIN, GO, MONDAY, House


def as_of_old() -> ZoneInfo:
    """Berlin as an older tzdata may have had it: with the clock of Moscow, two hours ahead."""
    with (files("tzdata") / "zoneinfo" / "Europe" / "Moscow").open("rb") as file:
        return ZoneInfo.from_file(file, key="Europe/Berlin")


@pytest.fixture
async def timetable(house: House) -> AsyncIterator[Timetable]:
    clock = Clock()
    clock.offset = MONDAY - clock.now()
    timetable = Timetable(house.database, clock)
    yield timetable
    timetable.stop()


async def follow(timetable: Timetable) -> None:
    _, job = timetable.jobs["new zones"]
    await job()


async def dues(house: House) -> set[object]:
    query = sa.select(deliveries.c.due_at, deliveries.c.kind, deliveries.c.state)
    return {tuple(row) for row in await house.rows(query)}


async def test_what_is_laid_out_by_older_rules_is_put_by_the_new_ones_once(
    house: House, timetable: Timetable
):
    hers = await house.commitment(await house.person(1001, as_of_old()))
    his = await house.commitment(await house.person(1002, BERLIN))
    assert min(each.go_at for each in await house.occasions(hers)) < GO
    there = len(await dues(house))
    await follow(timetable)
    assert await house.database.read(new_zones.are_followed)
    goes = [{each.go_at for each in await house.occasions(whose)} for whose in (hers, his)]
    assert goes[0] == goes[1] >= {GO}
    assert len(await dues(house)) <= there
    first = sa.select(deliveries.c.due_at).join(
        occasions, occasions.c.id == deliveries.c.occasion_id
    )
    due = await house.rows(first.where(occasions.c.commitment_id == hers.id))
    assert {row.due_at for row in due} == goes[0]

    await house.change(sa.update(occasions).values(go_at=GO))
    before = await dues(house)
    await follow(timetable)  # nothing is looked through a second time
    assert await dues(house) == before


async def test_what_later_rules_have_put_is_left_alone(
    house: House, timetable: Timetable, monkeypatch: pytest.MonkeyPatch
):
    """The process of an older version that runs beside the new one."""
    await house.commitment(await house.person(1001, as_of_old()))
    with monkeypatch.context() as newer:
        newer.setattr(new_zones, "VERSION", "9999z")
        await house.database.write(new_zones.follow)
    before = await dues(house)
    await follow(timetable)
    assert await dues(house) == before


async def test_a_row_that_cannot_be_read_keeps_nobody_elses_turns_where_they_were(
    house: House, timetable: Timetable
):
    hers = await house.commitment(await house.person(1001, as_of_old()))
    his = await house.commitment(await house.person(1002, as_of_old()))
    damaged = sa.update(commitments).where(commitments.c.id == his.id).values(at="half past never")
    await house.change(damaged)
    await follow(timetable)
    assert GO in {each.go_at for each in await house.occasions(hers)}
