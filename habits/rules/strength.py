"""How strong a habit is: a number between 0 and 1 that survives a lapse.

The formula is that of Loop Habit Tracker taken week by week, so that a comeback is rewarded
at once: `s = s*m + v*(1-m)`, with `m = 0.5 ** (sqrt(1/7) / 13)` a day, 0.868430 a week.
"""

from collections.abc import Iterable

from habits.rules.week import Record, Verdict, verdict

STAYS = 0.868430
"""What is left of the strength after a week of nothing; half is gone in 4.9 weeks."""


def strength(records: Iterable[Record]) -> float:
    """Return the strength, 0 to 1, after a commitment's weeks, given oldest first."""
    strong = 0.0
    for record in records:
        strong = _after(record, strong)
    return strong


def _after(record: Record, strong: float) -> float:
    value = min(1.0, record.done / record.target)
    moved = strong * STAYS + value * (1.0 - STAYS)
    match verdict(record):
        case Verdict.REST | Verdict.NEUTRAL | Verdict.FREE:
            return strong
        case Verdict.OPEN:
            return max(strong, moved)
        case Verdict.KEPT | Verdict.MISSED:
            return moved
