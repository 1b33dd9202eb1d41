"""What unwinds somebody, as a picture: a line a way, a dot on it, and how far that may be off."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures.palette import Palette
from bot.pictures.svg import fading, sheet, words

WIDTH, MARGIN = 1080, 48
HEADING, TITLE, SMALL = 56, 38, 27
A_LINE = 128


@dataclass(frozen=True, slots=True)
class Bar:
    """A way: share, low and high are 0 to 1; counted is said at its right end."""

    title: str
    share: float
    low: float
    high: float
    counted: str


def draw(heading: str, foot: str, bars: Sequence[Bar], palette: Palette) -> str:
    """The picture as SVG."""
    top = MARGIN + HEADING * 1.6
    height = int(top + len(bars) * A_LINE + SMALL * 1.5 + MARGIN)
    drawn = [
        words(heading, MARGIN, MARGIN + HEADING * 0.8, HEADING, palette.words),
        *(_bar(bar, top + place * A_LINE, palette) for place, bar in enumerate(bars)),
        words(foot, MARGIN, height - MARGIN, SMALL, palette.quiet),
    ]
    return sheet(WIDTH, height, palette.ground, "".join(drawn))


def _bar(bar: Bar, y: float, palette: Palette) -> str:
    room = WIDTH - 2 * MARGIN
    title = fading(bar.title, MARGIN, y + TITLE, TITLE, palette.words, room * 0.75)
    counted = words(bar.counted, WIDTH - MARGIN, y + TITLE, SMALL, palette.quiet, "end")
    level = y + TITLE + 34
    low, high, dot = (MARGIN + room * share for share in (bar.low, bar.high, bar.share))
    return (
        f"{title}{counted}"
        f"{_line(MARGIN, WIDTH - MARGIN, level, 6, palette.faint)}"
        f"{_line(low, high, level, 14, palette.blue, 0.45)}"
        f'<circle cx="{dot:g}" cy="{level:g}" r="15" fill="{palette.blue}"/>'
    )


def _line(x: float, to: float, y: float, width: float, colour: str, opacity: float = 1) -> str:
    return (
        f'<path d="M{x:g} {y:g}H{to:g}" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-opacity="{opacity:g}" stroke-linecap="round"/>'
    )
