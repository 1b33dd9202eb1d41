"""A Telegram in a process of its own, and the judge of every call that a program made to it."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.process import ROOT, free_port
from tests.telegram_calls import check_call

TOKEN = "4242:AA-a-token-that-no-log-may-show-0123456"
KEY = "a-key"
WORDS = {"text", "caption", "callback_query_id", "description", "short_description", "name"}
"""Parameters that are words even where they read like JSON."""
FILES = {"sendPhoto": "photo", "sendDocument": "document"}


@dataclass
class Server:
    """`python -m playground`: a Telegram that can be scripted, stopped and begun again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        """Its root, for LETLOOSE_API_URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        store = self.folder / "telegram.sqlite3"
        named = ["--port", str(self.port), "--token", TOKEN, "--key", KEY, "--store", str(store)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "playground", *named],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), "the playground did not start"

    def stop(self) -> None:
        """SIGTERM; the chats and what waits are kept for the next start, its calls are not."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None


MOST_JUDGED = 200
"""Calls of a method; what a burst says a thousand times is judged once and for all."""


def judge(calls: Iterable[dict[str, Any]]) -> None:
    """Hold calls, as the control door gives them, against what Telegram's methods take."""
    seen: Counter[str] = Counter()
    for call in calls:
        method = call["method"]
        seen[method] += 1
        if seen[method] <= MOST_JUDGED:
            check_call(method, _as_sent(method, call["parameters"]))


def _as_sent(method: str, parameters: dict[str, str]) -> dict[str, Any]:
    sent = {
        name: text if name in WORDS else _value(text)
        for name, text in parameters.items()
        if not name.startswith("attached")  # a file that another parameter names
    }
    file = FILES.get(method)
    if file in sent and not str(sent[file]).startswith("attach://"):
        sent[file] = f"attach://{file}"
    return sent


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
