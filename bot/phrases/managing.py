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
    rest = _behind(text, "reschedule", language)
    if rest is None:
        return None
    to = pattern(vocabulary(language).plain["reschedule_to"])
    for found in re.finditer(rf"\b(?:{to})\s", rest, flags=re.IGNORECASE):
        behind = rest[found.end() :]
        if _is_schedule(behind, language):
            return Rescheduling(_named(rest[: found.start()], language), behind)
    return Rescheduling(None, text) if _is_schedule(text, language) else None


def read_managed(text: str, language: str = DEFAULT) -> str | None:
    """The commitment that "pause film" and its like are about, as typed; None for anything else."""
    rest = _behind(text, "manage", language)
    return read_name(rest.lstrip(), language) if rest and rest[0].isspace() else None


def _behind(text: str, verbs: str, language: str) -> str | None:
    """What stands behind one of these verbs, said with or without a "please"; None without one."""
    plain = vocabulary(language).plain
    said = rf"\s*(?:(?:{pattern(plain['asking'])})\s+)*(?:{pattern(plain[verbs])})\b"
    found = re.match(said, text, flags=re.IGNORECASE) if len(text) <= MOST_CHARACTERS else None
    return text[found.end() :] if found else None


def _is_schedule(text: str, language: str) -> bool:
    return isinstance(read_schedule(text, language), Change | Ambiguous)


def _named(words: str, language: str) -> str | None:
    """ "My film from Saturday": film."""
    plain = vocabulary(language).plain
    of = re.split(rf"\s(?:{pattern(plain['reschedule_from'])})\s", words, flags=re.IGNORECASE)[0]
    name = read_name(of, language)
    return name if name and words_of(name) not in plain["it"] else None
