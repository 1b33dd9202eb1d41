"""Buttons that set a whole schedule: each carries what it sets, and the version it saw."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import time

from bot.buttons import Button, Row, button, in_rows
from bot.language import plain
from bot.texts import commitments as texts
from bot.texts import questions
from bot.texts.schedules import capitalised, schedule_words
from habits.rules.commitment import Commitment
from habits.rules.schedule import Part, Schedule

MOST_WEEKS = 4
_CODE = re.compile(r"([1-7]{1,7})\.(morning|afternoon|evening|\d{4})\.([1-4])\.([1-7])\.([01])")


def code_of(schedule: Schedule) -> str:
    """A schedule as a button carries it: "56.1930.1.2.0"."""
    days = "".join(str(day) for day in schedule.days)
    at = schedule.at.value if isinstance(schedule.at, Part) else schedule.at.strftime("%H%M")
    return f"{days}.{at}.{schedule.every}.{schedule.target}.{int(schedule.once)}"


def a_schedule(word: str) -> Schedule:
    """The schedule that a button carries; ValueError for what cannot be one."""
    found = _CODE.fullmatch(word)
    if found is None:
        raise ValueError(word)
    days = tuple(int(day) for day in found[1])
    at = time(int(found[2][:2]), int(found[2][2:])) if found[2].isdigit() else Part(found[2])
    schedule = Schedule(days, at, int(found[3]), int(found[4]), found[5] == "1")
    most = 1 if schedule.once else len(days)
    if list(days) != sorted(set(days)) or schedule.target > most:
        raise ValueError(word)
    return schedule


def some_days(word: str) -> tuple[int, ...]:
    """The days that are ticked so far, as a button carries them; "0" for none."""
    days = tuple(int(day) for day in word) if word != "0" else ()
    if not word or list(days) != sorted(set(days)) or not set(days) <= set(range(1, 8)):
        raise ValueError(word)
    return days


def setting(label: str, commitment: Commitment, schedule: Schedule) -> Button:
    """A button that gives a commitment this schedule."""
    code = code_of(schedule)
    return button(label, "set_when", commitment.id, commitment.version, code)


def in_words(commitment: Commitment, schedules: Iterable[Schedule]) -> list[Row]:
    """A button for each of these schedules, labelled with the schedule itself."""
    return [
        [setting(capitalised(schedule_words(each)), commitment, each)]
        for each in dict.fromkeys(schedules)
    ]


def of_days(commitment: Commitment) -> list[Row]:
    """One tap for one day; several are ticked on a page of their own."""
    schedule = commitment.schedule
    buttons = [
        setting(
            _marked(questions.day_label(day), chosen=schedule.days == (day,)),
            commitment,
            _on((day,), schedule),
        )
        for day in range(1, 8)
    ]
    ticked = _word(schedule.days)
    several = button(plain("Several days…"), "tick_days", commitment.id, ticked)
    return [*in_rows(buttons, 4), [several]]


def _on(days: tuple[int, ...], schedule: Schedule, *, once: bool = False) -> Schedule:
    return replace(schedule, days=days, target=1 if once else len(days), once=once)


def _marked(label: str, *, chosen: bool) -> str:
    return questions.ticked(label) if chosen else label


def _word(days: Sequence[int]) -> str:
    return "".join(str(day) for day in days) or "0"


def of_several(commitment: Commitment, ticked: tuple[int, ...]) -> list[Row]:
    """Days to tick; each button carries the days that will be ticked then."""
    buttons = []
    for day in range(1, 8):
        then = sorted({*ticked} ^ {day})
        label = _marked(questions.day_label(day), chosen=day in ticked)
        buttons.append(button(label, "tick_days", commitment.id, _word(then)))
    return [*in_rows(buttons, 4), *_ready(commitment, ticked)]


def _ready(commitment: Commitment, ticked: tuple[int, ...]) -> list[Row]:
    schedule = commitment.schedule
    if len(ticked) < 2:
        alone = [setting(plain("→ Done"), commitment, _on(ticked, schedule))] if ticked else []
        return [alone]
    return [
        [setting(questions.each(), commitment, _on(ticked, schedule))],
        [setting(questions.any_one(), commitment, _on(ticked, schedule, once=True))],
    ]


def of_times(commitment: Commitment) -> list[Row]:
    """The parts of the day; exact times are typed."""
    schedule = commitment.schedule
    return [
        [
            setting(
                _marked(questions.part_label(part), chosen=schedule.at is part),
                commitment,
                replace(schedule, at=part),
            )
            for part in Part
        ]
    ]


def of_weeks(commitment: Commitment) -> list[Row]:
    """Every one to four weeks."""
    schedule = commitment.schedule
    buttons = [
        setting(
            _marked(questions.every(weeks), chosen=schedule.every == weeks),
            commitment,
            replace(schedule, every=weeks),
        )
        for weeks in range(1, MOST_WEEKS + 1)
    ]
    return list(in_rows(buttons, 2))


def of_targets(commitment: Commitment) -> list[Row]:
    """How many of its days keep a week."""
    schedule = commitment.schedule
    buttons = [
        setting(
            _marked(
                texts.enough(target, len(schedule.days)),
                chosen=schedule.target == target and not schedule.once,
            ),
            commitment,
            replace(schedule, target=target, once=False),
        )
        for target in range(len(schedule.days), 0, -1)
    ]
    return list(in_rows(buttons, 1))


def smaller(schedule: Schedule) -> list[Schedule]:
    """The same with less to do: fewer times in a week, or fewer weeks; the gentlest first."""
    fewer = [] if schedule.target < 2 else [replace(schedule, target=schedule.target - 1)]
    once = [] if schedule.target < 3 else [replace(schedule, target=1)]
    rarer = [] if schedule.every == MOST_WEEKS else [replace(schedule, every=schedule.every + 1)]
    return [*fewer, *once, *rarer]
