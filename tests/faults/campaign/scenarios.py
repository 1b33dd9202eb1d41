"""The battles of a campaign: who strikes how often, at what, and what may come of it."""

import asyncio
import contextlib
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from playground.faults import boottime
from tests import postgres
from tests.faults.campaign import nemesis
from tests.faults.campaign.checker import Verdict, check
from tests.faults.campaign.nemesis import Strike
from tests.faults.campaign.world import World, world
from tests.faults.small_disk import small_disk
from tests.faults.wall_clock import LIBRARY, WallClock
from tests.process import eventually

RATE = 24
"""Messages a second for the whole bot."""
FASTEST = RATE + 5
"""The most that any second may have, from all processes together."""
IN_FLIGHT = 4
"""How many messages one process may have under way at that rate."""
ENDS_RIGHTLY = {0, -signal.SIGKILL, -signal.SIGTERM}
"""As it was told; killed; told to end before Python had read a line of ours."""
A_LIFE = 1.8
"""Seconds from the start of a process to the blow that ends it, about."""
FEWEST_KILLS = 200
"""SIGKILLs that a whole campaign must have had on each database."""
PATIENCE = 90.0
"""Seconds after the last blow for everything to be in order again."""


@dataclass(frozen=True)
class Scenario:
    """One battle. strikes: how many blows; between: seconds from one to the next.

    fatal: how likely a process kills itself at a chosen moment. spoils: whether answers are
    spoiled as well. owed, pressing: how many slots, and how many people who press.
    """

    name: str
    strike: Strike | None
    strikes: int
    between: tuple[float, float]
    seed: int = 1
    processes: int = 1
    on_postgres: bool = False
    fatal: float = 0.0
    spoils: bool = False
    owed: int = 200
    pressing: int = 20

    @property
    def seconds(self) -> float:
        """About how long the blows go on."""
        ends_one = self.strike in {nemesis.kill, nemesis.term}
        return self.strikes * (sum(self.between) / 2 + (A_LIFE if ends_one else 0))


@dataclass(frozen=True)
class Result:
    """What came of a battle. logs: those of a lost one, in a folder of their own."""

    scenario: Scenario
    verdict: Verdict
    kills: int
    pauses: int
    blows: int
    copies: int
    lost_presses: int
    breaches: list[str]
    seconds: float
    logs: Path | None = None


def too_few_kills(results: Iterable[Result]) -> list[str]:
    """On which database a whole campaign proved too little, a sentence each."""
    kills = Counter({"SQLite": 0, "PostgreSQL": 0})
    for each in results:
        kills["PostgreSQL" if each.scenario.on_postgres else "SQLite"] += each.kills
    return [
        f"{count} SIGKILLs on {database}, {FEWEST_KILLS} wanted"
        for database, count in kills.items()
        if count < FEWEST_KILLS
    ]


async def fight(scenario: Scenario, server: postgres.Server | None = None) -> Result:
    """One battle from its beginning until everything is in order again."""
    began = boottime()
    with _place(scenario) as folder:
        async with _world(scenario, folder, server) as made:
            result = await _fight(scenario, made, began)
            return replace(result, logs=_kept(made)) if result.breaches else result


def _kept(made: World) -> Path:
    """Where the logs of a lost battle stay when its folder goes."""
    folder = Path(tempfile.mkdtemp(prefix="letloose-lost-"))
    for each in made.crew:
        shutil.copy(each.log, folder)
    return folder


async def _fight(scenario: Scenario, made: World, began: float) -> Result:
    await nemesis.answer_slowly(made)
    await made.owe(scenario.owed, scenario.seconds)
    who_presses = await made.meet(scenario.pressing)
    running = [asyncio.create_task(each.run()) for each in made.crew]
    enough = asyncio.Event()
    pressing = asyncio.create_task(made.press(who_presses, enough))
    blows = await _strike(scenario, made)
    enough.set()
    await pressing
    for each in made.crew:
        each.fatal = 0.0
    await made.rig.goes_right()
    await _until_in_order(made)
    await asyncio.gather(*(each.stop() for each in made.crew))
    await asyncio.gather(*running)
    return await _judged(scenario, made, blows, boottime() - began)


async def _strike(scenario: Scenario, made: World) -> int:
    blows = 0
    for _ in range(scenario.strikes):
        await asyncio.sleep(made.chance.uniform(*scenario.between))
        if scenario.spoils:
            await nemesis.spoil_an_answer(made)
        if scenario.strike is not None:
            await scenario.strike(made)
            blows += 1
    return blows


async def _until_in_order(made: World) -> None:
    """Wait until everything owed has an end, and every press was handled."""
    last = max(slot.due for slot in made.slots)

    async def in_order() -> bool:
        if boottime() < last or not all(each.alive for each in made.crew):
            return False
        ended = made.rig.states()
        done = sum(ended[state] for state in ("sent", "failed", "expired"))
        return done >= len(made.slots) and await _received(made)

    with contextlib.suppress(AssertionError):  # what is not in order then is for the checker
        await eventually(in_order, "everything in order", PATIENCE + max(0.0, last - boottime()))


async def _received(made: World) -> bool:
    return made.rig.unhandled() == 0 and await made.rig.telegram.ask("updates") == []


async def _judged(scenario: Scenario, made: World, blows: int, seconds: float) -> Result:
    verdict = check(made.slots, await made.said(), ends=made.ends)
    ended_badly = {code for each in made.crew for code in each.codes} - ENDS_RIGHTLY
    kept = dict(made.rig.rows("SELECT person_id, count(*) FROM check_ins GROUP BY person_id"))
    copies = made.kills * IN_FLIGHT + made.paused
    breaches = verdict.breaches(copies=copies, fastest=FASTEST)
    breaches += made.rig.broken()
    if kept != dict(made.pressed):
        breaches.append(f"{made.pressed.total()} presses, {sum(kept.values())} kept")
    if ended_badly and scenario.strike not in nemesis.KEEPS_FROM_STARTING:
        words = "\n".join(each.last_words for each in made.crew)
        breaches.append(f"processes ended with {sorted(ended_badly)}: {words}")
    return Result(
        scenario,
        verdict,
        kills=made.kills,
        pauses=made.paused,
        blows=blows,
        copies=copies,
        lost_presses=made.pressed.total() - sum(kept.values()),
        breaches=breaches,
        seconds=seconds,
    )


@asynccontextmanager
async def _world(
    scenario: Scenario, folder: Path, server: postgres.Server | None
) -> AsyncIterator[World]:
    settings = {"SEND_RATE": str(RATE)}
    clock = WallClock(folder / "clock") if scenario.strike is nemesis.turn_the_clock else None
    async with world(
        folder,
        scenario.seed,
        server=server if scenario.on_postgres else None,
        processes=scenario.processes,
        fatal=scenario.fatal,
        **settings,
    ) as made:
        made.clock = clock
        for each in made.crew:
            each.program.settings |= {
                "FAULT_LEASE": str(nemesis.LEASE),
                "FAULT_LIMITS": "1:2",
            }
            if clock is not None:
                each.program.settings |= clock.settings()
        yield made


@contextmanager
def _place(scenario: Scenario) -> Iterator[Path]:
    """A folder; for the full disk with a small file system in it, where that may be made."""
    with tempfile.TemporaryDirectory(prefix="letloose-campaign-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        with small_disk(data) if scenario.strike is nemesis.fill_the_disk else nullcontext():
            yield Path(name)


_SHORT = (
    Scenario("SIGKILL", nemesis.kill, 7, (0, 0.3), fatal=0.3, spoils=True),
    Scenario(
        *("SIGKILL", nemesis.kill, 8, (0, 0.3)),
        processes=3,
        on_postgres=True,
        fatal=0.3,
        spoils=True,
    ),
    Scenario("SIGTERM", nemesis.term, 5, (0, 0.4)),
)
SHORT = [replace(each, owed=90) for each in _SHORT]
"""What the suite fights every time."""

_KILLS = Scenario("SIGKILL", nemesis.kill, 42, (0, 0.2), fatal=0.3, spoils=True, owed=500)
_KILLS_OF_THREE = Scenario(
    *("SIGKILL", nemesis.kill, 42, (0, 0.2)),
    processes=3,
    on_postgres=True,
    fatal=0.3,
    spoils=True,
    owed=500,
)
_SMALLER = (
    Scenario("nothing", None, 10, (1, 1)),
    Scenario("SIGTERM", nemesis.term, 12, (0, 0.4)),
    Scenario("SIGTERM", nemesis.term, 12, (0, 0.4), processes=3, on_postgres=True),
    Scenario("SIGSTOP", nemesis.pause, 6, (0.5, 1.5)),
    Scenario("SIGSTOP", nemesis.pause, 8, (0.3, 1.0), processes=3, on_postgres=True),
    Scenario("answers spoiled", None, 30, (0.3, 0.9), spoils=True),
    Scenario("database locked", nemesis.lock_the_database, 3, (1, 2)),
    Scenario(
        "database stopped", nemesis.stop_the_database, 4, (2, 4), processes=3, on_postgres=True
    ),
    Scenario(
        *("database stopped", nemesis.stop_the_database, 1, (0, 2)),
        processes=3,
        on_postgres=True,
    ),
    Scenario("disk full", nemesis.fill_the_disk, 3, (2, 3)),
    Scenario("clock turned", nemesis.turn_the_clock, 4, (2, 4), owed=100),
)


def whole() -> list[Scenario]:
    """What `make faults` fights."""
    seeds = range(1, 6)
    kills = [replace(each, seed=seed) for each in (_KILLS, _KILLS_OF_THREE) for seed in seeds]
    can_turn = LIBRARY.exists()
    return kills + [
        each for each in _SMALLER if can_turn or each.strike is not nemesis.turn_the_clock
    ]
