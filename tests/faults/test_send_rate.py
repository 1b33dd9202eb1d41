"""How fast messages leave: so many under way, answers first, one chat no faster than it may be."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from habits import commitments, notices
from habits.commitments import Made
from habits.monthly import EXPORT
from habits.rules.schedule import Schedule
from habits.storage.database import Tx
from habits.storage.rows import person_of
from habits.storage.tables import deliveries
from playground.faults import Call
from tests.faults.rig import A_WHILE, FIRST
from tests.faults.wired import Wired, wired


def reminders_among(calls: list[Call]) -> list[Call]:
    return [call for call in calls if "Tea" in str(call.parameters.get("text"))]


def most_under_way(calls: list[Call]) -> int:
    """How many calls were under way at once."""
    ends = sorted([(call.came, 1) for call in calls] + [(call.boottime, -1) for call in calls])
    most = under_way = 0
    for _, step in ends:
        under_way += step
        most = max(most, under_way)
    return most


@pytest.mark.parametrize(("rate", "at_once"), [(5, 4), (50, 10)])
async def test_so_many_messages_are_under_way_and_no_more(tmp_path: Path, rate: int, at_once: int):
    async with wired(tmp_path, send_rate=rate) as made:
        await made.seed(2 * at_once)
        made.fails("delay", method="sendMessage", seconds=2, times=None)
        await made.start()
        await made.sent(2 * at_once)
        assert most_under_way(made.calls("sendMessage")) == at_once


async def test_answers_leave_before_the_reminders_that_wait_already(tmp_path: Path):
    async with wired(tmp_path, send_rate=4) as made:
        await made.seed(30)
        people = list(await made.seed(8, due_in=None, first=FIRST + 100))
        await made.start()
        await made.sent(4)
        for person in people:
            made.says(person, "/help")
        before = len(reminders_among(made.calls("sendMessage")))
        await made.until(lambda: all(made.heard(person) for person in people), "all answers")
        overtaken = len(reminders_among(made.calls("sendMessage"))) - before
        assert overtaken < 4  # as many were waiting, and eight answers take two seconds
        assert made.states()["pending"] > 0


async def test_a_chat_gets_one_reminder_or_notice_a_second_and_answers_meanwhile(
    town_in_trouble: Wired,
):
    made = town_in_trouble
    await made.seed(1)
    await made.start()
    await made.parts.database.write(owe_more)
    for _ in range(3):
        made.says(FIRST, "/help")

    def reminded() -> list[Call]:
        return reminders_among(made.calls("sendMessage"))

    await made.until(lambda: len(reminded()) == 3 and made.calls("sendDocument"), "all of it")
    paced = sorted(call.came for call in [*reminded(), *made.calls("sendDocument")])
    assert all(later - earlier >= 1 for earlier, later in pairwise(paced))
    answers = [call.came for call in made.calls("sendMessage") if call not in reminded()]
    assert len(answers) == 3
    assert max(answers) < paced[-1]


def owe_more(tx: Tx) -> None:
    """Two more reminders and a notice, due now."""
    now = datetime.now(UTC)
    person = person_of(tx, FIRST)
    assert person is not None
    go = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    schedule = Schedule(days=(go.isoweekday(),), at=go.time())
    for name in ("Tea again", "Tea once more"):
        made = commitments.commit(tx, person, name, ["Tea"], schedule, now - A_WHILE)
        assert isinstance(made, Made)
    notices.owe(tx, [FIRST], EXPORT, "a month", now, None)
    owed = sa.or_(deliveries.c.due_at < now, deliveries.c.kind == EXPORT)  # quiet hours or not
    tx.execute(sa.update(deliveries).where(owed).values(next_attempt_at=now))
