"""Why a file cannot be taken in."""

from dataclasses import dataclass
from enum import Enum, auto


class Why(Enum):
    """What is wrong with it."""

    TOO_LARGE = auto()
    UNKNOWN = auto()
    DAMAGED = auto()
    GROWS = auto()
    LEADS_OUT = auto()
    TOO_DEEP = auto()
    NEWER = auto()
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nothing of it was taken in. where, what: the place in the file and what is wrong there."""

    why: Why
    where: str = ""
    what: str = ""
