"""The grammar's rules turned into facts."""

from dataclasses import replace
from typing import Any

from lark import Token, Transformer

from bot.phrases.facts import (
    ALL_DAYS,
    HALF_DAY,
    MOST_WEEKS,
    WEEKEND,
    WORKDAYS,
    Bare,
    Certainty,
    Clock,
    Days,
    Fact,
    Facts,
    PartOfDay,
    Refused,
    Rhythm,
    Target,
    within_the_weekend,
)
from bot.phrases.outcomes import Reason
from bot.phrases.words import Word, half_of_day

MINUTES_BEFORE_THE_HOUR = (5, 10, 20, 25)
Found = list[Any]
"""What a rule's parts became: words, and the facts of the rules inside it."""


def _hour(hour: int, minute: int, *, about: bool = False) -> Fact:
    if hour > 23 or minute > 59:
        return Refused(Reason.NO_SUCH_TIME)
    certainty = Certainty.OPEN if 1 <= hour <= 12 else Certainty.SURE
    return Clock(hour * 60 + minute, certainty, about=about)


def hour_of(word: Word) -> Fact:
    """The time that a number alone names: 6, 19, 1830."""
    if word.mark == "digits" and len(word.text) == 4:
        named = _hour(*divmod(word.number, 100))
        # Written with four digits it is by the 24-hour clock.
        return replace(named, certainty=Certainty.SURE) if isinstance(named, Clock) else named
    return _hour(word.number, 0)


def _before(clock: Fact, minutes: int) -> Fact:
    """Ten to eight. An open clock stays within 1:00 to 12:59."""
    if not isinstance(clock, Clock):
        return clock
    earlier = (clock.minutes - minutes) % (2 * HALF_DAY)
    if clock.certainty is Certainty.OPEN and earlier < 60:
        earlier += HALF_DAY
    return replace(clock, minutes=earlier)


def _in_half(clock: Fact, half: str) -> Fact:
    if not isinstance(clock, Clock):
        return clock
    minutes = half_of_day(*divmod(clock.minutes, 60), half)
    if minutes is None:
        return Refused(Reason.NO_SUCH_TIME)
    return replace(clock, minutes=minutes, certainty=Certainty.SURE, meridiem=True)


def _start_of_span(first: Fact, last: Fact) -> Fact:
    """From 6 to 8pm: six takes the half of the day in which it comes before eight."""
    if isinstance(first, Bare):
        first = hour_of(first.word)
    if not isinstance(first, Clock) or not isinstance(last, Clock) or not last.meridiem:
        return first
    if first.certainty is Certainty.SURE:
        return first
    early = first.minutes % HALF_DAY
    late = early + HALF_DAY
    minutes = late if early < last.minutes and late < last.minutes else early
    return replace(first, minutes=minutes, certainty=Certainty.SURE)


def _every(found: Found, facts: Facts = ()) -> Facts:
    gap: Word = found[1]
    weeks = 2 if gap.kind in {"OTHER", "ALTERNATE"} else gap.number
    # "Every first Sunday" can only be the first of a month.
    if not 1 <= weeks <= MOST_WEEKS or (gap.kind, weeks) == ("ORDINAL", 1):
        return (Refused(Reason.NOT_WEEKLY),)
    return (*facts, Rhythm(weeks))


class Stating(Transformer[Token, Facts]):
    """Each method is a rule of grammar.lark; the rules of dates stay trees.

    half_before: "half six" is 5:30.
    """

    def __init__(self, *, half_before: bool) -> None:
        super().__init__()
        self._half_before = half_before

    def every_days(self, found: Found) -> Facts:
        return (*found[1], Rhythm(1, implied=True))

    def every_nth_days(self, found: Found) -> Facts:
        return _every(found, found[-1])

    def alternate_days(self, found: Found) -> Facts:
        return (*found[1], Rhythm(2))

    def weekly(self, found: Found) -> Facts:
        return (Rhythm(1),)

    def every_nth_week(self, found: Found) -> Facts:
        return _every(found)

    def fortnightly(self, found: Found) -> Facts:
        return (Rhythm(2),)

    def daily(self, found: Found) -> Facts:
        return (Days(ALL_DAYS), Rhythm(1, implied=True))

    def daily_part(self, found: Found) -> Facts:
        return (Days(ALL_DAYS), Rhythm(1, implied=True), *found[1])

    def group(self, found: Found) -> Facts:
        elements = [part for part in found if isinstance(part, Days)]
        joints = {joint for joint in found if isinstance(joint, str)} - {"COMMA"}
        if len(elements) == 1:
            return (elements[0],)
        if not joints and (within := within_the_weekend(elements)):
            return (within,)
        if len(joints) > 1 or any(element.once for element in elements):
            return (Refused(Reason.UNCLEAR),)
        days = sorted({day for element in elements for day in element.days})
        return (
            Days(
                tuple(days),
                once="OR" in joints and len(days) > 1,
                plural=any(element.plural for element in elements),
                unsure="SLASH" in joints and len(days) > 1,
            ),
        )

    def element(self, found: Found) -> Days:
        return Days((found[0].number,), plural=found[0].mark == "plural")

    def days_through(self, found: Found) -> Days:
        first, last = found[0].number, found[-1].number
        length = (last - first) % 7 + 1
        return Days(tuple(sorted((first - 1 + step) % 7 + 1 for step in range(length))))

    def weekend(self, found: Found) -> Days:
        return Days(WEEKEND, once=True)

    def workdays(self, found: Found) -> Days:
        return Days(WORKDAYS)

    def joint(self, found: Found) -> str:
        kinds = [word.kind for word in found]
        return next((kind for kind in ("OR", "SLASH", "AND") if kind in kinds), "COMMA")

    def target(self, found: Found) -> Facts:
        return (Target(found[0].number),)

    def target_on_days(self, found: Found) -> Facts:
        facts: Facts = (Target(found[0].number), *found[-1])
        return (*facts, Rhythm(1, implied=True)) if found[-2].kind == "EVERY" else facts

    def target_every(self, found: Found) -> Facts:
        # "Twice every two weeks" is neither one a week nor two in one of them.
        if found[0].number != 1:
            return (Refused(Reason.UNCLEAR),)
        days = found[-1] if isinstance(found[-1], tuple) else ()
        if not days and found[-1].kind == "FORTNIGHTLY":
            return (Target(1), Rhythm(2))
        return _every(found[-3:], (Target(1), *days))

    def sharp(self, found: Found) -> Facts:
        moment: Facts = found[0]
        return moment

    def from_until(self, found: Found) -> Facts:
        (first,), joint, (last,) = found
        is_count = isinstance(first, Bare) and first.word.mark == "word"
        if joint.kind == "TO" and is_count and first.word.number in MINUTES_BEFORE_THE_HOUR:
            hour = hour_of(last.word) if isinstance(last, Bare) else last
            return (_before(hour, first.word.number),)
        start = _start_of_span(first, last)
        return (replace(start, ends=True) if isinstance(start, Clock) else start,)

    def between(self, found: Found) -> Facts:
        return self.from_until(found[1:])

    def between_numbers(self, found: Found) -> Facts:
        return self.numbers_until(found[1:])

    def numbers_until(self, found: Found) -> Facts:
        (clock,) = self.from_until(found)
        return (replace(clock, weak=True) if isinstance(clock, Clock | Refused) else clock,)

    def several_numbers(self, found: Found) -> Facts:
        return (Refused(Reason.SEVERAL_TIMES, weak=True),)

    def several_times(self, found: Found) -> Facts:
        return (Refused(Reason.SEVERAL_TIMES),)

    def written(self, found: Found) -> Facts:
        mark = found[0].mark
        certainty = Certainty.WRITTEN if mark.endswith("hour") else Certainty.SURE
        return (
            Clock(
                found[0].number, certainty, meridiem=mark == "half", weak=mark.startswith("dotted")
            ),
        )

    def written_in_half(self, found: Found) -> Facts:
        word, half = found
        if word.mark == "half":
            return (Refused(Reason.UNCLEAR),)
        return (_in_half(Clock(word.number, Certainty.WRITTEN), half.mark),)

    def noon(self, found: Found) -> Facts:
        if len(found) > 1 and found[0].number != 12:
            return (Refused(Reason.SEVERAL_TIMES),)
        return (Clock(found[-1].number, Certainty.SURE, weak=len(found) == 1),)

    def in_half(self, found: Found) -> Facts:
        return (_in_half(hour_of(found[0]), found[1].mark),)

    def spoken_in_half(self, found: Found) -> Facts:
        return (_in_half(found[0][0], found[1].mark),)

    def oclock(self, found: Found) -> Facts:
        return (_hour(found[0].number, 0),)

    def about(self, found: Found) -> Facts:
        return (_hour(found[0].number, 0, about=True),)

    def hour_minute(self, found: Found) -> Facts:
        hour, minute = found
        if minute.number < 10 or hour.number > 23 or hour.mark != minute.mark:
            return (Refused(Reason.UNCLEAR, weak=True),)
        said = _hour(hour.number, minute.number)
        return (replace(said, weak=True) if isinstance(said, Clock) else said,)

    def half_past(self, found: Found) -> Facts:
        return (_hour(found[1].number, 30),)

    def half(self, found: Found) -> Facts:
        hour = found[1].number
        return (_before(_hour(hour, 0), 30) if self._half_before else _hour(hour, 30),)

    def quarter_past(self, found: Found) -> Facts:
        return (_hour(found[1].number, 15),)

    def quarter_to(self, found: Found) -> Facts:
        return (_before(_hour(found[1].number, 0), 15),)

    def minutes_past(self, found: Found) -> Facts:
        return (_hour(found[2].number, found[0].number),)

    def bare(self, found: Found) -> Facts:
        return (Bare(found[0]),)

    def part(self, found: Found) -> Facts:
        return (PartOfDay(found[-1].mark),)

    def not_weekly(self, found: Found) -> Facts:
        return (Refused(Reason.NOT_WEEKLY),)

    def of_a_month(self, found: Found) -> Facts:
        return (Refused(Reason.NOT_WEEKLY, weak=True),)

    def unclear(self, found: Found) -> Facts:
        return (Refused(Reason.UNCLEAR),)

    def unknown(self, found: Found) -> Facts:
        return (Refused(Reason.UNKNOWN_WORD),)

    def one_time(self, found: Found) -> Facts:
        first = found[0]
        is_weak = isinstance(first, Word) and (first.kind == "SOON" or first.mark == "/")
        return (Refused(Reason.ONE_TIME, weak=is_weak),)
