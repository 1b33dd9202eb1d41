"""What is said about the private calendar address."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.language import date_words, plain, say


def label() -> str:
    """The label that leads to the page."""
    return plain("Calendar")


def none_yet() -> str:
    """Where there is no address."""
    return say(
        "Your calendar can show what is coming here: I make you an address, and you subscribe to "
        "it there. Whoever has the address can see your reminders, nothing else, and you can "
        "revoke it at any time."
    )


def there(made_at: datetime, zone: ZoneInfo | None) -> str:
    """Where there is one."""
    day = made_at.astimezone(zone or UTC).date()
    return say(
        "You have a calendar address since {day}. I cannot show it again, because I keep only its "
        "fingerprint: look further up in this chat, or make a new one; the old one then leads "
        "nowhere.",
        day=date_words(day),
    )


def made(address: str) -> str:
    """The only time that the address is shown."""
    return say(
        "Subscribe to this in your calendar:\n<code>{address}</code>\nWhoever has it can see your "
        "reminders. I do not show it again.",
        address=address,
    )


def revoke() -> str:
    """The label that ends it."""
    return plain("Revoke it")


def revoked() -> str:
    """After that."""
    return say("The address leads nowhere any more.")
