"""Which time of day the statements of a phrase add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time

from bot.phrases.facts import HALF_DAY, Certainty, Clock, PartOfDay
from bot.phrases.items import Item
from bot.phrases.outcomes import (
    IsThatTheTime,
    MorningOrEvening,
    NotUnderstood,
    Question,
    Reason,
)
from habits.rules.schedule import Part, Schedule

DAY = 2 * HALF_DAY
_HOURS = {"morning": (3, 12), "afternoon": (12, 19), "evening": (16, 24), "night": (18, 24)}
"""Clock hours that a part of the day may be named with, the last one excluded. Beyond
midnight "night" is of the day before, which a schedule cannot hold."""
_EITHER_HALF = range(5, 12)
"""Hours at which people let loose in both halves of the day; at others it is after noon."""


@dataclass(frozen=True, slots=True)
class Told:
    """The time of day that was said, or the question that settles it, or neither."""

    at: Part | time | None = None
    question: Question | None = None


def told_time(schedule: list[Item], hints: list[Item]) -> Told | NotUnderstood:
    """Add up clock times and parts of the day; hints are words of the title."""
    clocks = {replace(clock, weak=False, ends=False) for clock in _clocks(schedule)}
    parts, hinted = _parts(schedule), _parts(hints)
    if len(clocks) > 1 or len(parts) > 1:
        return NotUnderstood(Reason.SEVERAL_TIMES)
    hint = next(iter(hinted)) if len(hinted) == 1 else None
    part = next(iter(parts), None)
    if clocks:
        return _told_by_clock(clocks.pop(), part, hint)
    if part or hint:
        return Told(_part(part or hint or ""))
    for clock in _clocks(hints):
        options = (clock_time(clock.minutes), Schedule().at)
        return Told(question=IsThatTheTime(options))
    return Told()


def clock_time(minutes: int) -> time:
    """Minutes from midnight as a clock time."""
    return time(*divmod(minutes % DAY, 60))


def _clocks(found: Iterable[Item]) -> list[Clock]:
    return [fact for item in found for fact in item.facts if isinstance(fact, Clock)]


def _parts(found: Iterable[Item]) -> set[str]:
    return {fact.name for item in found for fact in item.facts if isinstance(fact, PartOfDay)}


def _part(name: str) -> Part:
    return Part.EVENING if name == "night" else Part(name)


def _told_by_clock(clock: Clock, part: str | None, hint: str | None) -> Told | NotUnderstood:
    if part:
        fitting = _fitting(clock, part)
        return NotUnderstood(Reason.SEVERAL_TIMES) if fitting is None else Told(fitting)
    if clock.certainty is Certainty.SURE:
        return Told(clock_time(clock.minutes))
    hinted = _fitting(clock, hint) if hint else None
    if clock.certainty is Certainty.WRITTEN:
        is_as_written = hinted is None or hinted == clock_time(clock.minutes)
        return Told(clock_time(clock.minutes)) if is_as_written else Told(question=_either(clock))
    if hinted is not None:
        return Told(hinted)
    if clock.minutes // 60 in _EITHER_HALF:
        return Told(question=_either(clock))
    return Told(clock_time(clock.minutes % HALF_DAY + HALF_DAY))


def _fitting(clock: Clock, part: str) -> time | None:
    """The reading of a clock time that lies in a part of the day: "evening at 8"."""
    first, last = _HOURS[part]
    readings = [clock.minutes]
    if clock.certainty is not Certainty.SURE:
        readings.append((clock.minutes + HALF_DAY) % DAY)
    fitting = [minutes for minutes in readings if first <= minutes // 60 < last]
    return clock_time(fitting[0]) if len(fitting) == 1 else None


def _either(clock: Clock) -> MorningOrEvening:
    early, late = both_halves(clock)
    likely = Part.EVENING if late.hour >= 17 else Part.AFTERNOON
    return MorningOrEvening(
        early.hour or 12, early.minute, (early, late, likely), about=clock.about
    )


def both_halves(clock: Clock) -> tuple[time, time]:
    """A clock time of 1:00 to 12:59 before and after noon."""
    early = clock.minutes % HALF_DAY
    return clock_time(early), clock_time(early + HALF_DAY)
