"""Weeks kept in a row: forgiving by rule, computed every time, never stored.

The rule, as docs/glossary.md shows it with examples:

- A kept week makes the run grow by one; each fourth kept week of a run puts a reserve aside.
- A missed week spends a reserve and is covered. With none in hand it is repaired if the next
  two weeks that count are both kept; otherwise the run ended there, and the next kept week
  is the comeback.
- Rest, neutral, open and free weeks are passed over; a kept week counts whatever else it is.

What the rule leaves open is decided so that nobody is told a number that time alone takes
back; only the person's own correction can lower the best:

- While a miss can still be mended, the run before it stands, and a week kept since then is
  held back: it counts with the run once that goes on, or else begins the next one.
- While a week is open, `best` is what stands even if that week is missed in the end, and
  `run` is never more than it. So a week kept after an open one may be held back too.
- A miss where no run stands has nothing to mend: it is missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habits.rules.week import Record, Verdict, verdict

PUTS_ASIDE_EVERY = 4
"""Of the kept weeks of a run, the ones that put a reserve aside."""
MOST_RESERVE = 2
MENDED_BY = 2
"""The weeks kept one after the other that repair a miss."""


class Standing(StrEnum):
    """What a week means for the streak."""

    KEPT = "kept"
    SAVED = "saved"
    """Kept, and it put a reserve aside."""
    COMEBACK = "comeback"
    """Kept, and the first one after a lapse."""
    COVERED = "covered"
    REPAIRED = "repaired"
    MENDABLE = "can still be mended"
    MISSED = "missed"
    REST = "rest"
    NEUTRAL = "neutral"
    OPEN = "open"
    FREE = "free"


KEPT_STANDINGS = frozenset({Standing.KEPT, Standing.SAVED, Standing.COMEBACK})
MISSED_STANDINGS = frozenset(
    {Standing.COVERED, Standing.REPAIRED, Standing.MENDABLE, Standing.MISSED}
)
UNDECIDED = {
    Verdict.KEPT: Standing.KEPT,
    Verdict.MISSED: Standing.MENDABLE,
    Verdict.REST: Standing.REST,
    Verdict.NEUTRAL: Standing.NEUTRAL,
    Verdict.OPEN: Standing.OPEN,
    Verdict.FREE: Standing.FREE,
}
"""What a week is while the walk has not come to it, or is held up by a miss before it."""


@dataclass(frozen=True, slots=True)
class CountedWeek:
    """One week and what it means for the streak."""

    record: Record
    standing: Standing


@dataclass(frozen=True, slots=True)
class Streak:
    """A commitment's streak and what it was counted from, for words and pictures.

    run: the kept weeks of the run that stands, 0 when none does.
    since: the first day of the first week of that run.
    best: the kept weeks of the longest run ever.
    reserve: the weeks in hand that would cover a miss, 0 to 2.
    to_mend: the weeks still to be kept, one after the other, to repair the latest miss;
        0 when there is nothing to mend.
    kept: all kept weeks ever.
    weeks: every week, oldest first.
    """

    run: int
    since: date | None
    best: int
    reserve: int
    to_mend: int
    kept: int
    weeks: tuple[CountedWeek, ...]


def walk(records: Iterable[Record]) -> Streak:
    """Count a commitment's weeks, given oldest first and without its weeks off."""
    known = tuple(records)
    verdicts = [verdict(record) for record in known]
    tally = _tally(verdicts)
    best = _tally(_at_worst(verdicts)).best if Verdict.OPEN in verdicts else tally.best
    run = min(tally.run, best)
    return Streak(
        run=run,
        since=known[tally.begun].week.first if run else None,
        best=best,
        reserve=tally.reserve,
        to_mend=tally.to_mend,
        kept=verdicts.count(Verdict.KEPT),
        weeks=tuple(map(CountedWeek, known, tally.standings)),
    )


def run_weeks(streak: Streak) -> tuple[CountedWeek, ...]:
    """Return the weeks from the beginning of the run that stands, oldest first."""
    since = streak.since
    if since is None:
        return ()
    return tuple(each for each in streak.weeks if each.record.week.first >= since)


def of_last(streak: Streak, count: int = 12) -> tuple[int, int]:
    """Return how many of the last `count` due weeks were kept, and of how many.

    Weeks of rest and neutral, open and free ones are not due, unless they were kept.
    """
    due = [each.standing for each in streak.weeks if each.standing in _DUE][-count:]
    return sum(standing in KEPT_STANDINGS for standing in due), len(due)


_DUE = KEPT_STANDINGS | MISSED_STANDINGS


@dataclass(slots=True)
class _Tally:
    """Where the walk has come to; `begun` is the place of the first week of the run."""

    standings: list[Standing]
    run: int = 0
    begun: int = 0
    best: int = 0
    reserve: int = 0
    to_mend: int = 0
    lapsed: bool = False


def _tally(verdicts: Sequence[Verdict]) -> _Tally:
    tally = _Tally([UNDECIDED[each] for each in verdicts])
    due = [place for place, each in enumerate(verdicts) if each in _ASKED]
    for turn, place in enumerate(due):
        ahead = [verdicts[later] for later in due[turn + 1 : turn + 1 + MENDED_BY]]
        if verdicts[place] is Verdict.KEPT:
            tally.standings[place] = _keep(tally, place)
        elif verdicts[place] is Verdict.MISSED:
            tally.standings[place] = _miss(tally, ahead)
        if tally.to_mend:
            break
    return tally


_ASKED = frozenset({Verdict.KEPT, Verdict.MISSED, Verdict.OPEN})


def _keep(tally: _Tally, place: int) -> Standing:
    tally.run += 1
    tally.best = max(tally.best, tally.run)
    if tally.run == 1:
        tally.begun = place
        return Standing.COMEBACK if tally.lapsed else Standing.KEPT
    if tally.run % PUTS_ASIDE_EVERY or tally.reserve == MOST_RESERVE:
        return Standing.KEPT
    tally.reserve += 1
    return Standing.SAVED


def _miss(tally: _Tally, ahead: Sequence[Verdict]) -> Standing:
    """Say what a miss means; `ahead` are the next weeks that asked, as far as there are any."""
    if tally.reserve:
        tally.reserve -= 1
        return Standing.COVERED
    if not tally.run or Verdict.MISSED in ahead:
        tally.run = 0
        tally.lapsed = True
        return Standing.MISSED
    tally.to_mend = MENDED_BY - ahead.count(Verdict.KEPT)
    return Standing.MENDABLE if tally.to_mend else Standing.REPAIRED


def _at_worst(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [Verdict.MISSED if each is Verdict.OPEN else each for each in verdicts]
