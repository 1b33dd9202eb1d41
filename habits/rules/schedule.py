"""When a commitment asks: its days, its time, every how many weeks."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(1, 8)
"""ISO weekdays."""


class Part(StrEnum):
    """A part of the day; each person can move when it begins."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days a commitment asks for and the local time at which it does.

    days: ISO weekdays 1 (Monday) to 7, ascending, at least one.
    at: a part of the day, or an exact local clock time (naive, minutes).
    every: 1 to 4 weeks.
    target: the check-ins that make a week kept, 1 to len(days); 1 when asking once.
    once: the days are joined by "or" (or are "the weekend"): one occasion a week, on the
        first of them.
    """

    days: tuple[int, ...] = (SATURDAY,)
    at: Part | time = Part.AFTERNOON
    every: int = 1
    target: int = 1
    once: bool = False
