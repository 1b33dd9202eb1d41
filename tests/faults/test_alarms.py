"""The operator is told what is wrong: at most once an hour of each kind, and of nobody's words."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import alarms as telling
from app import health, watchdog
from habits.storage.database import Busy
from tests.faults.rig import FIRST
from tests.faults.wired import Wired, wired

OPERATOR = FIRST + 500
DISK = "Alarm: less than 200 MiB are free on the disk."


@pytest.fixture
async def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wired]:
    monkeypatch.setattr(telling, "LOOKS_EVERY", 0.05)
    async with wired(tmp_path, operator=OPERATOR) as made:
        made.meet(OPERATOR)
        yield made


async def several_looks(wired: Wired) -> None:
    """Wait until the program has looked a few times more."""
    for _ in range(3):
        before = wired.parts.health.looked
        await wired.until(lambda before=before: wired.parts.health.looked > before, "a look")


async def test_what_healthz_says_is_told_once_and_again_after_an_hour(
    watched: Wired, monkeypatch: pytest.MonkeyPatch
):
    await watched.start()
    await several_looks(watched)
    assert watched.heard(OPERATOR) == []
    monkeypatch.setattr(health, "DISK_LEFT", 2**62)
    await watched.hears(OPERATOR, DISK)
    await several_looks(watched)
    assert watched.heard(OPERATOR) == [DISK]
    watched.change("UPDATE alarms SET told_at = datetime(told_at, '-61 minutes')")
    await watched.until(lambda: watched.heard(OPERATOR) == [DISK, DISK], "another alarm")


async def test_a_restart_tells_nothing_twice(watched: Wired, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "DISK_LEFT", 2**62)
    await watched.start()
    await watched.hears(OPERATOR, DISK)
    await watched.stop()
    await watched.start()
    await several_looks(watched)
    assert watched.heard(OPERATOR) == [DISK]


async def test_an_alarm_that_did_not_leave_is_given_at_the_next_look(
    watched: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "DISK_LEFT", 2**62)
    watched.fails("drop", method="sendMessage", chat=OPERATOR)
    await watched.start()
    await watched.hears(OPERATOR, DISK)


async def test_while_the_database_is_away_that_is_told_once_too(
    watched: Wired, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object) -> None:
        raise Busy("gone")

    await watched.start()
    monkeypatch.setattr("habits.inbox.oldest", away)
    monkeypatch.setattr("habits.alarms.may_tell", away)
    await watched.hears(OPERATOR, "Alarm: the database does not answer: Busy.")
    await several_looks(watched)
    assert len(watched.heard(OPERATOR)) == 1


async def test_what_fails_is_counted_and_nobodys_words_are_in_it(watched: Wired):
    words = "Bad Request: something about Tea"
    for _ in range(2):
        watched.fails("answer", method="sendMessage", chat=FIRST, code=400, description=words)
    await watched.seed(1)
    await watched.start()
    await watched.hears(OPERATOR, "refused or that could not be written: 1.", 20)
    assert "Tea" not in str(watched.heard(OPERATOR))
    assert str(FIRST) not in str(watched.heard(OPERATOR))


async def test_who_blocks_us_is_no_alarm_and_what_expires_is_one(watched: Wired):
    words = "Forbidden: bot was blocked by the user"
    watched.fails("answer", method="sendMessage", chat=FIRST, code=403, description=words)
    await watched.seed(2)
    late = "not_after = datetime(next_attempt_at, '-1 minutes')"
    watched.change(f"UPDATE deliveries SET {late} WHERE person_id = {FIRST + 1}")
    await watched.start()
    await watched.hears(OPERATOR, "too late to be worth sending: 1.", 20)
    blocked = "SELECT count(*) FROM deliveries WHERE reason = 'blocked'"
    await watched.until(lambda: watched.rows(blocked) != [(0,)], "a block")
    await several_looks(watched)
    assert len(watched.heard(OPERATOR)) == 1


async def test_an_outage_and_a_crowd_of_newcomers_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(telling, "LOOKS_EVERY", 0.05)
    async with wired(tmp_path, operator=OPERATOR, new_people=1) as made:
        made.meet(OPERATOR)
        made.change("INSERT INTO heartbeats VALUES ('running', datetime('now', '-10 minutes'))")
        await made.start()
        await made.hears(OPERATOR, "outages of two minutes or more since the last alarm: 1.")
        for number in range(2):
            made.says(made.meet(FIRST + number), "/start")
        await made.hears(OPERATOR, "newcomers who had to wait")


async def test_a_program_that_stood_still_is_told(watched: Wired, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watchdog, "HELD_UP_FOR", 0.5)
    await watched.start()
    await several_looks(watched)
    time.sleep(2.0)  # everything in this process stands still
    await watched.hears(OPERATOR, "stood still for 5 s or more since the last alarm: 1.")


async def test_an_operator_who_cannot_be_written_to_stops_nothing(
    watched: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "DISK_LEFT", 2**62)
    words = "Bad Request: chat not found"
    watched.fails("answer", method="sendMessage", chat=OPERATOR, code=400, description=words)
    await watched.seed(1)
    await watched.start()
    await watched.sent(1)
    await several_looks(watched)
    assert watched.heard(OPERATOR) == []
