"""What is said about a phrase that cannot be read: the word, the form, and one example."""

from bot.language import Theirs, plain, say
from bot.phrases import NotUnderstood, Reason
from bot.typed import clean

MOST_SHOWN = 40


def refused(outcome: NotUnderstood) -> str:
    """Names the person's own word, what I read, and an example."""
    return f"{problem(outcome)} {_example(outcome.reason)}"


def problem(outcome: NotUnderstood) -> str:
    """Names the person's own word, and what I read."""
    words = Theirs(shown(outcome.words) or plain("that"))
    match outcome.reason:
        case Reason.TOO_LONG:
            return say("That is more than I can read at once; one sentence is enough.")
        case Reason.NO_SUCH_TIME:
            return say(
                "“{words}” is no time I know; I read times like 19:30 or 7.30pm.", words=words
            )
        case Reason.NO_SUCH_DATE:
            return say("“{words}” is no date I know; I read days by their names.", words=words)
        case Reason.NOT_WEEKLY:
            return say("“{words}”: I keep time every week, or every 2, 3 or 4 weeks.", words=words)
        case Reason.ONE_TIME:
            return say(
                "“{words}” is about one date; I keep time every week, without an end.", words=words
            )
        case Reason.SEVERAL_TIMES:
            return say("I read two times of day in that, and a commitment has one.")
        case Reason.SEVERAL_RHYTHMS:
            return say("I read two different rhythms in that, and a commitment has one.")
        case Reason.UNCLEAR:
            return say("“{words}” can be read in several ways, and I do not guess.", words=words)
        case _ if outcome.words:
            return say(
                "I do not know “{words}”; I read days by their names, and times like 19:30 "
                "or 7.30pm.",
                words=words,
            )
        case _:
            return say("I read days by their names, and times like 19:30 or 7.30pm.")


def _example(reason: Reason) -> str:
    if reason is Reason.NOT_WEEKLY:
        return say("For example: <i>film every second Saturday at 8pm</i>.")
    return say("For example: <i>film every Saturday at 8pm</i>.")


def shown(words: str) -> str:
    """Somebody's words, as many as are worth repeating to them."""
    cleaned = clean(words[:MOST_SHOWN], MOST_SHOWN)
    if not isinstance(cleaned, str):
        return ""
    return cleaned + ("…" if len(words) > MOST_SHOWN else "")
