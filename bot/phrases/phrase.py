"""Which statements of a text are its schedule and which are words of its title."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.phrases.facts import Clock, Days, Fact, PartOfDay, Refused
from bot.phrases.items import GLUE, Item, grammar, items
from bot.phrases.outcomes import NotUnderstood, Reason
from bot.phrases.stating import hour_of
from bot.phrases.vocabulary import Vocabulary
from bot.phrases.words import Word, words

_SAYS_WHEN = frozenset({"ON", "AT", "ABOUT", "IN", "FROM"})
_SAYS_HOUR = frozenset({"AT", "ABOUT", "FROM"})
_ASIDE = frozenset({"COMMA", "STOP", "DASH", "SLASH", "COLON", "MARK", "AND", "OR"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text, its words, and what is said in it.

    owners: for each word the item it belongs to, or None.
    """

    text: str
    words: list[Word]
    items: list[Item]
    owners: list[Item | None]
    vocabulary: Vocabulary

    def typed(self, start: int, end: int) -> str:
        """The words from start up to end, as they were typed."""
        return self.text[self.words[start].start : self.words[end - 1].end]


@dataclass(frozen=True, slots=True)
class Sorted:
    """A phrase's items: those of the schedule, and those that only hint at a time of day."""

    schedule: list[Item]
    hints: list[Item]


def phrase_of(text: str, vocabulary: Vocabulary) -> Phrase:
    """Cut a text and find its statements."""
    cut = words(text, vocabulary)
    return _phrase(text, cut, items(cut, grammar(half_before=vocabulary.half_before)), vocabulary)


def _phrase(text: str, cut: list[Word], found: list[Item], vocabulary: Vocabulary) -> Phrase:
    owners: list[Item | None] = [None] * len(cut)
    for item in found:
        owners[item.start : item.end] = [item] * (item.end - item.start)
    return Phrase(text, cut, found, owners, vocabulary)


def sorted_items(phrase: Phrase, *, with_title: bool) -> Sorted | NotUnderstood:
    """Tell schedule from title. Without a title every item is of the schedule."""
    firm, loose, bare = [], [], []
    for item in phrase.items:
        if item.is_bare:
            bare.append(item)
        elif with_title and _is_loose(phrase, item):
            loose.append(item)
        else:
            firm.append(item)
    hints = []
    for item in loose:
        if isinstance(item.facts[0], PartOfDay) or _is_named_clock(phrase, item):
            hints.append(item)
        elif not _yields(item, firm):
            firm.append(item)
    hours = _hours(phrase, bare, sorted(firm, key=_position), with_title=with_title)
    if isinstance(hours, NotUnderstood):
        return hours
    return Sorted(sorted(firm + hours, key=_position), hints)


def _position(item: Item) -> int:
    return item.start


def _is_loose(phrase: Phrase, item: Item) -> bool:
    """Whether it may be words of the title: "Movie night", "Midnight in Paris", "3.10 to Yuma"."""
    fact = item.facts[0]
    may_be = isinstance(fact, PartOfDay) or (isinstance(fact, Clock | Refused) and fact.weak)
    if not may_be or len(item.facts) > 1 or item.opening & _SAYS_WHEN:
        return False
    if item.start > 0 and phrase.owners[item.start - 1] is not None:
        return False
    return _is_title(phrase, item.start - 1) or _is_title(phrase, item.end)


def _is_title(phrase: Phrase, index: int) -> bool:
    if not 0 <= index < len(phrase.words) or phrase.owners[index] is not None:
        return False
    return phrase.words[index].kind not in _ASIDE


def _is_named_clock(phrase: Phrase, item: Item) -> bool:
    return any(word.kind == "NOON" for word in phrase.words[item.start : item.end])


def _yields(item: Item, firm: list[Item]) -> bool:
    """Whether a loose item is the title's, because the schedule says enough without it."""
    fact = item.facts[0]
    return says(firm, Clock) if isinstance(fact, Clock) else says(firm, Days)


def says(found: Iterable[Item], kind: type[Fact]) -> bool:
    """Whether any of the items states such a fact."""
    return any(isinstance(fact, kind) for item in found for fact in item.facts)


def _hours(
    phrase: Phrase, bare: list[Item], firm: list[Item], *, with_title: bool
) -> list[Item] | NotUnderstood:
    """The lone numbers that are hours; refused where one beside the schedule may be or not."""
    hours = []
    has_clock = says(firm, Clock)
    for item in bare:
        is_hour = _is_hour(phrase, item, firm, has_clock=has_clock, with_title=with_title)
        if is_hour is None:
            return NotUnderstood(Reason.UNCLEAR, phrase.typed(item.start, item.end))
        if is_hour:
            word = phrase.words[item.end - 1]
            hours.append(Item(item.start, item.end, item.opening, "NUM", (hour_of(word),)))
    return hours


def _is_hour(
    phrase: Phrase, item: Item, firm: list[Item], *, has_clock: bool, with_title: bool
) -> bool | None:
    if item.opening & _SAYS_HOUR or not with_title:
        return True
    before = beside(phrase, item.start, -1)
    after = beside(phrase, item.end - 1, 1)
    follows, precedes = before in firm, after in firm
    if not follows and not precedes:
        return False
    if has_clock:
        return False if _is_title(phrase, item.start - 1) or _is_title(phrase, item.end) else None
    if precedes and after is not None and isinstance(after.facts[0], PartOfDay):
        return True
    if not follows:
        return None
    return _is_hour_after_schedule(phrase, item)


def _is_hour_after_schedule(phrase: Phrase, item: Item) -> bool | None:
    if not _is_title(phrase, item.end):
        return True
    counted = phrase.words[item.end].text.casefold()
    is_spelled = phrase.words[item.end - 1].mark == "word"
    return False if is_spelled or (counted,) in phrase.vocabulary.plain["measures"] else None


def beside(phrase: Phrase, index: int, step: int) -> Item | None:
    """The item next to a word on one side (step -1 or 1), across commas and the like."""
    index += step
    while 0 <= index < len(phrase.words):
        if phrase.owners[index] is not None or phrase.words[index].kind not in GLUE:
            return phrase.owners[index]
        index += step
    return None
