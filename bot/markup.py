"""Our HTML without its markup, for when Telegram refuses it: a plain message beats none."""

import html
import re

_TAG = re.compile(r"<[^<>]*>")


def without_markup(text: str) -> str:
    """The text that the HTML shows."""
    return html.unescape(_TAG.sub("", text))
