"""What the tests of the chat share."""

import pytest

from tests.process import Someone


@pytest.fixture
async def film(berliner: Someone) -> Someone:
    """Anna with a film every Saturday."""
    await berliner.says("film every Saturday at 20:00")
    await berliner.taps("Yes")
    return berliner
