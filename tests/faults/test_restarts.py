"""A restart after every so many steps changes nothing of what was said, on either side."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import local
from habits.clock import system_time
from tests.conftest import Town, on_both_databases, town_in
from tests.faults.rig import WHOLE
from tests.process import Someone, text_of

Step = Callable[[Town, Someone], Awaitable[Any]]
MONDAY = datetime(2027, 1, 4, 8, 0, 5, tzinfo=UTC)
"""Where each run begins, so that what is said of dates and hours is the same in all."""


def says(text: str) -> Step:
    async def step(_: Town, anna: Someone) -> None:
        await anna.says(text)

    return step


def taps(label: str) -> Step:
    async def step(_: Town, anna: Someone) -> None:
        await anna.taps(label)

    return step


def jumps(to: str) -> Step:
    async def step(town: Town, _: Someone) -> None:
        await town.telegram.jump(to)

    return step


STEPS = (
    says("/timezone Europe/Berlin"),
    says("dinner with friends every Saturday at 6pm"),
    taps("Yes"),
    says("film every Sunday at 20:00"),
    taps("Yes"),
    jumps("next"),
    taps("Did it"),
    taps("Yes"),
    jumps("next"),
    jumps("P1D"),
    says("/week"),
    says("/streaks"),
)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What is said where nothing is ever started again."""
    return asyncio.run(history(tmp_path_factory.mktemp("once") / "data", every=len(STEPS)))


@on_both_databases
@pytest.mark.parametrize("every", [1, 2, 3, 5, 7, 11] if WHOLE else [1, 5])
async def test_a_restart_after_every_so_many_steps_leaves_the_same_history(
    tmp_path: Path, operators_choice: str | None, without: list[Any], every: int
):
    assert len(without) > len(STEPS)
    assert await history(tmp_path / "again", every, operators_choice) == without


async def history(data_dir: Path, every: int, database: str | None = None) -> list[Any]:
    """The whole chat after the steps, with a restart after every so many of them."""
    data_dir.mkdir()
    ahead = MONDAY - system_time()
    local.Kept(data_dir / f"{local.NAME}.json", "a-key", "4242:a-token", ahead).write()
    said: list[Any] = []
    for first in range(0, len(STEPS), every):
        async with town_in(data_dir, database) as town:
            anna = town.someone()
            for step in STEPS[first : first + every]:
                await step(town, anna)
            said = await anna.messages()
    return [seen(message) for message in said]


def seen(message: dict[str, Any]) -> tuple[Any, ...]:
    """What a person sees of a message."""
    keyboard = message["inline_keyboard"] or ()
    labels = [[button["text"] for button in row] for row in keyboard]
    return message["from"] == "bot", text_of(message), labels
