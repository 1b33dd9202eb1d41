"""How a check-in felt: tension before and after, and what it was; for who wants to tell."""

from enum import IntEnum, StrEnum


class Tension(IntEnum):
    """How tense somebody was, by three faces."""

    CALM = 1
    BETWEEN = 2
    TENSE = 3


class Moment(StrEnum):
    """When they were so tense."""

    BEFORE = "before"
    AFTER = "after"


class Facet(StrEnum):
    """What a check-in was to them; several may fit.

    The experiences of recovery in Sonnentag & Fritz 2007, and with people.
    """

    SWITCHED_OFF = "switched_off"
    RELAXED = "relaxed"
    LEARNED = "learned"
    OWN_CHOICE = "own_choice"
    WITH_PEOPLE = "with_people"
