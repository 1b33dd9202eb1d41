"""What Telegram and the wire do to a message on its way out: nothing lost, copies only in doubt."""

import asyncio

import pytest

from bot import transport
from habits import people, settling
from playground import acts
from playground.faults import Call
from tests.faults.rig import FIRST
from tests.faults.wired import Wired

BACKOFF = settling.backoff


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other ten times as fast, and calls may take two seconds."""
    monkeypatch.setattr(settling, "backoff", lambda tries: BACKOFF(tries) / 10)
    limits = transport.Limits(read=1, whole=2)
    monkeypatch.setitem(transport.Transport.__init__.__kwdefaults__, "limits", limits)


def sent_to(wired: Wired, person: int) -> list[Call]:
    return [call for call in wired.calls("sendMessage") if call.chat == person]


async def test_a_chat_that_must_wait_holds_up_nobody_else(town_in_trouble: Wired):
    wired = town_in_trouble
    everyone = await wired.seed(10)
    wired.fails("answer", chat=FIRST, code=429, description="x", parameters={"retry_after": 2})
    await wired.start()
    await wired.sent(10)

    refused, accepted = sent_to(wired, FIRST)
    assert accepted.boottime - refused.boottime >= 2.5
    others = [sent_to(wired, person) for person in everyone[1:]]
    assert all(len(calls) == 1 for calls in others)
    assert all(call.boottime - refused.boottime < 2 for calls in others for call in calls)
    assert not any(call.in_ban for call in wired.calls())


async def test_two_chats_that_must_wait_mean_the_whole_bot_also_over_a_restart(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    await wired.seed(2)
    wait = {"retry_after": 4}
    for person in (FIRST, FIRST + 1):
        wired.fails("answer", chat=person, code=429, description="x", parameters=wait)
    await wired.start()
    await wired.until(lambda: len(wired.calls("sendMessage")) == 2, "two refusals")
    banned_at = wired.calls("sendMessage")[-1].boottime
    await asyncio.sleep(0.2)
    await wired.seed(8, first=FIRST + 2)
    await asyncio.sleep(0.5)
    await wired.stop()
    await wired.start()
    wired.says(wired.meet(FIRST + 50), "/timezone Europe/Berlin")
    await wired.sent(10)
    await wired.hears(FIRST + 50, "Berlin")  # answers wait as well

    later = wired.calls("sendMessage")[2:]
    assert min(call.boottime for call in later) - banned_at >= 4.5
    assert max(wired.arrived().values()) == 1


async def test_told_to_wait_again_and_again_it_waits_and_loses_nothing(town_in_trouble: Wired):
    wired, people, in_flight, rounds = town_in_trouble, 30, 10, 3
    await wired.seed(people)
    wait = {"retry_after": 2}
    storm = wired.fails(
        "answer", method="sendMessage", code=429, description="x", parameters=wait, times=None
    )
    await wired.start()

    def bursts() -> list[int]:
        """How many calls there were between two silences as long as Telegram asked for."""
        found, before = [0], 0.0
        for at in sorted(call.boottime for call in wired.calls("sendMessage")):
            if found[-1] and at - before >= 2:
                found.append(0)
            found[-1] += 1
            before = at
        return found

    await wired.until(lambda: len(bursts()) > rounds, "as many pauses", 30)
    refused = bursts()[:rounds]
    assert max(refused) <= in_flight + 2  # one more leaves beside the first two refusals each
    wired.playground.faults.clear()
    await wired.sent(people)
    assert storm.hits >= rounds
    assert set(wired.arrived().values()) == {1}


@pytest.mark.parametrize("method", [None, "sendMessage"])
async def test_however_long_telegram_answers_502_nothing_is_lost(
    town_in_trouble: Wired, method: str | None
):
    wired = town_in_trouble
    await wired.seed(8)
    await wired.start()
    wired.fails("html", method=method, times=None)
    await asyncio.sleep(3)
    wired.playground.faults.clear()
    await wired.sent(8)
    assert set(wired.arrived().values()) == {1}


async def test_connections_dropped_for_a_while_lose_nothing(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(8)
    await wired.start()
    wired.fails("drop", times=None)
    await asyncio.sleep(2)
    wired.playground.faults.clear()
    await wired.sent(8)
    assert set(wired.arrived().values()) == {1}


async def test_an_answer_lost_on_the_way_costs_one_copy_that_rings(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("lose", method="sendMessage")
    await wired.start()
    await wired.sent(1)
    first, second = sent_to(wired, FIRST)
    assert first.parameters["text"] == second.parameters["text"]
    assert "disable_notification" not in second.parameters
    assert wired.arrived() == {FIRST: 2}


async def test_no_answer_in_time_costs_one_copy_that_does_not_ring_again(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("hang", method="sendMessage")
    await wired.start()
    await wired.sent(1)
    first, second = sent_to(wired, FIRST)
    assert "disable_notification" not in first.parameters
    assert second.parameters["disable_notification"] == "true"
    assert wired.arrived() == {FIRST: 2}


async def test_half_an_answer_costs_one_copy(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("broken", method="sendMessage")
    await wired.start()
    await wired.sent(1)
    assert wired.arrived() == {FIRST: 2}


async def test_answers_that_never_come_end_after_two_resends(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("lose", method="sendMessage", times=None)
    await wired.start()
    await wired.sent(1)
    await asyncio.sleep(1)
    assert wired.arrived() == {FIRST: 3}
    assert wired.rows("SELECT reason FROM deliveries WHERE kind = 'go' AND state = 'sent'") == [
        ("unconfirmed",)
    ]


async def test_while_telegram_cannot_be_reached_nothing_is_in_doubt(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(8, due_in=1)
    await wired.start()
    await wired.telegram.aclose()
    await asyncio.sleep(3)
    assert wired.rows("SELECT count(*) FROM deliveries WHERE maybe_sent") == [(0,)]
    await wired.open()
    await wired.sent(8)
    assert set(wired.arrived().values()) == {1}


@pytest.mark.parametrize("code", [401, 404])
async def test_a_token_refused_in_passing_costs_nothing(town_in_trouble: Wired, code: int):
    wired = town_in_trouble
    await wired.seed(3, due_in=0.5)
    await wired.start()
    wired.fails("answer", method="sendMessage", code=code, description="Unauthorized", times=5)
    await wired.sent(3)
    assert set(wired.arrived().values()) == {1}


async def test_while_the_token_is_revoked_health_is_red_and_nothing_is_lost(
    town_in_trouble: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    wired = town_in_trouble
    monkeypatch.setattr("app.health.POLL_SILENT", 1)
    await wired.seed(3, due_in=1)
    await wired.start()
    wired.fails("answer", code=401, description="Unauthorized", times=None)
    wired.playground.updates.end_poll()
    tried = "SELECT count(*) FROM deliveries WHERE state = 'pending' AND reason IS NOT NULL"
    await wired.until(lambda: wired.rows(tried) == [(3,)], "three tries")
    await asyncio.sleep(1.5)
    assert "no good getUpdates for 90 s" in await wired.parts.health.problems()
    assert "Telegram refuses the token; if it was revoked, set the new one" in caplog.messages
    assert wired.rows(
        "SELECT DISTINCT reason FROM deliveries WHERE state = 'pending' AND reason IS NOT NULL"
    ) == [("InvalidToken",)]
    wired.playground.faults.clear()
    await wired.sent(3)
    assert set(wired.arrived().values()) == {1}


async def test_refused_markup_is_sent_again_without(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    words = "Bad Request: can't parse entities: unsupported start tag"
    wired.fails("answer", method="sendMessage", code=400, description=words)
    await wired.start()
    await wired.sent(1)
    refused, accepted = sent_to(wired, FIRST)
    assert refused.parameters["parse_mode"] == "HTML"
    assert "parse_mode" not in accepted.parameters
    assert "<" not in accepted.parameters["text"]


async def test_who_blocks_the_bot_hears_nothing_until_they_come_back(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(2)
    acts.block(wired.playground, FIRST, blocked=True)
    wired.playground.updates.drop_all()  # the 403 is the first that the bot hears of it
    await wired.start()
    await wired.sent(1)
    await wired.until(
        lambda: wired.rows("SELECT reachable FROM people WHERE id = 5001") == [("blocked",)],
        "a note that they blocked us",
    )
    assert wired.rows(
        "SELECT DISTINCT state FROM deliveries WHERE person_id = 5001 ORDER BY state"
    ) == [("cancelled",), ("failed",)]

    wired.says(FIRST, "/start")  # which takes back the block
    await wired.handled()
    assert wired.rows("SELECT reachable FROM people WHERE id = 5001") == [("yes",)]
    ahead = wired.rows("SELECT state FROM deliveries WHERE person_id = 5001 AND state = 'pending'")
    assert len(ahead) >= 1


async def test_a_block_is_heeded_before_anything_is_refused(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1, due_in=2)
    await wired.start()
    acts.block(wired.playground, FIRST, blocked=True)
    await wired.handled()
    assert wired.rows("SELECT reachable FROM people WHERE id = 5001") == [("blocked",)]
    await asyncio.sleep(2.5)
    assert sent_to(wired, FIRST) == []


async def test_a_block_heard_of_after_the_refusal_stays_a_block(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1, due_in=None)
    wired.change("UPDATE people SET reachable = 'blocked'")
    acts.block(wired.playground, FIRST, blocked=True)
    await wired.start()
    await wired.handled()
    assert wired.rows("SELECT reachable FROM people WHERE id = 5001") == [("blocked",)]


@pytest.mark.parametrize(
    ("code", "words"),
    [(400, "Bad Request: chat not found"), (403, "Forbidden: user is deactivated")],
    ids=["chat not found", "account deleted"],
)
async def test_a_chat_that_is_gone_is_left_alone(town_in_trouble: Wired, code: int, words: str):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("answer", method="sendMessage", code=code, description=words)
    await wired.start()
    await wired.until(
        lambda: wired.rows("SELECT reachable FROM people") == [("gone",)], "a note that it is gone"
    )
    assert wired.states().keys() == {"failed", "cancelled"}
    await asyncio.sleep(0.5)
    assert len(sent_to(wired, FIRST)) == 1


async def test_a_message_that_cannot_be_written_is_set_aside_and_the_rest_go_out(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    await wired.seed(5)
    wired.change("UPDATE deliveries SET kind = 'unheard_of' WHERE person_id = 5001")
    await wired.start()
    await wired.sent(4)
    await wired.until(
        lambda: (
            ("failed", "poison")
            in wired.rows("SELECT state, reason FROM deliveries WHERE kind = 'unheard_of'")
        ),
        "the message set aside",
    )


DAMAGED = [
    "UPDATE people SET zone = 'Mars/Phobos' WHERE id = 5001",
    "UPDATE people SET morning = 'x' WHERE id = 5001",
    "UPDATE commitments SET at = 'half past never' WHERE person_id = 5001",
    "UPDATE commitments SET state = 'enchanted' WHERE person_id = 5001",
]


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_row_that_cannot_be_read_stops_nobody_elses_reminder(
    town_in_trouble: Wired, damaged: str
):
    wired = town_in_trouble
    await wired.seed(5)
    wired.change(damaged)
    await wired.start()
    await wired.sent(4)
    assert [text for text in wired.heard(FIRST) if "damaged" not in text] == []
    await wired.until(lambda: wired.states()["sending"] == 0, "nothing under way")


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_row_that_cannot_be_read_stops_nobodys_word_of_an_outage(
    town_in_trouble: Wired, damaged: str
):
    wired, long_ago = town_in_trouble, "'2026-01-01 00:00:00'"
    await wired.seed(5)
    wired.change(f"UPDATE deliveries SET not_after = {long_ago} WHERE due_at < CURRENT_TIMESTAMP")
    wired.change(f"INSERT INTO heartbeats (name, at) VALUES ('running', {long_ago})")
    wired.change("UPDATE people SET quiet_from = '00:00', quiet_until = '00:00'")
    wired.change(damaged)
    await wired.start()
    for person in range(FIRST + 1, FIRST + 5):
        await wired.hears(person, "I was away for a while")


async def test_who_owns_a_row_that_cannot_be_read_is_told_of_it_once(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(2, due_in=None)
    damaged = "at = 'half past never', laid_until = '2020-01-01'"
    wired.change(f"UPDATE commitments SET {damaged} WHERE person_id = {FIRST}")
    wired.change("UPDATE people SET quiet_from = '00:00', quiet_until = '00:00'")
    await wired.start()
    await wired.hears(FIRST, f"Something about Tea {FIRST} is damaged here")
    await wired.parts.timetable.catch_up()
    await wired.sent(0)
    assert len(wired.heard(FIRST)) == 1
    assert wired.heard(FIRST + 1) == []


async def test_who_is_forgotten_while_a_message_is_under_way_stops_nobody(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    wired.fails("delay", method="sendMessage", seconds=0.8)
    await wired.start()
    await asyncio.sleep(0.4)
    assert await wired.parts.database.write(people.forget, FIRST)
    await asyncio.sleep(0.6)
    await wired.seed(3, first=FIRST + 1)
    await wired.sent(3)
