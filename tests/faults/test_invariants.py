"""Each invariant tells of the rows that break it, and of nothing where all is well."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from habits.storage.tables import deliveries, inbox, occasions
from tests.faults.invariants import broken
from tests.house import BEN, MONDAY, House

LONG_AGO = MONDAY.replace(year=2020)


async def found(house: House) -> Sequence[str]:
    return [rule.partition(":")[0] for rule in await house.database.read(broken, house.now)]


BREAKS: dict[str, list[Any]] = {
    "I1": [sa.delete(occasions)],
    "I2": [sa.update(deliveries).values(state="sending", next_attempt_at=LONG_AGO)],
    "I4": [sa.update(deliveries).values(state="sent", message_id=None, reason=None)],
    "I5": [sa.update(occasions).values(person_id=BEN)],
    "I6": [sa.insert(inbox).values(update_id=1, state="new", tries=0, received_at=LONG_AGO)],
    "I8": [sa.update(deliveries).values(not_after=LONG_AGO)],
}


@pytest.mark.parametrize("rule", BREAKS)
async def test_a_broken_invariant_is_told_and_an_unbroken_one_is_not(house: House, rule: str):
    await house.person(BEN)
    await house.commitment(await house.person())
    assert await found(house) == []
    for statement in BREAKS[rule]:
        await house.change(statement)
    assert await found(house) == [rule]
