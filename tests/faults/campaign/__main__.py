"""`python -m tests.faults.campaign [name ...]`: the whole campaign, or the battles so named."""

import asyncio
import contextlib
import os
import signal
import sys

import habits  # noqa: F401 - it settles where time zones come from
from tests import postgres
from tests.faults.campaign.report import HEAD, row
from tests.faults.campaign.scenarios import fight, too_few_kills, whole


async def campaign(names: list[str]) -> int:
    """Fight one battle after the other; gives how many broke a promise.

    A whole campaign must have had its SIGKILLs as well.
    """
    broken, results = 0, []
    print(*HEAD, sep="\n", flush=True)
    with postgres.running() as server:
        for scenario in whole():
            if names and scenario.name not in names:
                continue
            result = await fight(scenario, server)
            print(row(result), flush=True)
            for breach in result.breaches:
                print(f"BROKEN: {breach}", flush=True)
            if result.logs is not None:
                print(f"its logs: {result.logs}", flush=True)
            broken += bool(result.breaches)
            results.append(result)
    for lack in [] if names else too_few_kills(results):
        print(f"BROKEN: {lack}", flush=True)
        broken += 1
    return broken


async def until_stopped(names: list[str]) -> int:
    """The same; SIGTERM and SIGINT leave no process behind."""
    fighting = asyncio.create_task(campaign(names))
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, fighting.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        return await fighting
    return 130


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the other cores stay whose they are
    sys.exit(min(asyncio.run(until_stopped(sys.argv[1:])), 130))
