"""Taking files in through the chat: what they would change, one tap, undo."""

import io
import json
import zipfile
from datetime import date

from bot.files.bundle import zipped
from habits.belongings import MOST_KEPT
from habits.rules.commitment import MOST_COMMITMENTS
from tests.belongings import as_read, check_in, commitment
from tests.bot.test_export import exported, lives_a_week
from tests.conftest import Town, on_both_databases
from tests.process import Program, Someone, playground, text_of

SATURDAY = "2037-11-21"


async def json_of(anna: Someone) -> bytes:
    return (await exported(anna)).read("habits-export.json")


def file_of(*commitments: dict[str, object]) -> bytes:
    return json.dumps(as_read(*commitments)).encode()


def film(**more: object) -> bytes:
    made = {"title": "Film", "ways": ["Cinema"], "made_at": "2037-11-01T09:00:00Z"} | more
    title, ways = str(made.pop("title")), made.pop("ways")
    return file_of(commitment(title, ways=ways, **made))  # type: ignore[arg-type]


@on_both_databases
async def test_what_was_exported_comes_back_byte_for_byte(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    await anna.says("every other Sunday afternoon: my craft")
    await anna.taps("Yes")
    await anna.says("/settings")
    await anna.taps("Numbers")
    await anna.taps("Just fun")
    first = await exported(anna)
    taken = first.read("habits-export.json")
    await anna.says("/delete_me")
    await anna.taps("Delete everything")
    told = text_of(await anna.sends(taken))
    assert "2 commitments: Film or recorder, My craft" in told
    assert "1 check-in" in told
    assert "your settings" in told
    assert "It is in." in text_of(await anna.taps("Take it in"))
    assert await json_of(anna) == taken
    assert "Sat 5 Dec" in text_of(await anna.says("/week"))
    await town.telegram.jump("P1W")
    await anna.hears("Saturday, 10:00")


async def test_somebody_else_gets_the_same_file_and_nothing_of_the_first(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    taken = await json_of(anna)
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Lisbon")
    await ben.sends(taken)
    await ben.taps("Take it in")
    assert await json_of(ben) == taken
    await ben.says("/commitments")
    await ben.says("/delete_me")
    await ben.taps("Delete everything")
    assert "Film or recorder" in text_of(await anna.says("/commitments"))


async def test_the_whole_zip_is_read_as_well_and_holds_nothing_new(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    found = await exported(anna)
    whole = zipped({name: found.read(name) for name in found.namelist()})
    told = text_of(await anna.sends(whole, "habits-export.zip", "application/zip"))
    assert told == "All that is in this file is here already."


async def test_undo_takes_all_of_it_out_again(town: Town, berliner: Someone):
    before = await json_of(berliner)
    await berliner.sends(film(check_ins=[check_in_on(SATURDAY)]))
    await berliner.taps("Take it in")
    assert "Film" in text_of(await berliner.says("/commitments"))
    assert "gone again" in text_of(await undone(berliner))
    await town.telegram.jump("PT1H")
    assert await json_of(berliner) == before


async def undone(person: Someone) -> dict[str, object]:
    return await person.taps("Undo")


def check_in_on(day: str) -> dict[str, object]:
    return check_in(date.fromisoformat(day))


@on_both_databases
async def test_what_is_missing_is_added_to_what_is_there(town: Town, anna: Someone):
    await lives_a_week(town, anna)
    found = json.loads(await json_of(anna))
    found["commitments"][0]["check_ins"].append(check_in_on(SATURDAY))
    found["commitments"][0]["title"] = "Something else"
    found["settings"]["evening"] = "20:00"
    told = text_of(await anna.sends(json.dumps(found).encode()))
    assert "1 check-in" in told
    assert "settings" not in told
    await anna.taps("Take it in")
    await town.telegram.jump("PT1H")
    after = json.loads(await json_of(anna))
    assert after["commitments"][0]["title"] == "Film or recorder"
    assert after["settings"]["evening"] == "18:30"
    assert [each["day"] for each in after["commitments"][0]["check_ins"]] == [
        SATURDAY,
        "2037-11-28",
    ]
    await undone(anna)
    await town.telegram.jump("PT1H")
    assert len(json.loads(await json_of(anna))["commitments"][0]["check_ins"]) == 1


async def test_leaving_it_changes_nothing(berliner: Someone):
    await berliner.sends(film())
    assert "Left alone" in text_of(await berliner.taps("Leave it"))
    assert "Film" not in text_of(await berliner.says("/commitments"))


async def test_the_file_of_somebody_else_cannot_be_tapped_in(town: Town, berliner: Someone):
    await berliner.sends(film())
    message, data = await berliner._button("Take it in")
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Europe/Berlin")
    await ben.presses(message, data)
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    assert "not for you" in calls[-1]["parameters"]["text"]
    for someone in (ben, berliner):
        assert "Film" not in text_of(await someone.says("/commitments"))


async def test_a_second_tap_adds_nothing_more(berliner: Someone):
    await berliner.sends(film())
    message, data = await berliner._button("Take it in")
    await berliner.taps("Take it in")
    await berliner.presses(message, data)
    assert len(json.loads(await json_of(berliner))["commitments"]) == 1


async def test_a_file_waits_for_a_day(town: Town, berliner: Someone):
    await berliner.sends(film())
    message, data = await berliner._button("Take it in")
    await town.telegram.jump("P1D")
    await town.telegram.jump("PT1H")
    await berliner.presses(message, data)
    assert "Film" not in text_of(await berliner.says("/commitments"))


async def test_other_programs_habits_are_paused_until_they_have_a_time(berliner: Someone):
    habits = {"habits": [{"name": "Guitar", "records": [{"day": SATURDAY, "done": True}]}]}
    told = text_of(await berliner.sends(json.dumps(habits).encode(), "beaver.json"))
    assert "a commitment: Guitar" in told
    assert "1 of them paused" in told
    await berliner.taps("Take it in")
    assert "Guitar" in text_of(await berliner.says("/commitments"))
    again = await berliner.sends(json.dumps(habits).encode(), "beaver.json")
    assert text_of(again) == "All that is in this file is here already."


async def test_days_need_a_zone(anna: Someone):
    habits = {"habits": [{"name": "Guitar", "records": [{"day": SATURDAY, "done": True}]}]}
    assert "tell me where you are" in text_of(await anna.sends(json.dumps(habits).encode()))


async def test_import_says_which_files(anna: Someone):
    told = text_of(await anna.says("/import"))
    assert all(words in told for words in ("habits-export.json", "Loop", "beaverhabits", "1 MB"))


async def test_a_large_file_is_not_even_fetched(town: Town, berliner: Someone):
    told = text_of(await berliner.sends(b" " * (2**20 + 1)))
    assert told.startswith("This file is larger than 1 MB")
    assert await town.telegram.ask("calls", method="getFile") == []


async def test_a_file_that_telegram_does_not_hand_over_is_told(town: Town, berliner: Someone):
    await town.telegram.ask(
        "faults", what="answer", method="getFile", code=400, description="Bad Request: no file"
    )
    assert "could not fetch" in text_of(await berliner.sends(film()))


async def test_more_than_there_is_room_for_is_refused_whole(berliner: Someone):
    many = [
        commitment(f"Film {n}", made_at=f"2037-11-01T09:00:{n:02d}Z")
        for n in range(MOST_COMMITMENTS + 1)
    ]
    told = text_of(await berliner.sends(file_of(*many)))
    assert f"room for {MOST_COMMITMENTS} commitments" in told
    assert "Film" not in text_of(await berliner.says("/commitments"))


async def test_a_hundred_files_with_archived_commitments_come_to_an_end(berliner: Someone):
    def archived(start: int) -> bytes:
        many = [
            commitment(f"A{n}", state="archived", made_at=f"2037-10-01T09:00:00.{n:06d}Z")
            for n in range(start, start + MOST_KEPT)
        ]
        return file_of(*many)

    await berliner.sends(archived(0))
    await berliner.taps("Take it in")
    assert "There is room for 500" in text_of(await berliner.sends(archived(MOST_KEPT)))


async def test_a_zip_of_loops_is_taken_in(berliner: Someone):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(
            "Habits.csv",
            "Position,Name,Question,Description,NumRepetitions,Interval,Color\n"
            "001,Meditate,,,1,7,#FF8F00\n",
        )
        archive.writestr("001 Meditate/Checkmarks.csv", f"{SATURDAY},2\n2037-11-20,1\n")
    await berliner.sends(whole.getvalue(), "Loop Habits CSV 2037-11-23.zip", "application/zip")
    await berliner.taps("Take it in")
    found = json.loads(await json_of(berliner))
    assert [each["day"] for each in found["commitments"][0]["check_ins"]] == [SATURDAY]


async def test_a_file_that_waits_for_its_tap_survives_the_end_of_the_process(program: Program):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/timezone Europe/Berlin")
        await anna.sends(file_of(commitment("Film")))
        program.kill()
    async with playground(program) as telegram:
        anna = Someone(telegram)
        assert "It is in." in text_of(await anna.taps("Take it in"))
        assert "Film" in text_of(await anna.says("/commitments"))


async def test_without_a_zone_a_commitment_comes_back_as_it_was(town: Town, anna: Someone):
    """Nothing was laid out for it, so nothing is until it is known where they are."""
    taken = json.loads(file_of(commitment("Film", made_at="2037-11-20T09:00:00Z")))
    taken["settings"] |= {"zone": None, "week_beginnings": []}
    await anna.sends(json.dumps(taken).encode())
    await anna.taps("Take it in")
    first = await json_of(anna)
    await anna.says("/delete_me")
    await anna.taps("Delete everything")
    await anna.sends(first)
    await anna.taps("Take it in")
    assert await json_of(anna) == first
    await anna.says("/timezone Europe/Berlin")
    assert "Film" in text_of(await anna.says("/week"))
