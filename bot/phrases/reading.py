"""The statements of a phrase put together: one change to a schedule, or a question."""

from dataclasses import dataclass, replace
from itertools import pairwise

from bot.phrases.clock import Told, told_time
from bot.phrases.doubts import doubt
from bot.phrases.facts import (
    DAYS_OF_A_WEEK,
    Clock,
    Days,
    Refused,
    Rhythm,
    Target,
    within_the_weekend,
)
from bot.phrases.items import GLUE, Item
from bot.phrases.outcomes import (
    Change,
    EachOrAny,
    MoreThanDays,
    NotUnderstood,
    Question,
    Reason,
    WhichDays,
    WhichOfTheseDays,
)
from bot.phrases.phrase import Phrase, Sorted, sorted_items
from bot.phrases.vocabulary import words_of
from bot.phrases.words import Word


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase says. removed: the items that are no part of the title."""

    change: Change
    questions: tuple[Question, ...]
    removed: list[Item]


@dataclass(frozen=True, slots=True)
class _Group:
    """Items side by side, and the days they name together.

    anchored: something besides the day's name says that it is meant as a schedule.
    """

    items: list[Item]
    days: Days | None
    anchored: bool


def read(phrase: Phrase, *, with_title: bool) -> Reading | NotUnderstood | None:
    """Put the statements together; None if there are none.

    Days and target are left to questions where they are missing or in doubt.
    """
    told = sorted_items(phrase, with_title=with_title)
    if isinstance(told, NotUnderstood):
        return told
    refused = _refused(phrase, told.schedule) or doubt(phrase, told.schedule)
    if refused:
        return refused
    if not told.schedule or (with_title and _is_only_a_word(phrase, told.schedule)):
        return None
    told = Sorted(_narrowed(told.schedule), told.hints)
    groups = _groups(phrase, told.schedule)
    if isinstance(groups, NotUnderstood):
        return groups
    kept, in_title = _without_title_days(groups)
    told = Sorted([item for group in kept for item in group.items], told.hints + in_title)
    return _put_together(groups, told)


def _refused(phrase: Phrase, schedule: list[Item]) -> NotUnderstood | None:
    for item in schedule:
        for fact in item.facts:
            if isinstance(fact, Refused):
                return NotUnderstood(fact.reason, phrase.typed(item.start, item.end))
    return None


def _is_only_a_word(phrase: Phrase, schedule: list[Item]) -> bool:
    """I sat down."""
    if len(schedule) > 1 or schedule[0].end - schedule[0].start > 1:
        return False
    index = schedule[0].start
    is_within = 0 < index < len(phrase.words) - 1
    return is_within and words_of(phrase.words[index].text) in phrase.vocabulary.plain["also_words"]


def _narrowed(schedule: list[Item]) -> list[Item]:
    """Every weekend, most often on Saturdays: any day of it will do, and Saturday is asked on."""
    mostly = [days for item in schedule if "MOSTLY" in item.opening and (days := _days_of(item))]
    named = {day for days in mostly for day in days.days}

    def is_wider(days: Days | None) -> bool:
        return days is not None and days.once and named < set(days.days)

    return [
        replace(item, facts=tuple(fact for fact in item.facts if not isinstance(fact, Days)))
        if mostly and is_wider(_days_of(item))
        else item
        for item in schedule
    ]


def _groups(phrase: Phrase, schedule: list[Item]) -> list[_Group] | NotUnderstood:
    runs: list[list[Item]] = []
    for item in schedule:
        if runs and _continues(phrase, runs[-1], item):
            runs[-1].append(item)
        else:
            runs.append([item])
    groups = []
    for run in runs:
        days = _days_of_run(phrase, run)
        if isinstance(days, NotUnderstood):
            return days
        groups.append(_Group(run, days, any(map(_anchors, run))))
    return groups


def _continues(phrase: Phrase, run: list[Item], item: Item) -> bool:
    between = phrase.words[run[-1].end : item.start]
    if any(word.kind not in GLUE for word in between):
        return False
    before = [days for earlier in run if (days := _days_of(earlier))]
    days = _days_of(item)
    if between or not before or not days:
        return True
    # "In the sun on Saturday": a day that begins anew, with nothing to join it to the last.
    begins_anew = item.opening or item.begins == "EVERY"
    return not begins_anew or set(days.days) <= set(before[-1].days)


def _anchors(item: Item) -> bool:
    if "ON" in item.opening or item.begins == "EVERY":
        return True
    return any(
        isinstance(fact, Clock | Rhythm | Target) or (isinstance(fact, Days) and fact.plural)
        for fact in item.facts
    )


def _days_of(item: Item) -> Days | None:
    return next((fact for fact in item.facts if isinstance(fact, Days)), None)


def _days_of_run(phrase: Phrase, run: list[Item]) -> Days | NotUnderstood | None:
    """All days of items side by side: "Sat at 6pm and Sun at 6pm"."""
    named = [(item, days) for item in run if (days := _days_of(item))]
    if not named:
        return None
    joints = [
        {word.kind for word in _unowned(phrase, before.end, item.start)}
        for (before, _), (item, _) in pairwise(named)
    ]
    joined = _joined([days for _, days in named], joints)
    return joined or NotUnderstood(
        Reason.UNCLEAR, phrase.typed(named[0][0].start, named[-1][0].end)
    )


def _unowned(phrase: Phrase, start: int, end: int) -> list[Word]:
    return [phrase.words[index] for index in range(start, end) if phrase.owners[index] is None]


def _joined(named: list[Days], joints: list[set[str]]) -> Days | None:
    """The union, unless "and" and "or" are mixed or a range is left open."""
    if within := within_the_weekend(named):
        return within if not any(joints) else None
    if len({days.days for days in named}) == 1:
        return named[0]
    if any(joint & {"DASH", "TO", "SLASH"} for joint in joints) or any(d.unsure for d in named):
        return None
    choices = {"OR" in joint for joint in joints}
    choices |= {days.once for days in named if len(days.days) > 1}
    if len(choices) > 1:
        return None
    return Days(tuple(sorted({day for days in named for day in days.days})), once=choices == {True})


def _without_title_days(groups: list[_Group]) -> tuple[list[_Group], list[Item]]:
    """Leave to the title a day that nothing marks as the schedule's, if another day is."""
    if not any(group.days and group.anchored for group in groups):
        return groups, []
    kept = [group for group in groups if group.anchored or not group.days]
    dropped = [item for group in groups if group not in kept for item in group.items]
    return kept, dropped


def _put_together(groups: list[_Group], told: Sorted) -> Reading | NotUnderstood:
    rhythm, target = _rhythm(told.schedule), _target(told.schedule)
    time_told = told_time(told.schedule, told.hints)
    for outcome in (rhythm, target, time_told):
        if isinstance(outcome, NotUnderstood):
            return outcome
    assert not isinstance(rhythm, NotUnderstood)
    assert not isinstance(target, NotUnderstood)
    assert isinstance(time_told, Told)
    days, question = _days(groups, target)
    change = Change(
        days=days.days if days else None,
        at=time_told.at,
        every=rhythm,
        target=target,
        once=days.once and target in {None, 1} if days else None,
    )
    questions = tuple(asked for asked in (question, time_told.question) if asked)
    return Reading(change, questions, told.schedule)


def _rhythm(schedule: list[Item]) -> int | NotUnderstood | None:
    facts = [fact for item in schedule for fact in item.facts if isinstance(fact, Rhythm)]
    said = {fact.weeks for fact in facts if not fact.implied}
    # "Every Saturday and every other Sunday" are two promises.
    of_days = {
        fact.weeks
        for item in schedule
        if _days_of(item)
        for fact in item.facts
        if isinstance(fact, Rhythm)
    }
    if len(said) > 1 or len(of_days) > 1:
        return NotUnderstood(Reason.SEVERAL_RHYTHMS)
    return next(iter(said or of_days), None)


def _target(schedule: list[Item]) -> int | NotUnderstood | None:
    said = {fact.number for item in schedule for fact in item.facts if isinstance(fact, Target)}
    if len(said) > 1:
        return NotUnderstood(Reason.SEVERAL_RHYTHMS)
    target = next(iter(said), None)
    if target is not None and not 1 <= target <= DAYS_OF_A_WEEK:
        return NotUnderstood(Reason.OUT_OF_RANGE, str(target))
    return target


def _days(groups: list[_Group], target: int | None) -> tuple[Days | None, Question | None]:
    named = {group.days.days: group.days for group in groups if group.days}
    if not named:
        return None, WhichDays(target)
    if len(named) > 1:
        return None, WhichOfTheseDays(_options(list(named.values())))
    days = next(iter(named.values()))
    if days.unsure and target is None:
        return None, EachOrAny(
            (Change(days=days.days, once=False), Change(days=days.days, once=True))
        )
    too_many = target is not None and target > len(days.days)
    return days, MoreThanDays(target, days.days) if too_many and target else None


def _options(named: list[Days]) -> tuple[Change, ...]:
    whole = tuple(sorted({day for days in named for day in days.days}))
    options = [Change(days=days.days, once=days.once) for days in named]
    return (*options, Change(days=whole, once=False))
