"""The form in which every benchmark tells what it measured.

A benchmark is a module in this folder with `rows(scale)`. Each row holds a figure of ours against a
peer's from the same run: absolute figures move with the machine, ratios much less.
"""

import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeVar

Better = Literal["higher", "lower"]
T = TypeVar("T")


class Scale(Enum):
    """How much is measured: enough to see that it runs, enough for the bars, or all there is."""

    QUICK = 0
    NORMAL = 1
    FULL = 2

    def pick(self, quick: T, normal: T, full: T | None = None) -> T:
        """The size at this scale; without a full one the normal one is all there is."""
        sizes = (quick, normal, normal if full is None else full)
        return sizes[self.value]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure and the bar it has to clear.

    bar: its number, such as "B1"; a bar may have several rows.
    what: what was measured, in a few words.
    ours: our figure, in `unit`.
    peer: who or what it is held against; a bare number is the peer's figure in `unit`.
    ratio: ours by the peer's.
    limit: what the ratio may at worst be.
    better: which side of the limit is the good one.
    """

    bar: str
    what: str
    ours: float
    unit: str
    peer: float | str
    ratio: float
    limit: float
    better: Better

    @property
    def is_cleared(self) -> bool:
        """Whether the ratio is on the good side of its limit."""
        if self.better == "higher":
            return self.ratio >= self.limit
        return self.ratio <= self.limit


_HEAD = ("bar", "what", "ours", "peer", "ratio", "limit", "")


def main(rows: Callable[[Scale], Iterable[Row]]) -> None:
    """What a benchmark does when it is run by itself."""
    print_rows(rows(scale_of(sys.argv[1:])))


def scale_of(arguments: Collection[str]) -> Scale:
    """The scale that the command line asks for."""
    if "--quick" in arguments:
        return Scale.QUICK
    return Scale.FULL if "--full" in arguments else Scale.NORMAL


def print_rows(rows: Iterable[Row]) -> None:
    """Print a markdown table, each row as soon as it has been measured, and a line of verdicts."""
    print(_line(_HEAD))
    print(_line("---" for _ in _HEAD))
    cleared: dict[str, bool] = {}
    for row in rows:
        print(_line(_cells(row)), flush=True)
        cleared[row.bar] = cleared.get(row.bar, True) and row.is_cleared
    verdicts = (f"{bar} {_verdict(is_cleared)}" for bar, is_cleared in cleared.items())
    print("\n" + ", ".join(verdicts))


def against_limit(bar: str, what: str, ours: float, unit: str, limit: float) -> Row:
    """A row whose figure is held against a fixed limit in its own unit."""
    least = f"at most {figure(limit)} {unit}".rstrip()
    return Row(
        bar, what, ours, unit, least, ours / limit if limit else ours, 1 if limit else 0, "lower"
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≥" if row.better == "higher" else "≤"
    peer = row.peer if isinstance(row.peer, str) else f"{figure(row.peer)} {row.unit}"
    return (
        row.bar,
        row.what,
        f"{figure(row.ours)} {row.unit}",
        peer,
        f"{figure(row.ratio)} ×",
        f"{sign} {figure(row.limit)} ×",
        _verdict(row.is_cleared),
    )


def _verdict(is_cleared: bool) -> str:
    return "ok" if is_cleared else "SHORT"


def figure(value: float) -> str:
    """Three digits that count, none of them lost from a large number: 0.0412, 7.30, 1,211."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}"
