"""What a person typed, made safe to store and to show. Everything typed passes here first."""

import re
import unicodedata
from dataclasses import dataclass

MARKS_ON_ONE_LETTER = 3
CODE_POINTS_FOR_ONE_VISIBLE = 16
"""A family emoji takes 11, the flag of Scotland 7; more than this is padding, not writing."""

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SEEN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols by category, blank on every screen."""

_ISOLATES = frozenset("\u2066\u2067\u2068")
_EMBEDDINGS = frozenset("\u202a\u202b\u202d\u202e")
_END_OF_ISOLATE, _END_OF_EMBEDDING = "\u2069", "\u202c"
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing that could be seen was typed."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """More was typed than there is room for; both numbers are visible characters."""

    length: int
    limit: int


def clean(text: str, limit: int, *, lines: bool = False) -> str | Empty | TooLong:
    """The text without what could harm a database, a message or a screen.

    limit: the most visible characters. lines: keep line ends (a note), else they become
    spaces (a title). Controls go, a lone surrogate becomes U+FFFD, a letter keeps at most
    three combining marks, and text direction is balanced within each line, so that the
    words around it stay in order.
    """
    whole = _SURROGATE.sub("\ufffd", text)
    whole = _LINE_ENDS.sub("\n" if lines else " ", whole)
    whole = _SPACES.sub(" ", whole)  # a tab is a control as well, and a space first
    whole = "".join(char for char in whole if char == "\n" or unicodedata.category(char) != "Cc")
    whole = _SPACES.sub(" ", whole)
    whole = unicodedata.normalize("NFC", _few_marks(whole))
    whole = "\n".join(_balanced(_trimmed(line)) for line in whole.split("\n")).strip("\n")
    if all(char.isspace() or _is_invisible(char) for char in whole):
        return Empty()
    length = visible_length(whole)
    if length > limit or len(whole) > limit * CODE_POINTS_FOR_ONE_VISIBLE:
        return TooLong(length, limit)
    return whole


def visible_length(text: str) -> int:
    """How many characters a person would count: marks, joiners and skin tones add none."""
    count = 0
    joined = flag_open = False
    for char in text:
        if char == _JOINER:
            joined = count > 0
            continue
        if _is_skin_tone(char) and count:
            continue
        if _adds_nothing(char):
            continue
        is_flag_half = "\U0001f1e6" <= char <= "\U0001f1ff"
        is_joined_emoji = joined and unicodedata.category(char) == "So"
        if not is_joined_emoji and not (is_flag_half and flag_open):
            count += 1
        flag_open = is_flag_half and not flag_open
        joined = False
    return count


def telegram_length(text: str) -> int:
    """The length in UTF-16 code units, which is what Telegram's limits count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def _adds_nothing(char: str) -> bool:
    return not char.isspace() and _is_invisible(char)


def _is_invisible(char: str) -> bool:
    return char in _SEEN_AS_NOTHING or unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}


def _few_marks(text: str) -> str:
    kept = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MARKS_ON_ONE_LETTER:
            kept.append(char)
    return "".join(kept)


def _trimmed(line: str) -> str:
    # A joiner or a bidi control at an edge may still matter to what it stands beside;
    # spaces and zero-width spaces never do.
    return line.strip(" \u200b\ufeff\u2060\u00ad")


def _balanced(line: str) -> str:
    kept: list[str] = []
    open_now: list[str] = []
    isolates = 0
    for char in line:
        if char in _ISOLATES or char in _EMBEDDINGS:
            open_now.append(char)
            isolates += char in _ISOLATES
        elif char == _END_OF_ISOLATE:
            if not isolates:
                continue
            # Closing an isolate closes every embedding begun inside it.
            while open_now.pop() not in _ISOLATES:
                pass
            isolates -= 1
        elif char == _END_OF_EMBEDDING:
            if not open_now or open_now[-1] not in _EMBEDDINGS:
                continue
            open_now.pop()
        kept.append(char)
    kept.extend(
        _END_OF_ISOLATE if char in _ISOLATES else _END_OF_EMBEDDING for char in reversed(open_now)
    )
    return "".join(kept)
