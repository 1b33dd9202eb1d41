"""What became of messages is counted with its transaction, and the count stays when rows go."""

from datetime import timedelta

import pytest

from habits import answers, ledger, notices, people, retention
from habits.ledger import MESSAGES
from habits.notices import OUTAGE
from habits.outcomes import Idle, NotSent, Outcome, OutOfReach, Refused, Unsure
from habits.reminders import owed
from habits.storage import tally
from habits.storage.database import Busy, Tx
from tests.house import ANNA, BEN, GO, House


def counted(house: House) -> dict[tuple[str, ...], int]:
    return house.database.tally.counts(MESSAGES)


async def test_what_is_laid_out_sent_and_asked_afterwards_is_counted(house: House):
    person = await house.person()
    await house.commitment(person)
    laid_out = counted(house)["go", "owed", ""]
    assert laid_out >= 1
    house.now = GO
    await house.send_due()
    found = counted(house)
    assert found["go", "sent", ""] == 1
    assert found["follow_up", "owed", ""] == 1
    assert found["go", "owed", ""] == laid_out


async def test_of_messages_that_are_there_already_only_the_new_ones_are_counted(house: House):
    anna, ben = await house.person(), await house.person(BEN)
    both = [owed(each, "note", GO, subject="a") for each in (anna, ben)]
    await house.database.write(ledger.owe, both[:1], unless_there=True)
    assert counted(house)["note", "owed", ""] == 1
    await house.database.write(ledger.owe, both, unless_there=True)
    assert counted(house)["note", "owed", ""] == 2
    await house.database.write(ledger.owe, both, unless_there=True)
    assert counted(house)["note", "owed", ""] == 2
    assert len(await house.deliveries("note")) == 2


async def test_counts_stay_when_the_rows_go(house: House):
    await house.commitment(await house.person())
    house.now = GO
    await house.send_due()
    before = counted(house)
    later = house.now + timedelta(days=100)
    assert await house.database.write(retention.forget_deliveries, later, 0, 100)
    await house.database.write(people.forget, ANNA)
    assert counted(house) == before


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (NotSent("budget"), ("go", "again", "budget")),
        (Unsure("TimedOut"), ("go", "copy", "")),
        (OutOfReach("blocked"), ("go", "failed", "blocked")),
        (Idle("answered"), ("go", "cancelled", "answered")),
        (Refused("Bad Request: <b>Xylophone</b>"), ("go", "again", "refused")),
    ],
)
async def test_every_other_end_is_counted_with_its_reason(
    house: House, outcome: Outcome, key: tuple[str, ...]
):
    await house.commitment(await house.person())
    house.now = GO
    await house.settle(await house.claim_one(), outcome)
    assert counted(house)[key] == 1


async def test_what_an_answer_silences_is_counted(house: House):
    person = await house.person()
    await house.commitment(person)
    house.now = GO
    [owed] = await house.send_due()
    assert owed.turn is not None
    await house.database.write(answers.not_this_time, person, owed.turn.id, house.now)
    assert counted(house)["follow_up", "cancelled", "answered"] == 1


async def test_what_is_owed_to_many_once_is_counted_once(house: House):
    for number in (ANNA, BEN):
        await house.person(number)
    for _ in range(2):
        await house.database.write(notices.owe, [ANNA, BEN], OUTAGE, "a subject", house.now)
    assert counted(house)[OUTAGE, "owed", ""] == 2


async def test_what_expires_is_counted(house: House):
    await house.commitment(await house.person())
    house.now = GO + timedelta(days=2)
    expired = await house.database.write(notices.expire, house.now, "a subject", None, 9)
    assert counted(house)["go", "expired", "late"] == expired == 1


async def test_what_is_rolled_back_is_not_counted(house: House):
    def fails(tx: Tx) -> None:
        ledger.became(tx, "sent", "go")
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        await house.database.write(fails)
    assert counted(house) == {}
    await house.database.write(lambda tx: ledger.became(tx, "sent", "go"))
    assert counted(house) == {("go", "sent", ""): 1}


async def test_the_database_knows_how_busy_it_was(house: House):
    def gives_up(_: Tx) -> None:
        raise Busy("gone")

    await house.person()
    assert house.database.tally.seconds()["write"] > 0
    with pytest.raises(Busy):
        await house.database.write(gives_up)
    house.database.tally.add({("database", "again"): 2})
    assert house.database.tally.counts("database")["again",] == 2


def test_a_reason_is_a_word_of_ours_or_no_word():
    assert ledger.reason_named(None) == ""
    assert ledger.reason_named("429") == "429"
    assert ledger.reason_named("Bad Request: <b>Tea</b>") == "refused"
    assert tally.Tally().counts("messages") == {}
