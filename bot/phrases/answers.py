"""What is typed instead of pressing a button: did it, not this time, rest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.phrases.facts import DAYS_OF_A_WEEK
from bot.phrases.vocabulary import DEFAULT, Vocabulary, pattern, vocabulary

MOST_CHARACTERS = 200
_MOST_WORDS_OF_A_WAY = 6
_MOST_WORDS_OF_A_NAME = 3
_MOST_WORDS_OF_A_TITLE = 8
_WORD = re.compile(r"[^\W_][\w'\u2019]*")


@dataclass(frozen=True, slots=True)
class Done:
    """ "Did it". way_words: what was done, as typed, to be looked for among the ways.

    days_ago: 1 for "did it yesterday". weekday: the ISO weekday of "did it on Friday", on that
    day or before. in_the_past: "did it last week", which day is not told.
    """

    way_words: str | None = None
    days_ago: int = 0
    weekday: int | None = None
    in_the_past: bool = False

    def on(self, today: date) -> date:
        """The day that is meant."""
        latest = today - timedelta(days=self.days_ago)
        back = (latest.isoweekday() - self.weekday) % 7 if self.weekday else 0
        return latest - timedelta(days=back)


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
    HELP = "help"
    CANCEL = "cancel"
    UNDO = "undo"
    WEARY = "weary"
    CRISIS = "crisis"


def read_small_talk(text: str, language: str = DEFAULT) -> SmallTalk | None:
    """Read a greeting, thanks, or a wish that has its own buttons; None for anything else."""
    if len(text) > MOST_CHARACTERS:
        return None
    plain = vocabulary(language).plain
    words = _words(text)
    if any(_holds(words, each) for each in plain[SmallTalk.CRISIS.value]):
        return SmallTalk.CRISIS
    said = next((each for each in SmallTalk if words in plain[each.value]), None)
    return SmallTalk.HELLO if said is None and _names_oneself(words, plain) else said


def _holds(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    length = len(phrase)
    return any(words[at : at + length] == phrase for at in range(len(words) - length + 1))


def may_be_a_title(text: str, language: str = DEFAULT) -> bool:
    """Whether it may name something to do, as "Pottery" and unlike "I am tired"."""
    plain, words = vocabulary(language).plain, _words(text)
    says = (words[:1] or ("",)) in plain["not_a_way"] or _longest_start(words, plain["i_am"]) > 0
    return "?" not in text and not says and len(words) <= _MOST_WORDS_OF_A_TITLE


def _names_oneself(words: tuple[str, ...], plain: dict[str, frozenset[tuple[str, ...]]]) -> bool:
    """Hello, I am Anna."""
    rest = words[_longest_start(words, plain["hello"]) :]
    names = rest[_longest_start(rest, plain["i_am"]) :]
    is_place = _longest_start(rest, plain["where_i_am"]) > 0
    return words != rest != names and 1 <= len(names) <= _MOST_WORDS_OF_A_NAME and not is_place


def read_command_words(text: str, names: Iterable[str], language: str = DEFAULT) -> str | None:
    """The command that is meant by "settings" or "my streaks"; None for anything else."""
    if len(text) > MOST_CHARACTERS:
        return None
    words, said = _words(text), vocabulary(language).commands
    return next(
        (
            name
            for name in names
            if words in ((name,), tuple(name.split("_"))) or words in said.get(name, ())
        ),
        None,
    )


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


def _words_of_an_answer(text: str) -> tuple[str, ...]:
    """None of a text that is too long to be one."""
    return _words(text) if len(text) <= MOST_CHARACTERS else ()


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
    if told := _day_at_the_end(words, vocabulary(language)):
        before = read_answer(text[: found[-told.words].start()], language)
        if isinstance(before, Done):
            return replace(told.done, way_words=before.way_words)
        if isinstance(before, NotThisTime):
            return before
    starts = [match.start() for match in found]
    return _rest_until(text, words, starts, vocabulary(language)) or _done_with(
        text, words, starts, vocabulary(language)
    )


@dataclass(frozen=True, slots=True)
class _Day:
    words: int
    done: Done


def _day_at_the_end(words: tuple[str, ...], meanings: Vocabulary) -> _Day | None:
    """This morning, yesterday, last Saturday, on Friday, last week."""
    plain, backwards = meanings.plain, words[::-1]

    def ending(phrases: Iterable[tuple[str, ...]]) -> int:
        return _longest_start(backwards, frozenset(phrase[::-1] for phrase in phrases))

    if length := ending(plain["today"]):
        return _Day(length, Done())
    if told := _so_many_days_ago(words, meanings):
        return told
    if length := ending(plain["before_yesterday"]):
        return _Day(length, Done(days_ago=2))
    if length := ending(plain["yesterday"]):
        return _Day(length, Done(days_ago=1))
    if length := ending(plain["last_week"]):
        return _Day(length, Done(in_the_past=True))
    named = meanings.phrases.get(words[-1:])
    if named is None or named.kind != "DAY":
        return None
    for days_ago, joints in ((1, plain["last_day"]), (0, plain["on_a_day"])):
        if length := ending((*joint, *words[-1:]) for joint in joints):
            return _Day(length, Done(days_ago=days_ago, weekday=named.number))
    return _Day(1, Done(weekday=named.number))


def _so_many_days_ago(words: tuple[str, ...], meanings: Vocabulary) -> _Day | None:
    """Two days ago, 3 days ago."""
    for phrase in meanings.plain["days_ago"]:
        length = len(phrase) + 1
        if words[1 - length :] == phrase and len(words) >= length:
            named = meanings.phrases.get(words[-length : 1 - length])
            digits = words[-length][:3] if words[-length].isdecimal() else ""
            number = int(digits) if digits else named.number if named else 0
            lately = 0 < number < DAYS_OF_A_WEEK
            return _Day(length, Done(days_ago=number) if lately else Done(in_the_past=True))
    return None


def read_done(text: str, language: str = DEFAULT) -> Done:
    """Read what stands behind /done: a way, a day, both or nothing."""
    found = list(_WORD.finditer(text)) if len(text) <= MOST_CHARACTERS else []
    told = _day_at_the_end(_words(text), vocabulary(language)) if found else None
    if told is None:
        return Done(text or None)
    return replace(told.done, way_words=text[: found[-told.words].start()].strip() or None)


def read_name(text: str, language: str = DEFAULT) -> str:
    """A name without its "the" or "my", as it may be part of another."""
    name = text.strip(" .!")
    mine = pattern(vocabulary(language).plain["mine"])
    return re.sub(rf"^(?:{mine})\s+", "", name, count=1, flags=re.IGNORECASE) or name


def read_yes(text: str, language: str = DEFAULT) -> bool | None:
    """Read an answer to whether it happened or left them fulfilled; None for anything else."""
    plain, words = vocabulary(language).plain, _words_of_an_answer(text)
    if words in plain["yes"]:
        return True
    return False if words in plain["no"] else None


def read_agreed(text: str, language: str = DEFAULT) -> bool | None:
    """Read an answer to what was understood: True for Yes, False for Change, None for the rest."""
    plain, words = vocabulary(language).plain, _words_of_an_answer(text)
    if words in plain["agreed"] or words in plain["change"]:
        return words in plain["agreed"]
    return read_yes(text, language)


def read_next(text: str, language: str = DEFAULT) -> bool:
    """Whether it was typed instead of tapping Next."""
    return _words_of_an_answer(text) in vocabulary(language).plain["next"]


def _rest_until(
    text: str, words: tuple[str, ...], starts: list[int], meanings: Vocabulary
) -> Rest | None:
    """ "Rest for two weeks", "I'm on holiday until Monday"; "a break for tea" is none."""
    plain = meanings.plain
    rests, away = plain["rest"], meanings.commands["rest"]
    for phrases, joints in ((rests, plain["rest_until"]), (away, plain["rest_till"])):
        length = _longest_start(words, phrases)
        if length and len(words) > length + 1 and (words[length],) in joints:
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
