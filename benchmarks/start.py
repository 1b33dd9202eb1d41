"""B13: from the start of the process to its first getUpdates, against a bare PTB bot; memory."""

import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from benchmarks import program
from benchmarks.receiving import peer
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import POLLING, Server, serving


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Starts by turns, with a database there already; then the memory of a running one."""
    ours, bare = [], []
    with program.a_folder() as folder:
        first = _ours(folder)
        for _ in range(scale.pick(1, 7)):
            ours.append(_ours(folder))
            bare.append(_bare())
        memory = _memory(folder)
    mine, theirs = median(ours), median(bare)
    what = "start to the first getUpdates, against a bare PTB bot"
    yield Row("B13", what, mine, "s", theirs, mine / theirs, 2.5, "lower")
    what = "the very first start, which makes the database"
    yield Row("B13", what, first, "s", theirs, first / theirs, 2.5, "lower")
    yield against_limit("B13", "memory after the start", memory, "MB", 120)


def _ours(folder: Path) -> float:
    with serving(latency=0) as server:
        began = time.monotonic()
        running = program.start(server.address, folder)
        try:
            return _first_poll(server, began)
        finally:
            running.stop()


def _bare() -> float:
    with serving(latency=0) as server:
        began = time.monotonic()
        with peer("default", server.address):
            return _first_poll(server, began)


def _first_poll(server: Server, began: float) -> float:
    assert server.wait_for(POLLING, 1, 30)
    return time.monotonic() - began


def _memory(folder: Path) -> float:
    with serving() as server, program.running(server.address, folder) as running:
        time.sleep(2.0)
        return running.memory
