"""A command as people type it: "/done", "/DONE film", "/done@the_bot"."""

import re
import unicodedata
from dataclasses import dataclass

_COMMAND = re.compile(r"/([a-z0-9_]{1,64})(?:@([a-z0-9_]+))?[:,]?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """name: in small letters. to: the bot it is for, None for whoever reads it. rest: after it."""

    name: str
    to: str | None
    rest: str


def read_command(text: str) -> Command | None:
    """Read a command at the beginning of a text; None for any other text.

    What cannot be seen in its first word (zero-width spaces, direction marks) is not there.
    """
    first, *others = text.split(maxsplit=1) or [""]
    seen = "".join(char for char in first if unicodedata.category(char) != "Cf")
    found = _COMMAND.match(seen)
    if found is None:
        return None
    rest = " ".join([seen[found.end() :], *others]).strip()
    return Command(found[1].lower(), found[2] and found[2].lower(), rest)
