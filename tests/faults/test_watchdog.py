"""Polling that fails for minutes: a new client, then a new process, and neither where no use."""

import pytest

from app import watchdog
from tests.faults.rig import Rig
from tests.faults.wired import Wired
from tests.process import eventually


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "LOOKS_EVERY", 0.1)
    monkeypatch.setattr(watchdog, "RENEWS_AFTER", 0.4)
    monkeypatch.setattr(watchdog, "ENDS_AFTER", 1.0)


@pytest.mark.usefixtures("impatient")
async def test_polls_without_an_answer_get_a_new_client_and_then_a_new_process(
    town_in_trouble: Wired, caplog: pytest.LogCaptureFixture
):
    wired = town_in_trouble
    wired.fails("drop", method="getUpdates", times=None)
    await wired.start()
    await wired.until(wired.parts.watchdog.barked.is_set, "the end")
    assert caplog.text.count("opening a new one") == 1


@pytest.mark.usefixtures("impatient")
async def test_where_nothing_else_is_answered_either_the_same_process_goes_on(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    anna = wired.meet()
    wired.fails("drop", method="getUpdates", times=None)
    await wired.start()
    silent = wired.fails("drop", method="getMe", times=None)
    await wired.until(lambda: silent.hits >= 3, "three looks in vain")
    assert not wired.parts.watchdog.barked.is_set()
    wired.playground.faults.clear()
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")


@pytest.mark.parametrize("code", [401, 409, 429])
@pytest.mark.usefixtures("impatient")
async def test_whatever_telegram_itself_says_no_restart_would_change_it(
    town_in_trouble: Wired, code: int
):
    wired = town_in_trouble
    said = {"retry_after": 1} if code == 429 else {}
    refuses = wired.fails(
        "answer", method="getUpdates", code=code, description="x", parameters=said, times=None
    )
    await wired.start()
    await wired.until(lambda: refuses.hits >= 3, "three refused polls")
    assert not wired.parts.watchdog.barked.is_set()


async def test_the_process_ends_with_a_sentence_and_the_next_one_hears_everything(
    broken_world: Rig,
):
    rig = broken_world
    rig.program.settings["FAULT_PATIENCE"] = "0.5:1"
    [person] = await rig.seed(1, due_in=None)
    await rig.fails("drop", method="getUpdates", times=None)
    rig.program.start()

    async def ended() -> bool:
        return rig.program.ended()

    await eventually(ended, "the end", 20)
    assert rig.program.process is not None
    assert rig.program.process.returncode == 1
    assert "no updates came although Telegram answers" in rig.program.log
    rig.program.kill()
    await rig.telegram.ask("say", person=person, text="/week")
    await rig.goes_right()
    del rig.program.settings["FAULT_PATIENCE"]
    rig.program.start()
    await rig.handled()
