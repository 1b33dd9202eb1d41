"""What unwinds a person: how often each way left them fulfilled, and which to propose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

ENOUGH = 4
"""Answers below which nothing is claimed about a way."""
HOW_SURE = 1.6449
"""The normal quantile of an interval that holds the truth in nine cases of ten."""
IN_A_ROW = 2
"""How often one way may be proposed in a row while there are others."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Of the check-ins with one way, those that left the person fulfilled and those that did not.

    Check-ins without an answer are in neither.
    """

    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What can be said of one way: `share` is 0 to 1, out of `answers`."""

    way_id: int
    share: float
    answers: Answers


def share(answers: Answers) -> float | None:
    """Return how often a way left the person fulfilled, 0 to 1; None while too few to say."""
    asked = answers.yes + answers.no
    return answers.yes / asked if asked >= ENOUGH else None


def interval(answers: Answers) -> tuple[float, float] | None:
    """Return between which shares, 0 to 1, the truth lies in nine cases of ten; None as `share`.

    Wilson's score interval (Wilson 1927, J. Am. Stat. Assoc. 22): it stays honest for few answers.
    """
    observed = share(answers)
    if observed is None:
        return None
    n, z = answers.yes + answers.no, HOW_SURE
    middle = observed + z**2 / (2 * n)
    half = z * sqrt(observed * (1 - observed) / n + z**2 / (4 * n**2))
    low, high = ((middle + side * half) / (1 + z**2 / n) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def fulfilling(ways: Mapping[int, Answers]) -> tuple[Fulfilment, ...]:
    """Return what can be said of the ways, by id: most often fulfilling first, then best known."""
    said = _said(ways)
    return tuple(sorted(said, key=lambda each: (-each.share, -each.answers.yes, each.way_id)))


def _said(ways: Mapping[int, Answers]) -> Iterable[Fulfilment]:
    for way_id, answers in ways.items():
        known = share(answers)
        if known is not None:
            yield Fulfilment(way_id, known, answers)


def pick(ways: Mapping[int, Answers], last: Sequence[int], random: Random) -> int:
    """Draw a way by Thompson sampling: more often one that fulfils, yet each keeps its chance.

    Each way draws from Beta(1 + yes, 1 + no), and the highest draw wins (Thompson 1933).
    last: the ids picked before, newest last; the same is never picked three times in a row
    unless it is the only one. Raises ValueError without any way.
    """
    if not ways:
        raise ValueError("There is no way to pick from.")
    candidates = [way_id for way_id in ways if not _tired(way_id, last)] or list(ways)
    drawn = {
        way_id: random.betavariate(1 + ways[way_id].yes, 1 + ways[way_id].no)
        for way_id in candidates
    }
    return max(drawn, key=drawn.__getitem__)


def _tired(way_id: int, last: Sequence[int]) -> bool:
    return list(last[-IN_A_ROW:]) == [way_id] * IN_A_ROW
