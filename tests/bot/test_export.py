"""/export: one file with everything in it, once an hour."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from icalendar import Calendar

from bot.files.own_json import written
from habits.storage.rows import person_of
from habits.taking_out import belongings
from tests.conftest import Town, on_both_databases
from tests.process import ANNA, Someone, text_of


async def exported(anna: Someone) -> zipfile.ZipFile:
    """What /export sends."""
    message = await anna.says("/export")
    assert message["document"]["name"] == "habits-export.zip"
    return zipfile.ZipFile(io.BytesIO(await anna.opens(message)))


async def lives_a_week(town: Town, anna: Someone) -> None:
    """A commitment, a reminder, a check-in with a note, and a setting."""
    await anna.says("/timezone Europe/Berlin")
    await anna.says("film or recorder every Saturday at 10:00")
    await anna.taps("Yes")
    await town.telegram.jump("next")
    await anna.hears("Saturday, 10:00")
    noted = await anna.taps("Did it")
    await anna.taps("Recorder")
    await anna.taps("Yes")
    await anna.says("=lovely, with tea", reply_to=noted["message_id"])


def names_in(value: Any) -> set[str]:
    """Every name of a field, however deep."""
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in names_in(each)}
    return {name for each in value for name in names_in(each)} if isinstance(value, list) else set()


@on_both_databases
async def test_everything_is_in_the_file(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    found = await exported(anna)
    taken = json.loads(found.read("habits-export.json"))
    assert taken["settings"]["zone"] == "Europe/Berlin"
    [film] = taken["commitments"]
    assert [way["title"] for way in film["ways"]] == ["Film", "Recorder"]
    [check_in] = film["check_ins"]
    assert check_in["note"] == "=lovely, with tea"
    assert check_in["fulfilled"] is True
    assert check_in["occasion"] == "2037-11-28"
    assert film["occasions"][0]["answer"] == "done"
    assert film["schedule"]["calendar"] == {
        "rrule": "FREQ=WEEKLY;BYDAY=SA;WKST=MO",
        "from": "2037-11-28",
        "time": "10:00",
        "zone": "Europe/Berlin",
    }
    assert "'=lovely, with tea" in found.read("check-ins.csv").decode()
    assert "2037-11-28,YES_MANUAL" in found.read("001 Film or recorder/Checkmarks.csv").decode()
    events = Calendar.from_ical(found.read("coming.ics")).walk("VEVENT")
    assert len(events) == 12
    assert f"{events[0]['dtstart'].dt:%Y-%m-%d %H:%M}" == "2037-12-05 09:00"
    rest = json.loads(found.read("account.json"))
    assert rest["person"]["id"] == ANNA
    assert {"go", "follow_up"} <= {each["kind"] for each in rest["deliveries"]}


async def test_the_docs_tell_every_field_and_no_other(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    await anna.says("rest until 5 January")
    found = await exported(anna)
    docs = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([a-z_., ]+)`", docs))))
    named = names_in(json.loads(found.read("habits-export.json")))
    assert named <= told, named - told


async def test_the_same_belongings_give_the_same_bytes(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    found = await exported(anna)
    database = town.parts.database
    person = await database.read(person_of, ANNA)
    assert person is not None
    assert written(await database.read(belongings, person)) == found.read("habits-export.json")


async def test_there_is_one_an_hour(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await exported(anna)
    assert "Your last export is from 10:0" in text_of(await anna.says("/export"))
    await town.telegram.jump("PT1H")
    await exported(anna)


async def test_whoever_has_nothing_gets_an_empty_file(anna: Someone):
    taken = json.loads((await exported(anna)).read("habits-export.json"))
    assert taken["commitments"] == []
    assert taken["settings"]["zone"] is None


async def test_nothing_of_anybody_else_is_in_it(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("Xylophone every Saturday at 10:00")
    await anna.taps("Yes")
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    found = await exported(ben)
    whole = b"".join(found.read(name) for name in found.namelist()).lower()
    assert b"xylophone" not in whole
    assert str(ANNA).encode() not in whole
