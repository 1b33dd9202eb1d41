"""A sentence read as a commitment, or as a change of a schedule."""

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
from bot.phrases.titles import rest_of, title_of, ways_of
from bot.phrases.vocabulary import DEFAULT, vocabulary

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
    title = title_of(phrase, reading.removed)
    untitled: tuple[Question, ...] = () if title else (WhatToDo(),)
    ways = ways_of(title, phrase.vocabulary) if title else ()
    return completed(reading.questions + untitled, reading.change, title, ways)


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
