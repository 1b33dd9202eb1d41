"""The title that is left of a phrase, and the ways it names."""

import re
import unicodedata
from collections.abc import Callable

from bot.phrases.items import Item
from bot.phrases.phrase import Phrase
from bot.phrases.vocabulary import Vocabulary, any_of, words_of
from bot.phrases.words import Word

MOST_WAYS = 12
_JOINTS = frozenset({"AND", "OR"})
_ASIDE = frozenset({"COMMA", "STOP", "DASH", "COLON", "MARK", "AND", "ONE_OF", "THESE"})
_BETWEEN = " \t\r\n,;:-\u2010\u2011\u2013\u2014./\u00b7|"


def title_of(phrase: Phrase, removed: list[Item]) -> str:
    """What remains in the person's own words and order, its first letter upper-cased."""
    pieces = []
    start = 0
    for item in removed:
        first, last = phrase.words[item.start], phrase.words[item.end - 1]
        pieces.append(phrase.text[start : first.start])
        start = last.end
    pieces.append(phrase.text[start:])
    whole = " ".join(piece for raw in pieces if _says_anything(piece := raw.strip(_BETWEEN)))
    return _capitalised(_without_asking(_without_joints(" ".join(whole.split()), phrase), phrase))


def _says_anything(piece: str) -> bool:
    return any(unicodedata.category(char)[0] not in "PZC" for char in piece)


def _without_joints(title: str, phrase: Phrase) -> str:
    """Drop an "and" that joined two statements and now stands at an end."""
    kinds = {word for word, meaning in phrase.vocabulary.phrases.items() if meaning.kind in _JOINTS}
    words = title.split()
    while words and words_of(words[0].strip(_BETWEEN)) in kinds | {()}:
        words.pop(0)
    while words and words_of(words[-1].strip(_BETWEEN)) in kinds | {()}:
        words.pop()
    return " ".join(words).strip(_BETWEEN)


def _without_asking(title: str, phrase: Phrase) -> str:
    words = _without_please(title.split(), phrase.vocabulary.plain["asking_last"])
    words = _without_greeting(words, phrase.vocabulary.plain["hello"])
    title = " ".join(words).rstrip(",")
    compared = [word.casefold().strip(",:").replace("\u2019", "'") for word in words]
    asking = phrase.vocabulary.plain["asking"]
    for length in sorted({len(phrase) for phrase in asking}, reverse=True):
        if tuple(compared[:length]) in asking:
            return _without_asking(" ".join(words[length:]), phrase)
    return title


def _without_please(words: list[str], asking: frozenset[tuple[str, ...]]) -> list[str]:
    compared = [word.casefold().strip(",.!?") for word in words]
    for length in sorted({len(phrase) for phrase in asking}, reverse=True):
        if tuple(compared[-length:]) in asking and len(words) > length:
            return _without_please(words[:-length], asking)
    return words


def _without_greeting(words: list[str], hello: frozenset[tuple[str, ...]]) -> list[str]:
    """ "Hi, yoga": the sign behind it tells it from "Hello Kitty"."""
    for length in range(1, len(words)):
        said = " ".join(words[:length])
        if said[-1] in ",.!" and words_of(said.rstrip(",.!")) in hello:
            return words[length:]
    return words


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def title_and_ways(
    title: str, vocabulary: Vocabulary, *, chooses: bool
) -> tuple[str, tuple[str, ...]]:
    """A title without the words that call it a list, and the ways it names.

    "At least one of: film, book and tea", "Film, book, tea: one of these". Nothing is left of
    "one of these" alone. chooses: the schedule has said "at least one every weekend".
    """
    one_of, these = any_of(vocabulary, "ONE_OF"), any_of(vocabulary, "THESE")
    found = re.match(rf"(?:{one_of})\b(?:\s+(?:{these})\b)?", title, flags=re.IGNORECASE)
    found = found or re.search(rf"\b(?:{one_of})\s+(?:{these})$", title, flags=re.IGNORECASE)
    if (found is None and not chooses) or _is_quoted(title):
        return title, ways_of(title, vocabulary) if title else ()
    rest = title if found is None else title[: found.start()] + title[found.end() :]
    rest = rest.strip(_BETWEEN)
    joints = any_of(vocabulary, *_JOINTS)
    parts = re.split(rf"[,;]\s+(?:(?:{joints})\s+)?|\s(?:{joints})\s", rest, flags=re.IGNORECASE)
    ways = tuple({way.casefold(): way for way in map(_capitalised, parts) if way}.values())
    says_these = found and re.search(rf"\b(?:{these})$", found[0], flags=re.IGNORECASE)
    if says_these or 1 < len(ways) <= MOST_WAYS:
        return _capitalised(rest), ways
    return title, (title,) if title else ()


def ways_of(title: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The alternatives in a title ("Film or book with tea"), or the title as the only way.

    Commas separate ways only where "or" does too; what is quoted is never taken apart.
    """
    plain = vocabulary.plain
    lowered = f" {' '.join(words_of(title))} "
    is_idiom = any(f" {' '.join(idiom)} " in lowered for idiom in plain["idioms"])
    if is_idiom or _is_quoted(title):
        return (title,)
    joints = "|".join(re.escape(" ".join(joint)) for joint in plain["alternatives"])
    parts = re.split(rf",?\s(?:{joints})\s|(?<=\w{{3}})/(?=\w{{3}})", title, flags=re.IGNORECASE)
    if len(parts) == 1:
        return (title,)
    parts = [piece.strip() for part in parts for piece in part.split(", ")]
    ways = {way.casefold(): way for way in map(_capitalised, parts)}
    if len(ways) > MOST_WAYS or not all(map(_says_anything, parts)):
        return (title,)
    if any(map(_is_between_numbers(vocabulary), parts, parts[1:])):
        return (title,)
    return tuple(ways.values())


def _is_quoted(title: str) -> bool:
    return any(quote in title for quote in '"\u201c\u201e\u00ab(')


def _is_between_numbers(vocabulary: Vocabulary) -> Callable[[str, str], bool]:
    """Whether a place between two parts is that in "2 or 3 friends"."""

    def is_number(word: str) -> bool:
        meaning = vocabulary.phrases.get((word.casefold(),))
        return word.isdecimal() or (meaning is not None and meaning.kind == "NUM")

    return lambda left, right: is_number(left.split()[-1]) and is_number(right.split()[0])


def rest_of(phrase: Phrase, read: list[Item]) -> str:
    """The words that were not read and are more than politeness, as typed; "" if none."""
    polite = phrase.vocabulary.plain["polite"]
    inside = {index for item in read for index in range(item.start, item.end)}
    left = [word for index, word in enumerate(phrase.words) if index not in inside]
    words = [word for word in left if word.kind not in _ASIDE]
    index = 0
    while index < len(words):
        taken = _polite_words(words[index:], polite)
        if not taken:
            return phrase.text[words[index].start : words[-1].end]
        index += taken
    return ""


def _polite_words(words: list[Word], polite: frozenset[tuple[str, ...]]) -> int:
    longest = max(map(len, polite), default=0)
    for taken in range(min(longest, len(words)), 0, -1):
        if tuple(word.text.casefold() for word in words[:taken]) in polite:
            return taken
    return 0
