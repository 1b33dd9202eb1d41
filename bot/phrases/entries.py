"""What is typed in answer to a single question: a time, a number."""

import re
from datetime import time

from bot.phrases.clock import both_halves, told_time
from bot.phrases.facts import Bare, Certainty, Clock, PartOfDay
from bot.phrases.items import Item
from bot.phrases.outcomes import MorningOrEvening, NotUnderstood, Reason
from bot.phrases.phrase import Phrase, phrase_of
from bot.phrases.stating import hour_of
from bot.phrases.vocabulary import DEFAULT, vocabulary
from bot.phrases.words import Word

MOST_CHARACTERS = 100
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,15}")


def read_time(text: str, language: str = DEFAULT) -> time | MorningOrEvening | NotUnderstood:
    """Read "18:15", "6:15 pm", "9.30", "half past six", digits of any script.

    A lone hour of 1 to 12 is a question, since it is not known here what the time is for.
    """
    if len(text) > MOST_CHARACTERS:
        return NotUnderstood(Reason.TOO_LONG)
    phrase = phrase_of(text, vocabulary(language))
    found = [_as_hour(item) for item in phrase.items]
    facts = [fact for item in found for fact in item.facts]
    clocks = [fact for fact in facts if isinstance(fact, Clock)]
    if not _is_all_read(phrase) or not all(isinstance(f, Clock | PartOfDay) for f in facts):
        return NotUnderstood(Reason.NO_SUCH_TIME, text)
    if len(clocks) != 1 or clocks[0].ends:
        return NotUnderstood(Reason.SEVERAL_TIMES if clocks else Reason.NOTHING, text)
    if clocks[0].certainty is Certainty.OPEN and len(facts) == 1:
        early, late = both_halves(clocks[0])
        return MorningOrEvening(early.hour or 12, early.minute, (early, late), clocks[0].about)
    told = told_time(found, [])
    if isinstance(told, NotUnderstood) or not isinstance(told.at, time):
        return NotUnderstood(Reason.SEVERAL_TIMES, text)
    return told.at


def _as_hour(item: Item) -> Item:
    if not isinstance(item.facts[0], Bare):
        return item
    return Item(item.start, item.end, item.opening, item.begins, (hour_of(item.facts[0].word),))


def _is_all_read(phrase: Phrase) -> bool:
    left = [
        word.text.casefold()
        for word, owner in zip(phrase.words, phrase.owners, strict=True)
        if owner is None and word.kind not in {"COMMA", "STOP"} and word.text != "!"
    ]
    return all((word,) in phrase.vocabulary.plain["polite"] for word in left)


def read_number(text: str, low: int, high: int, language: str = DEFAULT) -> int | NotUnderstood:
    """Read a whole number of low to high, in digits of any script or as a word."""
    typed = text.strip()
    if _WHOLE_NUMBER.fullmatch(typed):
        number = int(typed)
        # "-0" is no way to write a number that anyone means.
        is_meant = not typed.startswith("-") or number < 0
        if is_meant and low <= number <= high:
            return number
        return NotUnderstood(Reason.OUT_OF_RANGE, text)
    if len(text) > MOST_CHARACTERS:
        return NotUnderstood(Reason.TOO_LONG)
    match phrase_of(typed, vocabulary(language)).words:
        case [Word(kind="NUM", mark="word", number=number)]:
            return number if low <= number <= high else NotUnderstood(Reason.OUT_OF_RANGE, text)
    return NotUnderstood(Reason.NOTHING, text)
