"""No call waits for ever for a PostgreSQL that says nothing, stopped or behind a dead way.

The server's own limits do not help where it does not answer, and TCP notices late or, where the
machine still acknowledges, never.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.waiting import Ready

from habits.clock import boottime

R = TypeVar("R")

LONGEST_SILENCE = 12.0
"""Seconds; the server's own limit for a statement is ten."""
SILENCE_AT_THE_END = 1.0
"""Seconds once we are ending, for all that is still asked."""
UNTIL_CONNECTED, UNTIL_CONNECTED_AT_THE_END = 5, 2
KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""In seconds, and the last in milliseconds."""


class Silent(psycopg.OperationalError):
    """The server has not answered; whether it did what was asked is not known."""


@dataclass
class Patience:
    """How long a server may say nothing (seconds)."""

    silence: float = field(default_factory=lambda: LONGEST_SILENCE)
    until_connected: int = UNTIL_CONNECTED

    def end(self) -> None:
        """From now on, also for what was asked before, hardly at all."""
        self.silence = SILENCE_AT_THE_END
        self.until_connected = UNTIL_CONNECTED_AT_THE_END


class Impatient(psycopg.Connection[Any]):
    """A connection that closes itself where the server says nothing for too long."""

    patience = Patience()

    def wait(
        self, gen: Generator[Any, Any, R], interval: float = 0.1, timeout: float | None = None
    ) -> R:
        """As psycopg's, which every call to the server goes through."""
        return super().wait(self._bounded(gen), interval, timeout)

    def _bounded(self, gen: Generator[Any, Any, R]) -> Generator[Any, Any, R]:
        began, answer = boottime(), None
        try:
            while True:
                answer = yield gen.send(answer)
                if answer != Ready.NONE:
                    began = boottime()
                elif boottime() - began > self.patience.silence:
                    break
        except StopIteration as end:
            result: R = end.value
            return result
        self.close()
        raise Silent(f"no answer for {self.patience.silence:g} s")


def impatient(engine: sa.Engine, patience: Patience) -> sa.Engine:
    """The engine, whose new connections wait no longer than that."""

    @sa.event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]
    ) -> Impatient:
        options = options | {"connect_timeout": patience.until_connected}
        connection = Impatient.connect(*arguments, **options)
        connection.patience = patience
        return connection

    return engine
