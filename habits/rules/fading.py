"""When a commitment no longer needs its reminders, and which of its weeks go without them.

Steady is: of the weeks that asked and are decided, the last eight were all kept. Rest, neutral,
free and open weeks are passed over, as the streak does; a miss that a reserve covers is a miss.
Once the person wants it, every second week is still reminded of over four turns, then none.
"""

from collections.abc import Iterable
from datetime import date

from habits.rules.week import WEEK, Verdict

STEADY_WEEKS = 8
FADES_OVER = 4
"""Turns of the schedule in which every second one still has its reminder."""


def is_steady(verdicts: Iterable[Verdict]) -> bool:
    """Whether the last eight decided weeks were kept; `verdicts` oldest first."""
    decided = [each for each in verdicts if each in (Verdict.KEPT, Verdict.MISSED)]
    return decided[-STEADY_WEEKS:] == [Verdict.KEPT] * STEADY_WEEKS


def is_faded(fades_from: date | None, week: date, every: int) -> bool:
    """Whether a week, named by its first day, goes without reminders.

    fades_from: the first day of the first week of the fading. every: of the schedule, in weeks.
    """
    if fades_from is None or week < fades_from:
        return False
    turn = (week - fades_from) // (WEEK * every)
    return turn >= FADES_OVER or turn % 2 == 0
