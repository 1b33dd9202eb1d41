"""beaverhabits' JSON export."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from bot.files.foreign import Habit, belongings_of, named
from bot.files.own_json import first_wrong
from bot.files.unreadable import Unreadable
from habits.belongings import Belongings

DAYS = {"D": 1.0, "W": 7.0, "M": 30.4, "Y": 365.0}
DELETED, ARCHIVED = "soft_delete", "archive"


class _Record(BaseModel):
    day: date
    done: bool = False
    text: str = ""


class _Period(BaseModel):
    period_type: str = Field(pattern="^[DWMY]$")
    period_count: int = Field(ge=1, le=1000)
    target_count: int = Field(ge=1, le=1000)


class _Beaver(BaseModel):
    name: str
    id: str = ""
    status: str = "active"
    period: _Period | None = None
    records: list[_Record] = []


class _File(BaseModel):
    habits: list[_Beaver]
    order: list[str] = []


def read(found: dict[str, Any], now: datetime) -> Belongings | Unreadable:
    """Its habits in the order in which they are shown there; deleted ones stay away."""
    try:
        file = _File.model_validate(found)
    except ValidationError as error:
        return first_wrong(error)
    places = {habit_id: place for place, habit_id in enumerate(file.order)}
    shown = sorted(file.habits, key=lambda each: places.get(each.id, len(places)))
    return belongings_of(named(_habit(each) for each in shown if each.status != DELETED), now)


def _habit(beaver: _Beaver) -> Habit:
    period = beaver.period
    times, days = (1.0, 7.0)
    if period is not None:
        times, days = period.target_count, period.period_count * DAYS[period.period_type]
    return Habit(
        name=beaver.name,
        times=times,
        days=days,
        archived=beaver.status == ARCHIVED,
        done={each.day: each.text for each in beaver.records if each.done},
    )
