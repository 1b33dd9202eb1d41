"""A sentence read as a commitment or several, or as a change of a schedule."""

import re
from collections.abc import Iterator

from bot.phrases.outcomes import (
    Ambiguous,
    Change,
    Commitment,
    EachOrAny,
    MoreThanDays,
    NotACommitment,
    NotUnderstood,
    Question,
    Reason,
    WhatToDo,
    WhichDays,
    completed,
)
from bot.phrases.phrase import phrase_of
from bot.phrases.reading import read
from bot.phrases.titles import rest_of, title_and_ways, title_of
from bot.phrases.vocabulary import DEFAULT, any_of, vocabulary

MOST_CUTS = 5
"""More than whoever tells of several commitments in one breath needs; bounds the work."""
MOST_CHARACTERS = 300
"""More than a title, its days and its time can need."""


def read_commitment(
    text: str, language: str = DEFAULT
) -> Commitment | Ambiguous | NotUnderstood | NotACommitment:
    """Read "dinner with friends every Saturday at 6pm".

    Never guesses: what may be a day, a number or a time and is not understood beside the
    schedule is refused, and what reads in two ways comes back as a question. The title is
    not measured here.
    """
    if len(text) > MOST_CHARACTERS:
        return NotUnderstood(Reason.TOO_LONG)
    phrase = phrase_of(_unquoted(text), vocabulary(language))
    reading = read(phrase, with_title=True)
    if reading is None:
        return NotACommitment()
    if isinstance(reading, NotUnderstood):
        return reading
    said = [word for item in reading.removed for word in phrase.words[item.start : item.end]]
    chooses = any(word.mark == "choice" for word in said)
    title = title_of(phrase, reading.removed)
    title, ways = title_and_ways(title, phrase.vocabulary, chooses=chooses)
    untitled: tuple[Question, ...] = () if title else (WhatToDo(),)
    return completed(reading.questions + untitled, reading.change, title, ways)


def read_commitments(text: str, language: str = DEFAULT) -> tuple[Commitment | Ambiguous, ...]:
    """Read "film on Sat, and yoga on Sun at 9": each of the commitments; () where there is one.

    Every piece says by itself what and on which days, and is cut at a comma, a stop, a line or
    an "and".
    """
    if len(text) > MOST_CHARACTERS:
        return ()
    cuts = list(_cuts(_unquoted(text), language))
    if not 0 < len(cuts) <= MOST_CUTS:
        return ()
    pieces = _pieces(_unquoted(text), cuts, language)
    return pieces if len(pieces) > 1 else ()


def _pieces(
    text: str, cuts: list[tuple[int, int]], language: str
) -> tuple[Commitment | Ambiguous, ...]:
    """What stands before each cut, as soon as both sides of it are whole; else all of it."""
    start, found = 0, []
    for at, (end, behind) in enumerate(cuts):
        before = _whole(text[start:end], language)
        if before is None:
            continue
        ends = [cut for cut, _ in cuts[at + 1 :]] + [len(text)]
        if any(_whole(text[behind:last], language) for last in ends):
            found.append(before)
            start = behind
    last = _whole(text[start:], language)
    return (*found, last) if last is not None else ()


def _whole(text: str, language: str) -> Commitment | Ambiguous | None:
    match read_commitment(text, language):
        case Commitment(title=title) as reading if title:
            return reading
        case Ambiguous(title=str(title), change=Change(days=days)) as reading if title and days:
            return reading
    return None


def _cuts(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a piece may end and the next one begin."""
    joint = any_of(vocabulary(language), "AND")
    for found in re.finditer(
        rf"\s*[.;,\n]+\s+(?:(?:{joint})\s+)?|\s+(?:{joint})\s+", text, flags=re.IGNORECASE
    ):
        yield found.span()


def _unquoted(text: str) -> str:
    """A sentence that was copied with its quotation marks is a sentence, not a title."""
    whole = text.strip()
    quotes = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}
    inner = whole[1:-1]
    is_quoted = len(whole) > 1 and quotes.get(whole[0]) == whole[-1]
    return inner if is_quoted and whole[0] not in inner and whole[-1] not in inner else text


def read_schedule(text: str, language: str = DEFAULT) -> Change | Ambiguous | NotUnderstood:
    """Read "Sunday evening", "19:30", "every two weeks": what it changes and nothing more."""
    if len(text) > MOST_CHARACTERS:
        return NotUnderstood(Reason.TOO_LONG)
    phrase = phrase_of(text, vocabulary(language))
    reading = read(phrase, with_title=False)
    if isinstance(reading, NotUnderstood):
        return reading
    if reading is None:
        return NotUnderstood(Reason.NOTHING)
    rest = rest_of(phrase, reading.removed)
    if rest:
        return NotUnderstood(Reason.UNKNOWN_WORD, rest)
    # What a change does not speak of stays, so missing days are no question.
    questions = tuple(asked for asked in reading.questions if not isinstance(asked, WhichDays))
    return Ambiguous(questions, reading.change) if questions else reading.change


def read_days(text: str, language: str = DEFAULT) -> Change | Ambiguous | NotUnderstood:
    """Read "Mon and Thu", "weekends", "Sat or Sun": days only, and how they are joined."""
    read_as = read_schedule(text, language)
    if isinstance(read_as, NotUnderstood):
        return read_as
    change = read_as if isinstance(read_as, Change) else read_as.change
    questions = read_as.questions if isinstance(read_as, Ambiguous) else ()
    asks_of_days = [asked for asked in questions if isinstance(asked, MoreThanDays | EachOrAny)]
    names_days = change.days is not None or asks_of_days
    says_more = change.at is not None or (change.every or 1) > 1
    if not names_days or says_more or len(asks_of_days) < len(questions):
        return NotUnderstood(Reason.UNCLEAR, text)
    return read_as
