"""What this process has done to the database, counted: for metrics and alarms, and no rule."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa

from habits.clock import boottime

Key = tuple[str, ...]
"""What was counted, and the words that tell it from its like."""
TROUBLE = ("again", "busy")
"""A transaction begun again; one given up."""
_NOTED = "noted"


class Tally:
    """Counts that only grow; of a transaction only once it is committed. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter({("database", what): 0 for what in TROUBLE})
        self._seconds: dict[str, float] = defaultdict(float)

    def add(self, counts: Mapping[Key, int]) -> None:
        """Count what was noted."""
        with self._lock:
            self._counts.update(counts)

    def counts(self, name: str) -> dict[Key, int]:
        """How often what has this name was noted, by the words behind it."""
        with self._lock:
            return {key[1:]: n for key, n in self._counts.items() if key[0] == name}

    def seconds(self) -> dict[str, float]:
        """How long each kind of work kept a thread busy."""
        with self._lock:
            return dict(self._seconds)

    @contextmanager
    def busy(self, kind: str) -> Iterator[None]:
        """Count how long the block takes."""
        began = boottime()
        try:
            yield
        finally:
            with self._lock:
                self._seconds[kind] += boottime() - began


def begin(tx: sa.Connection) -> None:
    """Nothing is noted yet, whatever was rolled back on this connection before."""
    tx.info[_NOTED] = Counter()


def note(tx: sa.Connection, *key: str, count: int = 1) -> None:
    """Count this if the transaction is committed."""
    noted: Counter[Key] = tx.info.setdefault(_NOTED, Counter())
    noted[key] += count


def noted(tx: sa.Connection) -> Counter[Key]:
    """What was noted in the transaction."""
    found: Counter[Key] = tx.info.pop(_NOTED, Counter())
    return found
