"""B8: updates received durably: kept in the inbox, handled in a transaction, answered.

Everybody sends a few commands by turns; what they are answered shows whether the order within a
person was kept. The peers echo and keep nothing. Ours is paced to 1,000 messages a second, the
most that can be set.
"""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from benchmarks import population, program
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import Call, Server, serving

RATE = 1_000
BY_TURNS = ("/timezone", "/nothing", "/nothing")
"""The first keeps what it asks for in the person's conversation, the others are unknown."""
EACH = len(BY_TURNS) * 2


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Ours against two echo bots."""
    ours, order = _ours(scale.pick(10, 500))
    default = _echo("default", scale.pick(20, 120))
    fast = _echo("over-ours", scale.pick(60, 3_000))
    what = "updates kept, handled and answered, 50 ms of latency"
    yield Row(
        "B8", f"{what}, against PTB's default", ours, "/s", default, ours / default, 40, "higher"
    )
    what = f"{what}, against PTB's echo over our transport"
    yield Row("B8", what, ours, "/s", fast, ours / fast, 0.35, "higher")
    yield from order


def _ours(people: int) -> tuple[float, list[Row]]:
    with program.a_folder() as folder, serving() as server:
        never = datetime.now(UTC) + timedelta(days=9)
        population.fill(program.database_in(folder), [never] * people)
        with program.running(server.address, folder, send_rate=str(RATE)):
            time.sleep(1.0)
            server.push(_updates(people))
            server.wait_for("sendMessage", people * EACH, 60)
            calls = server.calls("sendMessage")
            rate = _rate(server, calls)
    answers = defaultdict(list)
    for call in calls:
        answers[call.chat].append(call.text)
    missing = people * EACH - len(calls)
    wrong = sum(not _in_order(texts) for texts in answers.values())
    return rate, [
        against_limit("B8", f"of {people * EACH:,} updates, unanswered", missing, "", 0),
        against_limit("B8", f"of {people:,} people, answered out of order", wrong, "", 0),
    ]


def _in_order(texts: list[str]) -> bool:
    """Whether the answers come by the same turns as the commands did."""
    if len(texts) != EACH or len(set(texts)) != len(set(BY_TURNS)):
        return False
    first = dict(zip(BY_TURNS, texts, strict=False))
    return texts == [first[command] for command in islice(cycle(BY_TURNS), EACH)]


def _rate(server: Server, calls: list[Call]) -> float:
    began, last = min(server.handed().values()), max(call.at for call in calls)
    return len(calls) / (last - began)


def _updates(people: int) -> list[dict[str, Any]]:
    """Everybody's first command, then everybody's second, and so on."""
    turns = [command for command in islice(cycle(BY_TURNS), EACH) for _ in range(people)]
    return [_update(number, number % people + 1, text) for number, text in enumerate(turns)]


def _update(number: int, person_id: int, text: str) -> dict[str, Any]:
    entity = {"type": "bot_command", "offset": 0, "length": len(text)}
    return {
        "update_id": number + 1,
        "message": {
            "message_id": number + 1,
            "from": {"id": person_id, "is_bot": False, "first_name": "Anna"},
            "chat": {"id": person_id, "first_name": "Anna", "type": "private"},
            "date": int(time.time()),
            "text": text,
            "entities": [entity],
        },
    }


def _echo(kind: str, count: int) -> float:
    with serving() as server, peer(kind, server.address):
        server.push(_updates(count // EACH + 1))
        server.wait_for("sendMessage", count, 60)
        return _rate(server, server.calls("sendMessage")[:count])


@contextmanager
def peer(kind: str, address: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of the echo bots, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.peers", kind, address]
    process = subprocess.Popen(command, cwd=program.ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)
