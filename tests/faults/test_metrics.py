"""/metrics: what was sent and how late, what waits, and how things stand."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from app.doctor import check
from app.health import POLL_SILENT
from app.settings import Settings
from habits.storage.database import Busy
from tests.bot_api import TOKEN
from tests.faults.rig import FIRST
from tests.faults.test_pauses_asked_for import asks_to_wait, told_to_wait
from tests.faults.wired import Wired, wired
from tests.process import ROOT, eventually, free_port

DERIVED = re.compile("_(bucket|count|sum|created)$")
SUMMED = re.compile(r"sum\s*(?:by \(([^)]*)\)\s*)?\(\s*(?:\w+\()?(letloose_\w+)")
OF_ONE_PROCESS = re.compile("(?<!send_held_seconds)_(total|bucket)$|^letloose_send_waiting$")
"""What is another number in each process, so that all of them together are one too."""


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Wired]:
    """The program with its metrics told."""
    async with wired(tmp_path, metrics_listen=f"127.0.0.1:{free_port()}") as made:
        yield made


async def told(wired: Wired) -> tuple[int, str]:
    url = f"http://{wired.settings.metrics_listen}/metrics"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        return response.status, await response.text()


async def values(wired: Wired) -> dict[str, float]:
    status, text = await told(wired)
    assert status == 200
    return {
        " ".join([sample.name, *(v for _, v in sorted(sample.labels.items()) if v)]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def asked() -> list[str]:
    """What the alarms and the dashboard ask for."""
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
    board = json.loads((ROOT / "deploy" / "dashboard.json").read_text(encoding="utf-8"))
    alarms = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return alarms + [target["expr"] for panel in board["panels"] for target in panel["targets"]]


async def test_what_is_sent_is_counted_with_its_lateness(counted: Wired):
    await counted.seed(3, due_in=0)
    await counted.start()
    await counted.sent(3)
    found = await values(counted)
    assert found["letloose_reminder_lateness_seconds_count go"] == 3
    assert found["letloose_deliveries go sent"] == 3
    assert found["letloose_deliveries go pending"] >= 3
    assert found["letloose_inbox_waiting"] == 0
    assert found["letloose_send_rate"] == counted.settings.send_rate
    assert found["letloose_clock_held"] == 0
    assert found["letloose_copies"] == 0
    assert found["letloose_messages_total go sent"] == 3  # the labels stand in their order
    assert found["letloose_messages_total follow_up owed"] == 3
    assert found["letloose_database_busy_seconds_total read"] > 0
    assert found["letloose_database_busy_seconds_total write"] > 0
    assert found["letloose_database_trouble_total busy"] == 0
    assert found["letloose_send_held_seconds_total"] == 0


async def test_a_clock_in_doubt_and_its_problem_are_told(counted: Wired):
    await counted.start()
    counted.parts.clock.held = "the clock is off by +999 s from Telegram's"
    found = await values(counted)
    assert found["letloose_clock_held"] == 1
    assert found["letloose_problems"] >= 1


async def test_whatever_waits_for_a_pause_to_end_is_counted_as_waiting(counted: Wired):
    people = await counted.seed(3, due_in=None)
    await counted.start()
    for person in people[:2]:
        asks_to_wait(counted, 2, chat=person)
        counted.says(person, "/week")
    await told_to_wait(counted, 2)
    counted.says(people[2], "/help")

    async def all_wait() -> bool:
        found = await values(counted)
        return found["letloose_send_held"] == 1 and found["letloose_send_waiting"] == 3

    await eventually(all_wait, "three answers that wait")
    await counted.handled()
    found = await values(counted)
    assert found["letloose_send_held"] == 0
    assert found["letloose_send_waiting"] == 0


def test_a_bare_port_is_one_of_this_machine_alone():
    assert Settings(metrics_listen="9100").metrics_listen == "127.0.0.1:9100"


async def test_nobody_is_named_in_it(counted: Wired):
    await counted.seed(2, due_in=0)
    await counted.start()
    await counted.sent(2)
    _, text = await told(counted)
    assert str(FIRST) not in text
    assert "Tea" not in text


async def test_without_a_database_there_are_no_numbers(
    counted: Wired, monkeypatch: pytest.MonkeyPatch
):
    def away(*_: object) -> None:
        raise Busy("gone")

    await counted.start()
    monkeypatch.setattr("app.metrics.figures", away)
    assert await told(counted) == (503, "The database does not answer.")


async def test_doctor_reads_the_same(counted: Wired, capsys: pytest.CaptureFixture[str]):
    async def doctor() -> str:
        there = {"token": SecretStr(TOKEN), "api_url": f"http://127.0.0.1:{counted.port}"}
        well = await check(counted.settings.model_copy(update=there))
        said = capsys.readouterr().out
        assert well is ("BAD " not in said)
        return said

    numbers = await counted.seed(4, due_in=0)
    late = "not_after = datetime(next_attempt_at, '-1 minutes')"
    counted.change(f"UPDATE deliveries SET {late} WHERE person_id = {numbers[0]}")
    words = "Forbidden: bot was blocked by the user"
    counted.fails("answer", method="sendMessage", chat=numbers[1], code=403, description=words)
    await counted.start()
    await counted.sent(2)
    said = await doctor()
    assert "ok   not sent: 1 expired (late), 1 failed (blocked)" in said
    assert "ok   lateness: 0 of 2 reminders within a minute" in said
    assert "ok   send budget: 50 a second, 0 wait\n" in said
    assert re.search(r"ok   database busy: \d+\.\d s reading, \d+\.\d s writing; 0 begun", said)
    assert re.search(r"ok   updates: last heard of \d s ago", said)

    counted.parts.hearing.heard_at -= POLL_SILENT
    assert "BAD  updates: last heard of" in await doctor()
    await counted.stop()
    counted.change("UPDATE deliveries SET due_at = '2026-01-01 00:00:00.000000'")
    counted.change("UPDATE deliveries SET next_attempt_at = due_at WHERE state = 'pending'")
    counted.fails("date", times=None, seconds=-60)
    said = await doctor()
    assert f"ok   process: nobody tells numbers at {counted.settings.metrics_listen}" in said
    assert "BAD  due: the oldest since" in said
    assert "BAD  clock: +6" in said


async def test_the_docs_and_the_alarms_name_what_there_is(counted: Wired):
    await counted.seed(1, due_in=0)
    await counted.start()
    await counted.sent(1)
    _, text = await told(counted)
    there = set(re.findall(r"^# TYPE (letloose_\w+)", text, re.MULTILINE))
    there = {name for name in there if not name.endswith("_created")}
    docs = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(letloose_\w+)` \|", docs, re.MULTILINE)) == there
    named = {
        name if name in there else DERIVED.sub("", name)
        for name in re.findall(r"letloose_\w+", " ".join(asked()))
    }
    assert named <= there


def test_what_every_process_tells_alike_is_never_added_up():
    summed = SUMMED.findall(" ".join(asked()))
    assert len(summed) > 10
    for by, name in summed:
        assert "instance" in by or OF_ONE_PROCESS.search(name), name


async def test_refused_and_kept_updates_are_counted_at_the_webhook(tmp_path: Path):
    door, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    hook = f"http://{door}/hook"
    settings = {"listen": door, "metrics_listen": metrics, "webhook_url": hook}
    async with wired(tmp_path, **settings, webhook_secret=SecretStr("open-sesame")) as made:
        await made.start()
        async with aiohttp.ClientSession() as http:
            for secret in ("guess", "open-sesame"):
                shown = {"X-Telegram-Bot-Api-Secret-Token": secret}
                async with http.post(hook, json={"update_id": 9}, headers=shown) as answer:
                    await answer.read()
        found = await values(made)
        assert found["letloose_webhook_answers_total 403"] == 1
        assert found["letloose_webhook_answers_total 200"] == 1


def test_the_dashboard_has_a_name_for_each_panel_and_none_lies_over_another():
    board = json.loads((ROOT / "deploy" / "dashboard.json").read_text(encoding="utf-8"))
    panels = board["panels"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
