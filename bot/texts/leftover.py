"""What is said about typed words that fit nothing."""

from bot.language import Theirs, isolated, plain, say
from bot.texts.commitments import shortened
from bot.texts.diary import what_it_was
from habits.check_ins import CheckIn


def make_a_commitment() -> str:
    """The label that begins a commitment with them."""
    return plain("Make it a commitment")


def a_line_for(entry: CheckIn) -> str:
    """Where they have been somewhere lately."""
    return say(
        "Shall I keep that as a line with <b>{title}</b>? A commitment is a sentence like "
        "<i>film every Saturday at 8pm</i>; /help shows what else I can do.",
        title=Theirs(shortened(what_it_was(entry))),
    )


def keep_with(entry: CheckIn) -> str:
    """The label that notes them with a check-in."""
    return plain("Keep it with {title}", title=isolated(shortened(what_it_was(entry))))


def no_longer_here() -> str:
    """For words that were deleted meanwhile; a toast."""
    return plain("What you typed is no longer here. Please type it again.")
