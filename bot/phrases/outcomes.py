"""What a typed phrase may turn out to be. Data only; the sentences are the caller's."""

from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum

from habits.rules.schedule import Part, Schedule


class Reason(StrEnum):
    """Why a phrase was refused rather than guessed at."""

    TOO_LONG = "too_long"
    NOTHING = "nothing"
    """No word of the asked kind is in it."""
    UNKNOWN_WORD = "unknown_word"
    """A word that may be a day, a number or a time, and is none we know."""
    UNCLEAR = "unclear"
    """Known words in an order that has no single meaning."""
    NO_SUCH_TIME = "no_such_time"
    NO_SUCH_DATE = "no_such_date"
    NOT_WEEKLY = "not_weekly"
    """Asked for something else than every 1 to 4 weeks."""
    ONE_TIME = "one_time"
    """A single date, or a date on which it should begin or end."""
    SEVERAL_TIMES = "several_times"
    """Two times of day, or a time outside the part of the day named with it."""
    SEVERAL_RHYTHMS = "several_rhythms"
    """Two different "every n weeks" or two different "n times a week"."""
    OUT_OF_RANGE = "out_of_range"
    IN_THE_PAST = "in_the_past"


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Refused; words: the person's own words that are to blame, as typed, "" for all."""

    reason: Reason
    words: str = ""


@dataclass(frozen=True, slots=True)
class NotACommitment:
    """Nothing about days or times is in it: it may be an answer, a city, a way."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a phrase says about a schedule; None where it says nothing.

    The fields are those of Schedule. target is given only where it was said ("twice a
    week"); otherwise it follows from days and once.
    """

    days: tuple[int, ...] | None = None
    at: Part | time | None = None
    every: int | None = None
    target: int | None = None
    once: bool | None = None


@dataclass(frozen=True, slots=True)
class WhichDays:
    """No day was named. target: how many times a week, where that was said."""

    target: int | None = None


@dataclass(frozen=True, slots=True)
class WhichOfTheseDays:
    """Days stand in two places, and one of them may belong to the title."""

    options: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EachOrAny:
    """Days with a slash between them. options: on each of them, on any one of them."""

    options: tuple[Change, Change]


@dataclass(frozen=True, slots=True)
class MoreThanDays:
    """More check-ins a week were asked for than there are days."""

    target: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MorningOrEvening:
    """A time that may be of either half of the day.

    options: both readings, then, where days were talked of, the likelier part of the day
    without an exact time. about: "6ish", "around 6".
    """

    hour: int
    minute: int
    options: tuple[time | Part, ...]
    about: bool = False


@dataclass(frozen=True, slots=True)
class IsThatTheTime:
    """A time of day that may be a word of the title ("Midnight in Paris on Saturdays").

    options: that time, then the part of the day that stands where no time was said.
    """

    options: tuple[time | Part, ...]


@dataclass(frozen=True, slots=True)
class WhatToDo:
    """A schedule without a title."""


Question = (
    WhichDays
    | WhichOfTheseDays
    | EachOrAny
    | MoreThanDays
    | MorningOrEvening
    | IsThatTheTime
    | WhatToDo
)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Understood but for some questions, which are to be asked in their order.

    change: what is certain so far. title and ways are empty where only a schedule was read.
    """

    questions: tuple[Question, ...]
    change: Change
    title: str = ""
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """A whole promise, ready to be confirmed.

    time_given: whether a time of day was said; otherwise schedule.at is the default part.
    """

    title: str
    ways: tuple[str, ...]
    schedule: Schedule
    time_given: bool


@dataclass(frozen=True, slots=True)
class WhichDate:
    """A date that reads in two ways; options: both, day before month first."""

    options: tuple[date, ...]


def changed(schedule: Schedule, change: Change) -> Schedule | MoreThanDays:
    """Apply a change; what it does not speak of stays. New days bring their own target."""
    days, once, target = schedule.days, schedule.once, schedule.target
    if change.days is not None:
        days, once = change.days, False
        target = 1 if change.once else len(days)
    once = once if change.once is None else change.once
    target = target if change.target is None else change.target
    if target > len(days):
        return MoreThanDays(target, days)
    return Schedule(
        days=days,
        at=schedule.at if change.at is None else change.at,
        every=schedule.every if change.every is None else change.every,
        target=target,
        once=once and target == 1 and len(days) > 1,
    )


def answered(ambiguous: Ambiguous, answer: Change | Part | time | str) -> Commitment | Ambiguous:
    """Answer the first question: a Change for days or target, a time or Part, a title.

    A target above the days answered with is asked about again.
    """
    title, ways, change = ambiguous.title, ambiguous.ways, ambiguous.change
    match answer:
        case Change():
            change = combined(change, answer)
        case Part() | time():
            change = replace(change, at=answer)
        case str():
            title, ways = answer, (answer,)
    return completed(ambiguous.questions[1:], change, title, ways)


def combined(earlier: Change, later: Change) -> Change:
    """One change that does what both do, the later one last."""
    return Change(
        days=earlier.days if later.days is None else later.days,
        at=earlier.at if later.at is None else later.at,
        every=earlier.every if later.every is None else later.every,
        target=earlier.target if later.target is None else later.target,
        once=earlier.once if later.once is None else later.once,
    )


def completed(
    questions: tuple[Question, ...], change: Change, title: str, ways: tuple[str, ...]
) -> Commitment | Ambiguous:
    """The commitment, unless something is still to be asked."""
    outcome = changed(Schedule(), change)
    if isinstance(outcome, MoreThanDays):
        if change.days is not None and outcome not in questions:
            questions = (outcome, *questions)
    elif not questions:
        return Commitment(title, ways, outcome, time_given=change.at is not None)
    return Ambiguous(questions, change, title, ways)
