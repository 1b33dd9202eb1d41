"""The form in which every benchmark tells what it measured.

A benchmark is a module in this folder with `rows(scale)`. Each row holds a figure of ours against a
peer's from the same run: absolute figures move with the machine, ratios much less.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, TypeVar

Better = Literal["higher", "lower"]
T = TypeVar("T")
README = Path(__file__).parent.parent / "README.md"


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


def print_rows(rows: Iterable[Row]) -> list[str]:
    """Print a markdown table, each row as soon as it has been measured, and a line of verdicts.

    Gives the lines of the rows.
    """
    print(_line(_HEAD))
    print(_line("---" for _ in _HEAD))
    cleared: dict[str, bool] = {}
    lines = []
    for row in rows:
        lines.append(_line(_cells(row)))
        print(lines[-1], flush=True)
        cleared[row.bar] = cleared.get(row.bar, True) and row.is_cleared
    verdicts = (f"{bar} {_verdict(is_cleared)}" for bar, is_cleared in cleared.items())
    print("\n" + ", ".join(verdicts))
    return lines


def into_readme(lines: Collection[str], readme: Path = README) -> None:
    """Put measured rows where the table has those of their bars; the others stay as they are."""
    measured = {_bar_of(line) for line in lines}
    kept, placed = [], set()
    for line in readme.read_text(encoding="utf-8").splitlines():
        bar = _bar_of(line)
        if bar not in measured:
            kept.append(line)
        elif bar not in placed:
            placed.add(bar)
            kept += [each for each in lines if _bar_of(each) == bar]
    readme.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _bar_of(line: str) -> str | None:
    found = re.match(r"\| (B\d+) \|", line)
    return None if found is None else found[1]


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
