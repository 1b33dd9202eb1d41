import os
import subprocess
import sys
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.zone import (
    first_weekday,
    instant,
    local_day,
    persons_day,
    territory_of,
    zone_named,
)

ZONES = sorted(available_timezones() - {"Factory"})
A_DAY = timedelta(days=1)


# Where the zones come from


def test_the_zones_come_from_the_tzdata_package_alone():
    listed = (resources.files("tzdata") / "zones").read_text(encoding="utf-8").split()
    assert zoneinfo.TZPATH == ()
    assert available_timezones() == set(listed) - {"posixrules"}


def test_the_machines_own_zones_are_not_read(tmp_path):
    tokyo = (resources.files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes()
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(tokyo)
    ask = (
        "from datetime import date, time\n"
        "from habits.rules.zone import instant, zone_named\n"
        "print(instant(date(2026, 1, 3), time(12), zone_named('Europe/Berlin')))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "PYTHONTZPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "2026-01-03 11:00:00+00:00"


# Names


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_found_by_its_name_in_any_case(typed, key):
    zone = zone_named(typed)
    assert zone is not None
    assert zone.key == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ".",
        "/",
        "Europe",
        "Europe/",
        "Mars/Phobos",
        "localtime",
        "posixrules",
        "Factory",
        "posix/Europe/Berlin",
        "right/UTC",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe/../Europe/Berlin",
        "Europe/Berlin\x00",
        "\x00",
        "zone.tab",
        "tzdata.zi",
        "x" * 5000,
        "🌍",
    ],
)
def test_what_is_not_a_zone_is_none(typed):
    assert zone_named(typed) is None


@given(st.text())
def test_no_text_is_an_error(text):
    zone = zone_named(text)
    assert zone is None or zone.key in available_timezones()


# Territories and weeks


def test_every_zone_lies_in_the_territory_that_tzdata_says():
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    assert len(rows) > 400
    wrong = {
        name: found
        for territory, _, name, *_ in rows
        if (found := territory_of(ZoneInfo(name))) != territory
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("old", "new", "territory"),
    [
        ("Europe/Kiev", "Europe/Kyiv", "UA"),
        ("Asia/Calcutta", "Asia/Kolkata", "IN"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh", "VN"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires", "AR"),
        ("Israel", "Asia/Tel_Aviv", "IL"),
        ("US/Pacific", "America/Los_Angeles", "US"),
    ],
)
def test_a_zone_keeps_its_territory_under_its_old_name(old, new, territory):
    assert territory_of(ZoneInfo(old)) == territory_of(ZoneInfo(new)) == territory


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT+3", "Etc/GMT-14"])
def test_a_zone_of_no_place_has_no_territory_and_a_week_from_monday(name):
    assert territory_of(ZoneInfo(name)) is None
    assert first_weekday(ZoneInfo(name)) == 1


@pytest.mark.parametrize(
    ("name", "weekday"),
    [
        ("Europe/Berlin", 1),
        ("America/New_York", 1),
        ("Asia/Tokyo", 1),
        ("Asia/Kolkata", 1),
        ("Asia/Dubai", 1),
        ("Antarctica/Troll", 1),
        ("Asia/Jerusalem", 7),
        ("Africa/Cairo", 7),
        ("Asia/Riyadh", 7),
        ("Asia/Tehran", 6),
        ("Asia/Kabul", 6),
    ],
)
def test_a_week_begins_the_day_after_the_weekend(name, weekday):
    assert first_weekday(ZoneInfo(name)) == weekday


def test_every_zone_has_a_first_weekday():
    assert {first_weekday(ZoneInfo(name)) for name in ZONES} == {1, 6, 7}


# Instants

GAPS_AND_FOLDS = [
    # zone, date, time on the clock, UTC, what the clock shows then
    ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59", "2026-03-29T01:59"),
    ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00", "2026-03-29T03:00"),
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30", "2026-03-29T03:30"),
    ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00", "2026-03-29T03:00"),
    ("Europe/Berlin", "2026-10-25", "01:59", "2026-10-24T23:59", "2026-10-25T01:59"),
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30", "2026-10-25T02:30"),
    ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00", "2026-10-25T03:00"),
    # in Beirut and Havana midnight itself is skipped
    ("Asia/Beirut", "2026-03-29", "00:30", "2026-03-28T22:30", "2026-03-29T01:30"),
    ("America/Havana", "2026-03-08", "00:00", "2026-03-08T05:00", "2026-03-08T01:00"),
    ("America/Havana", "2026-11-01", "00:30", "2026-11-01T04:30", "2026-11-01T00:30"),
    # the half hour of Lord Howe
    ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-03T15:40", "2026-10-04T02:40"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45", "2026-04-05T01:45"),
    # in Nuuk the last hour of the Saturday is skipped
    ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T01:30", "2026-03-29T00:30"),
    # two hours at once
    ("Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29T01:30", "2026-03-29T03:30"),
    # Apia went without the 30th of December 2011
    ("Pacific/Apia", "2011-12-29", "14:00", "2011-12-30T00:00", "2011-12-29T14:00"),
    ("Pacific/Apia", "2011-12-30", "14:00", "2011-12-31T00:00", "2011-12-31T14:00"),
    ("Pacific/Apia", "2011-12-31", "14:00", "2011-12-31T00:00", "2011-12-31T14:00"),
    # Morocco goes back for Ramadan; Kathmandu is off by a quarter
    ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30", "2026-02-15T02:30"),
    ("Asia/Kathmandu", "2026-11-28", "18:30", "2026-11-28T12:45", "2026-11-28T18:30"),
]


@pytest.mark.parametrize(("name", "day", "at", "utc", "shown"), GAPS_AND_FOLDS)
def test_a_gap_moves_forward_by_its_length_and_a_repeated_time_comes_once(
    name, day, at, utc, shown
):
    zone = ZoneInfo(name)
    found = instant(date.fromisoformat(day), time.fromisoformat(at), zone)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.tzinfo is UTC
    assert found.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(shown)


def test_a_time_that_says_second_passing_still_gives_the_first():
    berlin = ZoneInfo("Europe/Berlin")
    day = date(2026, 10, 25)
    assert instant(day, time(2, 30, fold=1), berlin) == instant(day, time(2, 30), berlin)


@pytest.fixture(scope="module")
def changes():
    """Every change of every zone's clock: (zone, UTC instant, offset before, offset after).

    Of zones that change alike (Berlin, Rome, Paris) only the first is kept.
    """
    alike = {}
    for name in ZONES:
        found = list(changes_of(ZoneInfo(name)))
        alike.setdefault(tuple(change[1:] for change in found), found)
    return [change for found in alike.values() for change in found]


def changes_of(zone):
    weeks = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(weeks=n) for n in range(627)]
    offsets = [week.astimezone(zone).utcoffset() for week in weeks]
    for (start, before), (end, after) in pairwise(zip(weeks, offsets, strict=True)):
        if before != after:
            yield zone, first_instant_after_the_change(zone, start, end), before, after


def first_instant_after_the_change(zone, start, end):
    before = start.astimezone(zone).utcoffset()
    while end - start > timedelta(minutes=1):
        middle = start + (end - start) // 2 // timedelta(minutes=1) * timedelta(minutes=1)
        if middle.astimezone(zone).utcoffset() == before:
            start = middle
        else:
            end = middle
    return end


def test_every_change_of_the_clock_until_2037_is_met(changes):
    assert len(changes) > 600
    assert {after - before for _, _, before, after in changes} >= {
        timedelta(hours=1),
        timedelta(hours=-1),
        timedelta(minutes=30),
        timedelta(hours=2),
    }


def test_every_time_around_every_change_is_one_instant_on_the_right_date(changes):
    times = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    for zone, changed_at, before, after in changes:
        last_before = (changed_at + before).replace(tzinfo=None)
        first_after = (changed_at + after).replace(tzinfo=None)
        day = last_before.date()
        for at in times:
            previous = None
            for shift in (-7, -1, 0, 1, 7):
                wall = datetime.combine(day + shift * A_DAY, at)
                found = instant(wall.date(), at, zone)
                shown = found.astimezone(zone).replace(tzinfo=None)
                if last_before <= wall < first_after:  # in the gap
                    assert shown == wall + (after - before), (zone, wall)
                else:
                    assert shown == wall, (zone, wall)
                    passings = {(wall - offset).replace(tzinfo=UTC) for offset in (before, after)}
                    assert found == min(
                        p for p in passings if p.astimezone(zone).replace(tzinfo=None) == wall
                    ), (zone, wall)
                if at >= time(4):
                    assert persons_day(found, zone) == wall.date(), (zone, wall)
                assert previous is None or previous < found, (zone, wall)
                previous = found


ANY_ZONE = st.sampled_from(ZONES).map(ZoneInfo)
ANY_DAY = st.dates(date(2000, 1, 1), date(2060, 1, 1))
ANY_TIME = st.times()
ANY_INSTANT = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(ANY_DAY, ANY_TIME, ANY_ZONE)
def test_a_local_time_is_shown_as_asked_or_later_never_earlier(day, at, zone):
    shown = instant(day, at, zone).astimezone(zone).replace(tzinfo=None)
    late_by = shown - datetime.combine(day, at)
    assert late_by == timedelta() or timedelta() < late_by <= A_DAY


@given(ANY_DAY, ANY_TIME, ANY_ZONE)
def test_a_week_later_is_later(day, at, zone):
    assert instant(day, at, zone) < instant(day + 7 * A_DAY, at, zone)


@given(ANY_INSTANT, ANY_ZONE)
def test_what_the_clock_shows_leads_back_to_its_first_passing(now, zone):
    local = now.astimezone(zone)
    back = instant(local.date(), local.time(), zone)
    assert back == now if local.fold == 0 else back < now


# Days


def test_forty_past_midnight_on_sunday_is_still_saturday():
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 28, 23, 40, tzinfo=UTC)
    assert local_day(now, berlin) == date(2026, 11, 29)
    assert persons_day(now, berlin) == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("name", "ends_at"),
    [
        ("Europe/Berlin", "2026-11-29T03:00"),
        ("Europe/Berlin", "2026-03-29T02:00"),  # a night of 23 hours
        ("Europe/Berlin", "2026-10-25T03:00"),  # a night of 25 hours
        ("America/Los_Angeles", "2026-11-29T12:00"),
        ("Pacific/Kiritimati", "2026-11-28T14:00"),
    ],
)
def test_a_persons_day_ends_at_four_by_their_clock(name, ends_at):
    zone = ZoneInfo(name)
    end = datetime.fromisoformat(ends_at).replace(tzinfo=UTC)
    assert persons_day(end, zone) == local_day(end, zone)
    assert persons_day(end - timedelta(seconds=1), zone) == local_day(end, zone) - A_DAY


@given(ANY_INSTANT, ANY_ZONE)
def test_a_persons_day_is_the_calendars_or_the_one_before(now, zone):
    shown = now.astimezone(zone)
    behind = local_day(now, zone) - persons_day(now, zone)
    assert behind == (A_DAY if shown.time() < time(4) else timedelta())
