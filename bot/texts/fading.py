"""What is said about reminders that fade out, and that come back."""

from zoneinfo import ZoneInfo

from bot.language import plain, say
from bot.texts.schedules import next_words, title_of
from habits.fading import Reminded
from habits.rules.commitment import Commitment


def offer(commitment: Commitment) -> str:
    """Asks, after a check-in of a steady commitment."""
    return say(
        "<b>{title}</b> has become a part of your weeks. Shall the reminders step back? First "
        "every second week, then none; /done notes it as ever, and they come back when you like.",
        title=title_of(commitment),
    )


def fade_them_out() -> str:
    """The label for yes."""
    return plain("Yes, fade them out")


def keep_them() -> str:
    """The label for no."""
    return plain("Keep them")


def fading(reminded: Reminded) -> str:
    """After yes; also where they fade already."""
    return say(
        "The reminders of <b>{title}</b> step back: every second week for a while, then none. "
        "/done notes it, and /week or /commitments bring them back.",
        title=title_of(reminded.commitment),
    )


def reminding(reminded: Reminded, zone: ZoneInfo) -> str:
    """After no, or when they come back."""
    said = (
        say("The reminders of <b>{title}</b> stay.", title=title_of(reminded.commitment))
        if reminded.before is None
        else say("I remind you of <b>{title}</b> again.", title=title_of(reminded.commitment))
    )
    return f"{said} {next_words(reminded.next_go, zone)}".rstrip()


def after_a_miss(commitment: Commitment) -> str:
    """The one notice after a week was missed without reminders."""
    return say(
        "A week went by without <b>{title}</b>, which is fine. Shall I remind you again?",
        title=title_of(commitment),
    )


def has_faded() -> str:
    """How such a commitment stands."""
    return say("Its reminders step back; the weeks count as ever.")


def remind_again() -> str:
    """The label that brings them back."""
    return plain("🔔 Remind me again")
