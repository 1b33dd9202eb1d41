"""The one place that reads the time.

Everything else takes `now` as an argument. What is due follows the guarded time below; leases
and pauses follow CLOCK_BOOTTIME, which no one can step and which goes on during a suspend.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

A_JUMP = timedelta(seconds=30)
"""A step of the system clock larger than this is not followed before it has been confirmed."""


def boottime() -> float:
    """Seconds since the machine started, suspends included; only differences mean something."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def system_time() -> datetime:
    """What the machine says the time is (aware, UTC)."""
    return datetime.now(UTC)


@dataclass
class Clock:
    """The process's time: the system's, guarded against jumps, plus an offset.

    offset: 0 with a token; only the playground's wiring moves it.
    held: why nothing may be sent at the moment, in one sentence, or None.
    system, seconds: the two clocks it is made of.
    """

    offset: timedelta = timedelta(0)
    held: str | None = None
    system: Callable[[], datetime] = system_time
    seconds: Callable[[], float] = boottime
    _wall: datetime = field(init=False)
    _boot: float = field(init=False)

    def __post_init__(self) -> None:
        self.follow()

    def now(self) -> datetime:
        """The guarded time (aware, UTC): it runs on evenly while a jump is unconfirmed."""
        return self._wall + timedelta(seconds=self.seconds() - self._boot) + self.offset

    def shown(self) -> datetime:
        """What the system clock shows plus the offset, jumps and all."""
        return self.system() + self.offset

    def jumped_by(self) -> timedelta:
        """How far the system clock stands from where it should be; small steps are followed.

        Zero for what was followed here (a second of NTP's slewing); a real jump stays, and is
        told again at each call, until follow() is called or the system clock comes back.
        """
        wall, boot = self.system(), self.seconds()
        away = wall - self._wall - timedelta(seconds=boot - self._boot)
        if abs(away) > A_JUMP:
            return away
        self._wall, self._boot = wall, boot
        return timedelta(0)

    def follow(self) -> None:
        """Take the system clock as it stands now."""
        self._wall, self._boot = self.system(), self.seconds()
