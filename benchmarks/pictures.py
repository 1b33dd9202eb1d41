"""B11: a picture of the year, drawn in a process of its own while the loop goes on."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.report import Row, Scale, against_limit
from bot.pictures.marks import Mark
from bot.pictures.palette import LIGHT
from bot.pictures.studio import Studio
from bot.pictures.year import Block, Year, draw

TITLES = (
    "Film", "Book with black tea 📚🫖", "Ужин с друзьями", "عشاء مع الأصدقاء",
    "दोस्तों के साथ खाना", "Βόλτα στη θάλασσα, as long as a title may be, or longer",
)  # fmt: skip
EVERY = 0.001
WARMED_UP = 3


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Time a picture, the loop's longest stall, and memory over many pictures."""
    yield from asyncio.run(_drawing(scale.pick(5, 100)))
    yield from asyncio.run(_memory(scale.pick(10, 1_000)))


def _picture(heading: str = "2026") -> str:
    """Six commitments, every mark, every script."""
    weeks = [mark for mark in Mark for _ in range(6)][:52]
    return draw(
        Year(
            heading=heading,
            blocks=[Block(title, weeks) for title in TITLES],
            months={place * 13 // 3: name for place, name in enumerate("JFMAMJJASOND")},
            now=40,
            legend=[(mark, mark.value) for mark in Mark],
        ),
        LIGHT,
    )


async def _drawing(count: int) -> list[Row]:
    studio, took, late = Studio(), list[float](), list[float]()
    for _ in range(WARMED_UP):
        await studio.draw(_picture())
    watching = asyncio.create_task(_watch(late))
    for _ in range(count):
        began = perf_counter()
        picture = await studio.draw(_picture())
        assert picture is not None
        took.append(perf_counter() - began)
    watching.cancel()
    await studio.close()
    what = f"a picture of six commitments, put together and drawn, median of {count}"
    return [
        against_limit("B11", what, median(took) * 1000, "ms", 150),
        against_limit("B11", "longest stall of the loop meanwhile", max(late) * 1000, "ms", 10),
    ]


async def _watch(late: list[float]) -> None:
    while True:
        meant = perf_counter() + EVERY
        await asyncio.sleep(EVERY)
        late.append(perf_counter() - meant)


async def _memory(count: int) -> list[Row]:
    studio, held = Studio(), list[float]()
    for number in range(count):  # no two alike: what is kept of each would add up
        picture = await studio.draw(_picture(f"2026, {number}"))
        assert picture is not None
        held.append(_megabytes())
    await studio.close()
    early, end = max(held[: count // 10 + 1]), max(held[-count // 10 :])
    return [against_limit("B11", f"more memory over {count:,} pictures", end - early, "MB", 5)]


def _megabytes() -> float:
    """What we and the workers that we started hold (RSS)."""
    children = Path("/proc/self/task").glob("*/children")
    ids = ["self", *(each for file in children for each in file.read_text().split())]
    return sum(_resident(each) for each in ids)


def _resident(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
