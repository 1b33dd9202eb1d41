"""The fonts that travel with the program, and which texts they can show."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent.parent / "fonts"
FAMILIES = {
    "NotoSans-Regular": "Noto Sans",
    "NotoSansArabic-Regular": "Noto Sans Arabic",
    "NotoSansDevanagari-Regular": "Noto Sans Devanagari",
    "NotoColorEmoji": "Noto Color Emoji",
}
"""The fonts by the names of their files; whichever stands first shows what several could."""
SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
UNSEEN = frozenset(("Cf", "Mn"))
"""Joiners, direction marks and variation selectors: nothing is missed without a glyph."""
_GROUPS = 12
"""The form of a character table that tools/build_fonts.py leaves in every font."""


def files() -> list[str]:
    """Where the fonts are."""
    return [str(FONTS / f"{name}.ttf") for name in FAMILIES]


def in_one_tone(text: str) -> str:
    """A text without the tones of skin, which are not among the emoji that we carry."""
    return text.translate(SKIN_TONES)


def can_show(text: str) -> bool:
    """Whether every character of a text is in one of the fonts."""
    return all(
        ord(char) in _families() or unicodedata.category(char) in UNSEEN
        for char in in_one_tone(text)
    )


def runs(text: str) -> list[tuple[str, str]]:
    """The text in pieces, each with the family that shows it.

    resvg finds no second font for a text of several scripts, so each piece names its own. What is
    not seen, and what the font of the piece before has as well, stays with that piece.
    """
    pieces: list[tuple[str, str]] = []
    for char in text:
        before = pieces[-1][0] if pieces else next(iter(FAMILIES.values()))
        family = before if _stays(char, before) else _families().get(ord(char), before)
        if pieces and family == before:
            pieces[-1] = (family, pieces[-1][1] + char)
        else:
            pieces.append((family, char))
    return pieces


def _stays(char: str, family: str) -> bool:
    return unicodedata.category(char) in UNSEEN or ord(char) in _shown_by()[family]


@cache
def _families() -> dict[int, str]:
    found: dict[int, str] = {}
    for family, characters in _shown_by().items():
        for char in characters:
            found.setdefault(char, family)
    return found


@cache
def _shown_by() -> dict[str, frozenset[int]]:
    return {
        family: frozenset(_characters((FONTS / f"{name}.ttf").read_bytes()))
        for name, family in FAMILIES.items()
    }


def _characters(font: bytes) -> Iterator[int]:
    """The code points of an OpenType font, from the groups of its `cmap` table."""
    begins = _table(font, b"cmap")
    (offset,) = struct.unpack_from(">I", font, begins + 8)
    kind, _, _, _, groups = struct.unpack_from(">HHIII", font, begins + offset)
    assert kind == _GROUPS, kind
    for place in range(groups):
        first, last, _ = struct.unpack_from(">III", font, begins + offset + 16 + 12 * place)
        yield from range(first, last + 1)


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for place in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * place)
        if tag == name:
            return int(offset)
    raise AssertionError(name)


def reads_leftwards(text: str) -> bool:
    """Whether a text runs from right to left: as its first strong character does."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
