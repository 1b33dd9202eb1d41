"""What is typed instead of pressing a button: did it, not this time, rest."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.phrases.vocabulary import DEFAULT, Vocabulary, vocabulary

MOST_CHARACTERS = 200
_MOST_WORDS_OF_A_WAY = 6
_WORD = re.compile(r"[^\W_][\w'\u2019]*")


@dataclass(frozen=True, slots=True)
class Done:
    """ "Did it". way_words: what was done, as typed, to be looked for among the ways."""

    way_words: str | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Rest. until_words: "until Monday", for read_date; None for this week."""

    until_words: str | None = None


@dataclass(frozen=True, slots=True)
class NotThisTime:
    """Didn't."""


class SmallTalk(StrEnum):
    """What changes nothing and still wants an answer; the values are names in the word file."""

    HELLO = "hello"
    THANKS = "thanks"
    LATER = "later"
    STOP = "stop"


def read_small_talk(text: str, language: str = DEFAULT) -> SmallTalk | None:
    """Read a greeting, thanks, or a wish that has its own buttons; None for anything else."""
    if len(text) > MOST_CHARACTERS:
        return None
    plain = vocabulary(language).plain
    words = _words(text)
    return next((each for each in SmallTalk if words in plain[each.value]), None)


def read_whereabouts(text: str, language: str = DEFAULT) -> str | None:
    """The place in "I'm in Tokyo" and its like, as typed; None for anything else."""
    if len(text) > MOST_CHARACTERS or "?" in text:
        return None
    starts = [match.start() for match in _WORD.finditer(text)]
    length = _longest_start(_words(text), vocabulary(language).plain["where_i_am"])
    return text[starts[length] :].strip().rstrip(".!") if 0 < length < len(starts) else None


def read_diary(text: str, language: str = DEFAULT) -> str | None:
    """Read a wish to see the diary: "" for all of it, or the words to look for; None otherwise."""
    if len(text) > MOST_CHARACTERS:
        return None
    plain, words = vocabulary(language).plain, _words(text)
    if words in plain["diary"]:
        return ""
    length = _longest_start(words, plain["diary_with"])
    if not length or len(words) == length:
        return None
    return text[list(_WORD.finditer(text))[length].start() :].strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.casefold().replace("\u2019", "'") for each in _WORD.findall(text))


def read_answer(text: str, language: str = DEFAULT) -> Done | Rest | NotThisTime | None:
    """Read an answer to an occasion or a week; None for anything else.

    Only known sentences count, and "did", "done: " and their like before a few words that
    may name a way. The caller looks whether they do.
    """
    if len(text) > MOST_CHARACTERS or "?" in text:
        return None
    plain = vocabulary(language).plain
    found = list(_WORD.finditer(text))
    words = _words(text)
    if words in plain["not_this_time"]:
        return NotThisTime()
    if words in plain["rest"]:
        return Rest()
    if words in plain["done"]:
        return Done()
    starts = [match.start() for match in found]
    return _rest_until(text, words, starts, vocabulary(language)) or _done_with(
        text, words, starts, vocabulary(language)
    )


def _rest_until(
    text: str, words: tuple[str, ...], starts: list[int], meanings: Vocabulary
) -> Rest | None:
    length = _longest_start(words, meanings.plain["rest"])
    if length and len(words) > length + 1 and (words[length],) in meanings.plain["rest_until"]:
        return Rest(text[starts[length] :].strip())
    return None


def _done_with(
    text: str, words: tuple[str, ...], starts: list[int], meanings: Vocabulary
) -> Done | None:
    length = _longest_start(words, meanings.plain["done_with"])
    way = words[length:]
    if not length or not 1 <= len(way) <= _MOST_WORDS_OF_A_WAY:
        return None
    if (way[0],) in meanings.plain["not_a_way"]:
        return None
    return Done(text[starts[length] :].strip().rstrip(".!"))


def _longest_start(words: tuple[str, ...], phrases: frozenset[tuple[str, ...]]) -> int:
    longest = max(map(len, phrases), default=0)
    return next((n for n in range(min(longest, len(words)), 0, -1) if words[:n] in phrases), 0)
