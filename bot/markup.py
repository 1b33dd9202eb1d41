"""Our HTML without its markup: a plain message beats one that Telegram refuses, or none."""

import html
import re

from bot.typed import telegram_length

LONGEST_CAPTION = 1024
"""Characters under a picture, markup left out."""
_TAG = re.compile(r"<[^<>]*>")


def without_markup(text: str) -> str:
    """The text that the HTML shows."""
    return html.unescape(_TAG.sub("", text))


def fits_caption(text: str) -> bool:
    """Whether Telegram takes it under a picture; what is longer follows as a text."""
    return telegram_length(without_markup(text)) <= LONGEST_CAPTION
