"""What is said about taking everything along."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.language import plain, say, time_words


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


def monthly() -> str:
    """Under the file that comes by itself."""
    return say("It is a new month: here is everything about you. /settings stops these files.")


def monthly_label() -> str:
    """The label that leads to the page."""
    return plain("Monthly file")


def monthly_page(*, wanted: bool) -> str:
    """The page, and whether it is on."""
    if wanted:
        return say("On the first of each month I send you the file of /export by myself.")
    return say(
        "I could send you the file of /export by myself, on the first of each month. It is off."
    )


def switch(*, on: bool) -> str:
    """The label that switches it."""
    return plain("Switch it on") if on else plain("Switch it off")
