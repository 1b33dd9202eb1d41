"""The private calendar address: made in the chat, fetched by a calendar, gone when revoked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa
from icalendar import Calendar

from app import local
from app.settings import Settings
from habits.storage.database import Tx
from habits.storage.tables import feeds
from tests.a_monday import begin_on_a_monday
from tests.bot_api import judge
from tests.conftest import Town, on_both_databases
from tests.process import Someone, Telegram, free_port, text_of


@pytest.fixture
async def town(tmp_path: Path, operators_choice: str | None) -> AsyncIterator[Town]:
    """A town whose bot can be reached from outside."""
    begin_on_a_monday(tmp_path)
    port = free_port()
    settings = Settings(
        data_dir=tmp_path,
        playground_port=free_port(),
        database_url=operators_choice,
        listen=f"127.0.0.1:{port}",
        public_url=f"http://127.0.0.1:{port}/",
    )
    async with local.serving(settings) as (address, parts), aiohttp.ClientSession() as http:
        root, _, key = address.partition("/?key=")
        town = Town(Telegram(http, root, key), parts)
        yield town
        judge(await town.telegram.ask("calls"))


@pytest.fixture
async def film(berliner: Someone) -> Someone:
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    return berliner


async def address_of(anna: Someone) -> str:
    """An address, newly made by way of /settings."""
    await anna.says("/settings")
    await anna.taps("Calendar")
    found = re.search(r"http://\S+/feed/\S+\.ics", text_of(await anna.taps("Make a")))
    assert found
    return found[0]


async def fetched(town: Town, address: str) -> tuple[int, bytes]:
    async with town.telegram.http.get(address) as response:
        return response.status, await response.read()


def rows_of_feeds(tx: Tx) -> str:
    return str(tx.execute(sa.select(feeds)).all())


@on_both_databases
async def test_a_calendar_sees_what_is_coming(town: Town, film: Someone):
    address = await address_of(film)
    status, content = await fetched(town, address)
    assert status == 200
    events = Calendar.from_ical(content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["Film"] * 12
    assert f"{events[0]['dtstart'].dt:%Y-%m-%d %H:%M}" == "2037-11-28 09:00"
    word = address.rpartition("/")[2].removesuffix(".ics")
    assert len(word) >= 32
    assert word not in await town.parts.database.read(rows_of_feeds)  # only its hash


async def test_it_follows_what_is_changed(town: Town, film: Someone):
    address = await address_of(film)
    await film.says("rest until 5 January")
    status, content = await fetched(town, address)
    assert status == 200
    days = [event["dtstart"].dt.date() for event in Calendar.from_ical(content).walk("VEVENT")]
    assert f"{days[0]:%Y-%m-%d}" == "2038-01-09"


async def test_unknown_revoked_replaced_and_deleted_are_told_alike(town: Town, film: Someone):
    first = await address_of(film)
    second = await address_of(film)
    replaced = await fetched(town, first)
    assert (await fetched(town, second))[0] == 200
    await film.taps("Revoke it")
    revoked = await fetched(town, second)
    third = await address_of(film)
    await film.says("/delete_me")
    await film.taps("Delete everything")
    deleted = await fetched(town, third)
    unknown = await fetched(town, first.replace("/feed/", "/feed/x"))
    assert replaced == revoked == deleted == unknown == (404, b"Not Found")


async def test_odd_paths_are_not_found(town: Town, film: Someone):
    root = (await address_of(film)).partition("/feed/")[0]
    for path in ("feed/.ics", "feed/x", "feed/%00.ics", f"feed/{'x' * 2000}.ics"):
        assert (await fetched(town, f"{root}/{path}"))[0] == 404


async def test_the_page_says_that_there_is_one(town: Town, film: Someone):
    await address_of(film)
    await film.says("/export")
    assert "since Mon 23 Nov" in text_of(await film.taps("Calendar"))
