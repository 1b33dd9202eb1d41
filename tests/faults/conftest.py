"""A rig for each test that wants one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.rig import Rig, rig


@pytest.fixture
async def broken_world(tmp_path: Path) -> AsyncIterator[Rig]:
    """A Telegram that runs, and a program with a token that does not yet."""
    async with rig(tmp_path) as made:
        yield made
