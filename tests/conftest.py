"""What every test may use. The house is imported first: it settles where time zones come from."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

import habits  # noqa: F401
from app import local
from app.settings import Settings
from app.wiring import Running
from tests.process import Program, Someone, Telegram, free_port


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """The real program with a data directory of its own, not started yet."""
    program = Program(tmp_path / "data")
    yield program
    if not program.ended():
        program.kill()


@dataclass
class Town:
    """The whole bot and its Telegram in this process: quicker to start, parts in reach."""

    telegram: Telegram
    parts: Running

    def someone(self, person_id: int = 1001) -> Someone:
        """A person of the playground."""
        return Someone(self.telegram, person_id)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """The whole bot against the playground's server over HTTP, in this process."""
    settings = Settings(data_dir=tmp_path, playground_port=free_port(), send_rate=200)
    async with local.serving(settings) as (address, parts), aiohttp.ClientSession() as http:
        root, _, key = address.partition("/?key=")
        yield Town(Telegram(http, root, key), parts)


@pytest.fixture
async def anna(town: Town) -> Someone:
    """Anna, who has not said anything yet."""
    return town.someone()


@pytest.fixture
async def berliner(anna: Someone) -> Someone:
    """Anna, whose zone is known."""
    await anna.says("/timezone Europe/Berlin")
    return anna
