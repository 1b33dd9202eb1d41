"""`python -m tests.faults.launch run`: the program with something about it made worse.

What is made worse stands in the environment, and nothing of it in the program itself:
- FAULT_KILL="claim:after": SIGKILL itself at the first such moment. Moments: `receive`, `effect`,
  `claim`, `settle` and `lay out`, before or after their commit; `deliver`, before or after the
  call.
- FAULT_POISON="5001:4": SIGKILL itself whenever it begins to deliver a reminder to that person;
  what was under way at four ends is set aside, and does not rest before.
- FAULT_ROTATE="before:3": SIGKILL itself before or after the third step of `rotate`, of 10 rows.
- FAULT_LIMITS="1:2": seconds of silence, and of a whole call, that a call to Telegram may take.
- FAULT_LEASE="2": seconds for which a claim holds, of a message or of an update.
- FAULT_AGAIN="1": seconds until a job of the timetable that failed comes again.
- FAULT_SILENCE="2": seconds for which PostgreSQL may say nothing.
- FAULT_PATIENCE="1:2": seconds without a good poll until a new client, and until the end.
- FAULT_DISK="1": seconds for which the disk may answer with errors.
- FAULT_CLOCK="-20": the system clock is so many seconds off.
- FAULT_HOLD="3": seconds for which the third message that is claimed holds the event loop up.
"""

import itertools
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import habits  # noqa: F401
from app import rotation, watchdog
from app.__main__ import main
from bot import hearing, pacing, receiver, transport
from bot.context import Context
from bot.courier import TelegramCourier
from habits import clock, encryption, inbox, occasions, sending, settling
from habits.storage import silence
from habits.storage.database import Database
from scheduler import dispatch, timetable

COMMITTED = {
    "receive": inbox.receive,
    "claim": sending.claim,
    "settle": settling.settle,
    "lay out": occasions.lay_out_due,
}


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(
    call: Callable[..., Awaitable[Any]], when: str, meant: Callable[..., bool]
) -> Callable[..., Awaitable[Any]]:
    """The call, with our end just before or just after it, where it did something."""

    async def called(*args: Any, **kwargs: Any) -> Any:
        if not meant(*args):
            return await call(*args, **kwargs)
        if when == "before":
            _die()
        result = await call(*args, **kwargs)
        if result not in ([], 0):
            _die()
        return result

    return called


def _kill_at(moment: str) -> None:
    point, when = moment.split(":")
    if point == "deliver":
        TelegramCourier.deliver = _dying(TelegramCourier.deliver, when, lambda *_: True)  # type: ignore[assignment,method-assign]
    elif point == "effect":
        Context.write = _dying(Context.write, when, lambda *_: True)  # type: ignore[assignment,method-assign]
    else:
        work = COMMITTED[point]
        Database.write = _dying(Database.write, when, lambda *args: work in args)  # type: ignore[assignment,method-assign]


def _kill_for(poison: str) -> None:
    person, ends = (int(each) for each in poison.split(":"))
    settling.MOST_ENDS, settling.LEASE = ends, 0.0  # which is also the longest rest

    def meant(_: TelegramCourier, owed: sending.Owed) -> bool:
        return owed.person.id == person and owed.turn is not None

    TelegramCourier.deliver = _dying(TelegramCourier.deliver, "before", meant)  # type: ignore[assignment,method-assign]


def _kill_rotation_at(step: str) -> None:
    when, number = step.split(":")
    steps = itertools.count(1)
    rotation.AT_ONCE = 10

    def meant(*args: Any) -> bool:
        return encryption.encrypt_some in args and next(steps) == int(number)

    Database.write = _dying(Database.write, when, meant)  # type: ignore[assignment,method-assign]


def _limit_calls(limits: str) -> None:
    read, whole = (float(seconds) for seconds in limits.split(":"))
    defaults = transport.Transport.__init__.__kwdefaults__
    assert defaults is not None
    defaults["limits"] = transport.Limits(read=read, whole=whole)


def _shorten_leases(seconds: str) -> None:
    sending.LEASE = dispatch.LEASE = float(seconds)
    dispatch.CLAIM_LASTS = float(seconds) / 2
    pacing.WAITS_FOR = float(seconds) / 3  # else who was paused sends what another has sent
    dispatch.REAPS_EVERY = 0.5
    inbox.LEASE = float(seconds)
    receiver.KEEPS_EVERY = float(seconds) / 4
    hearing.POLLS_FOR, hearing.LOOKS_WHO_POLLS = 1, 0.5
    hearing.POLLING_LASTS = max(3.0, float(seconds))


def _shorten_the_wait_for_a_job(seconds: str) -> None:
    timetable.AGAIN_IN = timedelta(seconds=float(seconds))


def _shorten_the_longest_silence(seconds: str) -> None:
    silence.LONGEST_SILENCE = float(seconds)


def _shorten_patience(seconds: str) -> None:
    """Give polling less time to go well again."""
    renews, ends = (float(each) for each in seconds.split(":"))
    watchdog.LOOKS_EVERY, watchdog.RENEWS_AFTER, watchdog.ENDS_AFTER = renews / 4, renews, ends


def _shorten_the_disks_patience(seconds: str) -> None:
    watchdog.LOOKS_EVERY, watchdog.DISK_FAILS_FOR = float(seconds) / 4, float(seconds)


def _move_clock(seconds: str) -> None:
    system_time, made = clock.system_time, clock.Clock.__init__
    clock.system_time = lambda: system_time() + timedelta(seconds=float(seconds))
    made.__defaults__ = tuple(
        clock.system_time if each is system_time else each for each in made.__defaults__ or ()
    )


def _hold_loop(seconds: str) -> None:
    deliver, messages = TelegramCourier.deliver, itertools.count(1)

    async def delivered(*args: Any) -> Any:
        if next(messages) == 3:
            time.sleep(float(seconds))
        return await deliver(*args)

    TelegramCourier.deliver = delivered  # type: ignore[method-assign]


WORSE = {
    "FAULT_KILL": _kill_at,
    "FAULT_POISON": _kill_for,
    "FAULT_ROTATE": _kill_rotation_at,
    "FAULT_LIMITS": _limit_calls,
    "FAULT_LEASE": _shorten_leases,
    "FAULT_AGAIN": _shorten_the_wait_for_a_job,
    "FAULT_SILENCE": _shorten_the_longest_silence,
    "FAULT_PATIENCE": _shorten_patience,
    "FAULT_DISK": _shorten_the_disks_patience,
    "FAULT_CLOCK": _move_clock,
    "FAULT_HOLD": _hold_loop,
}

if __name__ == "__main__":
    for name, make_worse in WORSE.items():
        if value := os.environ.get(name):
            make_worse(value)
    main()
