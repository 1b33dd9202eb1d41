"""What a person can take along: the shape of `habits-export.json`, version 1.

There are no ids in it: ways are told by their place in the list, occasions by their day. So a
file means the same wherever it is taken in, and what is taken out again is the same file.
Dates are local, an `…_at` is UTC, a clock time is "18:30". docs/export.md tells each field.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    model_validator,
)

from habits.rules.commitment import LONGEST_CUE, LONGEST_NOTE, LONGEST_TITLE
from habits.rules.feelings import Facet
from habits.rules.person import EVER_SINCE
from habits.rules.schedule import Part
from habits.rules.zone import zone_named

FORMAT: Literal["letloose"] = "letloose"
VERSION: Literal[1] = 1
LATEST = date(2100, 1, 1)
"""Dates beyond it are nobody's plans, and arithmetic with them may overflow."""
MOST_KEPT = 500
"""Commitments in a file, the archived included."""
MOST_WAYS_KEPT = 100
MOST_DAYS = 20_000
"""Occasions, rests or check-ins of one commitment: fifty years of every day."""

T = TypeVar("T")


class Clean(Protocol):
    """Makes typed text safe to keep; None where it is empty or too long.

    Given as the context of a validation, for what comes from outside.
    """

    def __call__(self, text: str, limit: int, *, lines: bool) -> str | None:
        """limit: the most visible characters; lines: whether line ends are kept."""


def _cleaned(limit: int, *, lines: bool = False) -> AfterValidator:
    def clean(text: str, info: ValidationInfo) -> str:
        if not info.context:
            return text
        cleaned: Clean = info.context["clean"]
        kept = cleaned(text, limit, lines=lines)
        if kept is None:
            raise ValueError(f"should be 1 to {limit} visible characters")
        return kept

    return AfterValidator(clean)


def _in_range(day: date) -> date:
    if not EVER_SINCE <= day <= LATEST:
        raise ValueError(f"should lie between {EVER_SINCE} and {LATEST}")
    return day


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("should name its offset from UTC")
    _in_range(moment.date())
    return moment.astimezone(UTC)


def _a_minute(value: Any) -> time:
    if isinstance(value, time):
        return value
    at = time.fromisoformat(value) if isinstance(value, str) and len(value) == 5 else None
    if at is None or at.strftime("%H:%M") != value:
        raise ValueError("should be a clock time such as 18:30")
    return at


def _part_or_minute(value: Any) -> Part | time:
    return Part(value) if value in list(Part) else _a_minute(value)


def _written(at: Part | time) -> str:
    return at.value if isinstance(at, Part) else at.strftime("%H:%M")


def _known_zone(name: str) -> str:
    if zone_named(name) is None:
        raise ValueError("should be a time zone such as Europe/Berlin")
    return name


Day = Annotated[date, AfterValidator(_in_range)]
At = Annotated[datetime, AfterValidator(_in_utc)]
ClockTime = Annotated[time, BeforeValidator(_a_minute), PlainSerializer(_written, when_used="json")]
PartOrTime = Annotated[
    Any, BeforeValidator(_part_or_minute), PlainSerializer(_written, when_used="json")
]
Title = Annotated[str, _cleaned(LONGEST_TITLE)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Index = Annotated[int, Field(ge=0, lt=MOST_WAYS_KEPT)]


class _Shape(BaseModel):
    # what checks them is built when a file is read or written, not at every start of the bot
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class WeekBeginning(_Shape):
    """From `since` on, weeks begin on the ISO weekday."""

    since: Day
    weekday: Weekday


class Holiday(_Shape):
    """Everything rests from `first` up to, not including, `until`."""

    first: Day
    until: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _hold(self, self.first <= self.until, "a holiday should end after it begins")


class Wishes(_Shape):
    """What the person set."""

    zone: Annotated[str, AfterValidator(_known_zone)] | None
    morning: ClockTime
    afternoon: ClockTime
    evening: ClockTime
    quiet_from: ClockTime
    quiet_until: ClockTime
    asks_plan: bool
    asks_follow_up: bool
    shows_numbers: bool
    pictures: Literal["light", "dark", "none"] = "light"
    first_weekday: Weekday | None
    exports_since: At | None
    wants_card: bool = True
    asks_tension: bool = False
    asks_facets: bool = False
    week_beginnings: Annotated[tuple[WeekBeginning, ...], Field(max_length=MOST_DAYS)]
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=MOST_DAYS)]

    @model_validator(mode="after")
    def _weeks_follow(self) -> Self:
        since = [each.since for each in self.week_beginnings]
        return _hold(self, since == sorted(set(since)), "week_beginnings should be in order")


class ScheduleKept(_Shape):
    """When it asks. calendar: the same as an RRULE, for other programs; it is not read back."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    at: PartOrTime
    every: Annotated[int, Field(ge=1, le=4)]
    target: Weekday
    once: bool
    phase: Day
    calendar: dict[str, str] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        in_order = list(self.days) == sorted(set(self.days))
        most = 1 if self.once else len(self.days)
        return _hold(self, in_order and self.target <= most, "a schedule should make sense")


class WayKept(_Shape):
    """One activity that keeps the commitment; a retired one is not offered any more."""

    title: Title
    retired: bool


class OccasionKept(_Shape):
    """One planned turn, past or coming. way: the one chosen ahead, by its place in the list."""

    day: Day
    week: Day
    week_end: Day
    target: Weekday
    due: bool
    go_at: At
    answer: Literal["done", "didnt"] | None
    answered_at: At | None
    excuse: Literal["late", "silent", "holiday"] | None
    settles_at: At
    settled: bool
    moved_from: Day | None
    stands_at: ClockTime | None
    way: Index | None
    smaller: Title | None = None

    @model_validator(mode="after")
    def _lies_in_its_week(self) -> Self:
        lies = self.week <= self.day < self.week_end and 7 <= (self.week_end - self.week).days <= 13
        near = abs((self.go_at.date() - self.day).days) <= 2
        told = (self.answer is None) == (self.answered_at is None)
        return _hold(self, lies and near and told, "an occasion should lie in its week")


class RestKept(_Shape):
    """The person chose to skip the week that begins on this day."""

    week: Day
    made_at: At


class CheckInKept(_Shape):
    """A done answer. occasion: the day of the one it answers, None for one without."""

    day: Day
    week: Day
    counts: bool
    occasion: Day | None
    way: Index | None
    fulfilled: bool | None
    note: Annotated[str, _cleaned(LONGEST_NOTE, lines=True)] | None
    tension_before: Annotated[int, Field(ge=1, le=3)] | None = None
    tension_after: Annotated[int, Field(ge=1, le=3)] | None = None
    facets: Annotated[tuple[Facet, ...], Field(max_length=len(Facet))] | None = None
    made_at: At


class CommitmentKept(_Shape):
    """A promise with everything that became of it."""

    title: Title
    cue: Annotated[str, _cleaned(LONGEST_CUE)] | None
    state: Literal["active", "paused", "archived"]
    made_at: At
    begins_at: At
    silent_since: At | None
    fades_from: Day | None = None
    laid_until: Day
    schedule: ScheduleKept
    ways: Annotated[tuple[WayKept, ...], Field(max_length=MOST_WAYS_KEPT)]
    occasions: Annotated[tuple[OccasionKept, ...], Field(max_length=MOST_DAYS)]
    rests: Annotated[tuple[RestKept, ...], Field(max_length=MOST_DAYS)]
    check_ins: Annotated[tuple[CheckInKept, ...], Field(max_length=MOST_DAYS)]

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        named = [each.way for each in self.occasions] + [each.way for each in self.check_ins]
        _hold(
            self,
            max((way for way in named if way is not None), default=-1) < len(self.ways),
            "a way should be in the list",
        )
        days = [each.day for each in self.occasions]
        answered = [each.occasion for each in self.check_ins if each.occasion is not None]
        _hold(self, _once_each(days), "a day should have one occasion")
        _hold(self, _once_each(answered), "an occasion should have one check-in")
        _hold(self, _once_each([each.week for each in self.rests]), "a week should rest once")
        return _hold(self, set(answered) <= set(days), "an occasion should be in the list")


class Belongings(_Shape):
    """Everything that can be taken along."""

    format: Literal["letloose"] = FORMAT
    version: Literal[1] = VERSION
    settings: Wishes | None
    commitments: Annotated[tuple[CommitmentKept, ...], Field(max_length=MOST_KEPT)]


def _hold(shape: T, holds: bool, otherwise: str) -> T:
    if not holds:
        raise ValueError(otherwise)
    return shape


def _once_each(values: Sequence[Any]) -> bool:
    return len(set(values)) == len(values)
