"""What is said about taking everything along."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.language import say, time_words


def export() -> str:
    """Under the file of /export."""
    return say(
        "Everything about you. <code>habits-export.json</code> holds your settings, commitments "
        "and check-ins, and /import takes it in again; <code>account.json</code> holds the rest "
        "of what is stored; the CSV files are for spreadsheets, <code>coming.ics</code> is for "
        "your calendar, and Loop Habit Tracker's heirs read the whole as one of its exports."
    )


def too_soon(last: datetime, zone: ZoneInfo | None) -> str:
    """For a second export within the hour."""
    at = time_words(last.astimezone(zone or UTC).time())
    return say("Your last export is from {at}. There is one an hour.", at=at)
