"""What means something by itself, whatever we had asked."""

from bot.phrases import Commitment, read_answer, read_commitment


def is_aside(text: str, language: str) -> bool:
    """Whether a text is a commitment or an answer to a reminder, and no answer to our question."""
    if read_answer(text, language) is not None:
        return True
    return isinstance(read_commitment(text, language), Commitment)
