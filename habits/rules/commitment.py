"""The promise: a title, its ways, a schedule, an optional cue."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from habits.rules.schedule import Schedule

MOST_COMMITMENTS = 50
MOST_WAYS = 12
LONGEST_TITLE = 64
LONGEST_CUE = 200
LONGEST_NOTE = 500


class State(StrEnum):
    """Whether a commitment asks for anything."""

    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Way:
    """One activity that keeps a commitment; any of them counts."""

    id: int
    title: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment as the rules see it.

    phase: the first day of a week in which it asks (for every 2, 3, 4 weeks).
    begins_at: since when its present schedule holds; occasions before it are not its own.
    laid_until: its occasions are laid out for all weeks before this day.
    silent_since: two due weeks went by unanswered, so that we keep quiet until they are back.
    fades_from: the first day of the first week whose reminders fade, if they do.
    version: grows with each edit, so that two devices do not overwrite each other.
    """

    id: int
    person_id: int
    title: str
    schedule: Schedule
    phase: date
    begins_at: datetime
    laid_until: date
    made_at: datetime
    ways: tuple[Way, ...] = ()
    cue: str | None = None
    state: State = State.ACTIVE
    silent_since: datetime | None = None
    fades_from: date | None = None
    version: int = 1

    @property
    def open_ways(self) -> tuple[Way, ...]:
        """The ways that are still offered."""
        return tuple(way for way in self.ways if not way.retired)

    def is_called(self, words: str) -> bool:
        """Whether the words name it, by its title or by a way."""
        names = (self.title, *(way.title for way in self.open_ways))
        return any(words.casefold() in name.casefold() for name in names)
