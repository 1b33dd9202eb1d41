"""A commitment on its way: what is known of it, what is still to be asked, and how it is kept."""

from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any, get_args

from bot.phrases import (
    Change,
    EachOrAny,
    IsThatTheTime,
    MoreThanDays,
    MorningOrEvening,
    WhatToDo,
    WhichOfTheseDays,
    changed,
)
from bot.texts.questions import named_after, offered_ways
from habits.rules.commitment import MOST_WAYS
from habits.rules.schedule import Part, Schedule
from habits.storage.ids import new_id
from habits.storage.rows import time_from, time_to

DRAFT, ZONE = "draft", "zone"
"""The steps of a conversation that wait for more of a draft, and for where the person is."""
VERSION, VERSION_WITH_OTHERS = 1, 2
"""Of a draft as it is kept; one of another version is begun anew."""
MOST_BEHIND = 5
"""Other drafts that wait while one is talked about."""


@dataclass(frozen=True, slots=True)
class When:
    """One of the usual times, or another."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days to tick. target: how many times a week, where that was said."""

    ticked: tuple[int, ...] = ()
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """A part of the day, or an exact time."""


@dataclass(frozen=True, slots=True)
class Often:
    """Every how many weeks."""


@dataclass(frozen=True, slots=True)
class Name:
    """A title."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What comes just before: "When the dishes are done, I make tea"."""


OfDays = WhichOfTheseDays | EachOrAny | MoreThanDays
OfTime = MorningOrEvening | IsThatTheTime
Asked = WhatToDo | When | Days | Time | Often | Name | Cue | OfDays | OfTime


@dataclass(frozen=True, slots=True)
class Draft:
    """A commitment before its last tap.

    title: "" where it is named after its ways. ways: the chosen ones, as typed or offered.
    own: the ways they typed, chosen or not, so that each keeps its button.
    change: what is known of the schedule. questions: what is still to be asked, in order.
    greets: the first question stands below a greeting. alters: the open question came from
    Change, and can be left as it was.
    revision: grows with every answer, so that a button of an earlier question is known.
    behind: other drafts that wait until this one is done; none of them has any behind it.
    id: what all its buttons name; the commitment gets it too, so that two taps make one.
    """

    title: str = ""
    ways: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    change: Change = field(default=Change())
    questions: tuple[Asked, ...] = ()
    cue: str = ""
    greets: bool = False
    alters: bool = False
    revision: int = 0
    behind: tuple["Draft", ...] = ()
    id: int = field(default_factory=new_id)

    @property
    def name(self) -> str:
        """What the commitment is called."""
        return self.title or named_after(self.ways)

    @property
    def schedule(self) -> Schedule:
        """What is known of the schedule, the rest by default."""
        match changed(Schedule(), self.change):
            case Schedule() as schedule:
                return schedule
            case MoreThanDays():
                return replace(self, change=replace(self.change, target=None)).schedule

    @property
    def offers(self) -> tuple[str, ...]:
        """Every way with a button: those offered to everybody, and their own."""
        ways = (*(way for _, _, way in offered_ways()), *self.own)
        return tuple({way.casefold(): way for way in ways}.values())

    @property
    def is_full(self) -> bool:
        """Whether it has as many ways as we can keep."""
        return len(self.ways) >= MOST_WAYS

    @property
    def others(self) -> tuple["Draft", ...]:
        """What waits when another one comes: this draft as well, if it says what and when."""
        is_vague = {WhatToDo(), When()} & set(self.questions)
        this = () if is_vague or not self.has_begun else (replace(self, behind=()),)
        return (*this, *self.behind)

    @property
    def has_begun(self) -> bool:
        """Whether there is anything in it that would be a pity to lose."""
        return bool(self.ways) or self.change != Change()


def to_json(draft: Draft) -> dict[str, Any]:
    """The draft as a conversation keeps it."""
    kept = {each.name: _kept(getattr(draft, each.name)) for each in fields(draft)}
    if draft.behind:
        return {**kept, "version": VERSION_WITH_OTHERS}
    del kept["behind"]  # a process of the version before can go on with it
    return {**kept, "version": VERSION}


def from_json(kept: dict[str, Any]) -> Draft | None:
    """The draft that a conversation kept; None for one of another version."""
    if kept.get("version") not in (VERSION, VERSION_WITH_OTHERS):
        return None
    return Draft(**{name: _read(value) for name, value in kept.items() if name != "version"})


_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Change, Draft, *get_args(Asked))}


def _kept(value: Any) -> Any:
    if isinstance(value, Part | time):
        return {"at": time_to(value)}
    if type(value).__name__ in _KINDS:
        inner = {each.name: _kept(getattr(value, each.name)) for each in fields(value)}
        return {"kind": type(value).__name__, **inner}
    return [_kept(each) for each in value] if isinstance(value, tuple) else value


def _read(value: Any) -> Any:
    match value:
        case {"at": str(at), **others} if not others:
            return time_from(at)
        case {"kind": str(kind), **inner}:
            return _KINDS[kind](**{str(name): _read(each) for name, each in inner.items()})
        case list():
            return tuple(_read(each) for each in value)
    return value
