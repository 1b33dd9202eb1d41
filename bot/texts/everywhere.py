"""What may be said at any point of a conversation."""

from collections.abc import Iterable

from bot.language import plain, say
from bot.typed import Empty, TooLong
from habits.rules.commitment import LONGEST_TITLE


def not_there() -> str:
    """For a button of somebody else's, or of something deleted; a toast."""
    return plain("This button is not for you, or what it was for no longer exists.")


def not_understood() -> str:
    """For typed text that fits nothing."""
    return say(
        "I read times like 19:30 or 7.30pm, and days by their names. "
        "For example: <i>film every Saturday at 8pm</i>. /help shows what else I can do."
    )


def unknown_command(known: Iterable[str]) -> str:
    """For a command that is not ours."""
    listed = " ".join(f"/{name}" for name in known)
    return say("I do not know that command. These I know: {commands}", commands=listed)


def text_and_buttons() -> str:
    """For pictures, voices, stickers and the like."""
    return say("I understand text and buttons; a picture or a voice is lost on me.")


def left_off() -> str:
    """To who does not want to answer what we asked."""
    return say("All right.")


def went_wrong() -> str:
    """After an error of ours."""
    return say("That did not work; nothing was changed. Please try again.")


def slow_down() -> str:
    """For a hundred messages or presses in five seconds."""
    return say("Slow down a little, please: I keep everything, and answer less.")


def private_only() -> str:
    """For groups and channels."""
    return say("I talk in private chats only, so I am leaving; write to me there.")


def nothing_stored(*, by_invitation: bool = False) -> str:
    """For whoever is not known, or not any more."""
    if by_invitation:
        return plain("There is nothing stored about you.")
    return plain("There is nothing stored about you. /start begins anew.")


def by_invitation() -> str:
    """For strangers where only the invited may come in; sent without markup."""
    return plain(
        "This bot is for people with an invitation; whoever runs it can give you a link. "
        "I keep nothing about you."
    )


def soon() -> str:
    """For newcomers who wait for their turn; sent without markup."""
    return plain(
        "Many people come at once just now. What you wrote is kept, and I answer as soon as it "
        "is your turn; please do not write it again."
    )


def come_again() -> str:
    """For newcomers who are not even kept waiting; sent without markup."""
    return plain(
        "Far too many people come at once just now. Please write again in an hour; "
        "I keep nothing until then."
    )


def a_title(wrong: Empty | TooLong) -> str:
    """For a title that shows nothing, or too much."""
    match wrong:
        case TooLong(length=length):
            return say(
                "Please give it a name of 1 to {most} visible characters; this one has {length}. "
                "For example: <i>Film with friends</i>.",
                most=LONGEST_TITLE,
                length=length,
            )
        case _:
            return say(
                "Please give it a name of 1 to {most} visible characters. "
                "For example: <i>Film with friends</i>.",
                most=LONGEST_TITLE,
            )


def too_many_ways(most: int) -> str:
    """For the thirteenth way."""
    return say("I can keep {most} ways at most. Take one out first.", most=most)
