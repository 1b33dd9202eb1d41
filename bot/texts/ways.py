"""What is said about the ways of a commitment."""

from bot.language import Theirs, isolated, plain, say
from bot.texts.commitments import shortened, ways_words
from bot.texts.schedules import title_of
from habits.rules.commitment import Commitment, Way


def ways(commitment: Commitment) -> str:
    """The ways of a commitment, and those taken out."""
    title = title_of(commitment)
    lines = [
        say("<b>{title}</b>: any one of these keeps it.", title=title),
        ways_words(commitment.open_ways),
        say("Tap one to take it out, or add another."),
    ]
    return "\n".join(lines)


def one_has_to_stay() -> str:
    """For taking out the last way; a toast."""
    return plain("One way has to stay. Add another first, then take this one out.")


def which_way(commitment: Commitment) -> str:
    """Asks for another way."""
    return say(
        "What else keeps <b>{title}</b>? Type it, for example <i>A book with tea</i>.",
        title=title_of(commitment),
    )


def way_added(way: Way) -> str:
    """After another way."""
    return say("Added: <b>{way}</b>.", way=Theirs(way.title))


def way_out(way: Way) -> str:
    """After a way was taken out."""
    return say("<b>{way}</b> is out; what you kept with it stays.", way=Theirs(way.title))


def way_back(way: Way) -> str:
    """After a way was put back."""
    return say("<b>{way}</b> is in again.", way=Theirs(way.title))


def out(way: Way) -> str:
    """The label that takes a way out."""
    return plain("✕ {way}", way=isolated(shortened(way.title)))


def back_in(way: Way) -> str:
    """The label that puts a way back."""
    return plain("↩ {way}", way=isolated(shortened(way.title)))
