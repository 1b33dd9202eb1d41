"""A date as it is typed, always one to come."""

import calendar
import re
from datetime import MAXYEAR, date, timedelta
from typing import Any

from bot.phrases.items import grammar, longest
from bot.phrases.outcomes import NotUnderstood, Reason, WhichDate
from bot.phrases.vocabulary import DEFAULT, Vocabulary, vocabulary
from bot.phrases.words import Word, words

MOST_CHARACTERS = 100
FURTHEST_YEARS = 10
"""Beyond ten years a date is a slip of the finger."""

_YEARS_TO_A_LEAP_DAY = 9
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})(?:\. ?(?P<year>\d{4}|\d{2})?)?")
_EITHER_FIRST = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?")
_LEADING = frozenset({"UNTIL", "ON", "FOR", "IN", "THE", "TO", "FROM", "COLON", "COMMA"})
_TRAILING = frozenset({"MARK", "STOP", "COMMA"})


def read_date(text: str, today: date, language: str = DEFAULT) -> date | WhichDate | NotUnderstood:
    """Read "until 5 January", "24.12.", "for two weeks", "next Friday": a date after today.

    Without a year it is the next one. A weekday, with or without "next", is the nearest to
    come; a month, "next month", "next week" are their first days (weeks from Monday); "3/4"
    is a question. Refused: today and before, and what lies more than ten years ahead.
    """
    if len(text) > MOST_CHARACTERS:
        return NotUnderstood(Reason.TOO_LONG)
    meanings = vocabulary(language)
    said = _without_edges(words(text, meanings), meanings)
    if not said:
        return NotUnderstood(Reason.NOTHING, text)
    end = len(text.rstrip().rstrip("!?,;")) if said[-1].text[-1].isdecimal() else said[-1].end
    named = _numeric(text[said[0].start : end].strip(), today)
    if named is None:
        stop, tree = longest(said, 0, grammar(half_before=meanings.half_before), "date")
        if stop < len(said):
            return NotUnderstood(Reason.NOTHING, text)
        named = [_meant(tree, today, meanings)]
    return _one_to_come(named, today, text)


def _without_edges(found: list[Word], meanings: Vocabulary) -> list[Word]:
    start, end = 0, len(found)
    while start < end and (
        found[start].kind in _LEADING or _is_said_before(found[start], meanings)
    ):
        start += 1
    while end > start and found[end - 1].kind in _TRAILING:
        end -= 1
    return found[start:end]


def _is_said_before(word: Word, meanings: Vocabulary) -> bool:
    said = (word.text.casefold(),)
    return said in meanings.plain["rest"] or said in meanings.plain["polite"]


def _numeric(text: str, today: date) -> list[date | None] | None:
    """The dates that numbers alone may mean; a None among them does not exist."""
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _EITHER_FIRST):
        match = pattern.fullmatch(text)
        if not match:
            continue
        year, day, month = match["year"], int(match["day"]), int(match["month"])
        whole_year = int(year) + (2000 if len(year) == 2 else 0) if year else None
        readings = [_on(day, month, whole_year, today)]
        if pattern is _EITHER_FIRST and day != month:
            readings.append(_on(month, day, whole_year, today))
        return readings
    return None


def _on(day: int, month: int, year: int | None, today: date) -> date | None:
    """That day of that year, or the next such day; None if there is none."""
    years = [year] if year is not None else range(today.year, today.year + _YEARS_TO_A_LEAP_DAY)
    for candidate in years:
        found = _date(candidate, month, day)
        if found and (year is not None or found > today):
            return found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    if not 1 <= year <= MAXYEAR or not 1 <= month <= 12:
        return None
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _one_to_come(
    named: list[date | None], today: date, text: str
) -> date | WhichDate | NotUnderstood:
    real = [day for day in named if day]
    ahead = [day for day in real if day > today]
    if not ahead:
        return NotUnderstood(Reason.IN_THE_PAST if real else Reason.NO_SUCH_DATE, text)
    if max(ahead).year > today.year + FURTHEST_YEARS:
        return NotUnderstood(Reason.OUT_OF_RANGE, text)
    return ahead[0] if len(ahead) == 1 else WhichDate(tuple(ahead))


def _meant(tree: Any, today: date, meanings: Vocabulary) -> date | None:
    """What a tree of the rule "date" means."""
    match tree.data, tree.children:
        case "on_weekday", [*_, Word(number=weekday)]:
            return _after_days(today, (weekday - today.isoweekday() - 1) % 7 + 1)
        case "next_week", _:
            return _after_days(today, 8 - today.isoweekday())
        case "next_length", [*_, Word(mark="month" | "year" as unit)]:
            return _first_of_next(today, unit)
        case "soon", [Word(text=text)]:
            return _after_days(today, meanings.soon[" ".join(text.casefold().split())])
        case "in_month", [Word(number=month)]:
            return _on(1, month, None, today)
        case "day_month" | "month_day", children:
            return _dated(children, today)
        case "weekday_dated", [Word(number=weekday), *_, inner]:
            found = _dated(inner.children, today)
            return found if found and found.isoweekday() == weekday else None
        case "length", [count, unit]:
            return _after(today, count.number if count.kind == "NUM" else 1, unit)
        case "after", [inner]:
            return _meant(inner, today, meanings)
    return None


def _dated(children: list[Word], today: date) -> date | None:
    month = next(word.number for word in children if word.kind == "MONTH")
    day, *years = (word.number for word in children if word.kind in {"NUM", "ORDINAL"})
    # "5 January 27" may be a year or a slip; a year has four digits here.
    if years and years[0] < 1000:
        return None
    return _on(day, month, years[0] if years else None, today)


def _first_of_next(today: date, unit: str) -> date | None:
    if unit == "year":
        return _date(today.year + 1, 1, 1)
    return _after_months(today.replace(day=1), 1)


def _after(today: date, count: int, unit: Word) -> date | None:
    match unit.kind, unit.mark:
        case "MONTHS", "month":
            return _after_months(today, count)
        case "MONTHS", "year":
            return _after_months(today, 12 * count)
        case "MONTHS", "fortnight":
            return _after_days(today, 14 * count)
        case "WEEK", _:
            return _after_days(today, 7 * count)
    return _after_days(today, count)


def _after_days(today: date, days: int) -> date | None:
    # A slip of the finger must not run over the end of the calendar.
    most = 366 * (FURTHEST_YEARS + 2)
    return today + timedelta(days=min(days, most, (date.max - today).days))


def _after_months(today: date, months: int) -> date | None:
    """The same day so many months on, or the last day of that month."""
    index = today.month - 1 + months
    year, month = today.year + index // 12, index % 12 + 1
    if year > MAXYEAR:
        return date.max
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
