"""Each question of a draft as it is asked: the words and the buttons."""

from collections.abc import Sequence
from datetime import time

from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.draft import Asked, Cue, Days, Draft, Name, Often, Time, When
from bot.drafting import mark_of
from bot.language import isolated, plain
from bot.phrases import (
    Change,
    EachOrAny,
    IsThatTheTime,
    MoreThanDays,
    MorningOrEvening,
    WhatToDo,
    WhichOfTheseDays,
)
from bot.texts import questions as texts
from bot.texts.schedules import capitalised
from habits.rules.person import Person
from habits.rules.schedule import SATURDAY, SUNDAY, Part

USUAL = ((SATURDAY, Part.AFTERNOON), (SATURDAY, Part.EVENING), (SUNDAY, Part.AFTERNOON))
Shown = tuple[str, Keyboard | None]
Option = Change | time | Part


def question_of(draft: Draft, person: Person) -> Shown:
    """The first open question."""
    asked = draft.questions[0]
    back = [button(plain("Leave it as it is"), "draft_back", draft.id)] if draft.alters else []
    match asked:
        case WhatToDo():
            return _ways_text(draft, person), keyboard(*_ways(draft), back)
        case When():
            return texts.which_time_suits(draft.ways), keyboard(*_usual(draft))
        case Days():
            return texts.which_days(asked.target), keyboard(*_days(draft, asked), back)
        case Time():
            return texts.which_time(draft.schedule), keyboard(_parts(draft), back)
        case Often():
            return texts.how_often(), keyboard(*_weeks(draft), back)
        case Name():
            return texts.which_title(), keyboard(back)
        case Cue():
            return texts.which_cue(), keyboard(_no_cue(draft), back)
        case _:
            labels = [label for label, _ in options_of(draft, asked)]
            buttons = [
                button(label, "draft_option", draft.id, draft.revision, place)
                for place, label in enumerate(labels)
            ]
            return _text(draft, asked), keyboard(*in_rows(buttons, 1 if len(labels) > 2 else 2))


def _ways_text(draft: Draft, person: Person) -> str:
    if draft.greets:
        return texts.welcome(person.name) + "\n" + texts.which_ways(())
    if draft.change.days is not None and not draft.ways:
        return texts.what_then(draft.schedule)
    return texts.which_ways(draft.ways)


def _ways(draft: Draft) -> Sequence[Row]:
    known = {way: (picture, words) for picture, words, way in texts.offered_ways()}
    chosen = {way.casefold() for way in draft.ways}
    buttons = []
    for way in draft.offers:
        is_chosen = way.casefold() in chosen
        picture, words = known.get(way, ("", isolated(capitalised(way))))
        label = texts.ticked(words) if is_chosen else f"{picture} {words}".lstrip()
        buttons.append(_state(label, "draft_way", draft, mark_of(way), ticked=is_chosen))
    return [*in_rows(buttons, 2), [button(plain("→ Next"), "draft_ways", draft.id)]]


def _state(label: str, verb: str, draft: Draft, what: int, *, ticked: bool) -> Button:
    """A button that carries the state it sets: the other one than now."""
    return button(label, verb, draft.id, what, "n" if ticked else "y")


def _usual(draft: Draft) -> Sequence[Row]:
    buttons = [
        button(texts.day_and_part_label(day, part), "draft_when", draft.id, day, part.value)
        for day, part in USUAL
    ]
    return in_rows([*buttons, button(plain("Another time…"), "draft_other", draft.id)], 2)


def _days(draft: Draft, asked: Days) -> Sequence[Row]:
    buttons = []
    for day in range(1, 8):
        is_ticked, label = day in asked.ticked, texts.day_label(day)
        shown = texts.ticked(label) if is_ticked else label
        buttons.append(_state(shown, "draft_day", draft, day, ticked=is_ticked))
    return [*in_rows(buttons, 4), [button(plain("→ Next"), "draft_days", draft.id)]]


def _parts(draft: Draft) -> Row:
    return [
        button(texts.part_label(part), "draft_part", draft.id, draft.revision, part.value)
        for part in Part
    ]


def _weeks(draft: Draft) -> Sequence[Row]:
    buttons = [
        button(texts.every(weeks), "draft_often", draft.id, draft.revision, weeks)
        for weeks in range(1, 5)
    ]
    return in_rows(buttons, 2)


def _no_cue(draft: Draft) -> Row:
    return [button(plain("No cue"), "draft_no_cue", draft.id)] if draft.cue else []


def _text(draft: Draft, asked: Asked) -> str:
    match asked:
        case MorningOrEvening(hour, minute, _, about):
            return texts.which_half(draft.change.days or (), hour, minute, about=about)
        case IsThatTheTime((time() as at, *_)):
            return texts.is_that_the_time(draft.name, at)
        case WhichOfTheseDays():
            return texts.which_of_these_days(draft.name)
        case EachOrAny((change, _)):
            return texts.each_or_any(change.days or ())
        case MoreThanDays(target, days):
            return texts.more_than_days(target, days)
    raise AssertionError(asked)


def options_of(draft: Draft, asked: Asked) -> list[tuple[str, Change | None]]:
    """The answers to choose from, each with its label; None to choose days instead."""
    match asked:
        case MorningOrEvening(options=options):
            days = draft.change.days or ()
            return [(texts.half_label(each, days), Change(at=each)) for each in options]
        case IsThatTheTime(options):
            return [
                (texts.time_label(each, draft.change.days or ()), Change(at=each))
                for each in options
            ]
        case WhichOfTheseDays(options):
            return [(texts.just_these(each.days or ()), each) for each in options]
        case EachOrAny((each, any_one)):
            return [(texts.each(), each), (texts.any_one(), any_one)]
        case MoreThanDays(_, days):
            fewer = Change(target=len(days))
            return [(texts.just_these(days), fewer), (plain("Choose more days"), None)]
    return []


def change_menu(draft: Draft) -> Keyboard | None:
    """What can be different."""
    labels = {
        "title": plain("Title"),
        "ways": plain("Ways"),
        "days": plain("Days"),
        "time": plain("Time"),
        "often": plain("How often"),
        "cue": plain("Cue") if draft.cue else plain("Add a cue"),
    }
    buttons = [button(label, "draft_redo", draft.id, what) for what, label in labels.items()]
    back = button(plain("Leave it as it is"), "draft_back", draft.id)
    aside = button(plain("Not now"), "draft_aside", draft.id)
    return keyboard(*in_rows(buttons, 3), [back, aside])


def of_confirm(draft: Draft) -> Keyboard | None:
    """Yes, or Change."""
    return keyboard(
        [
            button(plain("Yes, that's it"), "commit", draft.id, draft.revision),
            button(plain("Change"), "draft_change", draft.id),
        ]
    )


def of_half_done(draft: Draft) -> Keyboard | None:
    """Go on, or begin anew."""
    return keyboard(
        [
            button(plain("Go on"), "draft_resume", draft.id),
            button(plain("Begin anew"), "draft_anew", draft.id),
        ]
    )
