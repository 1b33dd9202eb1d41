"""Told to wait (429) in the middle of an answer: the chat waits for everything, and gets it all."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import receiver
from habits import pauses
from habits.storage.database import Tx
from habits.storage.tables import deliveries
from playground.faults import Call
from tests.faults.rig import FIRST
from tests.faults.wired import Wired
from tests.process import eventually

BEN, CARA = FIRST + 1, FIRST + 2
SPOKEN = ("sendMessage", "editMessageText", "answerCallbackQuery")


def asks_to_wait(wired: Wired, seconds: int, **how: object) -> None:
    words = {"code": 429, "description": "x", "parameters": {"retry_after": seconds}}
    wired.fails("answer", **words, **how)


async def told_to_wait(wired: Wired, count: int = 1) -> float:
    """Wait until Telegram has asked so often; the moment of the last time."""

    def refused() -> list[float]:
        return [call.boottime for call in wired.calls(*SPOKEN) if call.status == 429]

    await wired.until(lambda: len(refused()) >= count, f"{count} answers 429")
    return refused()[-1]


def said_to(wired: Wired, person: int) -> list[Call]:
    """What Telegram took of what was said in a chat."""
    calls = wired.calls("sendMessage")
    return [call for call in calls if call.chat == person and call.status == 200]


async def let_be_due(wired: Wired, *people: int) -> None:
    """Let a reminder of each be due now."""

    def now_due(tx: Tx) -> None:
        now = wired.parts.clock.now()
        theirs = sa.and_(deliveries.c.person_id.in_(people), deliveries.c.kind == "go")
        moments = {"due_at": now, "next_attempt_at": now, "not_after": now + timedelta(hours=1)}
        tx.execute(sa.update(deliveries).where(theirs).values(moments))

    await wired.parts.database.write(now_due)


async def test_an_answer_told_to_wait_holds_the_reminders_of_its_chat_and_of_no_other(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    await wired.start()
    asks_to_wait(wired, 3, chat=FIRST)
    wired.says(FIRST, "/week")
    asked_at = await told_to_wait(wired)
    await let_be_due(wired, FIRST, BEN)
    await wired.sent(2)
    await wired.until(lambda: len(said_to(wired, FIRST)) == 2, "the answer and the reminder")

    assert min(call.came for call in said_to(wired, FIRST)) - asked_at >= 3.5
    assert said_to(wired, BEN)[0].came - asked_at < 3
    assert not any(call.in_ban for call in wired.calls())


async def test_two_answers_told_to_wait_in_two_chats_hold_the_whole_bot(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(4, due_in=None)
    await wired.start()
    for person in (FIRST, BEN):
        asks_to_wait(wired, 4, chat=person)
        wired.says(person, "/week")
    asked_at = await told_to_wait(wired, 2)

    async def noted() -> bool:
        return await wired.parts.database.read(pauses.paused_for, wired.parts.clock.now()) > 0

    await eventually(noted, "a note for a restart and for other processes")
    await let_be_due(wired, CARA)
    wired.says(CARA + 1, "/week")
    await wired.sent(1)
    for person in (FIRST, BEN, CARA + 1):
        await wired.until(lambda person=person: said_to(wired, person), "an answer")
    said = [call.came for person in range(FIRST, CARA + 2) for call in said_to(wired, person)]
    assert min(said) - asked_at >= 4.4


async def test_a_reminder_told_to_wait_holds_the_answers_of_its_chat(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    await wired.start()
    asks_to_wait(wired, 3, chat=FIRST)
    await let_be_due(wired, FIRST)
    asked_at = await told_to_wait(wired)
    wired.says(FIRST, "/week")
    wired.says(BEN, "/week")
    await wired.until(lambda: len(said_to(wired, FIRST)) == 2, "the answer and the reminder")
    assert min(call.came for call in said_to(wired, FIRST)) - asked_at >= 3.5
    assert said_to(wired, BEN)[0].came - asked_at < 3
    assert not any(call.in_ban for call in wired.calls())


async def test_however_often_an_answer_is_told_to_wait_it_is_given_in_the_end(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    await wired.seed(1, due_in=None)
    await wired.start()
    asks_to_wait(wired, 1, chat=FIRST, times=6)
    wired.says(FIRST, "/week")
    await wired.until(lambda: said_to(wired, FIRST), "an answer")
    assert len(wired.calls("sendMessage")) == 7
    assert not any(call.in_ban for call in wired.calls())


async def test_the_answer_to_a_press_that_is_told_to_wait_holds_its_chat_as_well(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    await wired.start()
    asks_to_wait(wired, 3, method="answerCallbackQuery")
    wired.presses(FIRST, "1:nothing")
    asked_at = await told_to_wait(wired)
    await let_be_due(wired, FIRST, BEN)
    await wired.sent(2)
    assert said_to(wired, FIRST)[0].came - asked_at >= 3.5
    assert said_to(wired, BEN)[0].came - asked_at < 3
    assert [call.status for call in wired.calls("answerCallbackQuery")] == [429, 200]


async def test_a_pause_that_another_process_was_asked_for_holds_answers(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    await wired.start()
    database, clock = wired.parts.database, wired.parts.clock
    until = await database.write(pauses.told_to_wait, FIRST, clock.now(), 2)
    wired.says(FIRST, "/week")
    wired.says(BEN, "/week")
    await wired.until(lambda: said_to(wired, FIRST), "an answer")
    assert said_to(wired, FIRST)[0].at >= until
    assert said_to(wired, BEN)[0].at < until


async def test_an_answer_that_waits_takes_nobody_elses_place(
    town_in_trouble: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiver, "AT_ONCE", 1)
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    await wired.start()
    asks_to_wait(wired, 3, chat=FIRST)
    wired.says(FIRST, "/week")
    asked_at = await told_to_wait(wired)
    wired.says(BEN, "/week")
    await wired.until(lambda: said_to(wired, BEN), "an answer")
    assert said_to(wired, BEN)[0].came - asked_at < 3
    assert said_to(wired, FIRST) == []
    await wired.until(lambda: said_to(wired, FIRST), "an answer")
