"""No parser takes more than its share of time for a long text or file, however it was made.

What is asserted is how the time grows, least of a few tries, and never how long it is: eight
times as much may take a little more than eight times as long, and 64 times would be its square.
"""

import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from time import process_time
from typing import Any

import pytest

from bot import buttons, drafting, phrases, places
from bot.command import read_command
from bot.features.settings import read_hours
from bot.files.reading import read
from bot.texts.commands import menu
from bot.typed import clean
from bot.typed_schedules import read_change
from habits.rules.schedule import Part, Schedule

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PIECES = (
    "(",
    "every ",
    "or ",
    ", ",
    "a or ",
    "1",
    "12:",
    "sat ",
    "\u0301",
    "😀",
    "\u202e",
    "İ",
    "-",
    " ",
    "8 to ",
)
MORE: dict[str, tuple[Any, ...]] = {
    "read_command_words": (menu(),),
    "read_date": (date(2026, 11, 23),),
    "read_number": (1, 7),
}
"""What these take besides a text."""
SATURDAYS = Schedule(days=(6,), at=Part.EVENING)


def one_of_phrases(name: str) -> Callable[[str], object]:
    """A parser by its name."""
    return lambda text: getattr(phrases, name)(text, *MORE.get(name, ()))


PARSERS: dict[str, Callable[[str], object]] = {
    **{name: one_of_phrases(name) for name in phrases.__all__ if name.startswith("read_")},
    "a title": phrases.may_be_a_title,
    "quiet hours": lambda text: read_hours(text, "en"),
    "other days": lambda text: read_change(text, SATURDAYS, "days", "en"),
    "another target": lambda text: read_change(text, SATURDAYS, "target", "en"),
    "a place": places.resolve,
    "a line": lambda text: clean(text, 200),
    "a note": lambda text: clean(text, 1000, lines=True),
    "ways": lambda text: drafting.add_ways(drafting.blank(), text),
    "a command": lambda text: read_command("/" + text),
    "a button's data": buttons.read,
}
LENGTH, TIMES = 512, 8
MOST = 4 * TIMES
"""How many times as long eight times as much may take; the square would be 64."""
NOTHING = 0.0002
"""Seconds that are too short to compare with."""


def seconds(take: Callable[[], object]) -> float:
    """Of this process's time, the least of three."""

    def once() -> float:
        began = process_time()
        take()
        return process_time() - began

    return min(once() for _ in range(3))


def grows(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times as long the larger one takes."""
    small()
    return seconds(large) / max(seconds(small), NOTHING)


def test_the_measure_sees_a_square():
    def square(length: int) -> Callable[[], object]:
        return lambda: [1 for _ in range(length) for _ in range(length)]

    assert grows(square(LENGTH), square(LENGTH * TIMES)) > MOST


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_a_long_text_takes_no_more_than_its_share(parser: Callable[[str], object], piece: str):
    short, long = (f"8{piece * length}"[:length] + "8" for length in (LENGTH, LENGTH * TIMES))
    assert grows(lambda: parser(short), lambda: parser(long)) < MOST


FILES: dict[str, Callable[[int], bytes]] = {
    "nested": lambda size: b"[" * size,
    "a list": lambda size: b'{"habits": [' + b"1," * (size // 2) + b"1]}",
    "a number": lambda size: b'{"habits": [' + b"9" * size + b"]}",
    "spaces": lambda size: b" " * size,
    "a broken database": lambda size: b"SQLite format 3\x00" + b"\xff" * size,
    "a broken zip": lambda size: b"PK\x03\x04" + b"PK\x05\x06" * (size // 4),
    "pressed": lambda size: b"PK" + zlib.compress(b"0" * size),
}


@pytest.mark.parametrize("made", FILES.values(), ids=FILES)
def test_a_large_file_takes_no_more_than_its_share(made: Callable[[int], bytes]):
    small, large = made(2**15), made(2**18)
    assert grows(lambda: read(small, NOW), lambda: read(large, NOW)) < MOST
