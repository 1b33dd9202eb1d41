"""Every number of /metrics moves when what it names happens, and the rules ask what there is."""

import asyncio
import json
import re
import sqlite3
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot import transport
from habits import settling
from tests.faults.rig import FIRST
from tests.faults.test_metrics import told, values
from tests.faults.test_updates_by_webhook import leave, typed
from tests.faults.wired import Wired, wired
from tests.process import ROOT, free_port

LABELS = {
    "letloose_reminder_lateness_seconds_bucket": {"kind", "le"},
    "letloose_reminder_lateness_seconds_count": {"kind"},
    "letloose_reminder_lateness_seconds_sum": {"kind"},
    "letloose_reminder_lateness_seconds_created": {"kind"},
    "letloose_messages_total": {"kind", "what", "reason"},
    "letloose_deliveries": {"kind", "state", "reason"},
    "letloose_copies": set(),
    "letloose_due_seconds": set(),
    "letloose_inbox_waiting": set(),
    "letloose_inbox_waiting_seconds": set(),
    "letloose_outage_seconds": set(),
    "letloose_outage_over_seconds": set(),
    "letloose_updates_heard_seconds": set(),
    "letloose_send_rate": set(),
    "letloose_send_waiting": set(),
    "letloose_send_held": set(),
    "letloose_send_held_seconds_total": set(),
    "letloose_newcomers_total": {"what"},
    "letloose_outages_total": set(),
    "letloose_away_seconds_total": set(),
    "letloose_webhook_answers_total": {"status"},
    "letloose_database_busy_seconds_total": {"work"},
    "letloose_database_trouble_total": {"what"},
    "letloose_clock_held": set(),
    "letloose_problems": set(),
}
"""Every series and what tells one of its kind from another."""
OF_PROMETHEUS = {"instance", "job"}
TOLD = {
    ("letloose_messages_total", "what"): {
        "owed", "sent", "expired", "failed", "cancelled", "again", "copy",
    },
    ("letloose_messages_total", "reason"): {"blocked", "gone"},
    ("letloose_webhook_answers_total", "status"): {"403"},
    ("letloose_database_busy_seconds_total", "work"): {"read", "write"},
}  # fmt: skip
"""The values that the rules ask for, which the program says."""
BECAME = (
    "follow_up owed",
    "go sent",
    "go late expired",
    "go blocked failed",
    "go blocked cancelled",
    "go copy",
    "go 429 again",
)
"""Kind, reason and what became of messages, as test_metrics gives the labels in their order."""
BLOCKED, LATE, LOST, GATEWAY, WAITS, WAITS_TOO = range(FIRST, FIRST + 6)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    backoff = settling.backoff
    monkeypatch.setattr(settling, "backoff", lambda tries: backoff(tries) / 10)
    limits = transport.Limits(read=1, whole=2)
    monkeypatch.setitem(transport.Transport.__init__.__kwdefaults__, "limits", limits)


async def goes_wrong(made: Wired) -> None:
    """All that a message can meet, an outage before, and more newcomers than may come in."""
    await made.seed(6)
    late = "not_after = datetime(next_attempt_at, '-1 minutes')"
    made.change(f"UPDATE deliveries SET {late} WHERE person_id = {LATE}")
    made.change("INSERT INTO heartbeats VALUES ('running', datetime('now', '-10 minutes'))")
    words = "Forbidden: bot was blocked by the user"
    made.fails("answer", method="sendMessage", chat=BLOCKED, code=403, description=words)
    made.fails("lose", method="sendMessage", chat=LOST)
    made.fails("html", method="sendMessage", chat=GATEWAY)
    for person in (WAITS, WAITS_TOO):
        wait = {"retry_after": 3}
        made.fails("answer", method="sendMessage", chat=person, code=429, parameters=wait)
    await made.start()


async def test_every_number_moves_when_what_it_names_happens(tmp_path: Path):
    door, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    settings = {"listen": door, "metrics_listen": metrics, "webhook_url": f"http://{door}/hook"}
    secret = SecretStr("a-secret-that-no-log-may-show")
    async with wired(tmp_path, **settings, webhook_secret=secret, new_people=1) as made:
        await goes_wrong(made)

        async def until(name: str, least: float) -> dict[str, float]:
            found: dict[str, float] = {}
            for _ in range(200):
                found = await values(made)
                if found.get(name, 0) >= least:
                    return found
                await asyncio.sleep(0.05)
            raise AssertionError((name, found.get(name), found))

        held = await until("letloose_send_held", 1)
        await until("letloose_due_seconds", 1)
        assert held["letloose_send_held_seconds_total"] > 0
        assert held["letloose_outages_total"] == 1
        assert held["letloose_away_seconds_total"] >= 599
        assert held["letloose_outage_seconds"] >= 599
        assert 0 <= held["letloose_outage_over_seconds"] < 60

        await made.sent(4)
        sent = await values(made)
        for became in BECAME:
            assert sent.get(f"letloose_messages_total {became}", 0) > 0, (became, sorted(sent))
        assert sent["letloose_copies"] > 0
        assert sent["letloose_reminder_lateness_seconds_count go"] == 4
        assert sent["letloose_reminder_lateness_seconds_sum go"] > 4 * 60

        for person in (FIRST + 50, FIRST + 51):
            made.says(made.meet(person), "/start")
        await until("letloose_newcomers_total put off", 1)
        waiting = await values(made)
        assert waiting["letloose_newcomers_total let in"] == 1
        assert waiting["letloose_inbox_waiting"] == 1
        made.change(
            "INSERT INTO inbox (update_id, body, received_at, state, tries, not_before) VALUES "
            "(1, '{}', datetime('now', '-9 minutes'), 'new', 1, datetime('now', '+9 minutes'))"
        )
        await until("letloose_inbox_waiting_seconds", 8 * 60)
        await until("letloose_problems", 1)
        assert await leave(made, typed("hi", 901), X_Telegram_Bot_Api_Secret_Token="guess") == 403

        with sqlite3.connect(str(made.url.database), isolation_level=None) as outside:
            outside.execute("BEGIN EXCLUSIVE")
            assert await leave(made, typed("hi", 902)) == 500
            outside.execute("ROLLBACK")
        outside.close()
        refused = await values(made)
        assert refused["letloose_webhook_answers_total 500"] == 1
        assert refused["letloose_webhook_answers_total 403"] == 1
        assert refused["letloose_database_trouble_total busy"] >= 1
        busy = "letloose_database_busy_seconds_total write"
        assert refused[busy] - waiting[busy] > 4
        assert refused["letloose_updates_heard_seconds"] > held["letloose_updates_heard_seconds"]

        _, text = await told(made)
        there: dict[str, set[str]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                there.setdefault(sample.name, set()).update(sample.labels)
        assert there == LABELS


def asked() -> list[tuple[str, str]]:
    """Every expression of the alarms and the dashboard, with what is shown beside its line."""
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))
    found = [(rule["expr"], "") for group in rules["groups"] for rule in group["rules"]]
    board = json.loads((ROOT / "deploy" / "dashboard.json").read_text(encoding="utf-8"))
    targets = [each for panel in board["panels"] for each in panel["targets"]]
    return found + [(each["expr"], each.get("legendFormat", "")) for each in targets]


@pytest.mark.parametrize(("expression", "legend"), asked())
def test_what_is_asked_for_has_the_labels_it_is_asked_by(expression: str, legend: str):
    assert expression.count("(") == expression.count(")")
    series = re.findall(r"(letloose_\w+)(?:\{([^}]*)\})?", expression)
    assert series
    for name, selectors in series:
        told_apart = [each for each in re.split(r",\s*", selectors) if each]
        for each in told_apart:
            label, wanted = re.fullmatch(r'(\w+)(?:=~|!~|!=|=)"([^"]*)"', each).groups()  # type: ignore[union-attr]
            assert label in LABELS[name], (name, label)
            assert set(wanted.split("|")) <= TOLD[name, label]
    kept = {label for by in re.findall(r"by \(([^)]*)\)", expression) for label in by.split(", ")}
    every = set.union(*(LABELS[name] for name, _ in series)) | OF_PROMETHEUS
    assert kept <= every
    if "histogram_quantile" in expression:
        assert "le" in kept
    assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= kept


@pytest.mark.parametrize("expression", [each for each, _ in asked()])
def test_only_what_grows_is_asked_how_fast(expression: str):
    for _, name in re.findall(r"(rate|increase)\((letloose_\w+)", expression):
        assert name.endswith(("_total", "_bucket")), name
