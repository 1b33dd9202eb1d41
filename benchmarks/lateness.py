"""B6: how late reminders at random instants are on an idle machine."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks import population, program
from benchmarks.burst import UNTIL_DUE, each_once
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import serving


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """From the instant a reminder is due to its arrival at the server."""
    count, seconds = scale.pick(20, 200), scale.pick(3, 40)
    with program.a_folder() as folder, serving() as server:
        first = datetime.now(UTC) + UNTIL_DUE
        chance = random.Random(7)
        due = [first + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(count)]
        population.fill(program.database_in(folder), due)
        with program.running(server.address, folder):
            server.wait_for("sendMessage", count, seconds + 20)
        calls = server.calls("sendMessage")
    late = [call.at - due[call.chat - 1].timestamp() for call in calls]
    what = f"lateness of {count} reminders at random instants within {seconds} s"
    yield against_limit("B6", f"{what}, median", median(late) * 1000, "ms", 300)
    yield against_limit("B6", f"{what}, worst", max(late) * 1000, "ms", 1000)
    yield from each_once("B6", calls, count)
