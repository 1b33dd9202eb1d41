"""B2 and B5: 10,000 reminders due at one instant through the real process, and presses meanwhile.

The process is `letloose run` against a server with 50 ms of latency. Everybody's reminder is
owed in its database before it starts; the time runs from the instant to the last message.
"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from benchmarks import population, program
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import Call, Server, serving

PAID_RATE, DEFAULT_RATE = 1_000, 25
UNTIL_DUE = timedelta(seconds=6)
A_PRESS_EVERY = 0.1


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """A burst without presses, then presses idle and in bursts at both rates."""
    yield from the_burst(scale.pick(400, 10_000))
    yield from the_presses(scale)


def the_burst(count: int) -> Iterable[Row]:
    """B2: time against the ideal, what was lost or doubled, the loop's longest stall."""
    with program.a_folder() as folder, serving() as server:
        due = datetime.now(UTC) + UNTIL_DUE
        population.fill(program.database_in(folder), [due] * count)
        with program.running(server.address, folder, send_rate=str(PAID_RATE)) as running:
            server.wait_for("sendMessage", count, 3 * count / PAID_RATE + 20)
            time.sleep(1.0)
        calls, stalls = server.calls("sendMessage"), running.stalls()
    last = max(call.at for call in calls)
    took, ideal = last - due.timestamp(), count / PAID_RATE
    what = f"{count:,} reminders due at one instant, at {PAID_RATE:,}/s, to the last one"
    yield Row("B2", what, took, "s", ideal, took / ideal, 1.05, "lower")
    yield from each_once("B2", calls, count)
    stalled = [length for at, length in stalls if due.timestamp() < at < last]
    worst = max(stalled, default=0.0) * 1000
    yield against_limit("B2", "longest stall of the loop meanwhile", worst, "ms", 100)


def each_once(bar: str, calls: Iterable[Call], count: int) -> Iterable[Row]:
    """How many of the people were not told, and how many once too often."""
    told = Counter(call.chat for call in calls if call.status == 200)
    yield against_limit(bar, f"of {count:,}, lost", count - len(told), "", 0)
    doubled = sum(times - 1 for times in told.values())
    yield against_limit(bar, f"of {count:,}, doubled", doubled, "", 0)


@dataclass(frozen=True, slots=True)
class Answered:
    """Seconds from handing a press out to its answer, for each press; the unanswered."""

    seconds: list[float]
    missing: int


def the_presses(scale: Scale) -> Iterable[Row]:
    """B5: "Did it" pressed every tenth of a second, idle and while a burst is going out."""
    presses = scale.pick(10, 60)
    for rate in (DEFAULT_RATE, PAID_RATE):
        idle = _pressing(rate, presses, waiting=0)
        busy = _pressing(rate, presses, waiting=int(rate * presses * A_PRESS_EVERY * 2))
        ours, peer = median(busy.seconds) * 1000, median(idle.seconds) * 1000
        what = f"a press answered while reminders go out at {rate:,}/s, p50 against idle"
        yield Row("B5", what, ours, "ms", peer, ours / peer, 1.5, "lower")
        missing = busy.missing + idle.missing
        yield against_limit(
            "B5", f"of {2 * presses} presses at {rate:,}/s, unanswered", missing, "", 0
        )


def _pressing(rate: int, presses: int, *, waiting: int) -> Answered:
    """The first `presses` people press; a reminder is due to each of the `waiting` others."""
    due = datetime.now(UTC) + UNTIL_DUE
    never = due + timedelta(days=3)
    with program.a_folder() as folder, serving() as server:
        when = [never] * presses + [due] * waiting
        population.fill(program.database_in(folder), when)
        with program.running(server.address, folder, send_rate=str(rate)):
            _wait_until(due + timedelta(seconds=0.5))
            for number in range(1, presses + 1):
                server.push([press(number, number, f"1:did:{number}")])
                time.sleep(A_PRESS_EVERY)
            server.wait_for("answerCallbackQuery", presses, 10)
            return _answered(server, presses)


def _answered(server: Server, presses: int) -> Answered:
    handed = server.handed()
    answered = {call.chat: call.at for call in server.calls("answerCallbackQuery")}
    took = [answered[number] - handed[number] for number in handed if number in answered]
    return Answered(took, presses - len(took))


def _wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def press(number: int, person_id: int, data: str) -> dict[str, Any]:
    """A press as an update; its number is the update's and the query's."""
    who = {"id": person_id, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    bot = {"id": 1000, "is_bot": True, "first_name": "A bot", "username": "a_bot"}
    return {
        "update_id": number,
        "callback_query": {
            "id": str(number),
            "from": who,
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": number,
                "from": bot,
                "chat": {"id": person_id, "first_name": "Anna", "type": "private"},
                "date": int(time.time()),
                "text": "Bouldering",
            },
        },
    }
