"""B4: at the default 25 a second, 1,000 due at once, against a server with Telegram's limits."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from benchmarks import population, program
from benchmarks.burst import UNTIL_DUE, each_once
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import serving

RATE = 25
MOST_IN_A_SECOND = RATE + 5


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Time against the ideal, the fullest second as the server counts it, refusals."""
    count = scale.pick(75, 1_000)
    with program.a_folder() as folder, serving(limited=True) as server:
        due = datetime.now(UTC) + UNTIL_DUE
        population.fill(program.database_in(folder), [due] * count)
        with program.running(server.address, folder):
            server.wait_for("sendMessage", count, 3 * count / RATE + 20)
        calls = server.calls("sendMessage")
    took, ideal = max(call.at for call in calls) - due.timestamp(), count / RATE
    what = f"{count:,} reminders due at once, at the default {RATE}/s, to the last one"
    yield Row("B4", what, took, "s", ideal, took / ideal, 1.03, "lower")
    fullest = most_within_a_second([call.at for call in calls])
    yield against_limit("B4", "most in any second", fullest, "", MOST_IN_A_SECOND)
    refused = sum(call.status == 429 for call in calls)
    yield against_limit("B4", "answers 429", refused, "", 0)
    yield from each_once("B4", calls, count)


def most_within_a_second(moments: Sequence[float]) -> int:
    """The most moments that any stretch of one second holds."""
    ordered, first, most = sorted(moments), 0, 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most
