"""/privacy and /delete_me: what is kept, and that nothing of it stays."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from habits import people
from habits.erasures import Erasures
from habits.storage import backups
from habits.storage.database import Tx
from habits.storage.tables import metadata
from tests.bot.a_life import lay_down, rows_of
from tests.conftest import Town, on_both_databases, town_in
from tests.house import House
from tests.process import ANNA, Someone, eventually, text_of

SECRET = "Xylophone"
BEN = 1002


def everything(tx: Tx) -> list[dict[str, Any]]:
    """Every row of every table, less the numbers of updates: chance may put anybody's id there."""
    return [
        {"table": table.name}
        | {key: str(value) for key, value in row._mapping.items() if key != "update_id"}
        for table in metadata.sorted_tables
        for row in tx.execute(sa.select(table))
    ]


async def traces(town: Town) -> list[dict[str, Any]]:
    """The rows that hold Anna's id, her name or what she wrote."""
    rows = await town.parts.database.read(everything)
    told = re.compile(rf"\b{ANNA}\b|{SECRET}|anna", re.IGNORECASE)  # chance may put 1001 in a time
    return [row for row in rows if told.search(json.dumps(row))]


async def settled(town: Town) -> None:
    await town.parts.receiver.idle()
    await asyncio.sleep(0.2)


async def fills_every_table(town: Town, anna: Someone) -> None:
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{SECRET} or recorder every Saturday at 10:00")
    await anna.taps("Yes")
    await anna.says("rest until 5 January")
    await anna.taps("Undo")
    await town.telegram.jump("next")
    await anna.hears("Saturday, 10:00")
    noted = await anna.taps("Did it")
    await anna.says(f"{SECRET} was lovely", reply_to=noted["message_id"])
    await anna.says("/streaks")
    await anna.taps("Fill in")
    await anna.taps("16 Nov")
    await anna.taps("I did it")
    await anna.taps("Clear")
    await anna.says("/settings")
    await anna.taps("Quiet")


@on_both_databases
async def test_nothing_stays_in_any_table(town: Town, anna: Someone):
    await fills_every_table(town, anna)
    tables = {row["table"] for row in await traces(town)}
    held = {"people", "commitments", "ways", "check_ins", "occasions", "deliveries", "changes"}
    assert held | {"conversations", "week_beginnings"} <= tables
    await anna.says("/delete_me")
    assert "Everything about you is deleted." in text_of(await anna.taps("Delete everything"))
    await settled(town)
    assert await traces(town) == []


async def test_a_row_of_every_kind_goes_with_its_person_and_none_of_anybody_else(house: House):
    for person_id in (ANNA, BEN):
        await house.person(person_id)
        await house.database.write(lay_down, person_id, SECRET, house.now)
    hers, bens = [await house.database.read(rows_of, each) for each in (ANNA, BEN)]
    assert all(hers.values())
    assert await house.database.write(people.forget, ANNA)
    assert not any((await house.database.read(rows_of, ANNA)).values())
    assert await house.database.read(rows_of, BEN) == bens


async def test_a_backup_that_is_put_back_does_not_bring_them_back(tmp_path: Path):
    backup, database = tmp_path / "backup.sqlite3", tmp_path / "playground.sqlite3"
    async with town_in(tmp_path) as town:
        anna, ben = town.someone(), town.someone(BEN)
        await town.telegram.ask("people", name="Ben")
        await fills_every_table(town, anna)
        await ben.says("/timezone Europe/Berlin")
        backups.back_up(database, backup, await town.telegram.now())
        await anna.says("/delete_me")
        await anna.taps("Delete everything")
        await settled(town)
    backup.replace(database)
    async with town_in(tmp_path) as town:
        assert await traces(town) == []
        assert [row["id"] for row in await the_people(town)] == [str(BEN)]
        assert "Nothing is coming yet." in text_of(await town.someone().says("/week"))
    async with town_in(tmp_path) as town:  # whoever begins anew is not erased at the next start
        assert [row["id"] for row in await the_people(town)] == [str(ANNA), str(BEN)]


async def test_who_asked_is_let_go_of_when_no_backup_can_be_old_enough(
    tmp_path: Path, town: Town, anna: Someone
):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    await anna.taps("Delete everything")
    erasures = Erasures(tmp_path / "playground.erasures", town.parts.bot.id)
    assert len(erasures.read().at) == 1
    for _ in range(5):
        await town.telegram.jump("P1W")
    assert erasures.read().at == {}


async def the_people(town: Town) -> list[dict[str, Any]]:
    rows = await town.parts.database.read(everything)
    return sorted((row for row in rows if row["table"] == "people"), key=lambda row: row["id"])


async def test_no_reminder_comes_afterwards(town: Town, anna: Someone):
    await fills_every_table(town, anna)
    await anna.says("/delete_me")
    await anna.taps("Delete everything")
    said = len(await anna.messages())
    await town.telegram.jump("P1W")
    assert len(await anna.messages()) == said


async def test_twice_there_is_nothing_stored(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    message, data = await anna._button("Delete everything")
    await anna.taps("Delete everything")
    assert "There is nothing stored about you." in text_of(await anna.says("/delete_me"))
    await town.telegram.ask("press", person=ANNA, message_id=message, data=data)
    await settled(town)
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    assert "There is nothing stored about you." in calls[-1]["parameters"]["text"]
    assert await traces(town) == []


async def test_blocking_us_after_the_deletion_leaves_no_trace(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    await anna.taps("Delete everything")
    for blocked in (True, False):
        await town.telegram.ask("block", person=ANNA, blocked=blocked)
    await settled(town)
    assert await traces(town) == []


async def test_the_button_is_good_for_ten_minutes(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    message, data = await anna._button("Delete everything")
    await town.telegram.jump("PT1H")
    await town.telegram.ask("press", person=ANNA, message_id=message, data=data)
    await settled(town)
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    assert "ten minutes" in calls[-1]["parameters"]["text"]
    assert await traces(town)


async def test_the_button_of_somebody_else_deletes_nobody(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    message, data = await anna._button("Delete everything")
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Europe/Berlin")
    await town.telegram.ask("press", person=ben.id, message_id=message, data=data)
    await settled(town)
    assert "Berlin" in text_of(await ben.says("/settings"))
    assert "Berlin" in text_of(await anna.says("/settings"))


async def test_keep_it_keeps_everything(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    assert "Nothing was deleted." in text_of(await anna.taps("Keep it"))
    assert await traces(town)


async def test_what_is_sent_after_the_deletion_begins_anew(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("/delete_me")
    message, data = await anna._button("Delete everything")
    await town.telegram.ask("press", person=ANNA, message_id=message, data=data)
    await town.telegram.ask("say", person=ANNA, text="/week")
    await anna.hears("Nothing is coming yet.")
    assert [row["table"] for row in await traces(town) if row["table"] != "inbox"] == ["people"]


async def test_asking_for_privacy_stores_nothing(town: Town, anna: Someone):
    said = text_of(await anna.says("/privacy"))
    facts = ("90 days", "48 hours", "unencrypted", "/delete_me", "30 days")
    for fact in (*facts, "GeoNames", "OpenStreetMap"):
        assert fact in said
    await settled(town)
    assert await traces(town) == []


async def test_a_message_leaves_the_inbox_once_it_is_handled(town: Town, anna: Someone):
    await anna.says(f"{SECRET} is a word")

    async def gone() -> bool:
        rows = await town.parts.database.read(everything)
        return not any(SECRET in json.dumps(row) for row in rows)

    await eventually(gone, "the text to go")
