"""A text cut into words, each with the terminal of the grammar that it stands for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.phrases.vocabulary import Meaning, Vocabulary


@dataclass(frozen=True, slots=True)
class Word:
    """One or several words that mean one thing, and where they stand in the text.

    kind, number and mark are those of its Meaning. Marks of numbers and times:
    "digits" and "word" of NUM; of CLOCK, in minutes of the day, "half" (am or pm was said),
    "sure", "hour" (of 1 to 12), "dotted sure" and "dotted hour"; "colon" and "odd" of BROKEN.
    """

    kind: str
    text: str
    start: int
    end: int
    number: int = 0
    mark: str = ""

    @property
    def type(self) -> str:
        """The kind, by the name under which the parser asks for it."""
        return self.kind


# No part of it can match at two lengths in a row, so it never goes back further than one token.
_PIECE = re.compile(
    r"""
    (?P<quoted>"[^"]*"|\u201c[^\u201d]*\u201d|\u201e[^\u201c\u201d]*[\u201c\u201d]|\u00ab[^\u00bb]*\u00bb)
    |(?P<date>(?<!\d)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{2,4}
        |\d{1,2}\.(?:0?[1-9]|1[0-2])\.(?=\s+\S)|\d{1,2}/\d{1,2}(?:/\d{2,4})?)(?!\w))
    |(?P<number>\d\w*(?:[:.,]\d\w*)*)
    |(?P<dotted>[^\W\d_](?:\.[^\W\d_])+\.?(?!\w))
    |(?P<word>[^\W_][\w\u0300-\u036f]*(?:'[\w\u0300-\u036f]+)*)
    |(?P<mark>\S)
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(\d{1,9})(?:([:.h])(\d{1,9}))?([^\W\d_]*)")
_MARKS = {
    ",": "COMMA",
    ";": "COMMA",
    "-": "DASH",
    "\u2010": "DASH",
    "\u2011": "DASH",
    "\u2013": "DASH",
    "\u2014": "DASH",
    "\u2212": "DASH",
    "/": "SLASH",
    "&": "AND",
    "+": "AND",
    "@": "AT",
    ":": "COLON",
    ".": "STOP",
    "\u00d7": "TIMES",
    "~": "ABOUT",
}
_STOPS = frozenset({"COMMA", "COLON", "STOP"})
_ONE = Meaning("COUNT", 1, "choice")
# One character for one, so that positions in the text stay true.
_SAME = str.maketrans({"\u2019": "'", "\u02bc": "'", "\uff1a": ":", "\u2236": ":", "\uff0e": "."})


def words(text: str, vocabulary: Vocabulary) -> list[Word]:
    """Cut a text; whatever has no meaning here is a WORD, or a MARK if it is no letter."""
    found = list(_single_words(text.translate(_SAME), vocabulary))
    return _chosen(list(_tens(_phrases(found, vocabulary))))


def _single_words(text: str, vocabulary: Vocabulary) -> Iterator[Word]:
    for match in _PIECE.finditer(text):
        piece, start, end = match.group(), match.start(), match.end()
        match match.lastgroup:
            case "quoted":
                yield Word("QUOTED", piece, start, end)
            case "date":
                yield Word("DATE", piece, start, end, mark="/" if "/" in piece else "")
            case "number":
                yield _number(Word("BROKEN", piece, start, end, mark="odd"), vocabulary)
            case "mark":
                yield Word(_MARKS.get(piece, "MARK"), piece, start, end)
            case _:
                yield _word(Word("WORD", piece, start, end), vocabulary)


def _word(word: Word, vocabulary: Vocabulary) -> Word:
    text = word.text.replace(".", "").casefold()
    if text in vocabulary.suffixes and vocabulary.suffixes[text] in {"am", "pm"} and len(text) > 1:
        return replace(word, kind="MERIDIEM", mark=vocabulary.suffixes[text])
    for ending, meaning in vocabulary.suffixes.items():
        stem = vocabulary.phrases.get((text.removesuffix(ending),))
        if meaning == "about" and text.endswith(ending) and stem and stem.kind == "NUM":
            return replace(word, kind="HOURISH", number=stem.number)
    # Half of 12, as a fraction or a Roman numeral sign, is a number that we do not read.
    if any(char.isnumeric() and not char.isdecimal() for char in text):
        return replace(word, kind="BROKEN", mark="odd")
    return word


def _number(word: Word, vocabulary: Vocabulary) -> Word:
    match = _NUMBER.fullmatch(word.text)
    if not match:
        is_clock_like = word.text.replace(":", "").isdecimal()
        return replace(word, mark="colon") if is_clock_like else word
    first, sign, second, written_on = match.groups()
    suffix = vocabulary.suffixes.get(written_on.casefold(), "odd") if written_on else ""
    if sign == "h":
        sign, suffix = ":", suffix or "hour"
    if sign:
        return _clock(word, int(first), second, sign, suffix, len(first))
    return _suffixed(word, int(first), suffix)


def _clock(word: Word, hour: int, digits: str, sign: str, suffix: str, width: int) -> Word:
    looks_like_a_time = sign == ":" and len(digits) == 2
    broken = replace(word, kind="BROKEN", mark="colon" if looks_like_a_time else "odd")
    minute = int(digits)
    if (
        hour > 23
        or minute > 59
        or len(digits) != 2
        or suffix not in {"", "am", "pm", "hour", "about"}
    ):
        return broken
    if suffix in {"am", "pm"}:
        return _in_half(word, hour, minute, suffix) or broken
    # "07:30" is written by the 24-hour clock, and so are 0:30 and 13:30.
    has_zero = width == 2 and int(word.text[0]) == 0
    is_sure = hour > 12 or hour == 0 or has_zero
    mark = f"{'dotted ' if sign == '.' else ''}{'sure' if is_sure else 'hour'}"
    return replace(word, kind="CLOCK", number=hour * 60 + minute, mark=mark)


def _suffixed(word: Word, number: int, suffix: str) -> Word:
    match suffix:
        case "":
            return replace(word, kind="NUM", number=number, mark="digits")
        case "am" | "pm":
            return _in_half(word, number, 0, suffix) or word
        case "hour" if number < 24:
            return replace(word, kind="CLOCK", number=number * 60, mark="sure")
        case "about":
            return replace(word, kind="HOURISH", number=number)
        case "times":
            return replace(word, kind="NTIMES", number=number)
        case "ordinal":
            return replace(word, kind="ORDINAL", number=number, mark="digits")
        case "measure":
            return replace(word, kind="WORD")
    return word


def _in_half(word: Word, hour: int, minute: int, half: str) -> Word | None:
    minutes = half_of_day(hour, minute, half)
    return None if minutes is None else replace(word, kind="CLOCK", number=minutes, mark="half")


def half_of_day(hour: int, minute: int, half: str) -> int | None:
    """Minutes of the day of a clock time before ("am") or after noon ("pm")."""
    if not 1 <= hour <= 12:
        return None
    return (hour % 12 + (12 if half == "pm" else 0)) * 60 + minute


def _phrases(found: list[Word], vocabulary: Vocabulary) -> Iterator[Word]:
    index = 0
    while index < len(found):
        if found[index].kind != "WORD":
            yield found[index]
            index += 1
            continue
        run = _run_of_words(found, index, vocabulary.longest)
        taken, meaning = _longest_phrase(run, vocabulary)
        yield found[index] if meaning is None else _meant(run[:taken], meaning)
        index += taken


def _run_of_words(found: list[Word], index: int, longest: int) -> list[Word]:
    """The words from here on that may make a phrase; a hyphen joins like a space."""
    run: list[Word] = []
    for word in found[index : index + 2 * longest]:
        is_hyphen = word.kind == "DASH" and bool(run) and run[-1].end == word.start
        if word.kind != "WORD" and not is_hyphen:
            break
        run.append(word)
    return run


def _longest_phrase(run: list[Word], vocabulary: Vocabulary) -> tuple[int, Meaning | None]:
    texts = [word.text.casefold() if word.kind == "WORD" else "" for word in run]
    for taken in range(len(run), 0, -1):
        meaning = vocabulary.phrases.get(tuple(filter(None, texts[:taken])))
        if meaning and texts[taken - 1]:
            return taken, meaning
    return 1, None


def _meant(run: list[Word], meaning: Meaning) -> Word:
    text = " ".join(word.text for word in run)
    return Word(meaning.kind, text, run[0].start, run[-1].end, meaning.number, meaning.mark)


def _tens(found: Iterator[Word]) -> Iterator[Word]:
    # "twenty five" and "twenty-five" are one number; "six thirty" stays two.
    held: list[Word] = []
    for word in found:
        held.append(word)
        if _is_number_word(held[0], 20, 90):
            unit = held[-1]
            if len(held) > 1 and _is_number_word(unit, 1, 9):
                tens = held[0]
                yield replace(
                    tens,
                    text=f"{tens.text}-{unit.text}",
                    end=unit.end,
                    number=tens.number + unit.number,
                )
                held = []
            elif len(held) == 1 or (len(held) == 2 and unit.kind == "DASH"):
                continue
        yield from held
        held = []
    yield from held


def _chosen(found: list[Word]) -> list[Word]:
    # "One a week" and "one of these a week" count what stands in a list; one is no clock time.
    chosen: list[Word] = []
    for index, word in enumerate(found):
        before = chosen[-1].kind if chosen else "STOP"
        behind = found[index + 1].kind if index + 1 < len(found) else "STOP"
        if _is_number_word(word, 1, 1) and before in _STOPS and behind in {"EVERY", "PER"}:
            chosen.append(_meant([word], _ONE))
        elif (before, word.kind, behind) == ("ONE_OF", "THESE", "PER"):
            chosen.append(_meant([chosen.pop(), word], _ONE))
        else:
            chosen.append(word)
    return chosen


def _is_number_word(word: Word, low: int, high: int) -> bool:
    return word.kind == "NUM" and word.mark == "word" and low <= word.number <= high
