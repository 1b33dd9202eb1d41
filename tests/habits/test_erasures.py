"""Who asked to be forgotten stays forgotten, whatever backup is put back."""

import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from habits import inbox, outages, people
from habits.erasures import KEPT_FOR, Erasures, erase_again, refuse_old_backup
from habits.inbox import Arrived
from habits.storage.database import Tx
from habits.storage.schema import Unusable
from habits.storage.tables import inbox as inbox_rows
from habits.storage.tables import people as people_rows
from tests.house import ANNA, BEN, MONDAY, House

BOT = 4242
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def erasures(tmp_path: Path) -> Erasures:
    return Erasures(tmp_path / "letloose.erasures", BOT)


async def erase(house: House, erasures: Erasures, person_id: int, at: datetime) -> datetime:
    """As /delete_me does; gives when the person had come."""
    since = await house.database.read(people.known_since, person_id)
    assert since is not None
    erasures.note(person_id, since, at)
    await house.database.write(people.forget, person_id)
    return since


async def come(house: House, person_id: int, at: datetime) -> None:
    await house.database.write(people.meet, person_id, "Anna", "en", at)


async def known(house: House) -> list[int]:
    return [row.id for row in await house.rows(sa.select(people_rows.c.id).order_by("id"))]


async def test_whoever_a_backup_brings_back_is_erased_again(house: House, erasures: Erasures):
    await come(house, ANNA, MONDAY)
    await come(house, BEN, MONDAY)
    since = await erase(house, erasures, ANNA, MONDAY + DAY)
    await come(house, ANNA, since)  # the backup of before
    assert await house.database.write(erase_again, erasures.read()) == 1
    assert await known(house) == [BEN]


async def test_whoever_begins_anew_is_left_alone(house: House, erasures: Erasures):
    await come(house, ANNA, MONDAY)
    await erase(house, erasures, ANNA, MONDAY + DAY)
    await come(house, ANNA, MONDAY + DAY - SECOND)  # by the clock of another machine
    assert await house.database.write(erase_again, erasures.read()) == 0
    assert await known(house) == [ANNA]


async def test_what_they_had_sent_before_is_erased_as_well(house: House, erasures: Erasures):
    await come(house, ANNA, MONDAY)
    since = await erase(house, erasures, ANNA, MONDAY + DAY)
    await come(house, ANNA, since)
    for number, (who, at) in enumerate([(ANNA, DAY), (ANNA, 2 * DAY), (BEN, DAY)]):
        sent = [Arrived(number, who, "{}")]
        await house.database.write(inbox.receive, sent, MONDAY + at)
    await house.database.write(erase_again, erasures.read())
    left = await house.rows(sa.select(inbox_rows.c.update_id).order_by("update_id"))
    assert [row.update_id for row in left] == [1, 2]


async def test_nobody_is_looked_through_where_nothing_was_erased_since(
    house: House, erasures: Erasures
):
    await come(house, ANNA, MONDAY)
    since = await erase(house, erasures, ANNA, MONDAY + DAY)
    await house.database.write(erase_again, erasures.read())

    def without_looking(tx: Tx) -> int:
        looked: list[str] = []
        sa.event.listen(tx, "before_cursor_execute", lambda *each: looked.append(each[2]))
        erase_again(tx, erasures.read())
        return sum("FROM people" in each for each in looked)

    assert await house.database.write(without_looking) == 0
    erasures.note(BEN, since, MONDAY + 2 * DAY)
    assert await house.database.write(without_looking) == 1


async def test_another_bots_person_of_the_same_id_is_left_alone(house: House, erasures: Erasures):
    await come(house, ANNA, MONDAY)
    erasures.note(ANNA, MONDAY, MONDAY)
    other = Erasures(erasures.path, BOT + 1)
    assert await house.database.write(erase_again, other.read()) == 0


def test_the_files_are_for_nobody_else_and_do_not_say_who(erasures: Erasures, tmp_path: Path):
    erasures.note(ANNA, MONDAY, MONDAY)
    key = tmp_path / "letloose.erasures-key"
    for path in (erasures.path, key):
        assert path.stat().st_mode & 0o777 == 0o600
        assert str(ANNA) not in path.read_text()
    assert key.read_text() not in erasures.path.read_text()


def test_a_line_torn_by_a_power_cut_spoils_neither_itself_nor_the_next(erasures: Erasures):
    erasures.note(ANNA, MONDAY, MONDAY)
    whole = erasures.path.read_bytes()
    for length in range(len(whole)):
        erasures.path.write_bytes(whole + whole[:length])
        assert erasures.read().when(ANNA, MONDAY) == MONDAY
        erasures.note(BEN, MONDAY, MONDAY)
        assert erasures.read().when(BEN, MONDAY) == MONDAY


def test_they_are_kept_as_long_as_a_backup_may_live(erasures: Erasures):
    erasures.note(ANNA, MONDAY, MONDAY)
    erasures.note(BEN, MONDAY, MONDAY + DAY)
    erasures.forget_old(MONDAY + KEPT_FOR)
    assert erasures.read().when(ANNA, MONDAY) == MONDAY
    erasures.forget_old(MONDAY + KEPT_FOR + SECOND)
    left = erasures.read()
    assert left.when(ANNA, MONDAY) is None
    assert left.when(BEN, MONDAY) == MONDAY + DAY
    assert left.since == MONDAY + SECOND
    assert erasures.path.stat().st_mode & 0o777 == 0o600


async def test_a_database_older_than_what_is_known_is_refused(house: House, erasures: Erasures):
    await house.database.write(outages.beat, MONDAY - DAY)
    erasures.note(ANNA, MONDAY - 2 * DAY, MONDAY)
    await house.database.write(erase_again, erasures.read())
    erasures.forget_old(MONDAY + 40 * DAY)
    with pytest.raises(Unusable, match=r"a copy of 2026-11-22.*use a younger backup"):
        await house.database.write(erase_again, erasures.read())
    await house.database.write(outages.beat, MONDAY + 40 * DAY)
    assert await house.database.write(erase_again, erasures.read()) == 0


async def test_a_bot_that_was_off_for_months_is_not_taken_for_a_backup(
    house: House, erasures: Erasures
):
    erasures.note(ANNA, MONDAY, MONDAY)
    await house.database.write(outages.beat, MONDAY)
    await house.database.write(erase_again, erasures.read())  # at its next start, much later
    await house.database.write(outages.beat, MONDAY + 300 * DAY)
    erasures.forget_old(MONDAY + 300 * DAY)
    assert await house.database.write(erase_again, erasures.read()) == 0


async def test_a_backup_of_more_than_a_month_is_refused(house: House):
    now = MONDAY + KEPT_FOR
    await house.database.read(refuse_old_backup, None, now + DAY)  # nobody ever used it
    await house.database.write(outages.beat, MONDAY)
    await house.database.read(refuse_old_backup, None, now)
    await house.database.read(refuse_old_backup, MONDAY + DAY, now + DAY)
    with pytest.raises(Unusable, match="gone after 30 days"):
        await house.database.read(refuse_old_backup, None, now + SECOND)


def test_without_its_key_the_file_is_refused(erasures: Erasures, tmp_path: Path):
    erasures.note(ANNA, MONDAY, MONDAY)
    (tmp_path / "letloose.erasures-key").unlink()
    for _ in range(2):
        with pytest.raises(Unusable, match="put it back"):
            erasures.read()


def _note_many(path: Path, first: int) -> None:
    for person_id in range(first, first + 50):
        Erasures(path, BOT).note(person_id, MONDAY, MONDAY)
        Erasures(path, BOT).forget_old(MONDAY + timedelta(days=person_id % 20))


def test_processes_that_share_a_directory_lose_nothing_of_each_other(erasures: Erasures):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_note_many, args=(erasures.path, n * 1000)) for n in range(2)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    known = erasures.read()
    missing = [n for n in (*range(50), *range(1000, 1050)) if known.when(n, MONDAY) is None]
    assert missing == []


def test_an_instant_in_any_zone_is_the_same_instant(erasures: Erasures):
    erasures.note(ANNA, MONDAY.astimezone(UTC), MONDAY)
    local = MONDAY.astimezone()
    assert erasures.read().when(ANNA, local) == MONDAY
