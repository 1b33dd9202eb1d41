"""Words that may be about days or times and were not read: to be asked about, not ignored."""

from collections.abc import Iterator

from bot.phrases.facts import Days
from bot.phrases.items import Item
from bot.phrases.outcomes import NotUnderstood, Reason
from bot.phrases.phrase import Phrase, beside, says
from bot.phrases.words import Word

_LEADING = frozenset({"EVERY", "ON", "AT", "IN", "THE"})
_NUMBERISH = frozenset({"NUM", "ORDINAL", "NTIMES", "OTHER", "BROKEN", "COUNT"})
_NOT_AFTER_A_SCHEDULE = {"EXCEPT": Reason.UNCLEAR, "UNTIL": Reason.ONE_TIME}
_SHORTEST_NAME = 5
"""Shorter names differ from too many words by one letter ("sun", "fun")."""


def doubt(phrase: Phrase, schedule: list[Item]) -> NotUnderstood | None:
    """The first word that cannot be left to the title with a good conscience."""
    inside = {index for item in schedule for index in range(item.start, item.end)}
    for item in schedule:
        if item.start and phrase.words[item.start - 1].kind in {"VAGUE", "EXCEPT"}:
            return NotUnderstood(Reason.UNCLEAR, phrase.typed(item.start - 1, item.end))
    for index, word in enumerate(phrase.words):
        if index not in inside and word.kind != "QUOTED":
            reason = _reason(phrase, schedule, index, word)
            if reason:
                return NotUnderstood(reason, _blamed(phrase, index))
    return None


def _blamed(phrase: Phrase, index: int) -> str:
    is_every = phrase.words[index].kind == "EVERY" and index + 1 < len(phrase.words)
    return phrase.typed(index, index + 2 if is_every else index + 1)


def _reason(phrase: Phrase, schedule: list[Item], index: int, word: Word) -> Reason | None:
    before, after = beside(phrase, index, -1), beside(phrase, index, 1)
    follows, precedes = before in schedule, after in schedule
    previous = phrase.words[index - 1].kind if index else ""
    match word.kind:
        case "BROKEN" if word.mark == "colon":
            return Reason.NO_SUCH_TIME
        case "BROKEN" if follows or precedes or previous in {"AT", "ABOUT", "EVERY"}:
            return Reason.UNKNOWN_WORD
        case "EVERY" if not says(schedule, Days) or _is_doubtful_next(phrase, index + 1):
            return Reason.UNKNOWN_WORD
        case "NTIMES" | "COUNT" if _modifies(phrase, schedule, index):
            return Reason.UNCLEAR
        case "ORDINAL" if word.mark == "digits" and follows:
            return Reason.ONE_TIME
        case "MERIDIEM" if follows and phrase.owners[index - 1] is before:
            return Reason.UNCLEAR
        case "MONTHS" if previous == "PER" and beside(phrase, index - 1, -1) in schedule:
            return Reason.NOT_WEEKLY
        case "EXCEPT" | "UNTIL" if follows:
            return _NOT_AFTER_A_SCHEDULE[word.kind]
        case "WORD":
            beside_schedule = follows or precedes or previous in {"EVERY", "ON"}
            return _misspelt(phrase, schedule, word, previous, beside_schedule=beside_schedule)
    return None


def _modifies(phrase: Phrase, schedule: list[Item], index: int) -> bool:
    """Twice Saturdays; Saturday, twice."""
    after = phrase.owners[index + 1] if index + 1 < len(phrase.words) else None
    if after in schedule and after is not None:
        return after.begins != "EVERY"
    ends = index + 1 == len(phrase.words) or phrase.words[index + 1].kind in {"COMMA", "COLON"}
    return ends and beside(phrase, index, -1) in schedule


def _is_doubtful_next(phrase: Phrase, index: int) -> bool:
    if index >= len(phrase.words):
        return True
    word = phrase.words[index]
    if word.kind in _NUMBERISH:
        return True
    return word.kind == "WORD" and (
        _looks_like_day(phrase, word) or _is_near(phrase, word, {"DAY"})
    )


def _misspelt(
    phrase: Phrase, schedule: list[Item], word: Word, previous: str, *, beside_schedule: bool
) -> Reason | None:
    if beside_schedule and (
        _looks_like_day(phrase, word)
        or _is_near(phrase, word, {"DAY", "PART", "WEEKEND", "WORKDAYS"})
    ):
        return Reason.UNKNOWN_WORD
    if previous == "AT" and _is_near(phrase, word, {"NUM", "NOON"}):
        return Reason.UNKNOWN_WORD
    if not says(schedule, Days) and _is_near(phrase, word, {"DAY"}):
        return Reason.UNKNOWN_WORD
    return None


def _looks_like_day(phrase: Phrase, word: Word) -> bool:
    """Ends as days do: Funday, Satruday; but not birthday."""
    text = word.text.casefold()
    plain = phrase.vocabulary.plain
    if (text,) in plain["not_days"]:
        return False
    return any(text.endswith(ending) and text != ending for (ending,) in plain["day_endings"])


def _is_near(phrase: Phrase, word: Word, kinds: set[str]) -> bool:
    text = word.text.casefold()
    if len(text) < _SHORTEST_NAME or (text,) in phrase.vocabulary.plain["not_days"]:
        return False
    return any(is_one_slip(text, name) for name in _names(phrase, kinds))


def _names(phrase: Phrase, kinds: set[str]) -> Iterator[str]:
    for name, meaning in phrase.vocabulary.phrases.items():
        if meaning.kind in kinds and len(name) == 1 and len(name[0]) >= _SHORTEST_NAME:
            yield name[0]


def is_one_slip(typed: str, name: str) -> bool:
    """Whether one letter too many, one too few or two exchanged separate typed from name.

    A replaced letter is no slip: it makes other words ("light", "eight").
    """
    if typed == name or abs(len(typed) - len(name)) > 1:
        return False
    same = 0
    while same < min(len(typed), len(name)) and typed[same] == name[same]:
        same += 1
    rest, expected = typed[same:], name[same:]
    if len(typed) == len(name):
        return rest[1::-1] == expected[:2] and rest[2:] == expected[2:]
    return rest[1:] == expected if len(typed) > len(name) else rest == expected[1:]
