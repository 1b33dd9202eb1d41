"""A rig for each test that wants one."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres
from tests.faults.rig import Rig, rig
from tests.faults.wired import Wired, wired


@pytest.fixture
async def broken_world(tmp_path: Path) -> AsyncIterator[Rig]:
    """A Telegram that runs, and a program with a token that does not yet."""
    async with rig(tmp_path) as made:
        yield made


@pytest.fixture
def place(server: postgres.Server) -> Iterator[sa.URL]:
    """A database of the test's own."""
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
async def town_in_trouble(tmp_path: Path) -> AsyncIterator[Wired]:
    """The same in this process: quicker, and its parts within reach."""
    async with wired(tmp_path) as made:
        yield made
