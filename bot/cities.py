"""The index of cities: places.sqlite3, written by tools/build_places.py, only read here."""

import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

INDEX = Path(__file__).with_name("places.sqlite3")
"""The file."""

LONGEST = 100
"""Characters; nothing longer is looked up."""

_MOST_NAMESAKES = 64
_OWN_NAME = 10  # times the people: where Bridgetown is by-name of Portland, Barbados' comes first


@dataclass(frozen=True, slots=True)
class City:
    """A city to offer.

    number: its rank by population, 1 the greatest; changes with the index.
    region: the state, in English, in the US, Canada, Australia and Britain; "" elsewhere.
    country: ISO 3166 code.
    population: 0 where a zone has no settlement and its own name stands for one.
    """

    number: int
    name: str
    region: str
    country: str
    zone: ZoneInfo
    population: int


@dataclass(frozen=True, slots=True)
class ZoneEntry:
    """A zone in the index.

    alike: the number of the greatest zone in the same territory whose clock is the same
        until 2037; its own where it is that one.
    city: the number of the city that stands for it: its namesake, else its greatest.
    population: the people in its cities.
    """

    number: int
    zone: ZoneInfo
    territory: str
    alike: int
    city: int
    population: int


@cache
def zones() -> dict[str, ZoneEntry]:
    """List the zones by name, those with the most people first."""
    rows = _index().execute(
        "SELECT id, name, territory, alike, city, population FROM zone ORDER BY id"
    )
    return {name: ZoneEntry(number, ZoneInfo(name), *rest) for number, name, *rest in rows}


def alike(city: City) -> int:
    """Say by one number which clock and territory a city has in common with others."""
    return zones()[city.zone.key].alike


def find_cities(words: str, limit: int = 8) -> tuple[City, ...]:
    """Find cities by name, in any script, the greatest first.

    Those of exactly this name, else those of this name in the area named after it ("Portland,
    Maine", "paris texas"), else those whose name begins with it. A city of that very name comes
    before a somewhat greater one of which it is a by-name.
    """
    found = named(words) or named_within(words) or beginning_with(words)
    return tuple(told_apart(found)[:limit])


def named(words: str) -> list[City]:
    """List the cities of this name.

    Where it is the very name of some, lesser ones of which it is only a by-name are left out.
    """
    key = folded(words)
    rows = _index().execute(
        "SELECT city FROM name WHERE key = ? ORDER BY city LIMIT ?", (key, _MOST_NAMESAKES)
    )
    by_size = _cities(number for (number,) in rows)
    own = [city for city in by_size if f" {key} " in f" {folded(city.name)} "]
    enough = max((city.population for city in own), default=0)
    kept = [city for city in by_size if city in own or city.population >= enough]
    return sorted(kept, key=lambda city: -city.population * (_OWN_NAME if city in own else 1))


def named_within(words: str) -> list[City]:
    """List the cities named first in the country or state named after: "Portland, Maine"."""
    parts = folded(words).split()
    for length in range(len(parts) - 1, 0, -1):
        areas = set(_areas(" ".join(parts[length:])))
        namesakes = named(" ".join(parts[:length])) if areas else []
        within = [
            city for city in namesakes if areas & {(city.country, city.region), (city.country, "")}
        ]
        if within:
            return within
    return []


def _areas(key: str) -> Iterable[tuple[str, str]]:
    return _index().execute(
        "SELECT area.country, coalesce(region.name, '') FROM area"
        " LEFT JOIN region ON region.id = area.region WHERE key = ?",
        (key,),
    )


def beginning_with(words: str) -> list[City]:
    """List the cities whose name begins so; none for less than three Latin letters."""
    key = folded(words)
    if len(key) < (3 if key.isascii() else 1):
        return []
    rows = _index().execute(
        "SELECT DISTINCT city FROM name WHERE key >= ? AND key < ? ORDER BY city LIMIT ?",
        (key, key + "\U0010ffff", _MOST_NAMESAKES),
    )
    return sorted(
        _cities(number for (number,) in rows),
        key=lambda c: -c.population * (_OWN_NAME if folded(c.name).startswith(key) else 1),
    )


def across(area: str) -> list[City]:
    """List a city for each clock in the country or state of this name."""
    rows = _index().execute(
        "SELECT city FROM area JOIN reach USING (country, region)"
        " WHERE key = ? AND NOT code ORDER BY city",
        (folded(area),),
    )
    return _cities(number for (number,) in rows)


def clocks_called(abbreviation: str) -> list[ZoneEntry]:
    """List the zones whose clock goes by these letters ("EST"), one of those alike."""
    rows = _index().execute(
        "SELECT DISTINCT name FROM abbreviation JOIN zone ON zone.id ="
        " (SELECT alike FROM zone WHERE zone.id = abbreviation.zone) WHERE key = ?",
        (folded(abbreviation),),
    )
    return [zones()[name] for (name,) in rows]


def told_apart(cities: Iterable[City]) -> list[City]:
    """Leave out what would be a second button of the same words and the same clock."""
    first: dict[tuple[str | int, ...], City] = {}
    for city in cities:
        first.setdefault((city.name, city.region, city.country, alike(city)), city)
    return list(first.values())


def city_of(entry: ZoneEntry) -> City:
    """Read the city that stands for a zone."""
    return _cities([entry.city])[0]


def is_called(city: City, name: str) -> bool:
    """Tell whether a city goes by a name."""
    row = (folded(name), city.number)
    return bool(_index().execute("SELECT 1 FROM name WHERE (key, city) = (?, ?)", row).fetchone())


def _cities(numbers: Iterable[int]) -> list[City]:
    return [_city(number) for number in numbers]


def _city(number: int) -> City:
    name, region, country, zone, population = (
        _index()
        .execute(
            "SELECT city.name, coalesce(region.name, ''), city.country, zone.name,"
            " city.population FROM city JOIN zone ON zone.id = city.zone"
            " LEFT JOIN region ON region.id = city.region WHERE city.id = ?",
            (number,),
        )
        .fetchone()
    )
    return City(number, name, region, country, ZoneInfo(zone), population)


@cache
def _index() -> sqlite3.Connection:
    # Nobody writes it, so no lock is needed and any thread may read.
    address = f"{INDEX.as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


# What NFKD does not take apart, and letters that Arabic and Persian keyboards put differently.
_LETTERS = str.maketrans("łøđðıħیىکہ", "loddihييكه") | str.maketrans(
    {"æ": "ae", "œ": "oe", "þ": "th", "ـ": "", **dict.fromkeys("'’‘ʻʼʹʿʾ`´׳״", "")}
)
_KANA_VOICE = {"\u3099", "\u309a"}  # without it Paris and Bali are written alike


def folded(words: str) -> str:
    """Reduce a name to what tells it from others: letters without case, marks or punctuation.

    >>> folded("  SÃO-Paulo ")
    'sao paulo'
    """
    if len(words) > LONGEST:
        return ""
    small = unicodedata.normalize("NFKD", words).casefold()
    plain = unicodedata.normalize("NFKD", small).translate(_LETTERS)
    bare = (c for c in plain if not unicodedata.combining(c) or c in _KANA_VOICE)
    spaced = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in bare)
    return unicodedata.normalize("NFC", " ".join(spaced.split()))
