"""The few pieces of SVG that every picture is made of."""

from html import escape

from bot.pictures.fonts import in_one_tone, reads_leftwards, runs

FADES = 0.9
"""The part of its room after which a text that is too long begins to fade."""


def sheet(width: int, height: int, ground: str, content: str) -> str:
    """A whole picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
        f"<defs>{_FADING}</defs>"
        f'<rect width="{width}" height="{height}" fill="{ground}"/>{content}</svg>'
    )


def words(text: str, x: float, y: float, size: float, colour: str, anchor: str = "start") -> str:
    """A short text; x is its beginning, middle or end."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{colour}" '
        f'text-anchor="{anchor}" xml:space="preserve">{_pieces(text)}</text>'
    )


def _pieces(text: str) -> str:
    return "".join(
        f'<tspan font-family="{family}">{escape(piece)}</tspan>' for family, piece in runs(text)
    )


def fading(text: str, x: float, y: float, size: float, colour: str, width: float) -> str:
    """A text of any length in a given room, from the side where it begins to be read."""
    leftwards = reads_leftwards(text)
    start, anchor = (x + width, "end") if leftwards else (x, "start")
    fade = "leftwards" if leftwards else "rightwards"
    name = f"fade-{x:g}-{y:g}"
    room = f'x="{x:g}" y="{y - 1.2 * size:g}" width="{width:g}" height="{1.8 * size:g}"'
    shown = words(in_one_tone(text), start, y, size, colour, anchor)
    return (
        f'<mask id="{name}" maskUnits="userSpaceOnUse" {room}>'
        f'<rect {room} fill="url(#{fade})"/></mask><g mask="url(#{name})">{shown}</g>'
    )


def _gradient(name: str, begins: float, ends: float) -> str:
    return (
        f'<linearGradient id="{name}" x1="{begins:g}" x2="{ends:g}" y1="0" y2="0">'
        f'<stop offset="{FADES:g}" stop-color="#fff"/><stop offset="1" stop-color="#000"/>'
        "</linearGradient>"
    )


_FADING = _gradient("rightwards", 0, 1) + _gradient("leftwards", 1, 0)
