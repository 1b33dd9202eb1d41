"""The shapes that weeks are drawn as, each within a circle of radius 10 around its place.

All weeks of one kind are one path: resvg takes half as long for it as for a shape each.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from bot.pictures.palette import Palette

RADIUS = 10


class Mark(StrEnum):
    """What a week is drawn as."""

    KEPT = "kept"
    FIRST = "first"
    """The first kept week of all, or the first one after a lapse."""
    COVERED = "covered"
    """A reserve stood in for it, or the two weeks after it mended it."""
    MENDABLE = "mendable"
    OPEN = "open"
    REST = "rest"
    NEUTRAL = "neutral"
    MISSED = "missed"
    NOTHING = "nothing"
    """Nothing was asked and nothing done: before the beginning, a week off, or still to come."""


def marked(
    mark: Mark, places: Iterable[tuple[float, float]], radius: float, palette: Palette
) -> str:
    """One mark at several places, as SVG."""
    scale = radius / RADIUS
    at = list(places)
    paint = {
        Mark.KEPT: [_filled(palette.blue, _circle(9))],
        Mark.FIRST: [_filled(palette.orange, _polygon(_STAR), 1.6)],
        Mark.COVERED: [_filled(palette.green, _polygon(_DIAMOND), 2)],
        Mark.MENDABLE: [_outlined(palette.green, _polygon(_DIAMOND), 2.2)],
        Mark.OPEN: [
            _outlined(palette.blue, _circle(7.6), 2.2),
            _filled(palette.blue, _circle(2.6)),
        ],
        Mark.REST: [_filled(palette.purple, _moon)],
        Mark.NEUTRAL: [_outlined(palette.quiet, _bar, 3.2)],
        Mark.MISSED: [_outlined(palette.quiet, _circle(6.4), 1.2)],
        Mark.NOTHING: [_filled(palette.faint, _circle(1.9))],
    }
    return "".join(draw(at, scale) for draw in paint[mark])


Shape = Callable[[float], str]
"""A path from the middle of a mark, relative, for a scale."""
Drawn = Callable[[Sequence[tuple[float, float]], float], str]


def _filled(colour: str, shape: Shape, rounding: float = 0) -> Drawn:
    def draw(places: Sequence[tuple[float, float]], scale: float) -> str:
        edge = f' stroke="{colour}" stroke-width="{rounding * scale:g}"' if rounding else ""
        return f'<path d="{_path(shape, places, scale)}" fill="{colour}"{edge} {_ROUND}/>'

    return draw


def _outlined(colour: str, shape: Shape, thickness: float) -> Drawn:
    def draw(places: Sequence[tuple[float, float]], scale: float) -> str:
        return (
            f'<path d="{_path(shape, places, scale)}" fill="none" stroke="{colour}" '
            f'stroke-width="{thickness * scale:g}" {_ROUND}/>'
        )

    return draw


def _path(shape: Shape, places: Iterable[tuple[float, float]], scale: float) -> str:
    one = shape(scale)
    return "".join(f"M{x:.4g} {y:.5g}{one}" for x, y in places)


def _circle(radius: float) -> Shape:
    def path(scale: float) -> str:
        r = round(radius * scale, 2)
        return f"m{-r:g} 0a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"

    return path


def _polygon(corners: Sequence[tuple[float, float]]) -> Shape:
    def path(scale: float) -> str:
        before = [(0.0, 0.0), *corners]
        steps = [
            f"{(x - from_x) * scale:.3g} {(y - from_y) * scale:.3g}"
            for (from_x, from_y), (x, y) in zip(before, corners, strict=False)
        ]
        return f"m{steps[0]}l{' '.join(steps[1:])}z"

    return path


def _moon(scale: float) -> str:
    outer, inner, x, y = (value * scale for value in (9, 7.2, 2.6, 8.8))
    return (
        f"m{x:.3g} {-y:.3g}a{outer:.3g} {outer:.3g} 0 1 0 {y - x:.3g} {x + y:.3g}"
        f"a{inner:.3g} {inner:.3g} 0 0 1 {x - y:.3g} {-x - y:.3g}z"
    )


def _bar(scale: float) -> str:
    return f"m{-5 * scale:g} 0h{10 * scale:g}"


_ROUND = 'stroke-linejoin="round" stroke-linecap="round"'
_DIAMOND = ((0, -8.6), (8.6, 0), (0, 8.6), (-8.6, 0))
_STAR = (
    (0, -9.6), (2.7, -3.6), (9.1, -3), (4.3, 1.4), (5.7, 7.8),
    (0, 4.5), (-5.7, 7.8), (-4.3, 1.4), (-9.1, -3), (-2.7, -3.6),
)  # fmt: skip
