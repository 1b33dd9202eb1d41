"""The short form of the campaign; `make faults` fights the whole."""

import pytest

from tests import postgres
from tests.faults.campaign.checker import Verdict
from tests.faults.campaign.report import row
from tests.faults.campaign.scenarios import SHORT, Result, Scenario, fight, too_few_kills


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


def test_a_campaign_of_fewer_kills_than_promised_on_either_database_is_broken():
    def killed(scenario: Scenario, kills: int) -> Result:
        return Result(scenario, Verdict(), kills, 0, 0, 0, 0, [], 0.0)

    on_sqlite, on_postgres, _ = SHORT
    halves = [killed(each, 100) for each in (on_sqlite, on_postgres, on_sqlite, on_postgres)]
    assert too_few_kills(halves) == []
    assert too_few_kills(halves[1:]) == ["100 SIGKILLs on SQLite, 200 wanted"]
    assert too_few_kills([*halves[:3], killed(on_postgres, 99)]) == [
        "199 SIGKILLs on PostgreSQL, 200 wanted"
    ]
    assert len(too_few_kills([])) == 2
