"""Strangers where only the invited may come in, and more newcomers than may come in at once."""

from pathlib import Path

import pytest
from pydantic import SecretStr as Secret

from app import alarms, inviting
from app.wiring import CannotStart
from bot import doorstep
from habits import inbox
from habits.clock import boottime, system_time
from tests.bot_api import TOKEN
from tests.faults.rig import FIRST
from tests.faults.test_metrics import values
from tests.faults.wired import Wired, wired
from tests.process import free_port

STRANGER, INVITED, OPERATOR = FIRST + 100, FIRST + 101, FIRST + 500
BY_INVITATION = "This bot is for people with an invitation"


async def invitation(wired: Wired) -> str:
    """The word in a link that `letloose invite` prints."""
    here = f"http://127.0.0.1:{wired.port}"
    settings = wired.settings.model_copy(update={"token": Secret(TOKEN), "api_url": here})
    link = await inviting.link(settings, "letloose")
    address, _, word = link.partition("?start=")
    assert address == f"https://t.me/{wired.playground.username}"
    return word


def nothing_is_kept_of_the_stranger(wired: Wired) -> None:
    for rows in wired.dump().values():
        assert str(STRANGER) not in str(rows)
    assert wired.rows("SELECT count(*) FROM inbox WHERE person_id IS NOT NULL") == [(0,)]


async def test_a_stranger_is_told_once_and_nothing_of_them_is_kept(tmp_path: Path):
    door = f"127.0.0.1:{free_port()}"
    async with wired(tmp_path, people="invite", metrics_listen=door) as made:
        made.meet(STRANGER)
        await made.start()
        for text in ("/start", "hello", "/start guess", "dinner every Saturday at 6pm"):
            made.says(STRANGER, text)
        await made.hears(STRANGER, BY_INVITATION)
        made.presses(STRANGER, "1:week")
        await made.handled()
        assert len(made.heard(STRANGER)) == 1
        assert (await values(made))["letloose_newcomers_total uninvited"] == 4
        nothing_is_kept_of_the_stranger(made)


async def test_a_stranger_is_told_again_after_an_hour_and_no_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with wired(tmp_path, people="invite") as made:
        made.meet(STRANGER)
        await made.start()
        for passed, told in ((0, 1), (3590, 1), (3610, 2), (3620, 2)):
            monkeypatch.setattr(doorstep, "boottime", lambda passed=passed: boottime() + passed)
            made.says(STRANGER, "hello")
            await made.handled()
            await made.until(lambda told=told: len(made.heard(STRANGER)) >= told, "a sentence")
        assert len(made.heard(STRANGER)) == 2


async def test_a_link_lets_one_person_in_and_no_second(tmp_path: Path):
    async with wired(tmp_path, people="invite") as made:
        made.meet(STRANGER)
        made.meet(INVITED)
        await made.start()
        word = await invitation(made)
        made.says(INVITED, f"/start {word}")
        await made.hears(INVITED, "Once a week")
        made.says(STRANGER, f"/start {word}")
        await made.hears(STRANGER, BY_INVITATION)
        assert made.rows("SELECT id FROM people") == [(INVITED,)]


async def test_when_the_queue_is_full_newcomers_are_asked_to_come_again_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(alarms, "LOOKS_EVERY", 0.05)
    door = f"127.0.0.1:{free_port()}"
    async with wired(tmp_path, new_people=1, metrics_listen=door, operator=OPERATOR) as made:
        made.meet(OPERATOR)
        made.meet(STRANGER)
        full = "datetime('now', '+60 minutes', '+30 seconds')"
        made.change(f"INSERT INTO admissions (id, next_at) VALUES (1, {full})")
        await made.start()
        for text in ("/start", "dinner every Saturday at 6pm"):
            made.says(STRANGER, text)
        await made.hears(STRANGER, "Please write again in an hour")
        await made.handled()
        assert len(made.heard(STRANGER)) == 1
        assert (await values(made))["letloose_newcomers_total sent away"] == 2
        await made.hears(OPERATOR, "newcomers who had to wait")
        nothing_is_kept_of_the_stranger(made)


async def test_who_is_there_already_needs_no_invitation(tmp_path: Path):
    async with wired(tmp_path, people="invite") as made:
        await made.seed(1)
        await made.start()
        made.says(FIRST, "/week")
        await made.hears(FIRST, "Tea")
        await made.handled()
        assert not any(BY_INVITATION in text for text in made.heard(FIRST))


async def test_without_a_database_of_this_version_there_is_no_invitation(tmp_path: Path):
    (tmp_path / "there").mkdir()
    async with wired(tmp_path / "there") as made:
        here = f"http://127.0.0.1:{made.port}"
        away = {"token": Secret(TOKEN), "api_url": here, "data_dir": tmp_path / "not-there"}
        with pytest.raises(CannotStart, match="start the bot first"):
            await inviting.link(made.settings.model_copy(update=away), "letloose")


async def test_more_newcomers_than_may_come_in_are_told_and_come_in_later(tmp_path: Path):
    async with wired(tmp_path, new_people=2) as made:
        await made.seed(1)
        people = [made.meet(FIRST + 10 + number) for number in range(5)]
        await made.start()
        for person in people:
            made.says(person, "/start")
        made.says(FIRST, "/week")
        await made.hears(FIRST, "Tea")
        waits = "as soon as it is your turn"
        await made.until(lambda: sum(waits in str(made.heard(who)) for who in people) == 3, waits)
        assert made.rows("SELECT count(*) FROM people") == [(3,)]
        await made.parts.receiver.idle()
        assert await made.parts.database.read(inbox.oldest) > system_time()  # nobody is late
        made.change("UPDATE inbox SET not_before = received_at WHERE not_before IS NOT NULL")
        for person in people:
            await made.hears(person, "Once a week")
        assert made.rows("SELECT count(*) FROM people") == [(6,)]
