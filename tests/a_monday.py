"""A day to begin on, so that what is said about dates can be written out in a test."""

import json
from datetime import UTC, datetime
from pathlib import Path

MONDAY = datetime(2037, 11, 23, 9, tzinfo=UTC)
"""Ten in the morning in Berlin; the year has the weekdays of 2026."""


def begin_on_a_monday(data_dir: Path) -> None:
    """Let the playground that will open in this folder begin on MONDAY, unless it was open."""
    kept_in = data_dir / "playground.json"
    if kept_in.exists():
        return
    ahead = (MONDAY - datetime.now(UTC)).total_seconds()
    kept = {"key": "a-key-for-tests", "token": "1000000:" + "0" * 32, "offset": ahead}
    data_dir.mkdir(mode=0o700, exist_ok=True)
    kept_in.write_text(json.dumps(kept))
