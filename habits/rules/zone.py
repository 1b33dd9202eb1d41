"""Time zones: which names are zones, where a week begins, and when a local time is."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, UnknownLocaleError, get_global

PERSONS_DAY_ENDS = timedelta(hours=4)
"""How far past midnight a person's day goes on: 00:40 on Sunday is still Saturday."""

# Files that lie among the zones, open like zones and name no place.
_NO_ZONES = {"Factory", "localtime", "posixrules"}

# What CLDR does not place on a country; a test holds all others against tzdata's own table.
_TERRITORIES_LEFT_OUT = {"America/Coyhaique": "CL", "Antarctica/Troll": "AQ"}
_NOWHERE = {"001", "ZZ"}

_BABELS_SUNDAY = 6


def zone_named(name: str) -> ZoneInfo | None:
    """Find the zone of this IANA name, in any case ("europe/berlin"), old names included.

    The name is looked up among the known ones and never becomes a path: None for whatever
    is not a zone ("Mars/Phobos", "../../etc/passwd", "localtime").
    """
    known = _zone_names().get(name.casefold())
    return ZoneInfo(known) if known else None


@cache
def _zone_names() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - _NO_ZONES}


def territory_of(zone: ZoneInfo) -> str | None:
    """Say which territory a zone lies in ("DE"); None for zones of no place, such as UTC.

    By CLDR, under a zone's old name as well as its new one (Europe/Kiev, Europe/Kyiv).
    """
    name = zone.key
    territories = get_global("zone_territories")
    renamed = get_global("zone_aliases").get(name, name)
    by_cldr = territories.get(name) or territories.get(renamed)
    found = _TERRITORIES_LEFT_OUT.get(name, by_cldr)
    return None if found in _NOWHERE else found


def first_weekday(zone: ZoneInfo) -> int:
    """Say on which ISO weekday a week begins: the day after the weekend of the territory.

    By CLDR, so that no weekend is cut in two: Monday for most, Sunday in Israel or Egypt,
    Saturday in Iran; Monday where there is no territory or CLDR does not say.
    """
    territory = territory_of(zone)
    return _day_after_the_weekend(territory) if territory else 1


@cache
def _day_after_the_weekend(territory: str) -> int:
    try:
        weekend_ends = Locale.parse(f"und_{territory}").weekend_end
    except UnknownLocaleError:  # nobody's home: Antarctica, a few islands
        weekend_ends = _BABELS_SUNDAY
    return (weekend_ends + 1) % 7 + 1


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a local date and clock time into the one instant (aware, UTC) that is meant.

    A time inside a gap moves forward by the gap's length (02:30 becomes 03:30, by half an
    hour on Lord Howe, by a day where a date was skipped); a repeated one is its first passing.
    """
    # fold=0 names the offset before a change, which gives both rules (PEP 495).
    first = at.replace(fold=0) if at.fold else at
    return datetime.combine(day, first, zone).astimezone(UTC)


def local_day(now: datetime, zone: ZoneInfo) -> date:
    """Say which date the calendar on the wall shows there now."""
    return now.astimezone(zone).date()


def persons_day(now: datetime, zone: ZoneInfo) -> date:
    """Say which day it still is for a person there: their day ends at 04:00 local time."""
    on_the_clock = now.astimezone(zone).replace(tzinfo=None)
    return (on_the_clock - PERSONS_DAY_ENDS).date()
