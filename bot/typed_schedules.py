"""A schedule changed by what somebody typed: the new one, a choice, or why not. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import time
from itertools import product

from bot.phrases import (
    Ambiguous,
    Change,
    EachOrAny,
    IsThatTheTime,
    MoreThanDays,
    MorningOrEvening,
    NotUnderstood,
    Question,
    WhichOfTheseDays,
    changed,
    read_number,
    read_schedule,
    read_time,
)
from bot.phrases.outcomes import combined
from bot.texts import commitments as texts
from bot.texts import questions
from habits.rules.schedule import Schedule

MOST_CHOICES = 12
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Choice:
    """It reads in several ways: a question, and the schedules to choose from."""

    question: str
    schedules: tuple[Schedule, ...]


def read_change(
    text: str, schedule: Schedule, asked: str, language: str
) -> Schedule | Choice | NotUnderstood:
    """Read "Sunday evening", "18:15", "every two weeks" as a change of a schedule.

    asked: "days", "time", "often" or "target": a lone number answers what was asked.
    """
    read = _read(text, schedule, asked, language)
    match read:
        case NotUnderstood():
            return read
        case Ambiguous(questions=asked_back, change=change):
            return _choice(schedule, change, asked_back)
        case Change():
            return _applied(schedule, read)


def _read(
    text: str, schedule: Schedule, asked: str, language: str
) -> Change | Ambiguous | NotUnderstood:
    if asked in ("often", "target"):
        most = len(schedule.days) if asked == "target" else 4
        number = read_number(text, 1, most, language)
        if isinstance(number, int):
            return Change(target=number) if asked == "target" else Change(every=number)
        if not _LETTER.search(text):
            return number
    if _LETTER.search(text):
        return read_schedule(text, language)
    return _as_change(read_time(text, language))


def _as_change(
    found: time | MorningOrEvening | NotUnderstood,
) -> Change | Ambiguous | NotUnderstood:
    match found:
        case time():
            return Change(at=found)
        case MorningOrEvening():
            return Ambiguous((found,), Change())
        case NotUnderstood():
            return found


def _applied(schedule: Schedule, change: Change) -> Schedule | Choice:
    match changed(schedule, change):
        case Schedule() as wished:
            return wished
        case MoreThanDays(target, days):
            fewer = _as_far_as_it_goes(schedule, change)
            return Choice(questions.more_than_days(target, days), (fewer,))


def _choice(schedule: Schedule, change: Change, asked: tuple[Question, ...]) -> Choice:
    each = [_options(question) for question in asked]
    schedules = []
    for options in product(*each):
        wished = change
        for option in options:
            wished = combined(wished, option)
        schedules.append(_as_far_as_it_goes(schedule, wished))
    return Choice(_in_words(asked[0], change), tuple(dict.fromkeys(schedules))[:MOST_CHOICES])


def _options(question: Question) -> list[Change]:
    match question:
        case MorningOrEvening(options=options) | IsThatTheTime(options):
            return [Change(at=option) for option in options]
        case EachOrAny(options) | WhichOfTheseDays(options):
            return list(options)
        case MoreThanDays(_, days):
            return [Change(target=len(days))]
    return [Change()]


def _as_far_as_it_goes(schedule: Schedule, change: Change) -> Schedule:
    wished = changed(schedule, change)
    if isinstance(wished, Schedule):
        return wished
    return _as_far_as_it_goes(schedule, replace(change, target=len(wished.days)))


def _in_words(question: Question, change: Change) -> str:
    match question:
        case MorningOrEvening(hour, minute, _, about):
            return questions.which_half(change.days or (), hour, minute, about=about)
        case EachOrAny((each, _)):
            return questions.each_or_any(each.days or ())
        case MoreThanDays(target, days):
            return questions.more_than_days(target, days)
    return texts.which_of_these()
