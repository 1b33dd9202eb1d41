"""The short form of the campaign; `make faults` fights the whole."""

import pytest

from tests import postgres
from tests.faults.campaign.report import row
from tests.faults.campaign.scenarios import SHORT, Scenario, fight


def name_of(scenario: Scenario) -> str:
    return f"{scenario.name} on {'PostgreSQL' if scenario.on_postgres else 'SQLite'}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SHORT, ids=name_of)
async def test_whatever_strikes_everything_owed_arrives_in_its_window(
    scenario: Scenario, request: pytest.FixtureRequest
):
    server: postgres.Server | None = None
    if scenario.on_postgres:
        server = request.getfixturevalue("server")
    result = await fight(scenario, server)
    assert result.breaches == [], row(result)
