"""The monthly export: off until it is wanted, then a file on the first of each month."""

import io
import json
import zipfile

from tests.conftest import Town, on_both_databases
from tests.process import Someone, eventually, text_of


async def files(anna: Someone) -> list[dict[str, object]]:
    return [m for m in await anna.messages() if m["from"] == "bot" and m["document"]]


@on_both_databases
async def test_it_comes_once_a_month_from_the_next_first_on(town: Town, berliner: Someone):
    await berliner.says("/settings")
    await berliner.taps("Monthly file")
    await berliner.taps("Switch it on")
    await town.telegram.jump("PT1H")
    assert await files(berliner) == []
    for weeks, count in ((2, 1), (2, 1), (2, 2)):
        for _ in range(weeks):
            await town.telegram.jump("P1W")

        async def arrived(count: int = count) -> bool:
            return len(await files(berliner)) == count

        await eventually(arrived, f"{count} files")
    [first, _] = await files(berliner)
    assert text_of(first).startswith("It is a new month")
    found = zipfile.ZipFile(io.BytesIO(await berliner.opens(first)))
    assert json.loads(found.read("habits-export.json"))["settings"]["zone"] == "Europe/Berlin"


async def test_it_is_off_by_itself_and_when_switched_off(town: Town, berliner: Someone):
    await berliner.says("/settings")
    await berliner.taps("Monthly file")
    await berliner.taps("Switch it on")
    await berliner.taps("Switch it off")
    for _ in range(2):
        await town.telegram.jump("P1W")
    assert await files(berliner) == []


async def test_a_file_that_telegram_refuses_for_its_words_goes_without_markup(
    town: Town, berliner: Someone
):
    await berliner.says("/settings")
    await berliner.taps("Monthly file")
    await berliner.taps("Switch it on")
    await town.telegram.ask(
        "faults",
        what="answer",
        method="sendDocument",
        code=400,
        description="Bad Request: can't parse entities: unsupported start tag",
        times=1,
    )
    for _ in range(2):
        await town.telegram.jump("P1W")

    async def arrived() -> bool:
        return bool(await files(berliner))

    await eventually(arrived, "the file")
