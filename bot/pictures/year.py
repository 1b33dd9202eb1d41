"""The year in weeks: a block for each commitment, a row of weeks for each quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bot.pictures.marks import Mark, marked
from bot.pictures.palette import Palette
from bot.pictures.svg import fading, sheet, words

ROWS = 4
A_QUARTER = 13
"""Weeks in a row; the 53rd, where a year has one, is the last row's fourteenth."""


@dataclass(frozen=True, slots=True)
class Block:
    """One commitment: its title, and a mark for each week of the year."""

    title: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Year:
    """What a picture shows.

    months: names by the place of the week that each is written above.
    now: the place of the current week, if it is of this year.
    legend: the marks that are explained, each with its word.
    """

    heading: str
    blocks: Sequence[Block]
    months: dict[int, str]
    now: int | None
    legend: Sequence[tuple[Mark, str]]


@dataclass(frozen=True, slots=True)
class _Measures:
    """Lengths in pixels, for one column of blocks or for two."""

    width: int
    columns: int
    margin: float
    title: float
    month: float
    row: float
    radius: float
    heading: float
    a_line: int  # words of the legend in one line

    @property
    def block_width(self) -> float:
        return (self.width - self.margin * (self.columns + 1)) / self.columns

    @property
    def block_height(self) -> float:
        return self.title * 1.75 + ROWS * self.row


_ONE_COLUMN = _Measures(1080, 1, 48, 42, 27, 104, 27, 60, 3)
_TWO_COLUMNS = _Measures(1080, 2, 42, 31, 21, 68, 14, 56, 3)
_FEW = 3
"""Blocks that stand below each other; more stand in two columns."""


def draw(year: Year, palette: Palette) -> str:
    """The picture as SVG."""
    sizes = _ONE_COLUMN if len(year.blocks) <= _FEW else _TWO_COLUMNS
    top = sizes.margin + sizes.heading * 1.5
    lines = ceil(len(year.blocks) / sizes.columns)
    legend_at = top + lines * (sizes.block_height + sizes.margin * 0.6)
    legend_lines = ceil(len(year.legend) / sizes.a_line)
    height = ceil(legend_at + legend_lines * _LEGEND_LINE + sizes.margin * 0.7)
    drawn = [
        words(
            year.heading, sizes.margin, sizes.margin + sizes.heading * 0.8, sizes.heading,
            palette.words,
        ),
        *(_block(year, place, sizes, palette, top) for place in range(len(year.blocks))),
        _legend(year.legend, sizes, palette, legend_at),
    ]  # fmt: skip
    return sheet(sizes.width, height, palette.ground, "".join(drawn))


def _block(year: Year, place: int, sizes: _Measures, palette: Palette, top: float) -> str:
    line, column = divmod(place, sizes.columns)
    x = sizes.margin + column * (sizes.block_width + sizes.margin)
    y = top + line * (sizes.block_height + sizes.margin * 0.6)
    block = year.blocks[place]
    title = fading(block.title, x, y + sizes.title, sizes.title, palette.words, sizes.block_width)
    weeks = _weeks(year, block, sizes, palette, x, y + sizes.title * 1.75)
    return title + weeks


def _weeks(year: Year, block: Block, sizes: _Measures, palette: Palette, x: float, y: float) -> str:
    pitch = sizes.block_width / (len(block.marks) - A_QUARTER * (ROWS - 1))
    places: dict[Mark, list[tuple[float, float]]] = {}
    drawn = []
    for place, mark in enumerate(block.marks):
        row, column = row_and_column(place)
        left, bottom = x + column * pitch, y + (row + 1) * sizes.row
        middle = (left + pitch / 2, bottom - sizes.radius * 1.25)
        places.setdefault(mark, []).append(middle)
        if place in year.months:
            at = bottom - sizes.radius * 2.75
            name = words(year.months[place], left + 2, at, sizes.month, palette.quiet)
            drawn.append(name)
        if place == year.now:
            drawn.append(_here(*middle, sizes.radius * 1.24, palette))
    drawn += (marked(mark, at, sizes.radius, palette) for mark, at in places.items())
    return "".join(drawn)


def row_and_column(place: int) -> tuple[int, int]:
    """Where the week of a place stands: its quarter, and its turn in that."""
    row = min(place // A_QUARTER, ROWS - 1)
    return row, place - row * A_QUARTER


def _here(x: float, y: float, half: float, palette: Palette) -> str:
    """The frame around the current week."""
    return (
        f'<rect x="{x - half:g}" y="{y - half:g}" width="{2 * half:g}" height="{2 * half:g}" '
        f'rx="{half / 2.4:g}" fill="{palette.faint}" fill-opacity="0.55"/>'
    )


_LEGEND_LINE, _LEGEND_SIZE, _LEGEND_RADIUS = 50, 27, 15


def _legend(
    legend: Sequence[tuple[Mark, str]], sizes: _Measures, palette: Palette, top: float
) -> str:
    room = (sizes.width - 2 * sizes.margin) / sizes.a_line
    drawn = []
    for place, (mark, name) in enumerate(legend):
        line, column = divmod(place, sizes.a_line)
        x, y = sizes.margin + column * room, top + (line + 0.5) * _LEGEND_LINE
        drawn.append(marked(mark, [(x + _LEGEND_RADIUS, y)], _LEGEND_RADIUS, palette))
        at = x + 2 * _LEGEND_RADIUS + 14
        drawn.append(words(name, at, y + _LEGEND_SIZE * 0.36, _LEGEND_SIZE, palette.quiet))
    return "".join(drawn)
