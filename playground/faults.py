"""What can be made to go wrong, and the record of every call."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

MOST_CALLS = 200_000

What = Literal["answer", "html", "drop", "lose", "hang", "broken", "delay", "slow", "date"]
WHATS = ("answer", "html", "drop", "lose", "hang", "broken", "delay", "slow", "date")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, for the next `times` calls that match (None: for ever).

    - `answer`: Telegram refuses with `code`, `description` and `parameters`; a `retry_after` in
      them starts a ban, which is recorded, and enforced where the limits are.
    - `html`: a gateway answers with `code` and a page of HTML; nothing was done.
    - `drop`: the connection ends before anything was done.
    - `lose`: the call is carried out, then the connection ends without an answer.
    - `hang`: the call is carried out, then nothing comes for `seconds`.
    - `broken`: the call is carried out and answered 200 with half a JSON object.
    - `delay`: everything is right, only `seconds` late.
    - `slow`: the call is carried out at once and answered rightly, but `seconds` late.
    - `date`: everything is right, but the Date header is `seconds` off.

    `after` lets that many matching calls pass first.
    """

    what: What
    method: str | None = None
    chat: int | None = None
    times: int | None = 1
    after: int = 0
    code: int = 502
    description: str = "Bad Gateway"
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 3600.0
    hits: int = 0

    def matches(self, method: str, chat: int | None) -> bool:
        """Say whether this call is meant; counting is `Faults.match`'s."""
        right_method = self.method is None or self.method.lower() == method.lower()
        return right_method and self.chat in (None, chat)


class Faults:
    """The faults that wait for their call, in the order in which they were added."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Wait for a call; the fault's `hits` tells later how often it struck."""
        if fault.what not in WHATS:
            raise ValueError(f"unknown fault {fault.what!r}; known: {', '.join(WHATS)}")
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again."""
        self._waiting.clear()

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._waiting)

    def match(self, method: str, chat: int | None) -> Fault | None:
        """Give the first fault that strikes this call, and count it."""
        for fault in self._waiting:
            if not fault.matches(method, chat):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            self._count(fault)
            return fault
        return None

    def _count(self, fault: Fault) -> None:
        fault.hits += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was made and answered.

    `came` and `boottime`, when it was asked and when it was answered, are in seconds on a clock
    that never jumps and that every process of the machine shares; `at` is the playground's time
    of the answer. `status` 0 means that no answer went out.
    """

    number: int
    came: float
    boottime: float
    at: datetime
    method: str
    parameters: dict[str, str]
    chat: int | None
    status: int
    answer: Any
    in_ban: bool
    fault: str | None

    def as_json(self) -> dict[str, Any]:
        """Give it for another process."""
        return {name: getattr(self, name) for name in self.__slots__} | {"at": self.at.isoformat()}


class Calls:
    """The record, newest last; the oldest go when it is full."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=MOST_CALLS)
        self._number = 0

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def of(self, *methods: str) -> list[Call]:
        """Give the calls of these methods, spelled in any case."""
        wanted = {method.lower() for method in methods}
        return [call for call in self._calls if call.method.lower() in wanted]

    def since(self, number: int) -> list[Call]:
        """Give the calls after the one with this number."""
        return [call for call in self._calls if call.number > number]

    def record(self, **details: Any) -> Call:
        """Remember a call; what it takes is what Call has, without the number."""
        self._number += 1
        call = Call(number=self._number, **details)
        self._calls.append(call)
        return call

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        self._calls.clear()


def boottime() -> float:
    """Give seconds since the machine started; they neither jump nor stop while it sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
