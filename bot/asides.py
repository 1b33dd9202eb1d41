"""What means something by itself, whatever we had asked."""

from bot.context import Context
from bot.phrases import Commitment, read_answer, read_commitment


def answers_something_else(context: Context, text: str) -> bool:
    """Whether a text is meant for something else than our question: also a reply to a message."""
    message = context.event.effective_message
    is_reply = message is not None and message.reply_to_message is not None
    return is_reply or is_aside(text, context.person.language)


def is_aside(text: str, language: str) -> bool:
    """Whether a text is a commitment or an answer to a reminder, and no answer to our question."""
    if read_answer(text, language) is not None:
        return True
    return isinstance(read_commitment(text, language), Commitment)


def has_digits(text: str) -> bool:
    """Whether a text looks like the date or the hours that we would have taken."""
    return any(char.isdecimal() for char in text)
