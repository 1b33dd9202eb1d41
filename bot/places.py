"""From what a person types, taps or shares to their time zone.

Nothing is guessed silently: a name that several places share, an abbreviation or a bare
distance from UTC comes back as a question, with the cities to ask about.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import tzfpy
from babel.core import Locale, UnknownLocaleError, get_global

from bot.cities import (
    City,
    ZoneEntry,
    across,
    alike,
    beginning_with,
    city_of,
    clocks_called,
    find_cities,
    folded,
    is_called,
    named,
    named_within,
    told_apart,
    zones,
)
from habits.rules.zone import zone_named

__all__ = [
    "CREDIT",
    "City",
    "LocalTime",
    "OffsetOnly",
    "Several",
    "Unknown",
    "Zone",
    "cities_at",
    "find_cities",
    "full_name",
    "resolve",
    "short_name",
    "times_now",
    "zone_at",
]

CREDIT = "Cities: GeoNames (geonames.org), CC BY 4.0. Borders: OpenStreetMap contributors, ODbL."
"""The line that the licences of the data ask for; /privacy and /help show it."""

OVERWHELMING = 10
"""How many times larger a city must be than its namesakes elsewhere not to be asked about."""

_MOST_OFFERED = 12
_FARTHEST = range(-12 * 60, 14 * 60 + 1)
_BY_THE_WAY = 0.05  # what a speaker counts where the language has no official standing
_ELSEWHERE = 0.05  # of those with a language, how many may be anywhere on earth


@dataclass(frozen=True, slots=True)
class Zone:
    """This zone and no other; the city that was meant, where it was a city."""

    zone: ZoneInfo
    city: City | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """More than one place answers to it, at most 12: ask which, likeliest first."""

    cities: tuple[City, ...]


@dataclass(frozen=True, slots=True)
class OffsetOnly:
    """A distance from UTC, which says nothing about summer time: offer `cities_at` it.

    offset_minutes: east of Greenwich is positive, as people write it ("UTC+2" is 120).
    sign_reversed: it was an "Etc/GMT+3", which by that name's odd custom lies *west*.
    """

    offset_minutes: int
    sign_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No place of this name is known."""


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What clocks show somewhere now (naive, minutes), and how far from UTC that is."""

    offset_minutes: int
    clock: time


def resolve(words: str, language: str = "en") -> Zone | Several | OffsetOnly | Unknown:
    """Understand a zone as people type one: a city, a country, a zone's name, an offset.

    A city is taken without asking when all its namesakes keep the same clock in the same
    country, or when it has OVERWHELMING times the people of any that does not (Berlin in
    Germany, not in New Hampshire). The beginning of a name is always asked about, and so is a
    country with several clocks. "EST" gives the cities that say so, not the zone of that name,
    which has no summer time.
    language: as Telegram gives it, or any text; decides only what comes first.
    """
    if offset := _offset_in(words):
        return offset
    if zone := _zone_called(words):
        return Zone(zone)
    if clocks := clocks_called(words):
        return _settle([city_of(clock) for clock in _likeliest(clocks, language)], math.inf)
    if country := across(words):
        one_clock = len({alike(city) for city in country}) == 1
        namesakes = [city for city in named(words) if folded(city.name) == folded(words)]
        return _settle([*country, *namesakes], OVERWHELMING if one_clock else math.inf)
    if exact := named(words) or named_within(words):
        return _settle(exact, OVERWHELMING)
    guesses = told_apart(beginning_with(words))
    return Several(tuple(guesses[:_MOST_OFFERED])) if guesses else Unknown()


_OFFSET = re.compile(
    r"(?P<etc>etc/)?(?:gmt|utc)?\s*(?P<sign>[+\-−])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?",
    re.IGNORECASE,
)


def _offset_in(words: str) -> OffsetOnly | None:
    found = _OFFSET.fullmatch(words.strip())
    if not found:
        return None
    minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    west = (found["sign"] != "+") != bool(found["etc"])
    offset = -minutes if west else minutes
    return OffsetOnly(offset, bool(found["etc"])) if offset in _FARTHEST else None


def _zone_called(words: str) -> ZoneInfo | None:
    # The names without a slash are rarely meant as zones: "EST", "Singapore", "GB".
    name = "_".join(words.split())
    return zone_named(name) if "/" in name or name.casefold() == "utc" else None


def _settle(cities: list[City], enough: float) -> Zone | Several:
    greatest = max(cities, key=lambda city: city.population)
    elsewhere = [city.population for city in cities if alike(city) != alike(greatest)]
    if not elsewhere or greatest.population >= enough * max(elsewhere):
        return Zone(greatest.zone, greatest)
    return Several(tuple(told_apart(cities)[:_MOST_OFFERED]))


def zone_at(latitude: float, longitude: float) -> Zone | Several | OffsetOnly | Unknown:
    """Find the zone of a shared position, in degrees; the position itself is kept nowhere.

    Several where borders are disputed or close (Urumqi); OffsetOnly at sea, where ships keep
    a whole number of hours; Unknown off the globe.
    """
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # nan is not either
        return Unknown()
    names = tzfpy.get_tzs(longitude, latitude)
    ashore = [zones()[name] for name in names if name in zones()]
    if ashore:
        return _of_zones(ashore)
    at_sea = [offset for name in names if (offset := ZoneInfo(name).utcoffset(None)) is not None]
    return OffsetOnly(at_sea[0] // timedelta(minutes=1)) if at_sea else Unknown()


def _of_zones(found: list[ZoneEntry]) -> Zone | Several:
    if len({entry.alike for entry in found}) == 1:
        return Zone(found[0].zone)
    return Several(tuple(city_of(entry) for entry in found))


def times_now(now: datetime, language: str) -> tuple[LocalTime, ...]:
    """List every time that clocks show somewhere on earth now, the likeliest first.

    Likeliest is where most people live who may have set this language. Where two places show
    the same time on different dates (Hawaii and Kiribati) it comes once, with the offset of
    the likelier.
    """
    return _times_at(now.replace(second=0, microsecond=0), language)


@lru_cache(maxsize=64)
def _times_at(now: datetime, language: str) -> tuple[LocalTime, ...]:
    """Of a whole minute: no clock on earth is changed within one."""
    chances = _chances(_language(language))
    at: Counter[int] = Counter()
    for entry in zones().values():
        at[_offset_minutes(entry, now)] += chances[entry.zone.key]
    found: dict[time, LocalTime] = {}
    for offset, _ in at.most_common():
        clock = (now + timedelta(minutes=offset)).time()
        found.setdefault(clock, LocalTime(offset, clock))
    return tuple(found.values())


def cities_at(offset_minutes: int, now: datetime, language: str) -> tuple[City, ...]:
    """List where clocks now show the time of this offset: for each clock one city.

    All of them, likeliest first, for the caller to show a few at a time. Two zones of one
    country that will keep the same time are one entry; Berlin and Lagos, an hour apart in
    summer, are two. Those a whole day away, which show the same time, come last.
    """
    same_clock = [
        entry
        for entry in zones().values()
        if entry.alike == entry.number
        and (_offset_minutes(entry, now) - offset_minutes) % (24 * 60) == 0
    ]
    likeliest = _likeliest(same_clock, language)
    likeliest.sort(key=lambda entry: _offset_minutes(entry, now) != offset_minutes)
    return tuple(city_of(entry) for entry in likeliest)


def _offset_minutes(entry: ZoneEntry, now: datetime) -> int:
    offset = now.astimezone(entry.zone).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1)


def _likeliest(entries: Iterable[ZoneEntry], language: str) -> list[ZoneEntry]:
    chances = _chances(_language(language))
    return sorted(entries, key=lambda entry: chances[entry.zone.key], reverse=True)


@lru_cache(maxsize=64)
def _chances(language: Locale) -> dict[str, int]:
    """Estimate for each zone how many in a billion with this language set are there."""
    living = {name: entry.population for name, entry in zones().items()}
    speaking = {name: n * _share(language, zones()[name].territory) for name, n in living.items()}
    # "pt-br" names the country as well
    at_home = {n: living[n] * (zones()[n].territory == language.territory) for n in living}
    chances: Counter[str] = Counter()
    names = {entry.number: name for name, entry in zones().items()}
    for people, weight in ((living, _ELSEWHERE), (speaking, 1), (at_home, 1)):
        all_people = sum(people.values()) or 1
        for name, entry in zones().items():
            # Of zones alike only one is offered, so it stands for all of them.
            chances[names[entry.alike]] += round(1e9 * weight * people[name] / all_people)
    return chances


def _share(language: Locale, territory: str) -> float:
    """Say how many of a territory's people speak a language, where it is official."""
    spoken = get_global("territory_languages").get(territory, {})
    written = f"{language.language}_{language.script}"
    found = spoken.get(written) or spoken.get(language.language) or {}
    share: float = found.get("population_percent", 0) / 100
    return share if found.get("official_status") else share * _BY_THE_WAY


_LANGUAGE_CODE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}", re.ASCII | re.IGNORECASE)


def _language(code: str) -> Locale:
    """Read a language code of whatever origin; English where it says nothing."""
    if _LANGUAGE_CODE.fullmatch(code):
        for known in (code.replace("-", "_"), code[:2]):
            try:
                return Locale.parse(known)
            except (UnknownLocaleError, ValueError):
                continue
    return Locale("en")


def full_name(city: City, language: str) -> str:
    """Name a city so that it is told from its namesakes: "Portland, Maine", "Lima, Peru"."""
    country = _language(language).territories.get(city.country, city.country)
    return f"{short_name(city, language)}, {city.region or country}"


def short_name(city: City, language: str) -> str:
    """Name a city for a button, in the language where CLDR knows it ("Warschau")."""
    key = city.zone.key
    if not is_called(city, key.rpartition("/")[2].replace("_", " ")):
        return city.name
    cities = _language(language).time_zones
    older = (old for old, new in get_global("zone_aliases").items() if new == key)
    local = (cities[name].get("city") for name in (key, *older) if name in cities)
    return next(filter(None, local), city.name)
