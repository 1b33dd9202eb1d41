"""What is wanted of a commitment: "move it to Sunday", "change film to 8pm", "pause film"."""

import re
from dataclasses import dataclass

from bot.phrases.answers import read_name
from bot.phrases.commitments import read_schedule
from bot.phrases.outcomes import Ambiguous, Change
from bot.phrases.vocabulary import DEFAULT, pattern, vocabulary, words_of

MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Rescheduling:
    """what: the words that name the commitment, None for "it". schedule: those that say when."""

    what: str | None
    schedule: str


def read_rescheduling(text: str, language: str = DEFAULT) -> Rescheduling | None:
    """Read a wish to change a schedule; None for anything else.

    It begins with a verb such as "move", and what stands behind a "to" is a schedule to its
    last word: "Move more every Saturday" and "Switch to tea on Sundays" are commitments.
    """
    meanings = vocabulary(language)
    asking, verbs, to = (
        pattern(meanings.plain[name]) for name in ("asking", "reschedule", "reschedule_to")
    )
    begun = re.match(rf"\s*(?:(?:{asking})\s+)*(?:{verbs})\b", text, flags=re.IGNORECASE)
    if len(text) > MOST_CHARACTERS or begun is None:
        return None
    for found in re.finditer(rf"\b(?:{to})\s", text[begun.end() :], flags=re.IGNORECASE):
        before, behind = begun.end() + found.start(), begun.end() + found.end()
        if _is_schedule(text[behind:], language):
            return Rescheduling(_named(text[begun.end() : before], language), text[behind:])
    return Rescheduling(None, text) if _is_schedule(text, language) else None


def read_managed(text: str, language: str = DEFAULT) -> str | None:
    """The commitment that "pause film" and its like are about, as typed; None for anything else."""
    plain = vocabulary(language).plain
    asking, verbs = pattern(plain["asking"]), pattern(plain["manage"])
    begins = rf"\s*(?:(?:{asking})\s+)*(?:{verbs})\s+"
    found = re.match(begins, text, flags=re.IGNORECASE) if len(text) <= MOST_CHARACTERS else None
    return read_name(text[found.end() :], language) if found else None


def _is_schedule(text: str, language: str) -> bool:
    return isinstance(read_schedule(text, language), Change | Ambiguous)


def _named(words: str, language: str) -> str | None:
    """ "My film from Saturday": film."""
    plain = vocabulary(language).plain
    of = re.split(rf"\s(?:{pattern(plain['reschedule_from'])})\s", words, flags=re.IGNORECASE)[0]
    name = read_name(of, language)
    return name if name and words_of(name) not in plain["it"] else None
