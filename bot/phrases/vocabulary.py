"""A language: one file of words beside this module, and CLDR's names of days and months."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale

DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word stands for: a terminal of the grammar, a number and a mark with it.

    number: the weekday, month, hour, minutes of the day, whatever the kind counts.
    mark: which of a kind ("night", "week"); for a day "plural" or "".
    """

    kind: str
    number: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that reading needs to know of a language; every word is in lower case.

    phrases: one or several words and their meaning. longest: words in the longest phrase.
    suffixes: what may be written onto a number and what it makes of it.
    plain: word lists by the names they have in the file. commands: what else stands for one.
    """

    phrases: dict[tuple[str, ...], Meaning]
    longest: int
    suffixes: dict[str, str]
    half_before: bool
    soon: dict[str, int]
    plain: dict[str, frozenset[tuple[str, ...]]]
    commands: dict[str, frozenset[tuple[str, ...]]]


@lru_cache(maxsize=16)
def vocabulary(language: str) -> Vocabulary:
    """The words of a language such as "en" or "en-GB"; English where there is no file."""
    known = {file.name for file in files(__package__).iterdir()}
    base = language.replace("_", "-").split("-")[0].lower()
    if f"{base}.toml" not in known:
        base = DEFAULT
    return vocabulary_from(files(__package__).joinpath(f"{base}.toml").read_text("utf-8"), base)


def vocabulary_from(source: str, language: str) -> Vocabulary:
    """Read a language file; language names the locale its days and months come from."""
    table = tomllib.loads(source)
    phrases = _names(table["names"], Locale.parse(language))
    phrases |= _words(table)
    plain = {
        name: frozenset(words_of(word) for word in words)
        for section in ("plain", "answers")
        for name, words in table[section].items()
    }
    commands = {
        name: frozenset(words_of(each) for each in said) for name, said in table["commands"].items()
    }
    return Vocabulary(
        phrases=phrases,
        longest=max(map(len, phrases)),
        suffixes={word: kind for kind, words in table["suffixes"].items() for word in words},
        half_before=table["names"]["half_hour"] == "to",
        soon=table["soon"],
        plain=plain,
        commands=commands,
    )


def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared: lower case, one kind of apostrophe."""
    return tuple(phrase.casefold().replace("\u2019", "'").replace("-", " ").split())


def any_of(vocabulary: Vocabulary, *kinds: str) -> str:
    """A pattern of any words of these kinds, the longest first."""
    return pattern(words for words, each in vocabulary.phrases.items() if each.kind in kinds)


def pattern(phrases: Iterable[tuple[str, ...]]) -> str:
    """A pattern of any of these, the longest first."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(" ".join(words)) for words in longest_first) or "(?!)"


def _words(table: dict[str, Any]) -> dict[tuple[str, ...], Meaning]:
    found: dict[tuple[str, ...], Meaning] = {}
    for kind, phrases in table["kinds"].items():
        for phrase in phrases:
            found[words_of(phrase)] = Meaning(kind, mark=phrase)
    for section, kind, mark in (
        ("numbers", "NUM", "word"),
        ("ordinals", "ORDINAL", "word"),
        ("counts", "COUNT", "word"),
        ("choices", "COUNT", "choice"),
    ):
        for phrase, number in table[section].items():
            found[words_of(phrase)] = Meaning(kind, number, mark)
    for section, kind in (("parts", "PART"), ("lengths", "MONTHS")):
        for mark, phrases in table[section].items():
            for phrase in phrases:
                found[words_of(phrase)] = Meaning(kind, mark=mark)
    for phrase, clock in table["clock"].items():
        hour, minute = map(int, clock.split(":"))
        found[words_of(phrase)] = Meaning("NOON", hour * 60 + minute)
    return found


def _names(names: dict[str, Any], locale: Locale) -> dict[tuple[str, ...], Meaning]:
    found: dict[tuple[str, ...], Meaning] = {}
    # CLDR's "short" and "narrow" names are words of their own in English ("We", "S").
    for context in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            days, months = locale.days[context][width], locale.months[context][width]
            for index, name in days.items():
                _inflect(found, name, Meaning("DAY", index + 1), names)
            for index, name in months.items():
                found[words_of(name.rstrip("."))] = Meaning("MONTH", index)
    for name, number in names.get("days", {}).items():
        _inflect(found, name, Meaning("DAY", number), names)
    for name, number in names.get("months", {}).items():
        found[words_of(name)] = Meaning("MONTH", number)
    return found


def _inflect(
    found: dict[tuple[str, ...], Meaning], name: str, meaning: Meaning, names: dict[str, Any]
) -> None:
    whole = name.rstrip(".")
    stem = whole[: len(whole) - names["cut"]]
    for ending in names["endings"]:
        mark = "plural" if ending else ""
        found.setdefault(words_of(stem + ending), Meaning(meaning.kind, meaning.number, mark))
    found.setdefault(words_of(whole), meaning)
