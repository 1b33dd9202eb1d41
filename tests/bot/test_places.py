import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cities import INDEX, folded, zones
from bot.places import (
    OffsetOnly,
    Several,
    Unknown,
    Zone,
    cities_at,
    find_cities,
    full_name,
    resolve,
    short_name,
    times_now,
    zone_at,
)
from habits.rules.zone import zone_named

WINTER = datetime(2026, 11, 23, 13, 32, 40, tzinfo=UTC)
SUMMER = datetime(2026, 7, 20, 13, 32, 40, tzinfo=UTC)


# What people type


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("berlin", "Europe/Berlin"),
        ("  BERLIN ", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("NYC", "America/New_York"),
        ("LA", "America/Los_Angeles"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao-paulo", "America/Sao_Paulo"),
        ("München", "Europe/Berlin"),
        ("Muenchen", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"),
        ("Köln", "Europe/Berlin"),
        ("Łódź", "Europe/Warsaw"),
        ("lodz", "Europe/Warsaw"),
        ("Zurich", "Europe/Zurich"),
        ("'s-Hertogenbosch", "Europe/Amsterdam"),
        ("N’Djamena", "Africa/Ndjamena"),
        ("London", "Europe/London"),
        ("Paris", "Europe/Paris"),
        ("Rom", "Europe/Rome"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Bombay", "Asia/Kolkata"),
        ("Алматы", "Asia/Almaty"),
        ("Киев", "Europe/Kyiv"),
        ("Київ", "Europe/Kyiv"),
        ("Санкт-Петербург", "Europe/Moscow"),
        ("Орёл", "Europe/Moscow"),
        ("東京", "Asia/Tokyo"),
        ("东京", "Asia/Tokyo"),
        ("パリ", "Europe/Paris"),
        ("서울", "Asia/Seoul"),
        ("القاهرة", "Africa/Cairo"),
        ("تهران", "Asia/Tehran"),
        ("دبی", "Asia/Dubai"),  # with the Persian letter
        ("ירושלים", "Asia/Jerusalem"),
        ("दिल्ली", "Asia/Kolkata"),
        ("กรุงเทพ", "Asia/Bangkok"),
        ("Θεσσαλονίκη", "Europe/Athens"),
        ("თბილისი", "Asia/Tbilisi"),
        ("Երևան", "Asia/Yerevan"),
        ("İSTANBUL", "Europe/Istanbul"),
        ("ıstanbul", "Europe/Istanbul"),
        ("Easter Island", "Pacific/Easter"),
        ("Lord Howe", "Australia/Lord_Howe"),
        ("Portland, Maine", "America/New_York"),
        ("portland or", "America/Los_Angeles"),
        ("paris texas", "America/Chicago"),
        ("London, Ontario", "America/Toronto"),
        ("Birmingham UK", "Europe/London"),
        ("Санто-Доминго, Доминиканская Республика", "America/Santo_Domingo"),
    ],
)
def test_a_city_is_found_as_people_write_it(typed, key):
    found = resolve(typed)
    assert isinstance(found, Zone)
    assert found.zone.key == key
    assert found.city is not None


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Germany", "Europe/Berlin"),
        ("Deutschland", "Europe/Berlin"),
        ("Польща", "Europe/Warsaw"),
        ("日本", "Asia/Tokyo"),
        ("Singapore", "Asia/Singapore"),
        ("Lebanon", "Asia/Beirut"),
        ("Kosovo", "Europe/Belgrade"),
        ("California", "America/Los_Angeles"),
        ("Scotland", "Europe/London"),
    ],
)
def test_a_country_or_state_with_one_clock_is_a_zone(typed, key):
    found = resolve(typed)
    assert isinstance(found, Zone)
    assert found.zone.key == key


@pytest.mark.parametrize(
    ("typed", "some"),
    [
        ("USA", {"America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Denver"}),
        ("Россия", {"Europe/Moscow", "Asia/Vladivostok", "Europe/Kaliningrad"}),
        ("Mexico", {"America/Mexico_City", "America/Tijuana", "America/Cancun"}),
        ("Australia", {"Australia/Sydney", "Australia/Brisbane", "Australia/Perth"}),
        ("Texas", {"America/Chicago", "America/Denver"}),
        ("Georgia", {"Asia/Tbilisi", "America/New_York"}),
        ("Portland", {"America/Los_Angeles", "America/New_York"}),
        ("Springfield", {"America/Chicago", "America/New_York", "America/Los_Angeles"}),
        ("Birmingham", {"Europe/London", "America/Chicago"}),
        ("Newcastle", {"Australia/Sydney", "Europe/London", "Africa/Johannesburg"}),
        ("San Jose", {"America/Los_Angeles", "America/Costa_Rica"}),
        ("Vancouver", {"America/Vancouver", "America/Los_Angeles"}),
        ("Bali", {"Asia/Makassar", "Asia/Kolkata"}),
        ("EST", {"America/New_York", "America/Toronto", "America/Panama"}),
        ("pst", {"America/Los_Angeles", "America/Vancouver", "Asia/Manila"}),
        ("CST", {"America/Chicago", "America/Mexico_City", "Asia/Shanghai"}),
        ("IST", {"Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"}),
        ("ET", {"America/New_York"}),
        ("GMT", {"Europe/London", "Africa/Accra"}),
    ],
)
def test_what_has_several_clocks_is_asked_about(typed, some):
    found = resolve(typed)
    assert isinstance(found, Several)
    assert {city.zone.key for city in found.cities} >= some
    assert len(found.cities) <= 12


def test_the_cities_of_an_abbreviation_are_not_the_zone_without_summer_time():
    found = resolve("EST")
    assert isinstance(found, Several)
    assert found.cities[0].zone.key == "America/New_York"
    assert "EST" not in {city.zone.key for city in found.cities}


def test_the_persons_language_decides_which_come_first():
    english, chinese = resolve("CST", "en"), resolve("CST", "zh-hans")
    assert isinstance(english, Several)
    assert isinstance(chinese, Several)
    assert english.cities[0].name == "Chicago"
    assert chinese.cities[0].name == "Shanghai"


@pytest.mark.parametrize(("typed", "first"), [("Berli", "Berlin"), ("San Fran", "San Francisco")])
def test_the_beginning_of_a_name_is_asked_about(typed, first):
    found = resolve(typed)
    assert isinstance(found, Several)
    assert found.cities[0].name == first


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("utc", "UTC"),
    ],
)
def test_a_zones_own_name_is_taken(typed, key):
    assert resolve(typed) == Zone(ZoneInfo(key))


@pytest.mark.parametrize(
    ("typed", "minutes", "reversed_"),
    [
        ("GMT+3", 180, False),
        ("UTC+2", 120, False),
        ("utc -3:30", -210, False),
        ("UTC+0530", 330, False),
        ("UTC−5", -300, False),
        ("+3", 180, False),
        ("UTC+٣", 180, False),
        ("UTC+14", 840, False),
        ("Etc/GMT+3", -180, True),
        ("etc/gmt-14", 840, True),
    ],
)
def test_an_offset_is_read_as_people_mean_it_and_never_becomes_a_zone(typed, minutes, reversed_):
    assert resolve(typed) == OffsetOnly(minutes, reversed_)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a",
        "Mars/Phobos",
        "localtime",
        "posixrules",
        "Factory",
        "../../etc/passwd",
        "x" * 5000,
        "ﷺ" * 100,
        "\x00",
        "Berlin\x00x",
        "\ud800",
        "'; DROP TABLE city; --",
        "%",
        "_______",
        "*",
        "GMT+15",
        "UTC-13",
        "UTC+2:75",
        "+99999999999999999999",
        "qwertzuiop",
        "🌍",
        "\u202e",
    ],
)
def test_nothing_hostile_is_a_place(typed):
    assert resolve(typed) == Unknown()
    assert find_cities(typed) == ()


@given(st.text(max_size=120), st.text(max_size=40))
def test_no_text_and_no_language_is_an_error(words, language):
    match resolve(words, language):
        case Zone(zone, _):
            assert zone_named(zone.key) == zone
        case Several(cities):
            assert cities
        case OffsetOnly(minutes, _):
            assert -720 <= minutes <= 840
        case found:
            assert found == Unknown()


@given(st.text())
def test_what_is_folded_stays_folded(words):
    once = folded(words)
    assert folded(once) == once or len(once) > 100


def test_letters_that_mean_different_cities_stay_different():
    assert folded("パリ") != folded("バリ")


def test_cities_are_found_greatest_first_up_to_the_limit():
    found = find_cities("Springfield", limit=3)
    assert len(found) == 3
    assert [c.population for c in found] == sorted((c.population for c in found), reverse=True)


def test_no_two_buttons_say_the_same():
    for words in ("Portland", "Springfield", "San Jose", "Santiago", "Victoria", "Neustadt"):
        labels = [(full_name(city, "en"), city.zone.key) for city in find_cities(words, 50)]
        assert len(labels) == len(set(labels))


# A shared position


@pytest.mark.parametrize(
    ("latitude", "longitude", "key"),
    [
        (52.52, 13.40, "Europe/Berlin"),
        (40.71, -74.0, "America/New_York"),
        (-31.55, 159.08, "Australia/Lord_Howe"),
        (-90.0, 0.0, "Antarctica/McMurdo"),
    ],
)
def test_a_position_on_land_is_a_zone(latitude, longitude, key):
    assert zone_at(latitude, longitude) == Zone(ZoneInfo(key))


def test_where_two_clocks_are_kept_it_asks():
    found = zone_at(43.8, 87.6)
    assert isinstance(found, Several)
    assert {city.zone.key for city in found.cities} == {"Asia/Shanghai", "Asia/Urumqi"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "minutes"),
    [(0.0, 0.0, 0), (90.0, 0.0, 0), (-30.0, -110.0, -420), (0.0, 180.0, 720), (0.0, -180.0, -720)],
)
def test_at_sea_there_is_only_an_offset(latitude, longitude, minutes):
    assert zone_at(latitude, longitude) == OffsetOnly(minutes)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91.0, 0.0), (0.0, 181.0), (float("nan"), 0.0), (0.0, float("nan")), (0.0, float("-inf"))],
)
def test_off_the_globe_nothing_is_known(latitude, longitude):
    assert zone_at(latitude, longitude) == Unknown()


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_position_has_an_answer(latitude, longitude):
    match zone_at(latitude, longitude):
        case Zone(zone, None):
            assert zone_named(zone.key) == zone
        case Several(cities):
            assert len({city.zone for city in cities}) == len(cities) > 1
        case found:
            assert isinstance(found, OffsetOnly)


# What time is it where you are?


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("de", time(14, 32)),
        ("fr", time(14, 32)),
        ("ru", time(16, 32)),
        ("hi", time(19, 2)),
        ("fa", time(17, 2)),
        ("kk", time(18, 32)),
        ("uk", time(15, 32)),
        ("no", time(14, 32)),
        ("iw", time(15, 32)),
        ("pt-br", time(10, 32)),
        ("pt-PT", time(13, 32)),
        ("en-GB", time(13, 32)),
        ("en_AU", time(0, 32)),
        ("zh-hans", time(21, 32)),
        ("zh-Hant-TW", time(21, 32)),
        ("en", time(8, 32)),
    ],
)
def test_the_likeliest_time_is_that_of_the_languages_speakers(language, first):
    assert times_now(WINTER, language)[0].clock == first


@pytest.mark.parametrize(
    "language", ["", "xx-INVALID", "a" * 200, "de" * 100, "../x", "\x00", "und", "root", "ZZ", "🌍"]
)
def test_a_language_nobody_knows_is_no_obstacle(language):
    times = times_now(WINTER, language)
    assert len(times) == len(times_now(WINTER, "en"))
    assert cities_at(60, WINTER, language)
    assert short_name(find_cities("Vienna")[0], language)
    assert full_name(find_cities("Lima")[0], language)


@pytest.mark.parametrize("now", [WINTER, SUMMER])
def test_every_clock_on_earth_is_offered_once_and_leads_to_each_of_its_zones(now):
    times = times_now(now, "en")
    clocks = [offered.clock for offered in times]
    assert len(clocks) == len(set(clocks)) > 30
    reached = {c.zone.key for t in times for c in cities_at(t.offset_minutes, now, "en")}
    alone = {name for name, entry in zones().items() if entry.alike == entry.number}
    assert reached == alone


def test_a_time_is_what_the_clocks_of_its_cities_show():
    for offered in times_now(SUMMER, "es"):
        for city in cities_at(offered.offset_minutes, SUMMER, "es"):
            shown = SUMMER.astimezone(city.zone).time().replace(second=0, microsecond=0)
            assert shown == offered.clock


def test_of_two_places_a_day_apart_the_one_asked_for_comes_first():
    assert cities_at(-600, WINTER, "en")[0].zone.key == "Pacific/Honolulu"
    assert cities_at(840, WINTER, "en")[0].zone.key == "Pacific/Kiritimati"
    assert {c.zone for c in cities_at(-600, WINTER, "en")} == {
        c.zone for c in cities_at(840, WINTER, "en")
    }


def test_cities_that_part_in_summer_are_offered_apart_in_winter():
    winter = {city.zone.key for city in cities_at(60, WINTER, "en")}
    summer = {city.zone.key for city in cities_at(60, SUMMER, "en")}
    assert {"Europe/Berlin", "Africa/Lagos", "Africa/Tunis"} <= winter
    assert "Europe/Berlin" not in summer
    phoenix_and_denver = {city.zone.key for city in cities_at(-420, WINTER, "en")}
    assert {"America/Phoenix", "America/Denver"} <= phoenix_and_denver


def test_an_offset_that_is_nowhere_has_no_cities():
    assert cities_at(17, WINTER, "en") == ()


def test_the_first_city_is_that_of_the_language():
    assert cities_at(60, WINTER, "de")[0].name == "Berlin"
    assert cities_at(60, WINTER, "fr")[0].name == "Paris"
    assert cities_at(60, WINTER, "ar")[0].name == "Algiers"
    assert cities_at(480, WINTER, "zh-hans")[0].name == "Shanghai"
    assert cities_at(480, WINTER, "zh-Hant-TW")[0].name == "Taipei"


def test_cities_are_named_in_the_persons_language():
    warsaw, portland, lima = (find_cities(name)[0] for name in ("Warsaw", "Portland", "Lima"))
    assert short_name(warsaw, "de") == "Warschau"
    assert short_name(warsaw, "en") == "Warsaw"
    assert short_name(find_cities("Kyiv")[0], "uk") == "Київ"
    assert short_name(find_cities("Gdansk")[0], "de") == "Gdańsk"
    assert full_name(warsaw, "de") == "Warschau, Polen"
    assert full_name(lima, "en") == "Lima, Peru"
    assert full_name(portland, "en") == "Portland, Oregon"


# The index


def test_the_index_has_every_zone_that_tzdata_places():
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    assert set(zones()) == {row[2] for row in rows}
    assert all(zone_named(name) == entry.zone for name, entry in zones().items())


def test_zones_alike_keep_the_same_time_until_2037():
    alike = defaultdict(list)
    for entry in zones().values():
        alike[entry.alike].append(entry)
    noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(12 * 365)]
    for group in alike.values():
        assert len({entry.territory for entry in group}) == 1
        if len(group) > 1:
            clocks = {tuple(noon.astimezone(e.zone).utcoffset() for noon in noons) for e in group}
            assert len(clocks) == 1, [entry.zone.key for entry in group]


def test_the_index_is_small_and_cannot_be_written():
    assert INDEX.stat().st_size < 9_000_000
    database = sqlite3.connect(f"{INDEX.as_uri()}?mode=ro&immutable=1", uri=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM city")
    database.close()


def test_the_index_keeps_no_coordinates():
    database = sqlite3.connect(f"{INDEX.as_uri()}?mode=ro&immutable=1", uri=True)
    tables = " ".join(sql for (sql,) in database.execute("SELECT sql FROM sqlite_schema") if sql)
    database.close()
    assert "itude" not in tables
